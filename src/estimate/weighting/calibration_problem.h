// What every way of calibration starts from and ends with: METHOD M2.
// Threads  plain data.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "estimate/weighting/margins.h"

namespace panelpuls::estimate {

// Largest relative margin error at which margins are met, and the most sweeps of raking before
// Newton's method goes on: slower sweeps end further from the weights than the error of the margins
// says.
inline constexpr double kMarginTolerance = 1e-12;
inline constexpr std::uint32_t kMaxSweeps = 300;

struct CalibrationProblem {
  const MarginSet* set = nullptr;  // at least one margin; each group has respondents, but for ridge
  std::span<const double> t;       // [listed cell] METHOD M1's T_c, > 0

  // N / sum of T: what a base weight is multiplied by before g = G / Scale() is bounded.
  double Scale() const {
    double sum = 0;
    for (const double x : t) sum += x;
    return set->population / sum;
  }
};

struct CalibrationOutcome {
  bool met = false;  // the error is below kMarginTolerance
  std::uint32_t iterations = 0;
  double error = 0;  // largest |A / N - 1| over the groups of all margins
  Flag worst;        // dimension and category of that group
};

// Fills in the error of weights G, and its group.
void MeasureMargins(const CalibrationProblem& problem, std::span<const double> g,
                    CalibrationOutcome* outcome);

}  // namespace panelpuls::estimate
