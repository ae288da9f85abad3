// The linearised variable z of a figure (METHOD M3) and its residual e = z - b, by class and cell.
// Classes  a share has two: y = 1 (the numerator) and the rest of the base, y = 0. A mean has one a
//          base entry. Respondents outside S have z = 0.
// Threads  plain data and pure functions.
#pragma once

#include <cstdint>
#include <span>

#include "estimate/figure_plan.h"

namespace panelpuls::estimate {

// M and W of METHOD M3, known from the sums over all cells.
struct Linearised {
  const FigurePlan* plan = nullptr;
  double mean = 0;
  double weight = 1;  // W_S

  double Of(double y) const { return (y - mean) / weight; }
  double Largest() const;  // max |z|
};

// What METHOD M5 asks of counts: two distinct y among the members of S.
bool HasTwoValues(const FigurePlan& plan, std::span<const double> counts);

}  // namespace panelpuls::estimate
