// What the machine has left, for capacity.
// Threads  any.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/status.h"

namespace panelpuls::cli {

// Memory that programs may still take (MemAvailable), or less where a control group allows less.
// None: the system does not say.
std::optional<std::uint64_t> AvailableMemory();

// Free bytes of the disk on which `directory` lies or would be made.
absl::StatusOr<std::uint64_t> FreeDisk(const std::string& directory);

}  // namespace panelpuls::cli
