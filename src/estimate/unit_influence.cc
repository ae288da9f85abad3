#include "estimate/unit_influence.h"

#include <algorithm>
#include <cmath>

#include "estimate/comparison/difference.h"
#include "estimate/estimator.h"

namespace panelpuls::estimate {
namespace {

// z of a figure by entry of the block: of who counts there, and of who counts in the base alone.
struct ValueOfEntry {
  std::vector<char> is_base;
  std::vector<char> is_numerator;
  std::vector<double> z;

  ValueOfEntry(const Linearised& of, std::size_t entries)
      : is_base(entries), is_numerator(entries), z(entries) {
    const FigurePlan& plan = *of.plan;
    if (plan.is_share()) {
      for (const std::uint32_t entry : plan.base) is_base[plan.first_entry + entry] = 1;
    }
    for (const Term& term : plan.numerator) {
      is_numerator[plan.first_entry + term.entry] = 1;
      z[plan.first_entry + term.entry] = of.Of(term);
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
  const ValueOfEntry of_entry(z, wave_->block_entries);
  values->v.assign(units_.size(), 0.0);
  values->v_star.assign(units_.size(), 0.0);
  for (std::size_t unit = 0; unit < units_.size(); ++unit) {
    if (!IsInPopulation(unit)) continue;
    const std::size_t cell = place_[unit];
    double of_unit = 0;
    if (map_.IsWithin(plan.within, list_.cells[cell])) {
      bool is_base = false;
      bool is_numerator = false;
      for (const std::uint32_t entry : units_[unit].contribution.entries) {
        if (entry >= of_entry.z.size()) continue;
        is_base |= of_entry.is_base[entry] != 0;
        if (of_entry.is_numerator[entry] == 0) continue;
        is_numerator = true;
        of_unit = of_entry.z[entry];
      }
      if (is_base && !is_numerator) of_unit = z.OfRest();
    }
    const double e = of_unit - variance.ExplainedOf(influence, cell);
    const double leverage = variance.LeverageOf(cell);
    values->v[unit] = weight_[unit] * e;
    values->v_star[unit] =
        leverage > kHighLeverage ? 0 : weight_[unit] * e / std::sqrt(1 - leverage);
  }
}

}  // namespace panelpuls::estimate
