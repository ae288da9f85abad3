// The quantiles' own way for shares against the defining integral.
#include "estimate/distributions.h"

#include <gtest/gtest.h>

#include <fmt/format.h>

#include <algorithm>
#include <boost/math/special_functions/beta.hpp>
#include <cmath>
#include <random>

namespace panelpuls::estimate {
namespace {

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
    const double low = BetaQuantile(tail, lower);
    ASSERT_NEAR(boost::math::ibeta(lower.a, lower.b, low), tail, 2e-11 * tail);
    const BetaShape upper{n * p + 1, n * (1 - p)};
    const double high = BetaUpperQuantile(tail, upper);
    ASSERT_LT(low, high);
    // Near 1 the place itself is only known to the last bit.
    const double shift = boost::math::ibeta_derivative(upper.a, upper.b, high) * 1e-15;
    ASSERT_NEAR(boost::math::ibetac(upper.a, upper.b, high), tail, 2e-11 * tail + shift);
  }
}

}  // namespace
}  // namespace panelpuls::estimate
