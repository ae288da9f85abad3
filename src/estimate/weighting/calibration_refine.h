// Newton's method on a distance's own equations, with sums and lambda in twice the digits of a
// double: for margins that sweeps or the quick Newton's method do not meet, or not to the digits
// that the weights need, because two of them nearly coincide or base weights differ by many powers
// of ten. METHOD M2, "Slow margins".
// Unknown  lambda by column of cross_table.h; G = start F(x'lambda).
// Ends     when a step no longer halves the error: the weights then have the digits of a double.
// Cost     some 10 steps, each of margin_equations.h.
// Threads  one at a time; owns scratch memory.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "estimate/numeric/double_double.h"
#include "estimate/weighting/calibration_distance.h"
#include "estimate/weighting/calibration_problem.h"
#include "estimate/weighting/cross_table.h"
#include "estimate/weighting/margin_equations.h"

namespace panelpuls::estimate {

class MarginRefiner {
 public:
  static constexpr std::uint32_t kMaxSteps = 200;

  // `g` is where it starts, and then where it ended, also where the margins are not met. Raking
  // without bounds may start from the weights of any raking of the same margins: it ends at the
  // same ones. Otherwise g is problem.Scale() in every cell.
  CalibrationOutcome Solve(const CalibrationProblem& problem, const Distance& distance,
                           std::vector<double>* g);

 private:
  void Pack(const CalibrationProblem& problem, std::span<const double> start);
  // Of lambda: factors, slopes and the residuals of the margins. False: not finite.
  bool Evaluate(const Distance& distance, const std::vector<DoubleDouble>& lambda);
  // Largest residual of a group, relative to its total.
  double Error() const;
  void FindStep(const Distance& distance);
  // Moves lambda along the step; false: nowhere to go.
  bool Search(const Distance& distance);
  double SlopeAlongStep() const;

  Columns columns_;
  MarginEquations equations_;
  std::vector<double> totals_;                                  // [column] N; 0 in padding
  std::vector<double> t_;                                       // [cell] T start
  std::vector<double> factor_, slope_, weights_;                // [cell]
  std::vector<DoubleDouble> lambda_, trial_, residual_, step_;  // [column]
};

}  // namespace panelpuls::estimate
