// The file descriptors that this process may have.
// Threads  any.
#pragma once

#include <cstdint>

#include "base/status.h"

namespace panelpuls {

struct Descriptors {
  std::uint64_t most = 0;  // the limit in force
  std::uint64_t open = 0;  // now
};

// Raises the soft limit to the hard one, for nothing here minds large descriptors.
// Unavailable: the system does not say what the limits are.
absl::StatusOr<Descriptors> RaiseDescriptorLimit();

}  // namespace panelpuls
