// All figures of a wave from its cube: calibrated on cells, never on respondents, always from a
// cold start, so that equal cubes give equal figures bit for bit.
//
// Formula  METHOD M1-M3 point estimates, differences and ranks, M4 se, M5 se_interval and limits,
//          M6 sequence limits.
// Threads  an Estimator owns scratch memory and is used by one thread at a time; else pure.
#pragma once

#include <memory>
#include <vector>

#include "estimate/figures/estimates.h"
#include "state/cube.h"
#include "wave/wave.h"

namespace panelpuls::estimate {

class Estimator {
 public:
  explicit Estimator(std::shared_ptr<const wave::Wave> wave);
  ~Estimator();

  // Figures in a fixed order: indicator, its groups, the tabulations in definition order, then the
  // differences to the definition's comparisons.
  const std::vector<FigureKey>& keys() const;
  Estimates Estimate(const state::Cube& cube);
  // The indicator over all alone (history): keys()[0], from a cube of which only table 0 is filled.
  FigureValue EstimateIndicator(const state::Cube& cube);
  const wave::Wave& wave() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// The indicator from group shares given by hand (0 to 1, one a group; they need not add up to 1):
// the same scoring as Estimate. Used to recompute a publication's own arithmetic.
double ScoreFromShares(const wave::Indicator& indicator, const std::vector<double>& shares);

}  // namespace panelpuls::estimate
