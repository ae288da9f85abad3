// Raking by sweeps over the margins: METHOD M2, "Raking" and "Trimming once".
// Cost     O(sweeps * cells with respondents * margins).
// Threads  one at a time; owns scratch memory.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "estimate/calibration_problem.h"

namespace panelpuls::estimate {

class Raker {
 public:
  // From G = 1. `g` is what the last sweep left, also where the margins are not met.
  CalibrationOutcome Rake(const CalibrationProblem& problem, std::vector<double>* g);

 private:
  // Sums are kept in lanes, cell i in lane i % kLanes: neighbouring cells often lie in the same
  // group, and each addition would wait for the one before it.
  static constexpr std::size_t kLanes = 4;

  void Pack(const CalibrationProblem& problem);
  void ClearSums();
  double SumOf(std::size_t group) const {
    return (sums_[0][group] + sums_[1][group]) + (sums_[2][group] + sums_[3][group]);
  }
  // From the sums of the margin. False: weights fade away, where the margins cannot all be met.
  bool FindFactors(const Margin& margin, const std::vector<double>& inverse_totals, double* worst,
                   Flag* where);
  // Meets margin `of`, whose factors are known, and adds up margin `next`.
  void Meet(std::size_t of, std::size_t next);

  std::size_t cells_ = 0;
  std::size_t most_groups_ = 0;
  std::vector<std::uint16_t> groups_;                // [margin * cells + cell]
  std::vector<double> weights_;                      // [cell] T G
  std::vector<double> factors_;                      // [group] of the margin at hand
  std::array<std::vector<double>, kLanes> sums_;     // [lane][group] likewise
  std::vector<std::vector<double>> inverse_totals_;  // [margin][group]
};

// Weights above `upper` times the scale are set to that; what they lose goes to the others in
// proportion to their weights, so that the sum stands, until none is above; with `lower` likewise.
// Returns whether any weight was changed.
bool TrimOnce(const CalibrationProblem& problem, double lower, double upper,
              std::vector<double>* g);

}  // namespace panelpuls::estimate
