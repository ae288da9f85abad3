// The linearised variable of the difference of two options' shares, on the sums that say who chose
// both: the pairs of a multiple choice, or the joint table of two questions (METHOD M3).
// Threads  any; pure.
#pragma once

#include "estimate/comparison_plan.h"
#include "estimate/linearised.h"
#include "estimate/variance.h"

namespace panelpuls::estimate {

struct PairOfOptions {
  const wave::Wave& wave;
  const Plan& plan;
  const OptionPair& pair;
};
Contrast ContrastOf(const PairOfOptions& options, const Linearised& a, const Linearised& b);

}  // namespace panelpuls::estimate
