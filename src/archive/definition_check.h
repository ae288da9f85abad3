// What another definition would do to a data directory, before a server is started with it.
// Threads  any; may run beside an engine on the same directory.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/file.h"
#include "base/status.h"
#include "wave/changes.h"
#include "wave/wave.h"

namespace panelpuls::archive {

struct DefinitionCheck {
  std::vector<wave::DefinitionVersion> versions;  // that were in force, the present one last
  std::vector<wave::Change> changes;              // of the present one
  std::uint64_t respondents = 0;                  // under the new one, where it is taken
  // FailedPrecondition: a start with it would be refused, and what it would say.
  absl::Status verdict;
};

// Replays the journals under `wave`; changes nothing. Errors are those of Replay.
absl::StatusOr<DefinitionCheck> CheckDefinition(FileSystem& files, const std::string& directory,
                                                std::shared_ptr<const wave::Wave> wave);

}  // namespace panelpuls::archive
