#include "estimate/variance/linearised.h"

#include <algorithm>
#include <cmath>

namespace panelpuls::estimate {
namespace {

bool HasTwoScores(const FigurePlan& plan, std::span<const double> counts) {
  const double* first = nullptr;
  for (const Term& term : plan.numerator) {
    if (counts[term.entry] <= 0) continue;
    if (first != nullptr && *first != term.y) return true;
    first = &term.y;
  }
  return false;
}

}  // namespace

double Linearised::Largest() const {
  double largest = plan->is_share() ? std::abs(OfRest()) : 0;
  for (const Term& term : plan->numerator) largest = std::max(largest, std::abs(Of(term)));
  return largest;
}

Linearised LinearisedOf(const FigurePlan& plan, double value, std::span<const double> sums) {
  Linearised z{.plan = &plan};
  if (plan.kind == FigureKind::kTotal) return z;
  z.mean = value;
  z.weight = 0;
  if (plan.kind == FigureKind::kRatio) {
    for (const Term& term : plan.numerator) z.weight += term.x * sums[term.entry];
  } else {
    for (const std::uint32_t entry : plan.base) z.weight += sums[entry];
  }
  return z;
}

bool HasTwoValues(const FigurePlan& plan, std::span<const double> counts) {
  if (plan.kind == FigureKind::kMean) return HasTwoScores(plan, counts);
  double above = 0;
  double below = 0;
  for (const Term& term : plan.numerator) {
    above += term.y * counts[term.entry];
    below += term.x * counts[term.entry];
  }
  switch (plan.kind) {
    case FigureKind::kMean:
    case FigureKind::kShare:
      break;
    case FigureKind::kTotal:
      // Who is not counted has 0; where all are, calibration knows the total or nothing varies but
      // their weights.
      return above > 0;
    case FigureKind::kRatio:
      return above > 0 && below > 0;
  }
  double all = 0;
  for (const std::uint32_t entry : plan.base) all += counts[entry];
  return above > 0 && above < all;
}

}  // namespace panelpuls::estimate
