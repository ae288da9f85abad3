// The witness: how far each partition's journal was durable, kept beside the journals, so that an
// end that is missing is noticed. Written on no response's way: at most once in a while as
// positions move, and exactly at a clean stop. Never ahead of what is durable.
//
// panelpuls.witness   two slots of 4096 bytes, written in turn; the whole one of the higher
// generation
//                     counts. Layout in docs/PROTOCOL.md.
// Threads  one at a time; reading may run beside a running engine.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "archive/directory.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/status.h"
#include "journal/journal.h"

namespace panelpuls::archive {

struct Witness {
  std::uint64_t generation = 0;
  Micros at = 0;                     // when it was written
  bool stopped = false;              // cleanly: nothing was acknowledged behind these marks
  std::vector<journal::Mark> marks;  // [partition]
};

std::string WitnessPath(const std::string& directory);

// What is known of the partitions of a directory; without marks where nothing can be: in a
// directory of format 1, or one that is still being made. DataLoss: the witness is missing or
// damaged, or belongs to another directory.
absl::StatusOr<Witness> ReadWitness(FileSystem& files, const std::string& directory,
                                    const DirectoryInfo& info);

// Of a partition; nothing where nothing is known.
journal::Mark MarkOf(const Witness& witness, std::uint32_t partition);

// The witness of a running engine.
class WitnessFile {
 public:
  // Makes the file where there is none; writes nothing else. last: as it was read.
  static absl::StatusOr<std::unique_ptr<WitnessFile>> Open(FileSystem& files,
                                                           const std::string& directory,
                                                           const DirectoryInfo& info,
                                                           const Witness& last);

  // As the next generation, durable when it returns.
  absl::Status Write(const Witness& witness);

 private:
  WitnessFile(std::unique_ptr<File> file, std::uint64_t incarnation, std::uint64_t generation);

  std::unique_ptr<File> file_;
  const std::uint64_t incarnation_;
  std::uint64_t generation_;
  BlockBytes slot_;
};

}  // namespace panelpuls::archive
