#include "estimate/rankings.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "estimate/distributions.h"
#include "estimate/linearised.h"

namespace panelpuls::estimate {
namespace {

std::optional<Limits> JointLimits(const RankInputs& inputs, std::uint32_t number, double level) {
  const FigureValue& figure = inputs.figures[number];
  if (!figure.value || !figure.degrees_of_freedom) return std::nullopt;
  const bool is_known = std::any_of(figure.flags.begin(), figure.flags.end(), [](const Flag& flag) {
    return flag.kind == FlagKind::kKnownFromRegister;
  });
  if (is_known) return std::nullopt;
  const FigurePlan& plan = inputs.plan.figures[number];
  return ShareInterval({.value = *figure.value,
                        .se_interval = figure.se_interval,
                        .degrees_of_freedom = *figure.degrees_of_freedom,
                        .level = level},
                       {.n = static_cast<double>(figure.n),
                        .n_effective = *figure.n_effective,
                        .is_at_end = !HasTwoValues(plan, inputs.sums.Of(plan.source).n)});
}

std::vector<RankRange> FromIntervals(const RankInputs& inputs) {
  const std::vector<std::uint32_t>& figures = inputs.ranking.figures;
  const double level = 1 - (1 - inputs.level) / static_cast<double>(figures.size());
  std::vector<std::optional<Limits>> limits;
  limits.reserve(figures.size());
  for (const std::uint32_t figure : figures) limits.push_back(JointLimits(inputs, figure, level));
  return RankRanges(limits);
}

// 1: surely larger than nothing; a difference counts when its interval at alpha over the number of
// pairs leaves 0 out.
std::vector<RankRange> FromPairs(const RankInputs& inputs) {
  const auto count = static_cast<std::uint32_t>(inputs.ranking.figures.size());
  const std::size_t pairs = std::size_t{count} * (count - 1) / 2;
  const double tail = (1 - inputs.level) / static_cast<double>(pairs) / 2;
  std::vector<RankRange> ranges(count, {.low = 1, .high = count});
  std::size_t pair = inputs.ranking.first_pair;
  for (std::uint32_t i = 0; i < count; ++i) {
    for (std::uint32_t j = i + 1; j < count; ++j, ++pair) {
      const ComparisonValue& value = inputs.comparisons[pair];
      if (!value.difference || !value.se_interval || !value.degrees_of_freedom) continue;
      const double half = StudentQuantile(tail, *value.degrees_of_freedom) * *value.se_interval;
      if (!(std::abs(*value.difference) > half)) continue;
      const bool first_is_larger = *value.difference > 0;
      --ranges[first_is_larger ? i : j].high;
      ++ranges[first_is_larger ? j : i].low;
    }
  }
  return ranges;
}

}  // namespace

std::vector<RankRange> RankRanges(std::span<const std::optional<Limits>> limits) {
  const auto count = static_cast<std::uint32_t>(limits.size());
  std::vector<RankRange> ranges(count, {.low = 1, .high = count});
  for (std::uint32_t k = 0; k < count; ++k) {
    if (!limits[k]) continue;
    for (std::uint32_t j = 0; j < count; ++j) {
      if (j == k || !limits[j]) continue;
      if (limits[j]->low > limits[k]->high) ++ranges[k].low;
      if (limits[j]->high < limits[k]->low) --ranges[k].high;
    }
  }
  return ranges;
}

Ranking Rank(const RankInputs& inputs) {
  const std::vector<RankRange> ranges =
      inputs.ranking.has_pairs ? FromPairs(inputs) : FromIntervals(inputs);
  Ranking ranking;
  ranking.id = inputs.ranking.id;
  for (std::size_t k = 0; k < ranges.size(); ++k) {
    RankedFigure ranked;
    ranked.figure = inputs.ranking.figures[k];
    const std::optional<double>& value = inputs.figures[ranked.figure].value;
    if (value) {
      ranked.rank = 1;
      for (const std::uint32_t other : inputs.ranking.figures) {
        if (inputs.figures[other].value && *inputs.figures[other].value > *value) ++*ranked.rank;
      }
      ranked.rank_low = ranges[k].low;
      ranked.rank_high = ranges[k].high;
    }
    ranking.figures.push_back(ranked);
  }
  std::sort(ranking.figures.begin(), ranking.figures.end(),
            [](const RankedFigure& a, const RankedFigure& b) {
              constexpr std::uint32_t kLast = UINT32_MAX;
              return std::pair(a.rank.value_or(kLast), a.figure) <
                     std::pair(b.rank.value_or(kLast), b.figure);
            });
  return ranking;
}

}  // namespace panelpuls::estimate
