// Trimming against its rule done respondent by respondent, and what is said of it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <ostream>
#include <random>

#include "estimate/estimator.h"
#include "survey.h"

namespace panelpuls::estimate {
namespace {

using ::testing::ElementsAre;

struct Rule {
  std::string name;
  std::string fields;
  double lower = 0;
  double upper = 0;
  bool is_of_weights = true;
  bool is_strict = false;
  std::string base_weights = "BASE_WEIGHTS_NONE";
};
void PrintTo(const Rule& rule, std::ostream* out) { *out << rule.name; }

class TrimmingTest : public ::testing::TestWithParam<Rule> {
 protected:
  static std::vector<testing::SampleResponse> Responses() {
    std::mt19937_64 random(41);
    return RandomResponses(200, random);
  }
};

// Cell and base weight of each respondent.
struct Respondent {
  std::uint64_t cell = 0;
  double d = 1;
};

std::vector<Respondent> RespondentsOf(const wave::Wave& wave,
                                      const std::vector<testing::SampleResponse>& responses) {
  std::vector<Respondent> respondents;
  for (const testing::SampleResponse& response : responses) {
    Respondent& respondent = respondents.emplace_back();
    if (wave.base_weights == wave::BaseWeights::kPerUnit) respondent.d = *response.base_weight;
    for (const auto& [id, code] : response.categories) {
      const auto& dimension = wave.dimensions[static_cast<std::size_t>(wave.FindDimension(id))];
      const auto category = static_cast<std::size_t>(wave::Wave::FindCategory(dimension, code));
      respondent.cell += category * dimension.cell_stride;
      if (wave.base_weights == wave::BaseWeights::kPerCell && id == "size") {
        respondent.d = dimension.categories[category].base_weight;
      }
    }
  }
  return respondents;
}

struct Trimmed {
  std::vector<double> w;
  std::size_t trimmed = 0;
  std::size_t outside = 0;
};

// The lines of trimWeights, with bounds and shares of the surplus of each respondent.
Trimmed TrimOneByOne(std::vector<double> w, const std::vector<double>& low,
                     const std::vector<double>& high, const std::vector<double>& part,
                     bool is_strict) {
  Trimmed result;
  std::vector<bool> ever(w.size());
  const auto is_outside = [&](std::size_t i) { return w[i] < low[i] || w[i] > high[i]; };
  for (int pass = 0; pass < (is_strict ? 500 : 1); ++pass) {
    double surplus = 0;
    double parts = 0;
    std::vector<bool> outside(w.size());
    for (std::size_t i = 0; i < w.size(); ++i) {
      outside[i] = is_outside(i);
      ever[i] = ever[i] || outside[i];
      if (!outside[i]) parts += part[i];
      const double trimmed = std::clamp(w[i], low[i], high[i]);
      surplus += w[i] - trimmed;
      w[i] = trimmed;
    }
    for (std::size_t i = 0; i < w.size(); ++i) {
      if (!outside[i]) w[i] += surplus * part[i] / parts;
    }
  }
  for (std::size_t i = 0; i < w.size(); ++i) {
    result.trimmed += ever[i] ? 1 : 0;
    result.outside += w[i] < low[i] * (1 - 1e-9) || w[i] > high[i] * (1 + 1e-9) ? 1 : 0;
  }
  result.w = std::move(w);
  return result;
}

TEST_P(TrimmingTest, DoesWhatItsRuleSaysOneByOne) {
  const Rule& rule = GetParam();
  const std::vector<testing::SampleResponse> responses = Responses();
  const auto raked_wave = SurveyWave({.base_weights = rule.base_weights});
  const auto wave = SurveyWave({.base_weights = rule.base_weights, .bounds = rule.fields});
  const Estimates raked = Estimator(raked_wave).Estimate(Survey(raked_wave, responses).cube());
  const Estimates trimmed = Estimator(wave).Estimate(Survey(wave, responses).cube());
  ASSERT_TRUE(raked.calibration.converged);
  std::vector<double> w;
  std::vector<double> low;
  std::vector<double> high;
  std::vector<double> part;
  double sum_of_d = 0;
  const std::vector<Respondent> respondents = RespondentsOf(*wave, responses);
  for (const Respondent& respondent : respondents) sum_of_d += respondent.d;
  for (const Respondent& respondent : respondents) {
    w.push_back(respondent.d * raked.calibration.g[respondent.cell]);
    const double unit = rule.is_of_weights ? 1 : respondent.d * 10'000 / sum_of_d;
    low.push_back(rule.lower * unit);
    high.push_back(rule.upper * unit);
    part.push_back(rule.is_of_weights ? 1 : respondent.d);
  }
  const Trimmed expected = TrimOneByOne(w, low, high, part, rule.is_strict);
  ASSERT_GT(expected.trimmed, 10u);
  double sum = 0;
  for (std::size_t i = 0; i < w.size(); ++i) {
    const double weight = respondents[i].d * trimmed.calibration.g[respondents[i].cell];
    EXPECT_NEAR(weight, expected.w[i], 1e-9 * expected.w[i]);
    sum += weight;
  }
  EXPECT_NEAR(sum, 10'000, 1e-8);
  EXPECT_EQ(trimmed.calibration.trimmed, expected.trimmed);
  EXPECT_EQ(trimmed.calibration.trimmed_outside, expected.outside);
  if (rule.is_strict) {
    EXPECT_EQ(expected.outside, 0u);
    EXPECT_GT(trimmed.calibration.trim_passes, 2u);
  } else {
    EXPECT_EQ(trimmed.calibration.trim_passes, 1u);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Rules, TrimmingTest,
    ::testing::Values(Rule{"upper", "trim_upper: 62 trim_once: true", 0, 62},
                      Rule{"upper_strict", "trim_upper: 62 trim_strict: true", 0, 62, true, true},
                      Rule{"both", "trim_lower: 25 trim_upper: 62 trim_once: true", 25, 62},
                      Rule{"both_strict", "trim_lower: 25 trim_upper: 66 trim_strict: true", 25, 66,
                           true, true},
                      Rule{"cells", "trim_upper: 75 trim_once: true", 0, 75, true, false,
                           "BASE_WEIGHTS_PER_CELL"},
                      Rule{"cells_strict", "trim_upper: 75 trim_strict: true", 0, 75, true, true,
                           "BASE_WEIGHTS_PER_CELL"},
                      Rule{"factor", "upper_bound: 1.25 trim_once: true", 0, 1.25, false},
                      Rule{"factor_strict", "lower_bound: 0.5 upper_bound: 1.25 trim_strict: true",
                           0.5, 1.25, false, true},
                      Rule{"units", "upper_bound: 1.3 trim_once: true", 0, 1.3, false, false,
                           "BASE_WEIGHTS_PER_UNIT"},
                      Rule{"units_strict", "upper_bound: 1.3 trim_strict: true", 0, 1.3, false,
                           true, "BASE_WEIGHTS_PER_UNIT"}),
    [](const auto& info) { return info.param.name; });

// No residual shows what a missed margin does to a figure: as with ridge there is no error.
TEST(Trimming, MissesMarginsByNameAndItsFiguresHaveNoError) {
  const auto wave = SurveyWave(
      {.base_weights = "BASE_WEIGHTS_NONE", .bounds = "trim_upper: 62 trim_strict: true"});
  std::mt19937_64 random(41);
  const Survey survey(wave, RandomResponses(200, random));
  Estimator estimator(wave);
  const Estimates estimates = estimator.Estimate(survey.cube());
  EXPECT_FALSE(estimates.calibration.converged);
  EXPECT_TRUE(estimates.calibration.has_weights);
  EXPECT_FALSE(estimates.calibration.is_ridge);
  EXPECT_THAT(FlagTexts(*wave, estimates.flags), ElementsAre("not_converged"));
  EXPECT_GT(*estimates.calibration.max_margin_error, 0.01);
  EXPECT_NE(estimates.calibration.worst_margin.category, wave::kNone);
  for (const FigureValue& figure : estimates.figures) {
    EXPECT_FALSE(figure.se || figure.se_interval || figure.low || figure.high);
    if (figure.value) EXPECT_EQ(figure.flags.front().kind, FlagKind::kNotConverged);
  }
  for (const ComparisonValue& comparison : estimates.comparisons) {
    EXPECT_FALSE(comparison.se || comparison.p);
  }
  const FigureValue alone = estimator.EstimateIndicator(survey.cube());
  EXPECT_EQ(alone.value, estimates.figures.front().value);
  EXPECT_FALSE(alone.se);
}

TEST(Trimming, ThatChangesNothingLeavesEverythingAsRaked) {
  const auto raked = SurveyWave({.base_weights = "BASE_WEIGHTS_NONE"});
  const auto wave = SurveyWave(
      {.base_weights = "BASE_WEIGHTS_NONE", .bounds = "trim_upper: 9000 trim_once: true"});
  std::mt19937_64 random(41);
  const std::vector<testing::SampleResponse> responses = RandomResponses(200, random);
  const Estimates one = Estimator(raked).Estimate(Survey(raked, responses).cube());
  const Estimates other = Estimator(wave).Estimate(Survey(wave, responses).cube());
  EXPECT_TRUE(other.calibration.converged);
  EXPECT_EQ(other.calibration.trimmed, 0u);
  EXPECT_EQ(other.calibration.g, one.calibration.g);
  EXPECT_EQ(other.figures.front().se, one.figures.front().se);
  EXPECT_TRUE(other.figures.front().se);
}

}  // namespace
}  // namespace panelpuls::estimate
