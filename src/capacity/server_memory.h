// What a server holds beside its engine at most, whatever its peers do: the sum of its bounds.
// Units    bytes.
// Threads  any; pure.
#pragma once

#include <vector>

#include "capacity/capacity.h"
#include "server/options.h"
#include "wave/wave.h"

namespace panelpuls::capacity {

std::vector<MemoryPart> MemoryOf(const server::ServerOptions& options, const wave::Wave& wave);

}  // namespace panelpuls::capacity
