#include "estimate/distributions.h"

#include <algorithm>
#include <array>
#include <boost/math/special_functions/beta.hpp>
#include <boost/math/special_functions/erf.hpp>
#include <boost/math/special_functions/gamma.hpp>
#include <boost/math/special_functions/lambert_w.hpp>
#include <cmath>
#include <limits>
#include <numbers>

#include <boost/math/distributions/students_t.hpp>

namespace panelpuls::estimate {
namespace {

namespace policies = boost::math::policies;
// Doubles throughout, so that figures do not depend on the width of long double; no exceptions.
using Policy = policies::policy<
    policies::promote_double<false>, policies::domain_error<policies::ignore_error>,
    policies::pole_error<policies::ignore_error>, policies::overflow_error<policies::ignore_error>,
    policies::evaluation_error<policies::ignore_error>>;
using StudentT = boost::math::students_t_distribution<double, Policy>;

constexpr double kPi = std::numbers::pi;
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

// Shares of one question and domain ask for the same two quantiles one after the other.
class RecentQuantiles {
 public:
  double Of(double upper_tail, double df) {
    for (const Entry& entry : entries_) {
      if (entry.upper_tail == upper_tail && entry.df == df) return entry.quantile;
    }
    Entry& entry = entries_[next_];
    next_ = (next_ + 1) % entries_.size();
    entry = {upper_tail, df,
             boost::math::quantile(boost::math::complement(StudentT(df), upper_tail))};
    return entry.quantile;
  }

 private:
  struct Entry {
    double upper_tail = 0;
    double df = 0;
    double quantile = 0;
  };
  std::array<Entry, 2> entries_;
  std::size_t next_ = 0;
};

bool IsShape(const BetaShape& shape) { return shape.a > 0 && shape.b > 0; }

// I_x(a, b) B(a, b) / (x^a (1 - x)^b) by its continued fraction, x at most a / (a + b): DiDonato &
// Morris, ACM Transactions on Mathematical Software 18 (1992), section 2. 0: not found.
double BetaFraction(const BetaShape& shape, double x) {
  const double a = shape.a;
  const double b = shape.b;
  const double left = a - (a + b) * x + 1;
  constexpr int kMostTerms = 200;
  constexpr double kPrecision = 1e-14;
  // Convergents above / below, kept near 1 by dividing both by the last denominator.
  double above = 1;
  double below = a / (a + 1) * left;
  double above_before = 0;
  double below_before = 1;
  double value = above / below;
  for (int m = 1; m <= kMostTerms; ++m) {
    const double odd = a + 2 * m - 1;
    const double alpha = (a + m - 1) * (a + b + m - 1) * m * (b - m) * x * x / (odd * odd);
    const double beta = m + m * (b - m) * x / odd + (a + m) / (odd + 2) * (left + m * (2 - x));
    const double next_above = beta * above + alpha * above_before;
    const double next_below = beta * below + alpha * below_before;
    const double scale = 1 / next_below;
    above_before = above * scale;
    below_before = below * scale;
    above = next_above * scale;
    below = 1;
    const double change = above - value;
    value = above;
    if (std::abs(change) <= kPrecision * value) return value;
  }
  return 0;
}

// What Stirling's formula leaves of log Gamma(z).
double StirlingRest(double z) {
  if (z < 10) {
    return boost::math::lgamma(z, Policy()) - ((z - 0.5) * std::log(z) - z + std::log(2 * kPi) / 2);
  }
  const double r = 1 / (z * z);
  return (1.0 / 12 - r * (1.0 / 360 - r * (1.0 / 1260 - r * (1.0 / 1680 - r / 1188)))) / z;
}

// The quantile of a small probability, where both parameters are not small: a start by the normal
// distribution (Abramowitz & Stegun 26.5.22), then Halley's steps. 0: not found this way.
double LowerBetaQuantile(double probability, const BetaShape& shape) {
  constexpr double kLeastShape = 2;
  constexpr int kMostSteps = 10;
  const double a = shape.a;
  const double b = shape.b;
  if (!(a >= kLeastShape && b >= kLeastShape && probability > 1e-4 && probability < 0.2)) return 0;
  thread_local double normal_of = 0;
  thread_local double normal = 0;
  if (normal_of != probability) {
    normal = boost::math::erfc_inv(2 * probability, Policy()) * std::sqrt(2.0);
    normal_of = probability;
  }
  const double h = 2 / (1 / (2 * a - 1) + 1 / (2 * b - 1));
  const double lambda = (normal * normal - 3) / 6;
  const double w = normal * std::sqrt(h + lambda) / h -
                   (1 / (2 * b - 1) - 1 / (2 * a - 1)) * (lambda + 5.0 / 6 - 2 / (3 * h));
  double x = a / (a + b * std::exp(2 * w));
  // x^a (1 - x)^b / B(a, b) about its largest place, where nothing cancels.
  const double top = a / (a + b);
  const double height = std::sqrt(a * b / (2 * kPi * (a + b)));
  const double rest = StirlingRest(a + b) - StirlingRest(a) - StirlingRest(b);
  for (int step = 0; step < kMostSteps; ++step) {
    if (!(x > 0 && x <= top)) return 0;
    const double y = 1 - x;
    const double away = x - top;
    const double power =
        height * std::exp(a * std::log1p(away / top) + b * std::log1p(-away / (1 - top)) + rest);
    const double fraction = BetaFraction(shape, x);
    if (!(fraction > 0 && power > 0)) return 0;
    const double newton = (fraction - probability / power) * x * y;
    const double bend = (a - 1) / x - (b - 1) / y;
    x -= newton / (1 - std::clamp(newton * bend / 2, -0.5, 0.5));
    // In units of the standard deviation; the step's own error is of the third order.
    if (newton * newton * (a / (x * x) + b / (y * y)) < 1e-8) return x;
  }
  return 0;
}

}  // namespace

double StudentQuantile(double upper_tail, double df) {
  if (!(df > 0 && upper_tail > 0 && upper_tail < 1)) return kNan;
  thread_local RecentQuantiles recent;
  return recent.Of(upper_tail, df);
}

double StudentTwoSided(double t, double df) {
  if (!(df > 0) || std::isnan(t)) return kNan;
  return 2 * boost::math::cdf(boost::math::complement(StudentT(df), std::abs(t)));
}

double BetaQuantile(double probability, const BetaShape& shape) {
  if (!IsShape(shape) || !(probability >= 0 && probability <= 1)) return kNan;
  if (const double x = LowerBetaQuantile(probability, shape); x > 0) return x;
  return boost::math::ibeta_inv(shape.a, shape.b, probability, Policy());
}

double BetaUpperQuantile(double upper_tail, const BetaShape& shape) {
  if (!IsShape(shape) || !(upper_tail >= 0 && upper_tail <= 1)) return kNan;
  if (const double x = LowerBetaQuantile(upper_tail, {shape.b, shape.a}); x > 0) return 1 - x;
  return boost::math::ibetac_inv(shape.a, shape.b, upper_tail, Policy());
}

double LambertLower(double x) { return boost::math::lambert_wm1(x, Policy()); }

}  // namespace panelpuls::estimate
