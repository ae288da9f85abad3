// Quantiles against Boost's, and against the defining integral.
#include "estimate/numeric/distributions.h"

#include <gtest/gtest.h>

#include <fmt/format.h>

#include <algorithm>
#include <boost/math/distributions/students_t.hpp>
#include <boost/math/special_functions/beta.hpp>
#include <cmath>
#include <random>

#include "estimate/numeric/share_quantiles.h"

namespace panelpuls::estimate {
namespace {

struct BetaShape {
  double a = 1;
  double b = 1;
};

TEST(Distributions, BetaQuantilesGiveBackTheirProbability) {
  const auto seed = std::random_device{}();
  std::mt19937_64 random(seed);
  std::uniform_real_distribution<double> uniform(0, 1);
  for (int round = 0; round < 20'000; ++round) {
    const double n = std::exp(std::log(2.0) + uniform(random) * std::log(1e5));
    // With less than this on a side, the limit is no number between 0 and 1 any more.
    const double least = 0.1 / n;
    const double p = std::clamp(
        round % 3 == 0 ? std::pow(10, -4 * uniform(random)) : uniform(random), least, 1 - 1 / n);
    const double tail = round % 4 == 0 ? 0.0005 + 0.1 * uniform(random) : 0.025;
    SCOPED_TRACE(fmt::format("seed {} n {} p {} tail {}", seed, n, p, tail));
    const BetaShape lower{n * p, n * (1 - p) + 1};
    const auto [low, high] = ShareQuantiles(tail, n * p, n * (1 - p));
    ASSERT_NEAR(boost::math::ibeta(lower.a, lower.b, low), tail, 2e-11 * tail);
    const BetaShape upper{n * p + 1, n * (1 - p)};
    ASSERT_LT(low, high);
    // Near 1 the place itself is only known to the last bit.
    const double shift = boost::math::ibeta_derivative(upper.a, upper.b, high) * 1e-15;
    ASSERT_NEAR(boost::math::ibetac(upper.a, upper.b, high), tail, 2e-11 * tail + shift);
  }
}

TEST(Distributions, ShareLimitsAreThoseOfALongerNumberToTwelveDigits) {
  for (const double n : {0.5, 2.0, 7.0, 30.5, 120.0, 999.0, 4'000.25, 1e6}) {
    for (const double p : {0.0, 1e-4, 0.01, 0.1, 1.0 / 3, 0.5, 0.77, 0.99, 1.0}) {
      for (const double tail : {0.1, 0.05, 0.025, 0.005, 0.025 / 66, 1e-5}) {
        SCOPED_TRACE(fmt::format("n {} p {} tail {}", n, p, tail));
        const double successes = n * p;
        const double failures = n - successes;
        const auto [low, high] = ShareQuantiles(tail, successes, failures);
        const auto a = static_cast<long double>(successes);
        const auto b = static_cast<long double>(failures);
        const auto alpha = static_cast<long double>(tail);
        const double expected_low =
            successes > 0 ? static_cast<double>(boost::math::ibeta_inv(a, b + 1, alpha)) : 0;
        const double expected_high =
            failures > 0 ? static_cast<double>(boost::math::ibetac_inv(a + 1, b, alpha)) : 1;
        // Of the smallest numbers there are, few digits are left.
        EXPECT_NEAR(low, expected_low, 1e-12 * expected_low + 1e-300);
        EXPECT_NEAR(high, expected_high, 1e-12 * expected_high);
      }
    }
  }
}

TEST(Distributions, ShareLimitsOfNoShareAreNoNumbers) {
  EXPECT_TRUE(std::isnan(ShareQuantiles(0.025, 0, 0).low));
  EXPECT_TRUE(std::isnan(ShareQuantiles(0.025, -1, 5).high));
  EXPECT_TRUE(std::isnan(ShareQuantiles(0, 1, 5).low));
}

TEST(Distributions, StudentQuantilesAreBoostsToTwelveDigits) {
  for (const double tail : {0.4, 0.1, 0.05, 0.025, 0.025 / 11, 0.025 / 66, 1e-6}) {
    for (const double df : {0.5, 1.0, 2.5, 15.9, 16.0, 16.7, 23.0, 99.5, 1'234.0, 4e5, 1e12}) {
      const double expected = static_cast<double>(boost::math::quantile(boost::math::complement(
          boost::math::students_t_distribution<long double>(static_cast<long double>(df)),
          static_cast<long double>(tail))));
      EXPECT_NEAR(StudentQuantile(tail, df), expected, 1e-12 * expected) << tail << " " << df;
    }
  }
  EXPECT_TRUE(std::isnan(StudentQuantile(0.025, 0)));
  EXPECT_TRUE(std::isnan(StudentQuantile(1, 5)));
}

}  // namespace
}  // namespace panelpuls::estimate
