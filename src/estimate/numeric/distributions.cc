#include "estimate/numeric/distributions.h"

#include <array>
#include <boost/math/distributions/students_t.hpp>
#include <boost/math/special_functions/lambert_w.hpp>
#include <cmath>
#include <limits>
#include <numbers>

#include "estimate/numeric/distribution_policy.h"

namespace panelpuls::estimate {
namespace {

using StudentT = boost::math::students_t_distribution<double, DistributionPolicy>;

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

double Quantile(double upper_tail, double df) {
  return boost::math::quantile(boost::math::complement(StudentT(df), upper_tail));
}

// The quantile of one tail as a polynomial of 1 / df, which it nearly is where df is not small:
// interpolation at the Chebyshev points of 0 to 1 / kLeast.
class QuantilesOfTail {
 public:
  static constexpr double kLeast = 16;

  QuantilesOfTail() = default;
  explicit QuantilesOfTail(double upper_tail) : upper_tail_(upper_tail) {
    for (std::size_t i = 0; i < kPoints; ++i) {
      const double angle = std::numbers::pi * (static_cast<double>(i) + 0.5) / kPoints;
      const double value = Quantile(upper_tail, 2 * kLeast / (1 + std::cos(angle)));
      for (std::size_t k = 0; k < kPoints; ++k) {
        coefficients_[k] += value * std::cos(static_cast<double>(k) * angle) * 2 / kPoints;
      }
    }
  }

  double upper_tail() const { return upper_tail_; }
  // df at least kLeast; by Clenshaw's recurrence.
  double Of(double df) const {
    const double x = 2 * kLeast / df - 1;
    double next = 0;
    double after = 0;
    for (std::size_t k = kPoints - 1; k > 0; --k) {
      const double value = 2 * x * next - after + coefficients_[k];
      after = next;
      next = value;
    }
    return x * next - after + coefficients_[0] / 2;
  }

 private:
  static constexpr std::size_t kPoints = 11;

  double upper_tail_ = 0;
  std::array<double, kPoints> coefficients_{};
};

// A wave asks for few tails: that of its level, and one for each number of options in a ranking.
const QuantilesOfTail& RecentTail(double upper_tail) {
  thread_local std::array<QuantilesOfTail, 16> recent;
  thread_local std::size_t next = 0;
  for (const QuantilesOfTail& tail : recent) {
    if (tail.upper_tail() == upper_tail) return tail;
  }
  QuantilesOfTail& tail = recent[next];
  next = (next + 1) % recent.size();
  tail = QuantilesOfTail(upper_tail);
  return tail;
}

}  // namespace

double StudentQuantile(double upper_tail, double df) {
  if (!(df > 0 && upper_tail > 0 && upper_tail < 1)) return kNan;
  if (df < QuantilesOfTail::kLeast) return Quantile(upper_tail, df);
  return RecentTail(upper_tail).Of(df);
}

double StudentTwoSided(double t, double df) {
  if (!(df > 0) || std::isnan(t)) return kNan;
  return 2 * boost::math::cdf(boost::math::complement(StudentT(df), std::abs(t)));
}

double LambertLower(double x) { return boost::math::lambert_wm1(x, DistributionPolicy()); }

}  // namespace panelpuls::estimate
