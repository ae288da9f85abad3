// Whether a codebook speaks of the ids and codes that a wave has.
#include <absl/container/flat_hash_set.h>

#include <algorithm>
#include <map>
#include <optional>

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

class Checker {
 public:
  Checker(const Codebook& codebook, const wave::Wave& wave)
      : codebook_(codebook), wave_(wave), ids_(AllFileIds(wave)) {}

  absl::Status CheckId(const std::string& rule, const std::string& id) const {
    if (std::find(ids_.begin(), ids_.end(), id) != ids_.end()) return absl::OkStatus();
    return codebook_.ErrorAt(
        rule, fmt::format("the codebook has a rule for \"{}\", which is no id here; known: {}",
                          Printable(id), JoinIds(ids_)));
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
    return codebook_.ErrorAt(rule, fmt::format("\"{}\" is no code of {}; known: {}",
                                               Printable(code), id, JoinIds(codes->list)));
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

 private:
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
      PP_RETURN_IF_ERROR(code.empty()
                             ? checker.CheckId("missing " + id, id)
                             : checker.CheckCode(fmt::format("value {} {}", id, code), id, code));
    }
  }
  for (const auto& [id, ranges] : codebook.ranges) {
    for (const auto& [low, range] : ranges) {
      PP_RETURN_IF_ERROR(
          checker.CheckCode(fmt::format("range {} {}", id, range.code), id, range.code));
    }
  }
  for (const auto& [id, code] : codebook.constants) {
    PP_RETURN_IF_ERROR(checker.CheckCode("constant " + id, id, code));
  }
  for (const auto& [question, options] : codebook.options) {
    PP_RETURN_IF_ERROR(checker.CheckOptions(question, options));
  }
  return absl::OkStatus();
}

}  // namespace panelpuls::wire
