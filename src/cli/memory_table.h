// The memory a wave takes: of the state, fixed before the first response, as check-wave, capacity
// and serve print it; of the whole process, as capacity does.
#pragma once

#include <cstdint>
#include <string>

#include "capacity/capacity.h"
#include "state/state.h"

namespace panelpuls::cli {

// `memory` is that of all partitions together.
std::string MemoryTable(const state::StateMemory& memory, std::uint32_t partitions);
// The state's table, what is held beside it, and the sums.
std::string CapacityTable(const capacity::Capacity& capacity, std::uint32_t partitions);

}  // namespace panelpuls::cli
