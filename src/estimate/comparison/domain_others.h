// A category of a domain against all its others together (METHOD M3): the figure of the others,
// from what the whole of the domain has beyond the category, and the difference. Threads  any;
// pure.
#pragma once

#include "estimate/figures/estimates.h"
#include "estimate/plan/figure_plan.h"
#include "estimate/variance/uncertainty.h"
#include "estimate/variance/weighted_sums.h"
#include "wave/wave.h"

namespace panelpuls::estimate {

struct OthersInputs {
  const wave::Wave& wave;
  const FigurePlan& part;
  const FigurePlan& whole;
  const FigureValue& figure;  // of the part
  const WeightedSums& sums;
  const Uncertainty& uncertainty;
};
// The part's figure less that of the others.
ComparisonValue CompareWithOthers(const OthersInputs& inputs);

}  // namespace panelpuls::estimate
