// Whether any weights within bounds can meet all margins, and who is at fault: METHOD M2,
// "Margins that cannot be met". Only looked at where calibration has failed.
// Sound    a named category proves that there are no such weights; none named proves nothing. Base
//          weights matter to bounds alone.
// Cost     a linear program of groups x cells (least_error.h).
// Threads  pure.
#pragma once

#include <vector>

#include "estimate/weighting/calibration_problem.h"
#include "estimate/weighting/least_error.h"

namespace panelpuls::estimate {

struct Feasibility {
  // kInfeasible with dimension and category: each category whose total its own respondents cannot
  // have, by the bounds or because they all lie in categories of another margin that together are
  // smaller; where there is none such, those that are missed by the weights with the least sum of
  // relative margin errors. With a lower bound below 0 the latter alone.
  std::vector<Flag> infeasible;
  // [margin][group] totals that can be met, where the declared ones contradict each other by no
  // more than kTotalsTolerance of each; else empty.
  std::vector<std::vector<double>> reconciled;
};

Feasibility JudgeFeasibility(const CalibrationProblem& problem, const WeightBounds& bounds);

}  // namespace panelpuls::estimate
