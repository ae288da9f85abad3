// Domains of the indicator that have too many categories to be compared in pairs (METHOD M3): their
// pairs would be so many that no adjusted p could be small.
// Threads  any; pure.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "wave/wave.h"

namespace panelpuls::estimate {

// The most categories that are compared.
inline constexpr std::size_t kMostCategories = 25;

bool HasTooManyCategories(const wave::Wave& wave, const wave::Domain& domain);

struct WideDomain {
  std::string name;  // as figures print it: dimension or question, crossed ones joined by &
  std::size_t categories = 0;
};
// Each once, in the order in which the definition tabulates them.
std::vector<WideDomain> WideDomains(const wave::Wave& wave);

}  // namespace panelpuls::estimate
