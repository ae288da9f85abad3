// Ranges of ranks where the differences of all pairs have standard errors (METHOD M3, Ranks). Of a
// pair counts whichever asks less of it: the interval of the difference, or that the two figures'
// own joint intervals lie apart. The chance of error is shared out once: each end of an interval
// that is so used takes alpha/2K, the remaining differences have what is left in equal parts.
// Threads  any; pure.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "estimate/comparison/rankings.h"
#include "estimate/figures/estimates.h"

namespace panelpuls::estimate {

struct RankPairInputs {
  // [figure] values, and limits at the level 1 - alpha/K.
  std::span<const std::optional<double>> values;
  std::span<const std::optional<Limits>> limits;
  std::span<const ComparisonValue* const> pairs;  // i < j
  double alpha = 0.05;
};
std::vector<RankRange> RangesOfPairs(const RankPairInputs& inputs);

}  // namespace panelpuls::estimate
