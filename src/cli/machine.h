// What the machine has left, for capacity.
// Threads  any.
#pragma once

#include <cstdint>
#include <string>

#include "base/status.h"

namespace panelpuls::cli {

// Free bytes of the disk on which `directory` lies or would be made.
absl::StatusOr<std::uint64_t> FreeDisk(const std::string& directory);

}  // namespace panelpuls::cli
