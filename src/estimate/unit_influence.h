// Weighted residuals w e of single respondents, of any figure of a wave (METHOD M4).
// Threads  one at a time.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "estimate/plan/sources.h"
#include "estimate/variance/uncertainty.h"
#include "estimate/variance/weighted_sums.h"
#include "estimate/wave_difference.h"
#include "estimate/weighting/calibration.h"

namespace panelpuls::estimate {

class UnitInfluences {
 public:
  // The records' cube and units outlive this.
  explicit UnitInfluences(const WaveRecords& records);

  const std::vector<FigureKey>& keys() const { return keys_; }  // of the figures
  const std::vector<FigureValue>& figures() const { return estimates_.figures; }
  bool HasRandomSize(std::size_t figure) const {
    return uncertainty_.HasRandomSize(plan_.figures[figure]);
  }
  // Code of the unit's stratum after joining; empty: the wave has none.
  std::string StratumOf(std::size_t unit) const;
  bool has_strata() const { return wave_->stratum_dimension != wave::kNone; }
  double respondents() const { return static_cast<double>(list_.respondents); }
  double rank() const { return static_cast<double>(uncertainty_.variance().rank()); }

  struct Values {
    std::vector<double> v;       // [unit] w e; 0 outside the population
    std::vector<double> v_star;  // over sqrt(1 - h)
  };
  // Of a figure that has a value and an SE.
  void Compute(std::size_t figure, Values* values) const;
  bool IsInPopulation(std::size_t unit) const { return place_[unit] != kNoPlace; }

 private:
  static constexpr std::uint32_t kNoPlace = UINT32_MAX;

  std::shared_ptr<const wave::Wave> wave_;
  std::span<const WaveUnit> units_;
  Plan plan_;
  CellMap map_;
  Calibrator calibrator_;
  Sources sources_;
  WeightedSums sums_;
  Uncertainty uncertainty_;
  CellList list_;
  std::vector<double> g_;
  Estimates estimates_;
  std::vector<FigureKey> keys_;
  std::vector<std::uint32_t> place_;  // [unit] in the list
  std::vector<double> weight_;        // [unit] w
};

}  // namespace panelpuls::estimate
