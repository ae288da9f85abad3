#include "estimate/unit_influence.h"

#include <algorithm>
#include <cmath>

#include "estimate/difference.h"

namespace panelpuls::estimate {
namespace {

constexpr double kHighLeverage = 0.999;

// y of a figure by entry of the block: what its members of S count in.
struct ValueOfEntry {
  std::vector<char> is_base;
  std::vector<char> is_numerator;
  std::vector<double> y;

  ValueOfEntry(const FigurePlan& plan, std::size_t entries)
      : is_base(entries), is_numerator(entries), y(entries) {
    for (const std::uint32_t entry : plan.base) is_base[plan.first_entry + entry] = 1;
    for (const Term& term : plan.numerator) {
      is_numerator[plan.first_entry + term.entry] = 1;
      y[plan.first_entry + term.entry] = term.y;
    }
  }
};

}  // namespace

UnitInfluences::UnitInfluences(const WaveRecords& records)
    : wave_(records.wave),
      units_(records.units),
      plan_(MakePlan(*wave_)),
      map_(*wave_),
      calibrator_(*wave_, map_),
      sources_(*wave_, map_, plan_),
      uncertainty_(*wave_, map_),
      keys_(plan_.keys) {
  estimates_ = Estimator(wave_).Estimate(*records.cube);
  estimates_.figures.resize(keys_.size());
  ListCells(*wave_, map_, *records.cube, &list_);
  calibrator_.Calibrate(list_, &g_);
  sources_.Assign(*records.cube, list_);
  if (!estimates_.calibration.has_weights) {
    sums_.AddUp(sources_, list_, g_);
  } else {
    uncertainty_.Prepare({.cube = *records.cube,
                          .list = list_,
                          .sources = sources_,
                          .totals = sums_,
                          .g = g_,
                          .margins = calibrator_.margins()});
  }
  std::vector<std::uint32_t> place_of_cell(wave_->cells, kNoPlace);
  for (std::uint32_t i = 0; i < list_.size(); ++i) place_of_cell[list_.cells[i]] = i;
  for (const WaveUnit& unit : units_) {
    const std::uint32_t place = place_of_cell[unit.contribution.cell];
    place_.push_back(place);
    double weight = 0;
    if (place != kNoPlace && !g_.empty()) {
      weight = g_[place] * (records.cube->shape().has_sums
                                ? SumOfBaseWeights(unit.contribution.base_weight)
                                : list_.d[place]);
    }
    weight_.push_back(weight);
  }
}

std::string UnitInfluences::StratumOf(std::size_t unit) const {
  if (!has_strata() || !IsInPopulation(unit)) return "";
  const Strata& strata = uncertainty_.variance().strata();
  const std::uint32_t stratum = strata.of[place_[unit]];
  // The first category of the joined stratum names it.
  const auto number = static_cast<std::size_t>(wave_->stratum_dimension);
  std::uint32_t first = UINT32_MAX;
  for (std::size_t i = 0; i < list_.size(); ++i) {
    if (strata.of[i] == stratum) first = std::min(first, map_.CategoryOf(number, list_.cells[i]));
  }
  return wave_->dimensions[number].categories[first].code;
}

void UnitInfluences::Compute(std::size_t figure, Values* values) const {
  const FigurePlan& plan = plan_.figures[figure];
  const Linearised z = LinearisedOf(plan, estimates_.figures[figure], sums_);
  const VarianceEstimator& variance = uncertainty_.variance();
  const Influence influence = variance.InfluenceOf(z);
  const ValueOfEntry of_entry(plan, wave_->block_entries);
  values->v.assign(units_.size(), 0.0);
  values->v_star.assign(units_.size(), 0.0);
  for (std::size_t unit = 0; unit < units_.size(); ++unit) {
    if (!IsInPopulation(unit)) continue;
    const std::size_t cell = place_[unit];
    const bool is_in_domain =
        plan.dimension == wave::kNone ||
        map_.CategoryOf(static_cast<std::size_t>(plan.dimension), list_.cells[cell]) ==
            static_cast<std::uint32_t>(plan.category);
    bool is_member = false;
    double y = 0;
    for (const std::uint32_t entry : units_[unit].contribution.entries) {
      if (!is_in_domain || entry >= of_entry.y.size()) continue;
      is_member |= of_entry.is_base[entry] != 0;
      if (of_entry.is_numerator[entry] != 0) y = plan.is_share ? 1 : of_entry.y[entry];
    }
    const double e = (is_member ? z.Of(y) : 0) - variance.ExplainedOf(influence, cell);
    const double leverage = variance.LeverageOf(cell);
    values->v[unit] = weight_[unit] * e;
    values->v_star[unit] =
        leverage > kHighLeverage ? 0 : weight_[unit] * e / std::sqrt(1 - leverage);
  }
}

}  // namespace panelpuls::estimate
