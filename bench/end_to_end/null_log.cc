#include "end_to_end/null_log.h"

#include <algorithm>

#include "journal/format.h"

namespace panelpuls::bench {
namespace {

constexpr std::uint64_t kMakeSliceBytes = 256 << 10;  // the journal's

}  // namespace

NullLog::NullLog(const std::string& directory, const journal::JournalOptions& options)
    : options_(options), maker_(PosixFileSystem(), directory, options, 1) {}

absl::StatusOr<std::unique_ptr<NullLog>> NullLog::Make(const std::string& directory) {
  PP_RETURN_IF_ERROR(PosixFileSystem().CreateDirectories(directory));
  std::unique_ptr<NullLog> log(new NullLog(directory, {}));
  PP_RETURN_IF_ERROR(log->maker_.Advance(log->options_.segment_bytes, log->ready_));
  log->offset_ = log->options_.segment_bytes;
  PP_RETURN_IF_ERROR(log->Reserve(journal::kBlockBytes));
  return log;
}

absl::Status NullLog::Reserve(std::size_t bytes) {
  if (Fits(bytes)) return absl::OkStatus();
  if (ready_.empty()) PP_RETURN_IF_ERROR(maker_.Advance(options_.segment_bytes, ready_));
  file_ = std::move(ready_.front().file);
  offset_ = journal::kFirstGroupOffset;
  ready_.clear();
  return absl::OkStatus();
}

absl::Status NullLog::Commit(std::span<const std::byte> group) {
  PP_RETURN_IF_ERROR(Reserve(group.size()));
  PP_RETURN_IF_ERROR(file_->WriteAt(offset_, group));
  PP_RETURN_IF_ERROR(file_->DataSync());
  offset_ += group.size();
  return MakeAhead();
}

// As journal::Journal::Sync does: the next segment is twice as full as this one.
absl::Status NullLog::MakeAhead() {
  if (!ready_.empty()) return absl::OkStatus();
  const std::uint64_t due = 2 * (offset_ - journal::kFirstGroupOffset);
  if (due <= maker_.filled_bytes()) return absl::OkStatus();
  return maker_.Advance(std::max(due - maker_.filled_bytes(), kMakeSliceBytes), ready_);
}

}  // namespace panelpuls::bench
