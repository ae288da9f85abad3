// The finite population correction for who answered: METHOD M10.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "estimate/estimator.h"
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

// Where the sample has the population's margins, every weight is N/n and V shrinks by exactly n/N,
// whatever part of z the margins explain.
TEST(ResponseFpc, OfEqualWeightsIsTheShareOfThePopulationThatDidNotAnswer) {
  constexpr double kWeight = 4;
  std::mt19937_64 random(5);
  const auto responses = RandomResponses(900, random);
  const auto wave_with = [&](const std::string& reporting) {
    auto wave = std::make_shared<wave::Wave>(
        *SurveyWave({.base_weights = "BASE_WEIGHTS_NONE", .reporting = reporting}));
    const Estimates counted = Estimator(wave).Estimate(Survey(wave, responses).cube());
    for (const int number : wave->weighting.dimensions) {
      wave::Dimension& dimension = wave->dimensions[static_cast<std::size_t>(number)];
      for (wave::Category& category : dimension.categories) category.population = 0;
      for (std::size_t cell = 0; cell < wave->cells; ++cell) {
        dimension.categories[cell / dimension.cell_stride % dimension.categories.size()]
            .population += kWeight * static_cast<double>(counted.cell_n[cell]);
      }
    }
    return std::shared_ptr<const wave::Wave>(wave);
  };
  const auto without = wave_with("");
  const auto with = wave_with("response_fpc: true");
  Estimator estimator(without);
  const Estimates plain = estimator.Estimate(Survey(without, responses).cube());
  const Estimates fpc = Estimator(with).Estimate(Survey(with, responses).cube());
  ASSERT_TRUE(plain.calibration.converged);
  int compared = 0;
  for (std::size_t i = 0; i < plain.figures.size(); ++i) {
    if (!plain.figures[i].se) continue;
    SCOPED_TRACE(estimator.keys()[i].of + " " + estimator.keys()[i].domain);
    const double shrinks = std::sqrt(1 - 1 / kWeight);
    EXPECT_NEAR(*fpc.figures[i].se / *plain.figures[i].se, shrinks, 1e-9);
    EXPECT_NEAR(*fpc.figures[i].se_interval / *plain.figures[i].se_interval, shrinks, 1e-9);
    ++compared;
  }
  EXPECT_GT(compared, 20);
}

}  // namespace
}  // namespace panelpuls::estimate
