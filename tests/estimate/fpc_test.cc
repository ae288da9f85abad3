// The finite population correction for who answered: METHOD M10.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "survey.h"

namespace panelpuls::estimate {
namespace {

// sum (w^2 - w) e^2 lies between 1 - 1/w of the smallest and of the largest w times sum w^2 e^2;
// the rest of V, (sum w e)^2, is next to nothing after calibration.
TEST(ResponseFpc, TakesOffWhatTheWeightsSay) {
  for (const std::string base_weights : {"BASE_WEIGHTS_NONE", "BASE_WEIGHTS_PER_UNIT"}) {
    SCOPED_TRACE(base_weights);
    const auto without = SurveyWave({.base_weights = base_weights});
    const auto with = SurveyWave({.base_weights = base_weights, .reporting = "response_fpc: true"});
    std::mt19937_64 random(5);
    const auto responses = RandomResponses(900, random);
    Estimator estimator(without);
    Estimator corrected(with);
    const Estimates plain = estimator.Estimate(Survey(without, responses).cube());
    const Estimates fpc = corrected.Estimate(Survey(with, responses).cube());
    ASSERT_TRUE(plain.calibration.converged);
    double smallest = 1e300;
    double largest = 0;
    for (std::size_t cell = 0; cell < without->cells; ++cell) {
      if (plain.cell_n[cell] == 0) continue;
      smallest = std::min(smallest, plain.calibration.g[cell]);
      largest = std::max(largest, plain.calibration.g[cell]);
    }
    int compared = 0;
    for (std::size_t i = 0; i < plain.figures.size(); ++i) {
      if (!plain.figures[i].se || !fpc.figures[i].se) continue;
      SCOPED_TRACE(estimator.keys()[i].of + " " + estimator.keys()[i].domain);
      EXPECT_EQ(*plain.figures[i].value, *fpc.figures[i].value);
      const double ratio = std::pow(*fpc.figures[i].se / *plain.figures[i].se, 2);
      EXPECT_LT(ratio, 1);
      if (base_weights == "BASE_WEIGHTS_NONE") {
        EXPECT_GT(ratio, 1 - 1 / smallest - 1e-3);
        EXPECT_LT(ratio, 1 - 1 / largest + 1e-3);
      }
      ++compared;
    }
    EXPECT_GT(compared, 20);
  }
}

}  // namespace
}  // namespace panelpuls::estimate
