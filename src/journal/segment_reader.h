// Reads groups of one segment through a window that moves over the file.
// Threads  one at a time.
// Errors   Status of the file system only; what is damaged is an answer, not an error.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "base/file.h"
#include "base/status.h"
#include "journal/format.h"
#include "journal/journal.h"
#include "journal/segment_files.h"

namespace panelpuls::journal {

// A group whose check sum fits and which names the segment, place and journal it stands in.
// bytes: with header and padding; valid until the next call of the reader.
struct WholeGroup {
  GroupHeader header;
  std::span<const std::byte> bytes;

  GroupView view() const {
    return {.info = {.position = header.position,
                     .definition_id = header.definition_id,
                     .receipt_time = header.receipt_time},
            .payload = bytes.subspan(kGroupHeaderBytes, header.payload_bytes)};
  }
};

// What stands behind an offset: up to where there is anything but zeros, and the first group that
// proves the expected one to have been durable: a whole one with at least its position, or the
// header of one with a higher position.
struct Rest {
  std::uint64_t used_end = 0;  // 0: all zeros
  struct Later {
    Position position = 0;
    std::uint64_t offset = 0;
    bool whole = true;  // or its header alone
  };
  std::optional<Later> later;
};

class SegmentReader {
 public:
  SegmentReader(FileSystem& files, const JournalOptions& options)
      : files_(files), options_(options) {}

  absl::Status Open(const Segment& segment);
  // The whole group at an offset that is a multiple of kBlockBytes; none where there is none.
  absl::StatusOr<std::optional<WholeGroup>> GroupAt(std::uint64_t offset);
  absl::StatusOr<Rest> RestFrom(std::uint64_t offset, Position expected);
  // Reads from the file again what it has in its window: another process may have written.
  void Forget() { window_bytes_ = 0; }

 private:
  // The header of a group of this journal that names this place.
  absl::StatusOr<std::optional<GroupHeader>> HeaderAt(std::uint64_t offset);
  absl::StatusOr<std::span<const std::byte>> Fetch(std::uint64_t offset, std::uint64_t bytes);

  FileSystem& files_;
  const JournalOptions& options_;
  Segment segment_;
  std::unique_ptr<File> file_;
  std::vector<std::byte> window_;  // grows to the largest group
  std::uint64_t window_offset_ = 0;
  std::uint64_t window_bytes_ = 0;
};

}  // namespace panelpuls::journal
