// The functions g = F(u), u = x'lambda, of the calibration estimators of Deville & Sarndal (1992):
// METHOD M2, "Distances".
// Threads  pure.
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>

namespace panelpuls::estimate {

enum class DistanceKind { kLinear, kRaking, kLogit };

// Value and derivative of F at one place.
struct DistanceValue {
  double g = 1;
  double slope = 1;
};

class Distance {
 public:
  // Logit needs both bounds; for the others they truncate, where they are not infinite.
  // lower < 1 < upper.
  Distance(DistanceKind kind, double lower, double upper)
      : kind_(kind), lower_(lower), upper_(upper) {
    if (kind == DistanceKind::kLogit) {
      steepness_ = (upper - lower) / ((1 - lower) * (upper - 1));
    }
  }

  bool is_truncated() const {
    return kind_ != DistanceKind::kLogit && (std::isfinite(lower_) || std::isfinite(upper_));
  }
  double lower() const { return lower_; }
  double upper() const { return upper_; }

  DistanceValue At(double u) const {
    if (kind_ == DistanceKind::kLogit) return LogitAt(u);
    const double g = kind_ == DistanceKind::kLinear ? 1 + u : std::exp(u);
    if (g >= upper_) return {.g = upper_, .slope = 0};
    if (g <= lower_) return {.g = lower_, .slope = 0};
    return {.g = g, .slope = kind_ == DistanceKind::kLinear ? 1 : g};
  }

 private:
  DistanceValue LogitAt(double u) const {
    const double below = 1 - lower_;
    const double above = upper_ - 1;
    // By the smaller of the two exponentials, so that neither becomes infinite.
    const double e = std::exp(-std::abs(steepness_ * u));
    const double share = u > 0 ? below / (above * e + below) : below * e / (above + below * e);
    return {.g = std::clamp(lower_ + (upper_ - lower_) * share, lower_, upper_),
            .slope = (upper_ - lower_) * steepness_ * share * (1 - share)};
  }

  DistanceKind kind_;
  double lower_ = -std::numeric_limits<double>::infinity();
  double upper_ = std::numeric_limits<double>::infinity();
  double steepness_ = 0;
};

}  // namespace panelpuls::estimate
