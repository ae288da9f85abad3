// The linearised variable of the difference of two options' shares, on the sums that say who chose
// both: the pairs of a multiple choice, or the joint table of two questions (METHOD M3).
// Threads  any; pure.
#pragma once

#include <span>

#include "estimate/plan/comparison_plan.h"
#include "estimate/variance/linearised.h"
#include "estimate/variance/variance.h"

namespace panelpuls::estimate {

struct PairOfOptions {
  const wave::Wave& wave;
  const Plan& plan;
  const OptionPair& pair;
};
// What METHOD M5 asks of counts: two options that were always chosen together leave nothing to
// estimate an error from. `counts` by entry of the block.
bool HasTwoDifferences(const PairOfOptions& options, std::span<const double> counts);
Contrast ContrastOf(const PairOfOptions& options, const Linearised& a, const Linearised& b);

}  // namespace panelpuls::estimate
