#include "estimate/weighting/calibration_trim.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace panelpuls::estimate {
namespace {

constexpr std::uint32_t kMostPasses = 1000;
// Part of the population below which what is left to spread is rounding.
constexpr double kNothingLeft = 1e-15;

// What is the same in every pass; in terms of G.
struct Cell {
  double low = 0;
  double high = 0;
  double part = 1;  // of what is spread, relative to the others'
  bool was_outside = false;

  bool IsOutside(double g) const { return g < low || g > high; }
};

}  // namespace

TrimOutcome TrimWeights(const CalibrationProblem& problem, const TrimCells& cells,
                        const wave::Trimming& rule, std::vector<double>* g) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  const double scale = problem.Scale();
  std::vector<Cell> of(g->size());
  for (std::size_t i = 0; i < of.size(); ++i) {
    const double unit = rule.is_of_weights ? 1 / cells.d[i] : scale;
    of[i] = {.low = rule.lower.value_or(0) * unit,
             .high = rule.upper ? *rule.upper * unit : kInfinity,
             .part = rule.is_of_weights ? 1 / cells.d[i] : 1};
  }
  TrimOutcome outcome;
  for (bool more = true; more && outcome.passes < kMostPasses;) {
    double surplus = 0;
    double parts = 0;
    bool any = false;
    for (std::size_t i = 0; i < of.size(); ++i) {
      double& x = (*g)[i];
      if (!of[i].IsOutside(x)) {
        parts += problem.t[i] * of[i].part;
        continue;
      }
      any = true;
      of[i].was_outside = true;
      const double trimmed = std::clamp(x, of[i].low, of[i].high);
      surplus += problem.t[i] * (x - trimmed);
      x = trimmed;
      // Not one of the others in this pass.
      of[i].part = -of[i].part;
    }
    if (!any) break;
    ++outcome.passes;
    for (std::size_t i = 0; i < of.size(); ++i) {
      if (of[i].part < 0) {
        of[i].part = -of[i].part;
      } else {
        (*g)[i] += surplus / parts * of[i].part;
      }
    }
    more = rule.is_strict && std::abs(surplus) > kNothingLeft * problem.set->population;
  }
  for (std::size_t i = 0; i < of.size(); ++i) {
    double& x = (*g)[i];
    if (rule.is_strict) x = std::clamp(x, of[i].low, of[i].high);
    if (of[i].was_outside) outcome.trimmed += cells.n[i];
    if (of[i].IsOutside(x)) outcome.outside += cells.n[i];
  }
  return outcome;
}

}  // namespace panelpuls::estimate
