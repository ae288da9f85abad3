// How many connections the process's descriptors allow, beside what the journal, exports and the
// server itself take.
// Threads  any; pure.
#pragma once

#include <cstdint>
#include <string>

#include "base/descriptors.h"
#include "base/status.h"
#include "server/options.h"

namespace panelpuls::server {

// Lowers the limits in *options to what fits and says in a line what they are.
// FailedPrecondition: there are too few descriptors to serve anybody; says how many are needed.
absl::StatusOr<std::string> FitConnections(const Descriptors& descriptors, std::uint32_t partitions,
                                           ServerOptions* options);

}  // namespace panelpuls::server
