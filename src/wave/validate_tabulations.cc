// What is tabulated, and by what.
#include <algorithm>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/printable.h"
#include "wave/definition_source.h"

namespace panelpuls::wave {
namespace {

// A domain's name, or one part of a crossed one.
absl::Status ValidateDomain(const v1::WaveDefinition& definition, const std::string& question,
                            const std::string& domain, const Place& place, int index) {
  if (domain == "channel") return absl::OkStatus();
  if (domain == "direction") {
    if (definition.has_indicator()) return absl::OkStatus();
    return place.ErrorAt("by", index,
                         "\"direction\" is that of the indicator, and there is none; "
                         "define the indicator or remove it");
  }
  if (!question.empty() && domain == question) {
    return place.ErrorAt("by", index,
                         fmt::format("question \"{}\" is tabulated by itself; remove it", domain));
  }
  if (IndexOfId(definition.dimensions(), domain) >= 0) return absl::OkStatus();
  const int q = IndexOfId(definition.questions(), domain);
  if (q < 0) {
    return place.ErrorAt(
        "by", index,
        fmt::format("\"{}\" is no dimension or question; known: channel, direction; "
                    "dimensions {}; questions {}",
                    Printable(domain), ListIds(definition.dimensions()),
                    ListIds(definition.questions())));
  }
  if (definition.questions(q).kind() == v1::Question::MULTIPLE) {
    return place.ErrorAt(
        "by", index,
        fmt::format("question \"{}\" is multiple choice, whose answers overlap; take "
                    "a single choice",
                    domain));
  }
  return absl::OkStatus();
}

absl::Status ValidateBy(const v1::WaveDefinition& definition, const v1::Tabulation& tabulation,
                        int index, const Place& place) {
  std::set<std::string> parts;
  std::string variable;
  for (const std::string_view part : PartsOfDomain(tabulation.by(index))) {
    const std::string domain(part);
    PP_RETURN_IF_ERROR(ValidateDomain(definition, tabulation.question(), domain, place, index));
    if (!parts.insert(domain).second) {
      return place.ErrorAt("by", index,
                           fmt::format("\"{}\" is crossed with itself; name it once", domain));
    }
    if (IndexOfId(definition.dimensions(), domain) >= 0) continue;
    if (!variable.empty()) {
      return place.ErrorAt(
          "by", index,
          fmt::format("\"{}\" crosses {} and {}, of which neither is a dimension; at most one part "
                      "of a crossed domain may be a question, channel or direction",
                      tabulation.by(index), variable, domain));
    }
    variable = domain;
  }
  return absl::OkStatus();
}

absl::Status ValidatePairs(const v1::WaveDefinition& definition, const v1::Tabulation& tabulation,
                           const Place& place) {
  if (!tabulation.pairs()) return absl::OkStatus();
  const int number =
      tabulation.question().empty() ? -1 : IndexOfId(definition.questions(), tabulation.question());
  if (number >= 0) {
    const v1::Question& question = definition.questions(number);
    if (question.kind() == v1::Question::MULTIPLE || !question.battery().empty()) {
      return absl::OkStatus();
    }
  }
  return place.ErrorAt("pairs",
                       "pairs are of the options of a multiple choice or of the questions of a "
                       "battery; remove pairs");
}

// What only the indicator, or only a domain, has.
absl::Status ValidateExtras(const v1::WaveDefinition& definition, const v1::Tabulation& tabulation,
                            const Place& place) {
  if (!tabulation.question().empty()) {
    if (tabulation.group_shares()) {
      return place.ErrorAt("group_shares",
                           "a question's shares are there in every domain anyway; group_shares is "
                           "of the indicator, remove it");
    }
    if (tabulation.ratio()) {
      return place.ErrorAt("ratio",
                           "the ratio is that of the indicator's increases to its declines; remove "
                           "it from a question's tabulation");
    }
  }
  if (tabulation.ratio()) {
    bool rises = false;
    bool falls = false;
    for (const v1::IndicatorGroup& group : definition.indicator().groups()) {
      rises |= group.score() > 0;
      falls |= group.score() < 0;
    }
    if (!rises || !falls) {
      return place.ErrorAt("ratio",
                           "the indicator has no groups above and below 0 to make a ratio of; "
                           "remove ratio");
    }
  }
  for (const char* field : {"group_shares", "against_others"}) {
    const bool is_set = field == std::string_view("group_shares") ? tabulation.group_shares()
                                                                  : tabulation.against_others();
    if (!is_set || tabulation.by_size() > 0) continue;
    return place.ErrorAt(field,
                         fmt::format("{} is of domains, and the tabulation has none; add by: "
                                     "\"...\" or remove it",
                                     field));
  }
  return absl::OkStatus();
}

}  // namespace

std::vector<std::string_view> PartsOfDomain(std::string_view by) {
  std::vector<std::string_view> parts;
  for (std::size_t begin = 0; begin <= by.size();) {
    const std::size_t end = std::min(by.find('&', begin), by.size());
    parts.push_back(by.substr(begin, end - begin));
    begin = end + 1;
  }
  return parts;
}

absl::Status ValidateTabulations(const DefinitionSource& source) {
  const v1::WaveDefinition& definition = source.definition;
  std::set<std::pair<std::string, std::string>> seen;
  for (int t = 0; t < definition.tabulations_size(); ++t) {
    const v1::Tabulation& tabulation = definition.tabulations(t);
    const Place place = source.Root().In("tabulations", t);
    const std::string& question = tabulation.question();
    if (question.empty() && !definition.has_indicator()) {
      return place.Error(
          "a tabulation without a question is of the indicator, and there is none; "
          "add question: \"...\"");
    }
    if (!question.empty() && IndexOfId(definition.questions(), question) < 0) {
      return place.ErrorAt("question",
                           fmt::format("\"{}\" is no question; known: {}", Printable(question),
                                       ListIds(definition.questions())));
    }
    PP_RETURN_IF_ERROR(ValidatePairs(definition, tabulation, place));
    PP_RETURN_IF_ERROR(ValidateExtras(definition, tabulation, place));
    for (int i = 0; i < tabulation.by_size(); ++i) {
      PP_RETURN_IF_ERROR(ValidateBy(definition, tabulation, i, place));
      // In whatever order a crossed domain names its parts.
      std::vector<std::string_view> parts = PartsOfDomain(tabulation.by(i));
      std::sort(parts.begin(), parts.end());
      if (!seen.emplace(question, fmt::format("{}", fmt::join(parts, "&"))).second) {
        return place.ErrorAt(
            "by", i,
            fmt::format("{} by \"{}\" is tabulated twice; remove one",
                        question.empty() ? "the indicator" : question, tabulation.by(i)));
      }
    }
  }
  return absl::OkStatus();
}

}  // namespace panelpuls::wave
