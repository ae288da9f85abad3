#include "sim/random.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace panelpuls::sim {
namespace {

TEST(Random, GivesTheSameNumbersOnEveryMachine) {
  // Computed by an independent implementation in Python (random_golden.py).
  Random random({.seed = 1, .number = 2});
  const std::vector<std::uint64_t> expected = {0x34e1d85527ecb9b2, 0xeb5fc34bca4efbdb,
                                               0xf1b1781349f8923b, 0xf9b34e2d13baf91a};
  for (const std::uint64_t value : expected) EXPECT_EQ(random.Next(), value);
}

TEST(Random, StreamsOfUnitsDiffer) {
  Random first({.seed = 1, .number = 2});
  Random second({.seed = 1, .number = 3});
  Random third({.seed = 2, .number = 2});
  const std::uint64_t value = first.Next();
  EXPECT_NE(value, second.Next());
  EXPECT_NE(value, third.Next());
}

TEST(Random, PicksInProportionToTheWeights) {
  Random random({.seed = 7, .number = 0});
  const std::vector<double> weights = {1, 0, 3};
  std::vector<int> counts(3);
  constexpr int kDraws = 40'000;
  for (int i = 0; i < kDraws; ++i) ++counts[random.Pick(weights)];
  EXPECT_EQ(counts[1], 0);
  EXPECT_NEAR(counts[0], kDraws / 4, 5 * std::sqrt(kDraws * 0.25 * 0.75));
}

TEST(StableExp, AgreesWithTheLibraryToTheLastFewBits) {
  for (double x = -30; x <= 30; x += 0.37) {
    EXPECT_NEAR(StableExp(x) / std::exp(x), 1, 4e-15) << x;
  }
}

}  // namespace
}  // namespace panelpuls::sim
