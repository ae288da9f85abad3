#include "estimate/weighting/margins.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace panelpuls::estimate {
namespace {

Margin MakeMargin(std::int16_t dimension, const std::vector<double>& totals) {
  Margin margin;
  margin.dimension = dimension;
  for (std::size_t category = 0; category < totals.size(); ++category) {
    if (!(totals[category] > 0)) {
      margin.group_of.push_back(Margin::kOutside);
      continue;
    }
    margin.group_of.push_back(static_cast<std::uint32_t>(margin.groups()));
    margin.name_of.push_back(static_cast<std::int32_t>(category));
    margin.totals.push_back(totals[category]);
  }
  return margin;
}

std::vector<double> TotalsOf(const wave::Dimension& dimension) {
  std::vector<double> totals;
  for (const wave::Category& category : dimension.categories) {
    totals.push_back(category.has_population ? category.population : 0);
  }
  return totals;
}

double SumOf(const std::vector<double>& totals) {
  double sum = 0;
  for (const double total : totals) sum += total;
  return sum;
}

}  // namespace

MarginSet MakeMargins(const wave::Wave& wave, const CellMap& map, std::vector<Flag>* unequal) {
  MarginSet set;
  if (wave.weighting.method == wave::WeightingMethod::kNone) return set;
  if (map.has_joint()) {
    set.margins.push_back(MakeMargin(kJointCell, wave.weighting.joint_population));
  } else {
    for (const int dimension : wave.weighting.dimensions) {
      set.margins.push_back(
          MakeMargin(static_cast<std::int16_t>(dimension),
                     TotalsOf(wave.dimensions[static_cast<std::size_t>(dimension)])));
    }
  }
  if (set.margins.empty()) return set;
  set.population = SumOf(set.margins.front().totals);
  for (Margin& margin : set.margins) {
    const double sum = SumOf(margin.totals);
    if (std::abs(sum - set.population) > kTotalsTolerance * set.population) {
      unequal->push_back({.kind = FlagKind::kInfeasible,
                          .dimension = margin.dimension,
                          .category = margin.name_of.empty() ? 0 : margin.name_of.front()});
    } else if (sum != set.population) {
      for (double& total : margin.totals) total *= set.population / sum;
    }
  }
  return set;
}

std::vector<Margin> OtherTotals(const wave::Wave& wave, const MarginSet& set) {
  std::vector<Margin> others;
  for (std::size_t d = 0; d < wave.dimensions.size(); ++d) {
    const auto number = static_cast<std::int16_t>(d);
    const bool is_margin =
        std::any_of(set.margins.begin(), set.margins.end(),
                    [number](const Margin& margin) { return margin.dimension == number; });
    if (is_margin) continue;
    Margin margin = MakeMargin(number, TotalsOf(wave.dimensions[d]));
    if (margin.groups() > 0) others.push_back(std::move(margin));
  }
  return others;
}

}  // namespace panelpuls::estimate
