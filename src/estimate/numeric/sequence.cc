#include "estimate/numeric/sequence.h"

#include <cmath>
#include <numbers>

#include "estimate/numeric/distributions.h"

namespace panelpuls::estimate {

ConfidenceSequence::ConfidenceSequence(const Options& options)
    : planned_n_(options.planned_n), alpha_(1 - options.level) {
  if (!is_planned()) return;
  r_ = (-LambertLower(-alpha_ * alpha_ / std::numbers::e) - 1) / planned_n_;
}

double ConfidenceSequence::HalfWidth(double n) const {
  const double tr = n * r_;
  return std::sqrt(2 * (tr + 1) / tr * std::log(std::sqrt(tr + 1) / alpha_));
}

}  // namespace panelpuls::estimate
