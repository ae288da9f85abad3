// Differences between domains, of a category to its others, between waves and between options,
// their Holm-adjusted p's, and ranges of ranks: METHOD M3, with the errors of M4 and M5. Threads
// one at a time.
#pragma once

#include <span>
#include <vector>

#include "estimate/figures/estimates.h"
#include "estimate/plan/comparison_plan.h"
#include "estimate/variance/uncertainty.h"
#include "estimate/variance/weighted_sums.h"

namespace panelpuls::estimate {

class Comparisons {
 public:
  // Appends keys of differences to `plan`; wave and plan outlive this.
  Comparisons(const wave::Wave& wave, Plan* plan);

  struct Inputs {
    const WeightedSums& sums;
    const Uncertainty& uncertainty;  // prepared, where the margins are met
  };
  // `estimates` has its calibration and the figures of the plan; gets the figures of differences
  // between waves, comparisons and rankings. Without weights there are no comparisons and rankings.
  void Fill(const Inputs& inputs, Estimates* estimates) const;

 private:
  void AddWaveFigures(Estimates* estimates) const;
  void CompareDomains(const Inputs& inputs, Estimates* estimates) const;
  void CompareOthers(const Inputs& inputs, Estimates* estimates) const;
  void CompareWaves(Estimates* estimates) const;
  void CompareOptions(const Inputs& inputs, Estimates* estimates) const;

  const wave::Wave& wave_;
  const Plan& plan_;
  ComparisonPlan comparisons_;
};

}  // namespace panelpuls::estimate
