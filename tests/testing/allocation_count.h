// How often the program has called operator new. Linking pp::allocation_count replaces operator new
// of the whole program, so only programs that count link it.
#pragma once

#include <cstdint>

namespace panelpuls::testing {

// Calls so far, of all threads. Threads  any.
std::uint64_t AllocationCount();

}  // namespace panelpuls::testing
