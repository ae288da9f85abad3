// Figures of earlier waves to compare with: they must be figures that this wave could have.
#include <algorithm>
#include <cmath>
#include <string>
#include <string_view>

#include "base/printable.h"
#include "wave/definition_source.h"

namespace panelpuls::wave {
namespace {

constexpr std::string_view kIndicatorGroup = "indicator/";

absl::Status ValidateOf(const v1::WaveDefinition& definition, const v1::ComparisonFigure& figure,
                        const Place& place) {
  const std::string& of = figure.of();
  if (of == "indicator" || of.starts_with(kIndicatorGroup)) {
    if (!definition.has_indicator()) {
      return place.ErrorAt("of",
                           "the figure is of the indicator, and there is none; define it or "
                           "remove the figure");
    }
    if (of == "indicator") return absl::OkStatus();
    const std::string group = of.substr(kIndicatorGroup.size());
    if (IndexOfId(definition.indicator().groups(), group) >= 0) return absl::OkStatus();
    return place.ErrorAt(
        "of", fmt::format("\"{}\" is no group of the indicator; known: {}", Printable(group),
                          ListIds(definition.indicator().groups())));
  }
  const std::size_t slash = of.find('/');
  const int q = IndexOfId(definition.questions(), of.substr(0, slash));
  if (slash == std::string::npos || q < 0) {
    return place.ErrorAt("of",
                         fmt::format("\"{}\" is no figure; write indicator, indicator/GROUP or "
                                     "QUESTION/OPTION with a question of {}",
                                     Printable(of), ListIds(definition.questions())));
  }
  const v1::Question& question = definition.questions(q);
  const std::string part = of.substr(slash + 1);
  if (IndexOfCode(question.options(), part) >= 0 || IndexOfId(question.sets(), part) >= 0) {
    return absl::OkStatus();
  }
  return place.ErrorAt(
      "of", fmt::format("\"{}\" is no option or set of question \"{}\"; known: {}", Printable(part),
                        question.id(), ListOptionCodes(question.options())));
}

// Codes of a domain, as a message lists them; empty: the domain is unknown.
struct DomainCodes {
  bool known = false;
  bool has_code = false;
  std::string list;
};

DomainCodes LookUpDomain(const v1::WaveDefinition& definition, std::string_view id,
                         std::string_view code) {
  if (id == "direction") {
    return {definition.has_indicator(),
            code == "increase" || code == "unchanged" || code == "decline",
            "increase, unchanged, decline"};
  }
  if (id == "channel") {
    return {true, IndexOfCode(definition.channels(), code) >= 0,
            ListOptionCodes(definition.channels())};
  }
  if (const int d = IndexOfId(definition.dimensions(), id); d >= 0) {
    const auto& categories = definition.dimensions(d).categories();
    return {true, IndexOfCode(categories, code) >= 0, ListOptionCodes(categories)};
  }
  if (const int q = IndexOfId(definition.questions(), id); q >= 0) {
    const auto& options = definition.questions(q).options();
    return {true, IndexOfCode(options, code) >= 0, ListOptionCodes(options)};
  }
  return {};
}

absl::Status ValidateDomain(const v1::WaveDefinition& definition, std::string_view domain,
                            const Place& place) {
  while (!domain.empty()) {
    const std::string_view part = domain.substr(0, domain.find('&'));
    domain.remove_prefix(std::min(domain.size(), part.size() + 1));
    const std::string_view id = part.substr(0, part.find('='));
    const std::string_view code =
        id.size() < part.size() ? part.substr(id.size() + 1) : std::string_view();
    const DomainCodes codes = LookUpDomain(definition, id, code);
    if (!codes.known) {
      return place.ErrorAt(
          "domain", fmt::format("\"{}\" is no domain; write DIMENSION=CODE or QUESTION=CODE, "
                                "dimensions {}; questions {}",
                                Printable(part), ListIds(definition.dimensions()),
                                ListIds(definition.questions())));
    }
    if (!codes.has_code) {
      return place.ErrorAt("domain", fmt::format("\"{}\" is no code of {}; known: {}",
                                                 Printable(code), id, codes.list));
    }
  }
  return absl::OkStatus();
}

absl::Status ValidateValue(const v1::WaveDefinition& definition, const v1::ComparisonFigure& figure,
                           const Place& place) {
  if (figure.statistic() == "share") {
    if (!(figure.value() >= 0 && figure.value() <= 1)) {
      return place.ErrorAt("value",
                           fmt::format("share {} is not between 0 and 1; write 0.25 for 25 "
                                       "per cent",
                                       figure.value()));
    }
  } else {
    double low = 0, high = 0;
    for (int g = 0; g < definition.indicator().groups_size(); ++g) {
      const double score = definition.indicator().groups(g).score();
      low = g == 0 ? score : std::min(low, score);
      high = g == 0 ? score : std::max(high, score);
    }
    if (!(figure.value() >= low && figure.value() <= high)) {
      return place.ErrorAt(
          "value", fmt::format("mean {} is outside the scores {} to {}; correct it", figure.value(),
                               low, high));
    }
  }
  if (figure.has_se() && !(figure.se() >= 0 && std::isfinite(figure.se()))) {
    return place.ErrorAt("se",
                         fmt::format("standard error {} is no number from 0; correct or remove "
                                     "it",
                                     figure.se()));
  }
  return absl::OkStatus();
}

absl::Status ValidateFigure(const v1::WaveDefinition& definition,
                            const v1::ComparisonFigure& figure, const Place& place) {
  if (figure.statistic() != "mean" && figure.statistic() != "share") {
    return place.ErrorAt("statistic",
                         fmt::format("statistic \"{}\" is unknown; write mean or share",
                                     Printable(figure.statistic())));
  }
  PP_RETURN_IF_ERROR(ValidateOf(definition, figure, place));
  if ((figure.statistic() == "mean") != (figure.of() == "indicator")) {
    return place.ErrorAt("statistic", fmt::format("statistic {} does not go with \"{}\": the "
                                                  "indicator has a mean, all else shares; write {}",
                                                  figure.statistic(), figure.of(),
                                                  figure.of() == "indicator" ? "mean" : "share"));
  }
  PP_RETURN_IF_ERROR(ValidateDomain(definition, figure.domain(), place));
  return ValidateValue(definition, figure, place);
}

}  // namespace

absl::Status ValidateComparisons(const DefinitionSource& source) {
  const v1::WaveDefinition& definition = source.definition;
  for (int i = 0; i < definition.comparisons_size(); ++i) {
    const v1::Comparison& comparison = definition.comparisons(i);
    const Place place = source.Root().In("comparisons", i);
    PP_RETURN_IF_ERROR(ValidateCode(place.TextOf("id"), "comparison id", comparison.id()));
    if (IndexOfId(definition.comparisons(), comparison.id()) != i) {
      return place.ErrorAt("id", fmt::format("comparison \"{}\" is defined twice; rename or remove "
                                             "one",
                                             comparison.id()));
    }
    for (int f = 0; f < comparison.figures_size(); ++f) {
      PP_RETURN_IF_ERROR(ValidateFigure(definition, comparison.figures(f), place.In("figures", f)));
    }
  }
  return absl::OkStatus();
}

}  // namespace panelpuls::wave
