// Questions and the indicator.
#include <cmath>
#include <map>
#include <set>
#include <utility>

#include "base/printable.h"
#include "wave/definition_source.h"

namespace panelpuls::wave {
namespace {

constexpr int kMaxQuestions = 1'000;
constexpr int kMaxSingleOptions = 65'534;
constexpr int kMaxMultipleOptions = 64;
constexpr int kMaxGroups = 1'000;
// Entries of the table from option combinations to groups.
constexpr double kMaxCombinations = 1u << 20;

absl::Status ValidateOptions(const v1::Question& question, const Place& place) {
  const bool multiple = question.kind() == v1::Question::MULTIPLE;
  const int most = multiple ? kMaxMultipleOptions : kMaxSingleOptions;
  if (question.options_size() > most) {
    return place.ErrorAt("options", most,
                         fmt::format("question \"{}\" has {} options; at most {} have room, remove "
                                     "some",
                                     question.id(), question.options_size(), most));
  }
  std::set<std::string_view> seen;
  bool any_valid = false;
  for (int o = 0; o < question.options_size(); ++o) {
    const v1::Option& option = question.options(o);
    const Place here = place.In("options", o);
    PP_RETURN_IF_ERROR(ValidateCode(here.TextOf("code"),
                                    fmt::format("option of question \"{}\"", question.id()),
                                    option.code()));
    if (!seen.insert(option.code()).second) {
      return here.ErrorAt("code", fmt::format("option \"{}\" of question \"{}\" is defined twice; "
                                              "rename or remove one",
                                              option.code(), question.id()));
    }
    if (option.exclusive() && !multiple) {
      return here.ErrorAt("exclusive",
                          fmt::format("option \"{}\" is exclusive, but question \"{}\" "
                                      "takes one option anyway; remove it",
                                      option.code(), question.id()));
    }
    if (option.has_ranked() && (!multiple || (option.missing() && option.ranked()))) {
      return here.ErrorAt(
          "ranked", fmt::format("option \"{}\" of question \"{}\" {}; remove ranked", option.code(),
                                question.id(),
                                multiple ? "is missing for figures and has no share to rank"
                                         : "is of one choice, whose options have no ranks"));
    }
    any_valid |= !option.missing();
  }
  if (!any_valid) {
    return place.Error(
        fmt::format("question \"{}\" has no option that is not missing; add options "
                    "{{ code: \"...\" }}",
                    question.id()));
  }
  const auto max_choices = static_cast<int>(question.max_choices());
  if (multiple && (max_choices < 0 || max_choices > question.options_size())) {
    return place.ErrorAt(
        "max_choices", fmt::format("question \"{}\" allows {} choices of {} options; lower it",
                                   question.id(), question.max_choices(), question.options_size()));
  }
  if (!multiple && question.max_choices() > 1) {
    return place.ErrorAt("max_choices",
                         fmt::format("question \"{}\" takes one option, max_choices is {}; write "
                                     "kind: MULTIPLE or remove it",
                                     question.id(), question.max_choices()));
  }
  return absl::OkStatus();
}

absl::Status ValidateSet(const v1::Question& question, int number, const Place& place) {
  const v1::OptionSet& set = question.sets(number);
  if (question.kind() == v1::Question::MULTIPLE) {
    // Its options are counted one by one: who chose two of a set would be counted twice.
    return place.Error(
        fmt::format("question \"{}\" is multiple choice, whose answers overlap, and takes no set; "
                    "remove set \"{}\"",
                    question.id(), Printable(set.id())));
  }
  PP_RETURN_IF_ERROR(ValidateCode(place.TextOf("id"),
                                  fmt::format("set of question \"{}\"", question.id()), set.id()));
  if (IndexOfId(question.sets(), set.id()) != number ||
      IndexOfCode(question.options(), set.id()) >= 0) {
    return place.ErrorAt("id",
                         fmt::format("question \"{}\" has another set or option \"{}\"; rename "
                                     "one",
                                     question.id(), set.id()));
  }
  if (set.options_size() == 0) {
    return place.Error(fmt::format("set \"{}\" of question \"{}\" has no options; add some of {}",
                                   set.id(), question.id(), ListOptionCodes(question.options())));
  }
  std::set<std::string_view> seen;
  for (int i = 0; i < set.options_size(); ++i) {
    const int option = IndexOfCode(question.options(), set.options(i));
    if (option < 0) {
      return place.ErrorAt("options", i,
                           fmt::format("\"{}\" is no option of question \"{}\"; known: {}",
                                       Printable(set.options(i)), question.id(),
                                       ListOptionCodes(question.options())));
    }
    if (question.options(option).missing()) {
      return place.ErrorAt("options", i,
                           fmt::format("option \"{}\" is missing for figures and cannot be in set "
                                       "\"{}\"; remove it",
                                       set.options(i), set.id()));
    }
    if (!seen.insert(set.options(i)).second) {
      return place.ErrorAt("options", i,
                           fmt::format("option \"{}\" is twice in set \"{}\"; remove one",
                                       set.options(i), set.id()));
    }
  }
  return absl::OkStatus();
}

std::string Join(const v1::Combination& combination) {
  std::string joined;
  for (const std::string& option : combination.options()) {
    joined += (joined.empty() ? "" : ", ") + option;
  }
  return joined;
}

absl::Status ValidateIndicatorQuestions(const DefinitionSource& source, const Place& place) {
  const v1::WaveDefinition& definition = source.definition;
  const v1::Indicator& indicator = definition.indicator();
  if (indicator.questions_size() == 0) {
    return place.Error("the indicator has no questions; add questions: \"...\"");
  }
  std::set<std::string_view> seen;
  double combinations = 1;
  for (int i = 0; i < indicator.questions_size(); ++i) {
    const std::string& id = indicator.questions(i);
    const int q = IndexOfId(definition.questions(), id);
    if (q < 0) {
      return place.ErrorAt("questions", i,
                           fmt::format("\"{}\" is no question; known: {}", Printable(id),
                                       ListIds(definition.questions())));
    }
    if (definition.questions(q).kind() == v1::Question::MULTIPLE) {
      return place.ErrorAt("questions", i,
                           fmt::format("question \"{}\" is multiple choice and cannot make the "
                                       "indicator; take a single choice",
                                       id));
    }
    if (!seen.insert(id).second) {
      return place.ErrorAt("questions", i,
                           fmt::format("question \"{}\" is listed twice; remove one", id));
    }
    combinations *= definition.questions(q).options_size() + 1;
  }
  if (combinations > kMaxCombinations) {
    return place.ErrorAt(
        "questions", 0,
        fmt::format("the indicator's questions have {} combinations of options; at "
                    "most {} have room, take fewer questions",
                    combinations, kMaxCombinations));
  }
  return absl::OkStatus();
}

absl::Status ValidateCombination(const v1::WaveDefinition& definition,
                                 const v1::Combination& combination, const Place& place) {
  const v1::Indicator& indicator = definition.indicator();
  if (combination.options_size() != indicator.questions_size()) {
    return place.Error(fmt::format(
        "combination \"{}\" has {} options for {} questions; write one a "
        "question, in their order",
        Printable(Join(combination)), combination.options_size(), indicator.questions_size()));
  }
  for (int i = 0; i < combination.options_size(); ++i) {
    const v1::Question& question =
        definition.questions(IndexOfId(definition.questions(), indicator.questions(i)));
    const int option = IndexOfCode(question.options(), combination.options(i));
    if (option < 0) {
      return place.ErrorAt("options", i,
                           fmt::format("\"{}\" is no option of question \"{}\"; known: {}",
                                       Printable(combination.options(i)), question.id(),
                                       ListOptionCodes(question.options())));
    }
    if (question.options(option).missing()) {
      return place.ErrorAt("options", i,
                           fmt::format("option \"{}\" of question \"{}\" is missing for figures; a "
                                       "combination with it is no valid case, remove it",
                                       combination.options(i), question.id()));
    }
  }
  return absl::OkStatus();
}

// Group of each combination seen so far.
using Owners = std::map<std::string, std::string>;

absl::Status ValidateGroup(const v1::WaveDefinition& definition, int number, const Place& place,
                           Owners& owners) {
  const v1::Indicator& indicator = definition.indicator();
  const v1::IndicatorGroup& group = indicator.groups(number);
  PP_RETURN_IF_ERROR(ValidateCode(place.TextOf("id"), "group id", group.id()));
  if (IndexOfId(indicator.groups(), group.id()) != number) {
    return place.ErrorAt(
        "id", fmt::format("group \"{}\" is defined twice; rename or remove one", group.id()));
  }
  if (!std::isfinite(group.score())) {
    return place.ErrorAt("score", fmt::format("the score of group \"{}\" is {}; write a number",
                                              group.id(), group.score()));
  }
  if (group.combinations_size() == 0) {
    return place.Error(
        fmt::format("group \"{}\" has no combinations; add one or remove the group", group.id()));
  }
  for (int i = 0; i < group.combinations_size(); ++i) {
    const Place here = place.In("combinations", i);
    PP_RETURN_IF_ERROR(ValidateCombination(definition, group.combinations(i), here));
    const std::string combination = Join(group.combinations(i));
    const auto [owner, is_new] = owners.emplace(combination, group.id());
    if (is_new) continue;
    if (owner->second == group.id()) {
      return here.Error(
          fmt::format("\"{}\" is twice in group {}; remove one", combination, group.id()));
    }
    return here.Error(fmt::format("\"{}\" is in groups {} and {}; remove one", combination,
                                  owner->second, group.id()));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status ValidateQuestions(const DefinitionSource& source) {
  const v1::WaveDefinition& definition = source.definition;
  const Place root = source.Root();
  if (definition.questions_size() == 0) {
    return root.Error("no question is defined; add questions { id: \"...\" }");
  }
  if (definition.questions_size() > kMaxQuestions) {
    return root.ErrorAt("questions", kMaxQuestions,
                        fmt::format("{} questions; at most {} have room",
                                    definition.questions_size(), kMaxQuestions));
  }
  for (int q = 0; q < definition.questions_size(); ++q) {
    const v1::Question& question = definition.questions(q);
    const Place place = root.In("questions", q);
    PP_RETURN_IF_ERROR(ValidateId(place.TextOf("id"), "question id", question.id()));
    if (IndexOfId(definition.questions(), question.id()) != q) {
      return place.ErrorAt(
          "id",
          fmt::format("question \"{}\" is defined twice; rename or remove one", question.id()));
    }
    if (IndexOfId(definition.dimensions(), question.id()) >= 0) {
      return place.ErrorAt(
          "id", fmt::format("\"{}\" is the id of a dimension too; rename one", question.id()));
    }
    if (!v1::Question::Kind_IsValid(question.kind())) {
      return place.ErrorAt("kind",
                           "the kind of question is unknown; write SINGLE, MULTIPLE or SCALE");
    }
    PP_RETURN_IF_ERROR(ValidateOptions(question, place));
    for (int i = 0; i < question.sets_size(); ++i) {
      PP_RETURN_IF_ERROR(ValidateSet(question, i, place.In("sets", i)));
    }
  }
  return absl::OkStatus();
}

absl::Status ValidateIndicator(const DefinitionSource& source) {
  const v1::WaveDefinition& definition = source.definition;
  if (!definition.has_indicator()) return absl::OkStatus();
  const v1::Indicator& indicator = definition.indicator();
  const Place place = source.Root().In("indicator");
  PP_RETURN_IF_ERROR(ValidateIndicatorQuestions(source, place));
  if (indicator.groups_size() == 0) {
    return place.Error("the indicator has no groups; add groups { id: \"...\" score: 1 }");
  }
  if (indicator.groups_size() > kMaxGroups) {
    return place.ErrorAt("groups", kMaxGroups,
                         fmt::format("the indicator has {} groups; at most {} have room",
                                     indicator.groups_size(), kMaxGroups));
  }
  Owners owners;
  for (int g = 0; g < indicator.groups_size(); ++g) {
    PP_RETURN_IF_ERROR(ValidateGroup(definition, g, place.In("groups", g), owners));
  }
  return absl::OkStatus();
}

}  // namespace panelpuls::wave
