// The partitions of a data directory, to be read without changing anything: what replay, verify and
// export begin with.
// Threads  one.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/file.h"
#include "base/status.h"
#include "engine/directory.h"
#include "engine/recovery.h"
#include "engine/witness.h"
#include "journal/journal.h"

namespace panelpuls::engine {

// Stays where it is: the partitions' readers point into it.
struct Reading {
  DirectoryInfo directory;
  Witness witness;
  JournalHead head;
  std::vector<journal::RecoveryReport> recovery;  // filled as partitions are read
  std::vector<PartitionReplay> partitions;        // with empty states
};

// NotFound: no data directory, or nothing was journaled until then.
absl::Status PrepareReading(FileSystem& files, const std::string& directory,
                            std::optional<Micros> until, Reading* reading);

}  // namespace panelpuls::engine
