#include "estimate/comparison/rank_pairs.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "estimate/numeric/distributions.h"
#include "estimate/numeric/ties.h"

namespace panelpuls::estimate {
namespace {

constexpr double kNever = std::numeric_limits<double>::infinity();

struct Pair {
  std::uint32_t larger = 0;
  std::uint32_t smaller = 0;
  double difference = 0;  // > 0
  double se = 0;          // 0: the difference has none
  double df = 1;
  double apart = kNever;  // the difference from which on the figures' own intervals lie apart
  bool is_apart = false;  // they do
  bool uses_intervals = false;

  double HalfWidth(double alpha) const {
    return se > 0 && alpha > 0 ? StudentQuantile(alpha / 2, df) * se : kNever;
  }
};

std::vector<Pair> PairsOf(const RankPairInputs& inputs) {
  std::vector<Pair> pairs;
  const auto count = static_cast<std::uint32_t>(inputs.values.size());
  std::size_t place = 0;
  for (std::uint32_t i = 0; i < count; ++i) {
    for (std::uint32_t j = i + 1; j < count; ++j, ++place) {
      if (!inputs.values[i] || !inputs.values[j]) continue;
      const double difference = *inputs.values[i] - *inputs.values[j];
      if (std::abs(difference) <= kTie) continue;
      Pair pair{.larger = difference > 0 ? i : j,
                .smaller = difference > 0 ? j : i,
                .difference = std::abs(difference)};
      const ComparisonValue& compared = *inputs.pairs[place];
      if (compared.se_interval && compared.degrees_of_freedom) {
        pair.se = *compared.se_interval;
        pair.df = *compared.degrees_of_freedom;
      }
      const std::optional<Limits>& above = inputs.limits[pair.larger];
      const std::optional<Limits>& below = inputs.limits[pair.smaller];
      if (above && below) {
        pair.apart = (*inputs.values[pair.larger] - above->low) +
                     (below->high - *inputs.values[pair.smaller]);
        pair.is_apart = above->low > below->high;
      }
      pairs.push_back(pair);
    }
  }
  return pairs;
}

// What is left of alpha for each difference that is judged by its own interval.
double AlphaOfDifference(const RankPairInputs& inputs, std::span<const Pair> pairs) {
  const std::size_t figures = inputs.values.size();
  std::vector<char> low(figures);
  std::vector<char> high(figures);
  std::size_t differences = inputs.pairs.size();
  for (const Pair& pair : pairs) {
    if (!pair.uses_intervals) continue;
    low[pair.larger] = 1;
    high[pair.smaller] = 1;
    --differences;
  }
  const auto ends = static_cast<double>(std::count(low.begin(), low.end(), 1) +
                                        std::count(high.begin(), high.end(), 1));
  const double left = 1 - ends / (2 * static_cast<double>(figures));
  return differences == 0 ? 0 : inputs.alpha * left / static_cast<double>(differences);
}

}  // namespace

std::vector<RankRange> RangesOfPairs(const RankPairInputs& inputs) {
  const auto count = static_cast<std::uint32_t>(inputs.values.size());
  std::vector<Pair> pairs = PairsOf(inputs);
  // A pair that has gone over to the intervals stays there, so this ends.
  double alpha = AlphaOfDifference(inputs, pairs);
  for (bool changed = true; changed;) {
    changed = false;
    for (Pair& pair : pairs) {
      if (pair.uses_intervals || !(pair.apart < pair.HalfWidth(alpha))) continue;
      pair.uses_intervals = true;
      changed = true;
    }
    alpha = AlphaOfDifference(inputs, pairs);
  }
  std::vector<RankRange> ranges(count, {.low = 1, .high = count});
  for (const Pair& pair : pairs) {
    const bool is_sure = !pair.uses_intervals && pair.difference > pair.HalfWidth(alpha);
    if (!pair.is_apart && !is_sure) continue;
    --ranges[pair.larger].high;
    ++ranges[pair.smaller].low;
  }
  return ranges;
}

}  // namespace panelpuls::estimate
