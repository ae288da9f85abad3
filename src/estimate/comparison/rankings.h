// Ranks with ranges that hold for all figures of a ranking at once: METHOD M3.
// Ties     ties.h.
// Ranges   without joint tables from intervals at the level 1 - alpha/K (Klein, Wright &
//          Wieczorek); with them from the K(K-1)/2 differences too, never longer than without.
// Threads  any; pure.
#pragma once

#include <span>

#include "estimate/figures/estimates.h"
#include "estimate/numeric/interval.h"
#include "estimate/plan/comparison_plan.h"
#include "estimate/variance/weighted_sums.h"

namespace panelpuls::estimate {

struct RankInputs {
  const Plan& plan;
  const RankingPlan& ranking;
  const WeightedSums& sums;
  std::span<const FigureValue> figures;          // of the plan
  std::span<const ComparisonValue> comparisons;  // parallel to ComparisonPlan::options
  double level = 0.95;
};
// Largest first; ties in the plan's order. A figure without a value has no rank, and comes last;
// one without an interval may have any rank.
Ranking Rank(const RankInputs& inputs);

// Ranges of ranks of figures with joint limits; absent ones may lie anywhere.
struct RankRange {
  std::uint32_t low = 1;
  std::uint32_t high = 1;
};
std::vector<RankRange> RankRanges(std::span<const std::optional<Limits>> limits);

}  // namespace panelpuls::estimate
