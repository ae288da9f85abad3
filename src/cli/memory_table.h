// The memory a wave takes, as check-wave and serve print it: fixed before the first response.
#pragma once

#include <cstdint>
#include <string>

#include "state/state.h"

namespace panelpuls::cli {

// `memory` is that of all partitions together.
std::string MemoryTable(const state::StateMemory& memory, std::uint32_t partitions);

}  // namespace panelpuls::cli
