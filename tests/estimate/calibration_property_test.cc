// What holds for any cube and any definition: figures are finite, no SE is 0, and weights meet the
// margins or a named fault stands in their place.
#include <gtest/gtest.h>

#include <fmt/format.h>

#include <cmath>
#include <random>

#include "estimate/estimator.h"
#include "survey.h"

namespace panelpuls::estimate {
namespace {

struct Draw {
  std::shared_ptr<const wave::Wave> wave;
  std::vector<testing::SampleResponse> responses;
  std::string text;
};

std::string RandomWeighting(std::mt19937_64& random, std::string* method) {
  const char* const methods[] = {"RAKE", "LINEAR", "LOGIT", "NONE"};
  *method = methods[random() % 4];
  if (*method == "NONE") return "";
  std::string fields;
  const bool bounded = *method == "LOGIT" || random() % 2 == 0;
  if (bounded) {
    fields += fmt::format("upper_bound: {} ", 1.2 + static_cast<double>(random() % 60) / 10);
    if (*method == "LOGIT" || random() % 2 == 0) {
      fields += fmt::format("lower_bound: {} ", 0.01 * static_cast<double>(1 + random() % 60));
    }
  }
  if (*method == "RAKE" && fields.find("upper") != std::string::npos && random() % 3 == 0) {
    fields += random() % 2 == 0 ? "trim_once: true " : "trim_strict: true ";
  }
  if (random() % 3 == 0) fields += "fallback: RIDGE ";
  if (random() % 2 == 0) fields += fmt::format("collapse_below: {} ", 1 + random() % 6);
  if (*method == "RAKE" && !bounded && random() % 3 == 0) fields += "variance: VARIANCE_RAKE ";
  return fields;
}

// Population totals over nine powers of ten, some of them 0; all margins with one sum.
void RandomTotals(std::mt19937_64& random, wave::Wave* wave) {
  for (std::size_t d = 0; d < 2; ++d) {
    double sum = 0;
    for (wave::Category& category : wave->dimensions[d].categories) {
      category.population =
          random() % 8 == 0 ? 0 : std::pow(10.0, static_cast<double>(random() % 900) / 100);
      if (random() % 4 == 0) category.collapse_into = 0;
      sum += category.population;
    }
    if (sum == 0) wave->dimensions[d].categories.front().population = sum = 1;
    for (wave::Category& category : wave->dimensions[d].categories) {
      category.population *= 10'000 / sum;
    }
    wave->dimensions[d].ordered = random() % 2 == 0;
    wave->dimensions[d].categories.front().collapse_into = random() % 2 == 0 ? 1 : wave::kNone;
  }
}

Draw RandomDraw(std::mt19937_64& random) {
  Draw draw;
  SurveyOptions options;
  options.bounds = RandomWeighting(random, &options.method);
  const char* const base[] = {"BASE_WEIGHTS_NONE", "BASE_WEIGHTS_PER_UNIT",
                              "BASE_WEIGHTS_PER_CELL"};
  options.base_weights = base[random() % 3];
  options.reporting = random() % 2 == 0 ? "sequence_planned_n: 500 " : "minimum_n_effective: 2 ";
  draw.text = options.method + " " + options.bounds + options.base_weights;
  auto wave = std::make_shared<wave::Wave>(*SurveyWave(options));
  if (options.method != "NONE" && random() % 4 != 0) RandomTotals(random, wave.get());
  draw.wave = wave;
  const std::size_t most[] = {3, 12, 60, 400};
  draw.responses = RandomResponses(random() % most[random() % 4], random);
  // Whole categories, answers and differences between respondents may be missing.
  const bool one_area = random() % 5 == 0;
  const bool one_answer = random() % 5 == 0;
  for (testing::SampleResponse& response : draw.responses) {
    if (one_area) response.categories["area"] = "east";
    if (one_answer) response.answers["revenue"] = response.answers["jobs"] = "same";
  }
  return draw;
}

void ExpectFinite(const std::optional<double>& x) {
  if (x) EXPECT_TRUE(std::isfinite(*x)) << *x;
}

void ExpectSound(const FigureValue& figure) {
  for (const auto& x :
       {figure.n_effective, figure.value, figure.se, figure.se_interval, figure.low, figure.high,
        figure.sequence_low, figure.sequence_high, figure.degrees_of_freedom}) {
    ExpectFinite(x);
  }
  EXPECT_TRUE(figure.value || !figure.flags.empty());
  EXPECT_TRUE(figure.se || !figure.flags.empty());
  if (figure.se) EXPECT_GT(*figure.se, 0);
  if (figure.se_interval) EXPECT_GT(*figure.se_interval, 0);
  EXPECT_EQ(figure.low.has_value(), figure.high.has_value());
  if (!figure.low) return;
  EXPECT_LT(*figure.low, *figure.high);
  EXPECT_LE(*figure.low, *figure.value);
  EXPECT_GE(*figure.high, *figure.value);
}

void ExpectMarginsMet(const wave::Wave& wave, const Estimates& estimates,
                      const std::vector<testing::SampleResponse>& responses) {
  // The whole population, by respondent.
  if (wave.weighting.method == wave::WeightingMethod::kNone || responses.empty()) return;
  EXPECT_LT(*estimates.calibration.max_margin_error, 1e-12);
  double sum = 0;
  for (const testing::SampleResponse& response : responses) {
    std::uint64_t cell = 0;
    double d = wave.base_weights == wave::BaseWeights::kPerUnit ? *response.base_weight : 1;
    for (const auto& [id, code] : response.categories) {
      const auto& dimension = wave.dimensions[static_cast<std::size_t>(wave.FindDimension(id))];
      const auto category = static_cast<std::size_t>(wave::Wave::FindCategory(dimension, code));
      cell += category * dimension.cell_stride;
      if (wave.base_weights == wave::BaseWeights::kPerCell && id == "size") {
        d = dimension.categories[category].base_weight;
      }
    }
    sum += d * estimates.calibration.g[cell];
  }
  EXPECT_NEAR(sum, 10'000, 1e-7);
}

TEST(AnyWave, GivesFiniteFiguresAndWeightsThatMeetTheMarginsOrANamedFault) {
  const auto seed = std::random_device{}();
  std::mt19937_64 random(seed);
  int met = 0;
  int refused = 0;
  int unmet = 0;
  for (int round = 0; round < 400; ++round) {
    const Draw draw = RandomDraw(random);
    SCOPED_TRACE(
        fmt::format("seed {} round {} n {} {}", seed, round, draw.responses.size(), draw.text));
    Estimator estimator(draw.wave);
    const Survey survey(draw.wave, draw.responses);
    const Estimates estimates = estimator.Estimate(survey.cube());
    const CalibrationResult& calibration = estimates.calibration;
    ExpectFinite(calibration.max_margin_error);
    ExpectFinite(estimates.n_effective);
    ExpectFinite(estimates.design_effect);
    for (const double g : calibration.g) ASSERT_TRUE(std::isfinite(g));
    EXPECT_TRUE(calibration.has_weights || estimates.n == 0 || !calibration.flags.empty());
    if (calibration.converged) {
      ++met;
      EXPECT_TRUE(calibration.flags.empty());
      ExpectMarginsMet(*draw.wave, estimates, draw.responses);
    } else if (calibration.has_weights) {
      ++unmet;
      EXPECT_TRUE(calibration.is_ridge || draw.wave->weighting.trimming);
    } else {
      ++refused;
    }
    for (std::size_t i = 0; i < estimates.figures.size(); ++i) {
      SCOPED_TRACE(estimator.keys()[i].of + " " + estimator.keys()[i].domain);
      const FigureValue& figure = estimates.figures[i];
      ExpectSound(figure);
      if (!calibration.converged && figure.value) {
        EXPECT_EQ(figure.flags.front().kind, FlagKind::kNotConverged);
      }
    }
    const FigureValue alone = estimator.EstimateIndicator(survey.cube());
    EXPECT_EQ(alone.value, estimates.figures.front().value);
    EXPECT_EQ(alone.se, estimates.figures.front().se);
    if (HasFailure()) return;
  }
  EXPECT_GT(met, 50);
  EXPECT_GT(refused, 10);
  EXPECT_GT(unmet, 5);
}

}  // namespace
}  // namespace panelpuls::estimate
