// Trimming of weights after raking: METHOD M2, "Trimming". Weights outside the bounds are set to
// them, and what that takes off is spread over all others; the sum of the weights stands.
// Of weights   bounds of w, what is taken off is spread in equal parts: trimWeights() of R's
// package
//              survey. Base weights are the same within a cell.
// Of factors   bounds of g = G / problem.Scale(), what is taken off is spread in proportion to the
//              base weights: calibrate(trim = ) there. With equal base weights that is the same.
// Strict       again until none is outside; otherwise once, which may leave weights outside.
// Threads      pure.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "estimate/weighting/calibration_problem.h"
#include "wave/wave.h"

namespace panelpuls::estimate {

struct TrimOutcome {
  std::uint64_t trimmed = 0;  // respondents whose weight was outside in any pass
  std::uint64_t outside = 0;  // respondents whose weight is outside at the end
  std::uint32_t passes = 0;
};

// Cells of the problem: respondents and the base weight of each, 1 where it differs.
struct TrimCells {
  std::span<const std::uint64_t> n;
  std::span<const double> d;
};

TrimOutcome TrimWeights(const CalibrationProblem& problem, const TrimCells& cells,
                        const wave::Trimming& rule, std::vector<double>* g);

}  // namespace panelpuls::estimate
