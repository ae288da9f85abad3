// The null sink's file: segments of the journal's size, made ahead by the journal's own maker and
// at its pace, groups on 4 KiB boundaries, one write and one fdatasync each. journal::Journal
// itself is not taken, since it check-sums each group and copies it once more, which is part of
// what the real server is measured for. Threads  one writer. Errors   the file system's; every one
// is final here.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/file.h"
#include "base/status.h"
#include "journal/segment_files.h"

namespace panelpuls::bench {

class NullLog {
 public:
  // Makes `directory` and its first segment.
  static absl::StatusOr<std::unique_ptr<NullLog>> Make(const std::string& directory);

  // Room for a group of at most `bytes`. Groups are no larger than a segment.
  absl::Status Reserve(std::size_t bytes);
  // One group, durable on return. Its size is a multiple of journal::kBlockBytes.
  absl::Status Commit(std::span<const std::byte> group);

 private:
  NullLog(const std::string& directory, const journal::JournalOptions& options);
  absl::Status MakeAhead();
  bool Fits(std::size_t bytes) const { return offset_ + bytes <= options_.segment_bytes; }

  const journal::JournalOptions options_;
  journal::SegmentMaker maker_;
  std::vector<journal::MadeSegment> ready_;  // made, empty
  std::unique_ptr<File> file_;
  std::uint64_t offset_ = 0;  // where the next group goes
};

}  // namespace panelpuls::bench
