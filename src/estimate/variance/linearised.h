// The linearised variable z of a figure (METHOD M3) and its residual e = z - b, by class and cell.
// Classes  a share has two: y = 1 (the numerator) and the rest of the base, y = 0. Any other figure
//          has one an entry of its numerator. All other respondents have z = 0.
// Threads  plain data and pure functions.
#pragma once

#include <cstdint>
#include <span>

#include "estimate/plan/figure_plan.h"

namespace panelpuls::estimate {

// z = (y - value x) / weight: of a mean M and W of METHOD M3, of a ratio R and X; a total is no
// quotient, so that its value counts as 0 and its weight as 1. Known from the sums over all cells.
struct Linearised {
  const FigurePlan* plan = nullptr;
  double mean = 0;
  double weight = 1;

  double Of(const Term& term) const { return (term.y - mean * term.x) / weight; }
  double OfRest() const { return -mean / weight; }  // of a share: y = 0
  double Largest() const;                           // max |z|
};

// `sums`: W by entry of the figure's source.
Linearised LinearisedOf(const FigurePlan& plan, double value, std::span<const double> sums);

// What METHOD M5 asks of counts: two different z among those who have any. `counts` by entry.
bool HasTwoValues(const FigurePlan& plan, std::span<const double> counts);

}  // namespace panelpuls::estimate
