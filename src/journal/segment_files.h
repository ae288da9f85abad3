// The segment files of a journal: their names, their headers, and how the next one is made.
// A file named NNNNNNNN.segment is always whole: filled with zeros, its header in place, all
// durable. While it is made it is named NNNNNNNN.segment.making; what a crash leaves of that is
// removed. Threads  one at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/file.h"
#include "base/status.h"
#include "journal/journal.h"

namespace panelpuls::journal {

struct Segment {
  std::uint32_t id = 0;
  std::string path;
  std::uint64_t bytes = 0;
};

// A segment that is made, open for writing: to use it no descriptor more is needed.
struct MadeSegment {
  Segment segment;
  std::unique_ptr<File> file;
};

std::string SegmentPath(const std::string& directory, std::uint32_t id);

// All segments, ids 1, 2, 3 ..., each with its header read and checked against options.
// DataLoss: a segment missing, damaged, cut, copied to another name, or of another journal or
// partition. FailedPrecondition: a format this program does not know.
absl::StatusOr<std::vector<Segment>> ListSegments(FileSystem& files, const std::string& directory,
                                                  const JournalOptions& options);

// Removes what is left of segments that were being made.
absl::Status RemoveUnfinished(FileSystem& files, const std::string& directory);

// Makes one segment after the other, in slices. Holds a descriptor of the directory, and the file
// that is being made.
class SegmentMaker {
 public:
  SegmentMaker(FileSystem& files, std::string directory, const JournalOptions& options,
               std::uint32_t next_id);

  // Bytes of the segment being made that are filled.
  std::uint64_t filled_bytes() const { return filled_bytes_; }

  // Fills up to `bytes` more; at the end gives the segment its name, and `made` its value.
  // ResourceExhausted: no room, descriptor or memory; nothing is lost, and a later call goes on.
  // All other errors are final.
  absl::Status Advance(std::uint64_t bytes, std::vector<MadeSegment>& made);

 private:
  absl::Status CheckRoom() const;
  absl::Status Fill(std::uint64_t bytes);
  absl::Status Finish(std::vector<MadeSegment>& made);

  FileSystem& files_;
  const std::string directory_;
  const JournalOptions options_;
  std::uint32_t next_id_;
  std::unique_ptr<Directory> folder_;
  std::unique_ptr<File> file_;
  std::uint64_t filled_bytes_ = 0;
};

}  // namespace panelpuls::journal
