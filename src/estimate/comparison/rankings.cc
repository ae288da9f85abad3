#include "estimate/comparison/rankings.h"

#include <algorithm>
#include <utility>

#include "estimate/comparison/rank_pairs.h"
#include "estimate/numeric/ties.h"
#include "estimate/variance/linearised.h"

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

std::vector<RankRange> RangesOf(const RankInputs& inputs,
                                std::span<const std::optional<double>> values) {
  const std::vector<std::uint32_t>& figures = inputs.ranking.figures;
  const double alpha = 1 - inputs.level;
  std::vector<std::optional<Limits>> limits;
  limits.reserve(figures.size());
  for (const std::uint32_t figure : figures) {
    limits.push_back(JointLimits(inputs, figure, 1 - alpha / static_cast<double>(figures.size())));
  }
  if (inputs.ranking.pairs.empty()) return RankRanges(limits);
  std::vector<const ComparisonValue*> pairs;
  for (const std::uint32_t pair : inputs.ranking.pairs) pairs.push_back(&inputs.comparisons[pair]);
  return RangesOfPairs({.values = values, .limits = limits, .pairs = pairs, .alpha = alpha});
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
  std::vector<std::optional<double>> values;
  for (const std::uint32_t figure : inputs.ranking.figures) {
    values.push_back(inputs.figures[figure].value);
  }
  const std::vector<RankRange> ranges = RangesOf(inputs, values);
  const std::vector<TiedRank> ranks = TiedRanks(values);
  Ranking ranking;
  ranking.id = inputs.ranking.id;
  for (std::size_t k = 0; k < ranges.size(); ++k) {
    RankedFigure ranked;
    ranked.figure = inputs.ranking.figures[k];
    ranked.rank = ranks[k].rank;
    ranked.ties = ranks[k].ties;
    if (ranked.rank) {
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
