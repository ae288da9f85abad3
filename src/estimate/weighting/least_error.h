// The least sum of relative margin errors that weights within bounds can have: the simplex method's
// first phase, on weights themselves and not on factors of base weights, so that its columns hold
// nothing but 0 and 1.
// Proof    the multipliers it ends with show that no weights have less (Farkas); the proof is done
//          again on the totals as they stand, in twice the digits of a double.
// Cost     pivots * (cells * margins + groups^2); bounded work.
// Threads  one at a time; a value.
#pragma once

#include <cstddef>
#include <vector>

#include "estimate/weighting/calibration_problem.h"

namespace panelpuls::estimate {

// Bounds of g = G / problem.Scale(): lower < upper, either may be infinite.
struct WeightBounds {
  double lower = 0;
  double upper = 0;
};

class LeastError {
 public:
  LeastError(const CalibrationProblem& problem, const WeightBounds& bounds);

  // False: not found within the work allowed.
  bool Minimise();
  // Whether no weights within the bounds can meet all margins; after Minimise.
  bool IsProven() const;
  // Relative error of a group in the place found; groups are numbered through all margins.
  double Missed(std::size_t row) const;
  // What the weights found add up to in a group.
  double Met(std::size_t row) const;

 private:
  static constexpr std::size_t kArtificial = SIZE_MAX;

  // A cell that would lower the sum, and which way.
  struct Entering {
    std::size_t cell = SIZE_MAX;
    double direction = 1;
  };
  void FindMultipliers();
  Entering FindEntering(bool first) const;
  // False: nothing limits the step, which cannot be.
  bool Enter(const Entering& entering, bool* moved);
  void FindValues();

  std::size_t cells_ = 0;
  std::size_t margins_ = 0;
  std::size_t rows_ = 0;
  std::vector<std::size_t> row_;       // [cell * margins + margin]
  std::vector<double> totals_;         // [row]
  std::vector<double> sign_;           // [row] of what the start leaves of the total
  std::vector<double> lower_, upper_;  // [cell] of the weight of all its respondents
  std::vector<double> at_;             // [cell] value, where it is not basic
  std::vector<std::uint8_t> is_basic_;
  std::vector<std::size_t> basis_;  // [row] cell
  std::vector<double> value_;       // [row] of the basis
  std::vector<double> inverse_;     // [row][row] of the basis
  std::vector<double> multiplier_;  // [row]
  std::vector<double> column_;      // [row] of the entering cell, in the basis
};

}  // namespace panelpuls::estimate
