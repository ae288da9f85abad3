#include "estimate/margins.h"

#include <cmath>

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
      std::vector<double> totals;
      for (const wave::Category& category :
           wave.dimensions[static_cast<std::size_t>(dimension)].categories) {
        totals.push_back(category.population);
      }
      set.margins.push_back(MakeMargin(static_cast<std::int16_t>(dimension), totals));
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

}  // namespace panelpuls::estimate
