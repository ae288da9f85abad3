#include "estimate/distributions.h"

#include <array>
#include <boost/math/special_functions/beta.hpp>
#include <boost/math/special_functions/lambert_w.hpp>
#include <cmath>
#include <limits>

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
  return boost::math::ibeta_inv(shape.a, shape.b, probability, Policy());
}

double BetaUpperQuantile(double upper_tail, const BetaShape& shape) {
  if (!IsShape(shape) || !(upper_tail >= 0 && upper_tail <= 1)) return kNan;
  return boost::math::ibetac_inv(shape.a, shape.b, upper_tail, Policy());
}

double LambertLower(double x) { return boost::math::lambert_wm1(x, Policy()); }

}  // namespace panelpuls::estimate
