#include "cli/file_push.h"

#include <utility>

#include "cli/output.h"

namespace panelpuls::cli {

FilePush::FilePush(const wave::Wave& wave, const wire::FileOptions& options,
                   std::string_view content, wire::FieldColumns columns)
    : wave_(wave),
      options_(options),
      content_(content),
      columns_(std::move(columns)),
      rejected_(options.file_name, content, options),
      reasons_(options.file_name),
      progress_(options.file_name + ":", 0) {}

std::uint64_t FilePush::Remember(std::uint64_t line, std::string_view text) {
  last_line_ = line;
  pending_.emplace(++last_tag_, Pending{.line = line, .text = std::string(text)});
  return last_tag_;
}

void FilePush::Refuse(const Unreadable& record) {
  last_line_ = record.line;
  ++not_sent_;
  const std::string reason =
      "not sent: " + FaultText({.column = columns_.Of(record.text, record.field),
                                .field = record.field,
                                .reason = record.reason});
  reasons_.Add(record.line, reason);
  rejected_.Add(record.line, rejected_.LinesOf(record.line, record.text), reason);
}

std::string FilePush::ReasonOf(const client::PushResult& result, const Pending& record) const {
  if (result.result == wave::Result::kRegisterFull) {
    return fmt::format(
        "register_full: the wave has room for max_respondents units and no more (here {}); raise "
        "max_respondents in the server's definition, restart it and push this line again",
        wave_.max_respondents);
  }
  if (result.field.empty() && result.reason.empty()) {
    return result.result == wave::Result::kConflict
               ? "another content stands under the same revision and time"
               : "rejected without a reason";
  }
  return FaultText({.column = columns_.Of(record.text, result.field),
                    .field = result.field,
                    .reason = result.reason});
}

void FilePush::Take(const client::PushResult& result) {
  const auto found = pending_.find(result.tag);
  if (found == pending_.end()) return;
  if (result.result == wave::Result::kConflict) {
    reasons_.Add(found->second.line, "conflict: " + ReasonOf(result, found->second));
  }
  const bool full = result.result == wave::Result::kRegisterFull;
  if (full || result.result == wave::Result::kRejected) {
    const Pending& record = found->second;
    ++(full ? without_room_ : refused_);
    const std::string reason = ReasonOf(result, record);
    reasons_.Add(record.line, reason);
    rejected_.Add(record.line, rejected_.LinesOf(record.line, record.text), reason);
  }
  pending_.erase(found);
  progress_.Update(++done_);
}

std::string FilePush::Counts() const {
  std::string text;
  const auto add = [&](std::uint64_t count, std::string_view what) {
    if (count > 0) text += fmt::format("{}{} {}", text.empty() ? "" : ", ", Thousands(count), what);
  };
  add(refused_, "rejected by the server");
  add(without_room_, "without room in its register");
  add(not_sent_, "not sent");
  return text;
}

absl::Status FilePush::End(bool whole) {
  progress_.End();
  reasons_.SayAll();
  const std::string& file = options_.file_name;
  const bool due = refused_ + without_room_ > 0 || (whole && not_sent_ > 0);
  if (due) {
    PP_RETURN_IF_ERROR(rejected_.Write());
    Say(fmt::format("{}: {}; mend them in {} and push that file (reasons: {})", file, Counts(),
                    rejected_.path(), rejected_.reasons_path()));
  } else if (not_sent_ > 0) {
    Say(fmt::format("{}: {} as they stand; no server saw them, and no file of them was written",
                    file, Counts()));
  }
  if (!whole) {
    Say(
        fmt::format("{}: stopped behind line {}; push it again, what the server has is answered "
                    "duplicate",
                    file, last_line_));
  }
  return absl::OkStatus();
}

}  // namespace panelpuls::cli
