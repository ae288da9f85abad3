#include "estimate/numeric/share_quantiles.h"

#include <algorithm>
#include <array>
#include <boost/math/special_functions/beta.hpp>
#include <boost/math/special_functions/erf.hpp>
#include <cmath>
#include <limits>
#include <numbers>

#include "estimate/numeric/distribution_policy.h"

namespace panelpuls::estimate {
namespace {

constexpr double kPi = std::numbers::pi;
constexpr double kNoLimit = std::numeric_limits<double>::quiet_NaN();

// The normal distribution's z that is exceeded with the probability `upper_tail`.
double NormalQuantile(double upper_tail) {
  thread_local double quantile_of = 0;
  thread_local double quantile = 0;
  if (quantile_of != upper_tail) {
    quantile = boost::math::erfc_inv(2 * upper_tail, DistributionPolicy()) * std::sqrt(2.0);
    quantile_of = upper_tail;
  }
  return quantile;
}

// What Stirling's formula leaves of log Gamma(z), z at least 1: Abramowitz & Stegun 6.1.40, small z
// by 6.1.15.
double StirlingRest(double z) {
  constexpr int kShift = 6;
  double below = 0;
  if (z < kShift) {
    const double far = z + kShift;
    double ratio = 1;
    for (int k = 0; k < kShift; ++k) ratio *= far / (z + k);
    below = (z - 0.5) * std::log(far / z) + std::log(ratio) - kShift;
    z = far;
  }
  const double w = 1 / z;
  const double r = w * w;
  constexpr std::array kTerms = {1.0 / 12,   -1.0 / 360,      1.0 / 1260, -1.0 / 1680,
                                 1.0 / 1188, -691.0 / 360360, 1.0 / 156,  -3617.0 / 122400};
  double sum = 0;
  for (std::size_t k = kTerms.size(); k-- > 0;) sum = sum * r + kTerms[k];
  return sum * w + below;
}

// The same for both limits of a share at once, so that neither waits for the other's divisions.
using Both = double __attribute__((vector_size(2 * sizeof(double))));

template <typename Function>
Both Each(Function function, Both x) {
  return Both{function(x[0]), function(x[1])};
}
bool AreAll(Both x, Both limit) {
  const auto is_less = x < limit;
  return is_less[0] != 0 && is_less[1] != 0;
}
Both Magnitude(Both x) { return x < 0 ? -x : x; }
double Exp(double x) { return std::exp(x); }
double Log(double x) { return std::log(x); }
double Root(double x) { return std::sqrt(x); }

// I_x(a, b) B(a, b) / (x^a (1 - x)^b) by its continued fraction, x at most a / (a + b): DiDonato &
// Morris, ACM Transactions on Mathematical Software 18 (1992), section 2. Not found: 0.
Both BetaFraction(Both a, Both b, Both x, Both h) {
  constexpr int kMostTerms = 400;
  constexpr int kTermsAtOnce = 6;
  constexpr double kPrecision = 1e-13;
  // (a + m) / (a + 2 m + 1), (a + b + m) x, a - (a + b) x + 1 + m (2 - x).
  Both ratio = a / (a + 1);
  Both grown = (a + b) * x;
  Both left = h + 1;
  Both reciprocal = 1 / (a + 1);
  // Convergents above / below, brought back near 1 before they can overflow.
  Both above = Both{} + 1;
  Both below = ratio * left;
  Both above_before{};
  Both below_before = Both{} + 1;
  Both m = Both{} + 1;
  for (int terms = 0; terms < kMostTerms; terms += kTermsAtOnce) {
    for (int term = 0; term < kTermsAtOnce; ++term) {
      const Both product = m * (b - m) * x * reciprocal;
      const Both alpha = ratio * grown * product;
      reciprocal = 1 / (a + (m + m + 1));
      ratio = (a + m) * reciprocal;
      grown += x;
      left += 2 - x;
      const Both beta = m + product + ratio * left;
      const Both next_above = beta * above + alpha * above_before;
      const Both next_below = beta * below + alpha * below_before;
      above_before = above;
      below_before = below;
      above = next_above;
      below = next_below;
      m += 1;
    }
    const Both scale = 1 / below;
    above *= scale;
    above_before *= scale;
    below_before *= scale;
    below = Both{} + 1;
    const Both change = Magnitude(above * below_before - above_before);
    if (AreAll(change, kPrecision * Magnitude(above_before))) return above;
  }
  return Both{};
}

// The step in u = log(x / (1 - x)) to the place where F, log-concave in u, is `ratio` times as
// large: the inverse series of log F, whose derivatives follow from r = F' / F and h = F'' / F'.
struct Step {
  Both step;
  Both last_term;
};
Step InverseStep(Both log_ratio, Both r, Both h, Both c, Both x, Both y) {
  const Both xy = x * y;
  const Both d = y - x;
  const Both h1 = -c * xy;
  const Both h2 = h1 * d;
  const Both h3 = h1 * (d * d - 2 * xy);
  const Both h4 = h2 * (d * d - 8 * xy);
  // (log F)'' / (log F)' and its derivatives.
  const Both e = h - r;
  const Both ee = e * e;
  const Both e1 = h1 - r * e;
  const Both e2 = h2 - r * (ee + e1);
  const Both e3 = h3 - r * (e * (ee + 3 * e1) + e2);
  const Both e4 = h4 - r * (ee * (ee + 6 * e1) + 3 * e1 * e1 + 4 * e * e2 + e3);
  const Both c2 = -0.5 * e;
  const Both c3 = (2 * ee - e1) * (1.0 / 6);
  const Both c4 = (e * (7 * e1 - 6 * ee) - e2) * (1.0 / 24);
  const Both c5 = (e * (11 * e2 + e * (24 * ee - 46 * e1)) + 7 * e1 * e1 - e3) * (1.0 / 120);
  const Both c6 = (e * (16 * e3 - 127 * e1 * e1 + e * (e * (326 * e1 - 120 * ee) - 101 * e2)) +
                   25 * e1 * e2 - e4) *
                  (1.0 / 720);
  const Both t = log_ratio / r;
  const Both t2 = t * t;
  const Both last = t2 * t2 * t2 * c6;
  return {t + t2 * (c2 + t * (c3 + t * (c4 + t * c5))) + last, last};
}

// Both limits of Clopper & Pearson, where neither count is small: a start by the normal
// distribution (Abramowitz & Stegun 26.5.22), then mostly one step. Not found this way: 0, 0.
ShareLimits OwnShareQuantiles(double tail, double successes, double failures) {
  constexpr double kLeastCount = 1;
  constexpr int kMostSteps = 6;
  // Of the inverse series, in the logit: the terms behind it are smaller than a last bit.
  constexpr double kLastTerm = 4e-12;
  const double k = std::min(successes, failures);
  const double rest_of_n = std::max(successes, failures);
  if (!(k >= kLeastCount && tail > 1e-4 && tail < 0.2)) return {};
  const double n = successes + failures;
  const double small = k / n;
  const double z = NormalQuantile(tail);
  // Lower tails of Beta(a, b + 1): of the rarer outcome, and of the other.
  const Both a = {k, rest_of_n};
  const Both b = {rest_of_n, k};
  const Both p = {small, rest_of_n / n};
  const Both sign = {1, -1};
  const Both alpha = 1 / (2 * a - 1);
  const Both beta = 1 / (2 * b + 1);
  const Both harmonic = 2 / (alpha + beta);
  const double lambda = (z * z - 3) / 6;
  // x / y = a / b e^-d
  Both d = 2 * (z * Each(Root, harmonic + lambda) / harmonic -
                (beta - alpha) * (lambda + 5.0 / 6 - 2 / (3 * harmonic)) + beta);
  const double rest = StirlingRest(n) - StirlingRest(k) - StirlingRest(rest_of_n);
  const double height = std::sqrt(k * rest_of_n / (2 * kPi * n));
  for (int step = 0; step < kMostSteps; ++step) {
    const Both e = Each(Exp, -sign * d);
    // x = p e / t and y = q / t of the rarer outcome, of the other the same turned round.
    const Both moved = small * (e - 1);
    const Both t = 1 + moved;
    const Both x = p * Both{e[0], 1} / t;
    const Both y = Both{p[1], p[0] * e[1]} / t;
    if (!AreAll(-d, Both{})) return {};
    // a - (n + 1) x; of the other by y, since its x is near 1 and would cancel.
    const Both h{a[0] - (n + 1) * x[0], (n + 1) * y[1] - b[1] - 1};
    const Both fraction = BetaFraction(a, b + 1, x, h);
    if (!AreAll(Both{}, fraction)) return {};
    // log of x^a y^b / B(a, b), about its largest place, where nothing cancels.
    const Both log_t = Each(Log, t) + (moved - (t - 1)) / t;
    const Both log_power = rest - n * (log_t + sign * small * d);
    const Both q = {p[1], p[0]};
    const Both log_ratio = Each(Log, tail * q / (height * fraction * y)) - log_power;
    const auto [change, last] = InverseStep(log_ratio, 1 / fraction, h, Both{} + n + 1, x, y);
    d -= change;
    if (AreAll(Magnitude(last), Both{} + kLastTerm)) {
      const Both end = 1 + small * (Each(Exp, -sign * d) - 1);
      const Both rarer = small * Each(Exp, -sign * d) / end;
      const Both other = (1 - small) / end;
      if (successes <= failures) return {rarer[0], rarer[1]};
      return {other[1], other[0]};
    }
  }
  return {};
}

}  // namespace

ShareLimits ShareQuantiles(double tail, double successes, double failures) {
  if (!(tail > 0 && tail < 1 && successes >= 0 && failures >= 0 && successes + failures > 0)) {
    return {kNoLimit, kNoLimit};
  }
  ShareLimits limits = OwnShareQuantiles(tail, successes, failures);
  if (limits.low > 0) return limits;
  limits = {0, 1};
  if (successes > 0)
    limits.low = boost::math::ibeta_inv(successes, failures + 1, tail, DistributionPolicy());
  if (failures > 0)
    limits.high = boost::math::ibetac_inv(successes + 1, failures, tail, DistributionPolicy());
  return limits;
}

}  // namespace panelpuls::estimate
