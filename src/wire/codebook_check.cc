// Whether a codebook speaks of the ids and codes that a wave has.
#include <absl/container/flat_hash_set.h>

#include <algorithm>
#include <map>
#include <optional>

#include "base/look_alike.h"
#include "base/printable.h"
#include "wire/codebook.h"
#include "wire/columns.h"
#include "wire/record_fault.h"

namespace panelpuls::wire {
namespace {

// Codes that an id takes.
struct IdCodes {
  std::vector<std::string> list;
  absl::flat_hash_set<std::string> known;
};

template <typename T>
IdCodes CodesOf(const std::vector<T>& coded) {
  IdCodes codes;
  for (const T& one : coded) codes.list.push_back(one.code);
  codes.known.insert(codes.list.begin(), codes.list.end());
  return codes;
}

// None where it takes other things than codes.
std::optional<IdCodes> CodesOfId(const wave::Wave& wave, const std::string& id) {
  if (id == "channel") return CodesOf(wave.channels);
  if (const int d = wave.FindDimension(id); d != wave::kNone) {
    return CodesOf(wave.dimensions[static_cast<std::size_t>(d)].categories);
  }
  if (const int q = wave.FindQuestion(id); q != wave::kNone) {
    return CodesOf(wave.questions[static_cast<std::size_t>(q)].options);
  }
  return std::nullopt;
}

// Of status and disposition, whose codes are read without case.
bool IsNameOf(const std::string& id, const std::string& code) {
  wave::Status status;
  if (id == "status") return ParseStatusName(code, status);
  if (id == "disposition") return wave::ParseDisposition(code) != wave::Disposition::kNone;
  return false;
}

std::string Likeness(std::string_view text, const std::vector<std::string>& known) {
  return LikenessBehind(text, std::vector<std::string_view>(known.begin(), known.end()));
}

class Checker {
 public:
  Checker(const Codebook& codebook, const wave::Wave& wave)
      : codebook_(codebook), wave_(wave), ids_(AllFileIds(wave)) {}

  absl::Status CheckId(const std::string& rule, const std::string& id) const {
    if (std::find(ids_.begin(), ids_.end(), id) != ids_.end()) return absl::OkStatus();
    return codebook_.ErrorAt(
        rule, fmt::format("the codebook has a rule for \"{}\", which is no id here{}; known: {}",
                          Printable(id), Likeness(id, ids_), JoinIds(ids_)));
  }

  absl::Status CheckCode(const std::string& rule, const std::string& id, const std::string& code) {
    PP_RETURN_IF_ERROR(CheckId(rule, id));
    const auto found = codes_.find(id);
    const std::optional<IdCodes>& codes =
        found != codes_.end() ? found->second
                              : codes_.emplace(id, CodesOfId(wave_, id)).first->second;
    if (!codes.has_value()) {
      if (IsNameOf(id, code)) return absl::OkStatus();
      return codebook_.ErrorAt(
          rule, id == "status" ? fmt::format("status \"{}\" {}", Printable(code), kReasonStatus)
                : id == "disposition"
                    ? fmt::format("\"{}\" is no disposition", Printable(code))
                    : fmt::format("{} takes no codes; only its column can be named", id));
    }
    if (codes->known.contains(code)) return absl::OkStatus();
    return codebook_.ErrorAt(
        rule, fmt::format("\"{}\" is no code of {}{}; known: {}", Printable(code), id,
                          Likeness(code, codes->list), JoinIds(codes->list)));
  }

  absl::Status CheckOptions(const std::string& question, const OptionColumns& options) {
    for (const auto& [option, column] : options.columns) {
      PP_RETURN_IF_ERROR(
          CheckCode(fmt::format("option {} {}", question, option), question, option));
    }
    const std::string first = fmt::format("option {} {}", question, options.columns.front().first);
    const int number = wave_.FindQuestion(question);
    if (number == wave::kNone || !wave_.questions[static_cast<std::size_t>(number)].multiple) {
      return codebook_.ErrorAt(
          first, fmt::format("{} is no multiple-choice question, so it has one column; write "
                             "\"column {} = ...\"",
                             question, question));
    }
    if (codebook_.columns.contains(question)) {
      return codebook_.ErrorAt(first,
                               fmt::format("{} has a column of its own in line {} and one for each "
                                           "option; keep one of them",
                                           question, codebook_.lines.at("column " + question)));
    }
    if (options.none.empty()) return absl::OkStatus();
    return CheckCode("none " + question, question, options.none);
  }

  // Of an id whose values have a code "", which is missing.
  absl::Status CheckMissing(const std::string& id) const {
    const std::string rule = "missing " + id;
    PP_RETURN_IF_ERROR(CheckId(rule, id));
    if (id != "respondent_id" && id != "unit_id") return absl::OkStatus();
    return codebook_.ErrorAt(
        rule, fmt::format("{} is never missing, so the rule has no effect; remove it", id));
  }

  absl::Status CheckSeparator(const std::string& question) const {
    const std::string rule = "separated " + question;
    PP_RETURN_IF_ERROR(CheckId(rule, question));
    const int number = wave_.FindQuestion(question);
    if (number == wave::kNone || !wave_.questions[static_cast<std::size_t>(number)].multiple) {
      return codebook_.ErrorAt(
          rule,
          fmt::format("{} is no multiple-choice question, so its cells are not parted; remove "
                      "the rule",
                      question));
    }
    if (!codebook_.options.contains(question)) {
      return CheckParts(rule, wave_.questions[static_cast<std::size_t>(number)]);
    }
    return codebook_.ErrorAt(
        rule, fmt::format("{} has a column for each option, so the rule has no effect; remove it",
                          question));
  }

  // Of an id whose options have columns of their own, whose cells say chosen or not.
  absl::Status CheckNoOptionColumns(const std::string& rule, const std::string& id) const {
    if (!codebook_.options.contains(id)) return absl::OkStatus();
    return codebook_.ErrorAt(
        rule, fmt::format("{0} has a column for each option, so the rule has no effect; write "
                          "\"chosen {0} = ...\" and \"not_chosen {0} = ...\"",
                          id));
  }

 private:
  // An option with the separator in its code would be parted, unless a value says that it is one.
  absl::Status CheckParts(const std::string& rule, const wave::Question& question) const {
    const std::string& separator = codebook_.separators.at(question.id);
    const auto values = codebook_.values.find(question.id);
    for (const wave::Option& option : question.options) {
      if (option.code.find(separator) == std::string::npos) continue;
      const bool named =
          values != codebook_.values.end() &&
          std::any_of(values->second.begin(), values->second.end(),
                      [&](const auto& value) { return value.second == option.code; });
      if (named) continue;
      return codebook_.ErrorAt(
          rule,
          fmt::format("option \"{1}\" of {0} has the separator in its code, so a cell with it "
                      "would be parted there; add \"value {0} {1} = ...\" with what the file "
                      "has for it",
                      question.id, Printable(option.code)));
    }
    return absl::OkStatus();
  }

  const Codebook& codebook_;
  const wave::Wave& wave_;
  const std::vector<std::string> ids_;
  std::map<std::string, std::optional<IdCodes>> codes_;  // by id, of those that rules speak of
};

}  // namespace

std::vector<std::string> AllFileIds(const wave::Wave& wave) {
  std::vector<std::string> ids = {
      "respondent_id", "channel", "revision",    "collected_at", "status",
      "base_weight",   "unit_id", "disposition", "at",           "event_id"};
  for (const wave::Dimension& dimension : wave.dimensions) ids.push_back(dimension.id);
  for (const wave::Question& question : wave.questions) ids.push_back(question.id);
  return ids;
}

absl::Status CheckCodebook(const Codebook& codebook, const wave::Wave& wave) {
  Checker checker(codebook, wave);
  for (const auto& [id, column] : codebook.columns) {
    PP_RETURN_IF_ERROR(checker.CheckId("column " + id, id));
  }
  for (const auto& [id, values] : codebook.values) {
    for (const auto& [value, code] : values) {
      const std::string rule = fmt::format("value {} {}", id, code);
      PP_RETURN_IF_ERROR(code.empty() ? checker.CheckMissing(id)
                                      : checker.CheckCode(rule, id, code));
      if (!code.empty()) PP_RETURN_IF_ERROR(checker.CheckNoOptionColumns(rule, id));
    }
  }
  for (const auto& [id, ranges] : codebook.ranges) {
    for (const auto& [low, range] : ranges) {
      const std::string rule = fmt::format("range {} {}", id, range.code);
      PP_RETURN_IF_ERROR(checker.CheckCode(rule, id, range.code));
      PP_RETURN_IF_ERROR(checker.CheckNoOptionColumns(rule, id));
    }
  }
  for (const auto& [id, code] : codebook.constants) {
    PP_RETURN_IF_ERROR(checker.CheckCode("constant " + id, id, code));
  }
  for (const auto& [question, options] : codebook.options) {
    PP_RETURN_IF_ERROR(checker.CheckOptions(question, options));
  }
  for (const auto& [question, separator] : codebook.separators) {
    PP_RETURN_IF_ERROR(checker.CheckSeparator(question));
  }
  return absl::OkStatus();
}

}  // namespace panelpuls::wire
