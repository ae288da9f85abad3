// The partitions of a data directory, to be read without changing anything: what replay, verify and
// export begin with.
// Threads  one.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "archive/directory.h"
#include "archive/rebuild.h"
#include "archive/witness.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/status.h"
#include "journal/journal.h"

namespace panelpuls::archive {

// Stays where it is: the partitions' readers point into it.
struct Reading {
  DirectoryInfo directory;
  Witness witness;
  JournalHead head;                               // its wave is that of the states
  std::vector<journal::RecoveryReport> recovery;  // filled as partitions are read
  std::vector<PartitionReplay> partitions;        // with empty states
};

// `wave`: the definition to make the states with; null: the last one that was in force by then.
// NotFound: no data directory, or nothing was journaled until then.
absl::Status PrepareReading(FileSystem& files, const std::string& directory,
                            std::optional<Micros> until, Reading* reading,
                            std::shared_ptr<const wave::Wave> wave = nullptr);

}  // namespace panelpuls::archive
