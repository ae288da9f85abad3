// Holm's step-down adjustment of the p's of one family (METHOD M3).
// Threads  any; pure.
#pragma once

#include <span>
#include <vector>

namespace panelpuls::estimate {

// Parallel to `p`; none above 1, and in the order of the p's.
std::vector<double> HolmAdjusted(std::span<const double> p);

}  // namespace panelpuls::estimate
