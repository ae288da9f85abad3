#include "cli/push_job.h"

#include <utility>

#include "cli/file_notes.h"
#include "cli/file_push.h"
#include "cli/input.h"
#include "cli/interruption.h"
#include "wire/encode.h"

namespace panelpuls::cli {
namespace {

absl::Status CheckInterruption() {
  return Interruption::Signal() == 0 ? absl::OkStatus() : absl::CancelledError("interrupted");
}

}  // namespace

PushJob::PushJob(const PushSettings& settings, const wave::Wave& wave, client::Pusher& pusher)
    : settings_(settings), wave_(wave), pusher_(pusher) {
  pusher_.OnResult([this](const client::PushResult& result) {
    if (at_hand_ != nullptr) at_hand_->Take(result);
  });
}

absl::Status PushJob::PushResponses(const std::string& file) {
  return PushFile(file, Kind::kResponses);
}

absl::Status PushJob::PushEvents(const std::string& file) { return PushFile(file, Kind::kEvents); }

absl::Status PushJob::PushFile(const std::string& file, Kind kind) {
  PP_ASSIGN_OR_RETURN(wire::FileOptions options, kind == Kind::kEvents
                                                     ? settings_.form.EventOptionsFor(file)
                                                     : settings_.form.OptionsFor(file));
  options.default_channel = settings_.channel;
  PP_ASSIGN_OR_RETURN(const std::string content, ReadInput(file));
  PP_ASSIGN_OR_RETURN(wire::FieldColumns columns,
                      wire::FieldColumns::Make(content, wave_, options));
  PP_RETURN_IF_ERROR(kind == Kind::kEvents ? SayEventHeader(content, wave_, options)
                                           : SayHeader(content, wave_, options));
  wire::FileOptions::EmptyRows empty_rows;
  options.empty_rows = &empty_rows;
  wire::IgnoredFields ignored_fields;
  options.ignored_fields = &ignored_fields;
  FilePush push(wave_, options, content, std::move(columns));
  at_hand_ = &push;
  // What is wrong with the file as a whole shows after what it began with was sent.
  const absl::Status read = ReadAndSend(push, kind);
  SayEmptyRows(file, empty_rows);
  std::uint64_t ignored = 0;
  const auto names = ignored_fields.Take(&ignored);
  SayIgnored(file, "fields that no response has", ignored, names);
  if (pusher_status_.ok()) pusher_status_ = CheckInterruption();
  if (pusher_status_.ok()) pusher_status_ = pusher_.Flush();
  at_hand_ = nullptr;
  put_aside_ += push.put_aside();
  PP_RETURN_IF_ERROR(push.End(read.ok() && pusher_status_.ok()));
  return pusher_status_.ok() ? read : pusher_status_;
}

// Errors of the file; those of the pusher go to pusher_status_.
absl::Status PushJob::ReadAndSend(FilePush& push, Kind kind) {
  std::string bytes;
  const auto send = [&](std::uint64_t tag) {
    pusher_status_ =
        kind == Kind::kEvents ? pusher_.AddCaseEvent(bytes, tag) : pusher_.AddResponse(bytes, tag);
    if (pusher_status_.ok()) pusher_status_ = CheckInterruption();
    return pusher_status_.ok();
  };
  if (kind == Kind::kEvents) {
    return wire::ReadCaseEvents(
        push.content(), wave_, push.options(), [&](const wire::EventRecord& record) {
          if (!record.reason.empty()) {
            push.Refuse({record.line, record.text, record.field, record.reason});
            return CheckInterruption().ok();
          }
          bytes.clear();
          wire::AppendCaseEvent(record.event, bytes);
          return send(push.Remember(record.line, record.text));
        });
  }
  return wire::ReadResponses(
      push.content(), wave_, push.options(), [&](const wire::FileRecord& record) {
        if (record.response == nullptr) {
          push.Refuse({record.line, record.text, record.field, record.reason});
          return CheckInterruption().ok();
        }
        bytes.clear();
        wire::AppendResponse(*record.response, bytes);
        return send(push.Remember(record.line, record.text));
      });
}

}  // namespace panelpuls::cli
