#include "estimate/weighting/calibration_problem.h"

#include <cmath>

#include "estimate/numeric/double_double.h"

namespace panelpuls::estimate {

void MeasureMargins(const CalibrationProblem& problem, std::span<const double> g,
                    CalibrationOutcome* outcome) {
  outcome->error = 0;
  outcome->worst = {.kind = FlagKind::kNotConverged};
  std::vector<DoubleDouble> sums;  // weights below 0 may cancel
  for (const Margin& margin : problem.set->margins) {
    sums.assign(margin.groups(), {});
    for (std::size_t i = 0; i < problem.t.size(); ++i) {
      sums[margin.group[i]] += problem.t[i] * g[i];
    }
    for (std::size_t group = 0; group < margin.groups(); ++group) {
      const double error =
          std::abs((sums[group] + -margin.totals[group]).value()) / margin.totals[group];
      if (error <= outcome->error && outcome->worst.category != wave::kNone) continue;
      outcome->error = error;
      outcome->worst.dimension = margin.dimension;
      outcome->worst.category = margin.name_of[group];
    }
  }
  outcome->met = outcome->error < kMarginTolerance;
}

}  // namespace panelpuls::estimate
