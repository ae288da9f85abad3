#include "estimate/linearised.h"

#include <algorithm>
#include <cmath>

namespace panelpuls::estimate {
double Linearised::Largest() const {
  if (plan->is_share) return std::max(std::abs(Of(0)), std::abs(Of(1)));
  double largest = 0;
  for (const Term& term : plan->numerator) largest = std::max(largest, std::abs(Of(term.y)));
  return largest;
}

bool HasTwoValues(const FigurePlan& plan, std::span<const double> counts) {
  if (plan.is_share) {
    double chosen = 0;
    for (const Term& term : plan.numerator) chosen += counts[term.entry];
    double all = 0;
    for (const std::uint32_t entry : plan.base) all += counts[entry];
    return chosen > 0 && chosen < all;
  }
  const double* first = nullptr;
  for (const Term& term : plan.numerator) {
    if (counts[term.entry] <= 0) continue;
    if (first != nullptr && *first != term.y) return true;
    first = &term.y;
  }
  return false;
}

}  // namespace panelpuls::estimate
