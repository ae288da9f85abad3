// Estimates from cells against the same computed from the list of respondents.
#include <gtest/gtest.h>

#include <fmt/format.h>

#include <cmath>
#include <ostream>

#include "estimate/estimator.h"
#include "respondents.h"
#include "survey.h"

namespace panelpuls::estimate {
namespace {

void ExpectClose(double actual, double expected, double tolerance, const std::string& what) {
  EXPECT_LE(std::abs(actual - expected), tolerance * std::max(1.0, std::abs(expected)))
      << what << ": " << fmt::format("{:.17g} against {:.17g}", actual, expected);
}

void ExpectNothingIsNan(const Estimates& estimates) {
  const auto finite = [](const std::optional<double>& value) {
    return !value || std::isfinite(*value);
  };
  for (const FigureValue& figure : estimates.figures) {
    EXPECT_TRUE(finite(figure.value) && finite(figure.n_effective));
    EXPECT_TRUE(figure.value || !figure.flags.empty());
    EXPECT_TRUE(finite(figure.se) && finite(figure.se_interval) && finite(figure.low) &&
                finite(figure.high) && finite(figure.degrees_of_freedom));
    EXPECT_TRUE(!figure.se || *figure.se > 0);
    EXPECT_TRUE(!figure.se_interval || *figure.se_interval > 0);
    EXPECT_EQ(figure.low.has_value(), figure.high.has_value());
    EXPECT_TRUE(!figure.low || (*figure.low <= *figure.value && *figure.value <= *figure.high));
  }
  for (const double g : estimates.calibration.g) EXPECT_TRUE(std::isfinite(g));
  EXPECT_TRUE(finite(estimates.n_effective) && finite(estimates.design_effect) &&
              finite(estimates.population) && finite(estimates.calibration.max_margin_error));
}

struct MethodRow {
  std::string name;
  std::string method;
  std::string base_weights;
};

void PrintTo(const MethodRow& row, std::ostream* os) { *os << row.name; }

class EstimateTest : public ::testing::TestWithParam<MethodRow> {};

TEST_P(EstimateTest, CellsGiveWhatTheListOfRespondentsGives) {
  const auto wave =
      SurveyWave({.method = GetParam().method, .base_weights = GetParam().base_weights});
  Estimator estimator(wave);
  const auto seed = std::random_device{}();
  SCOPED_TRACE(fmt::format("seed {}", seed));
  std::mt19937_64 random(seed);
  int computed = 0;
  for (const std::size_t n : {3u, 25u, 60u, 60u, 150u, 400u, 1000u}) {
    const std::vector<testing::SampleResponse> responses = RandomResponses(n, random);
    const Survey survey(wave, responses);
    const Estimates estimates = estimator.Estimate(survey.cube());
    Respondents respondents(*wave, responses);
    ExpectNothingIsNan(estimates);
    EXPECT_EQ(estimates.n, n);
    ASSERT_EQ(estimates.figures.size(), estimator.keys().size());

    bool converged = true;
    respondents.TakeBaseWeights();
    if (GetParam().method == "RAKE") {
      const std::optional<bool> raked = respondents.Rake();
      // Steps of Newton's go on where sweeps creep; slow_margins_test.cc and the oracle have these.
      if (!raked.has_value() && estimates.calibration.converged) continue;
      converged = raked.value_or(false);
    }
    ASSERT_EQ(estimates.calibration.converged, converged);
    for (std::size_t i = 0; i < estimator.keys().size(); ++i) {
      const FigureKey& key = estimator.keys()[i];
      const FigureValue& figure = estimates.figures[i];
      const std::string what = key.statistic + " " + key.of + " " + key.domain;
      const Respondents::Figure expected = respondents.Compute(key);
      EXPECT_EQ(figure.n, expected.n) << what;
      ASSERT_EQ(figure.value.has_value(), converged && expected.n > 0) << what;
      if (!figure.value) continue;
      ++computed;
      const double scale = key.statistic == "mean" ? 100 : 1;
      ExpectClose(*figure.value / scale, expected.value / scale, 1e-10, what);
      ExpectClose(*figure.n_effective, expected.n_effective, 1e-10, what + " n_effective");
    }
    EXPECT_EQ(estimator.EstimateIndicator(survey.cube()).value, estimates.figures.front().value);
    EXPECT_EQ(estimator.EstimateIndicator(survey.cube()).flags, estimates.figures.front().flags);
  }
  EXPECT_GT(computed, 100);
}

INSTANTIATE_TEST_SUITE_P(
    Methods, EstimateTest,
    ::testing::Values(MethodRow{"rake_per_unit", "RAKE", "BASE_WEIGHTS_PER_UNIT"},
                      MethodRow{"rake_equal", "RAKE", "BASE_WEIGHTS_NONE"},
                      MethodRow{"rake_per_cell", "RAKE", "BASE_WEIGHTS_PER_CELL"},
                      MethodRow{"none_per_unit", "NONE", "BASE_WEIGHTS_PER_UNIT"},
                      MethodRow{"none_per_cell", "NONE", "BASE_WEIGHTS_PER_CELL"},
                      MethodRow{"none_equal", "NONE", "BASE_WEIGHTS_NONE"}),
    [](const auto& info) { return info.param.name; });

TEST(Estimate, CellWeightsMeetEveryMargin) {
  const auto wave = SurveyWave({.base_weights = "BASE_WEIGHTS_NONE"});
  std::mt19937_64 random(11);
  const Survey survey(wave, RandomResponses(500, random));
  const Estimates estimates = Estimator(wave).Estimate(survey.cube());
  ASSERT_TRUE(estimates.calibration.converged);
  EXPECT_LT(*estimates.calibration.max_margin_error, 1e-12);
  EXPECT_LT(estimates.calibration.iterations, 100u);
  EXPECT_EQ(*estimates.population, 10000);
  double sum_w = 0;
  double sum_w2 = 0;
  for (const int d : wave->weighting.dimensions) {
    const wave::Dimension& dimension = wave->dimensions[static_cast<std::size_t>(d)];
    std::vector<double> sums(dimension.categories.size());
    for (std::uint64_t cell = 0; cell < wave->cells; ++cell) {
      const double g = estimates.calibration.g[cell];
      const auto n = static_cast<double>(estimates.cell_n[cell]);
      EXPECT_EQ(g > 0, n > 0);
      sums[cell / dimension.cell_stride % sums.size()] += g * n;
      if (d != wave->weighting.dimensions.front()) continue;
      sum_w += g * n;
      sum_w2 += g * g * n;
    }
    for (std::size_t category = 0; category < sums.size(); ++category) {
      ExpectClose(sums[category] / dimension.categories[category].population, 1, 1e-12,
                  dimension.categories[category].code);
    }
  }
  ExpectClose(*estimates.n_effective, sum_w * sum_w / sum_w2, 1e-12, "n_effective");
  ExpectClose(*estimates.design_effect * *estimates.n_effective, 500, 1e-12, "design effect");
}

// Weights by the codes of their cell, so that definitions with other orders can be compared.
std::map<std::string, double> WeightsByCode(const wave::Wave& wave, const Estimates& estimates) {
  std::map<std::string, double> weights;
  for (std::uint64_t cell = 0; cell < wave.cells; ++cell) {
    std::string name;
    for (const wave::Dimension& dimension : wave.dimensions) {
      const auto category =
          static_cast<std::size_t>(cell / dimension.cell_stride % dimension.categories.size());
      name += dimension.categories[category].code + "/";
    }
    weights[name] = estimates.calibration.g[cell];
  }
  return weights;
}

TEST(Estimate, PermutingTheCategoriesOfTheDefinitionChangesNoWeight) {
  std::mt19937_64 random(5);
  const std::vector<testing::SampleResponse> responses = RandomResponses(300, random);
  const auto wave = SurveyWave();
  const Survey survey(wave, responses);
  const Estimates estimates = Estimator(wave).Estimate(survey.cube());
  ASSERT_TRUE(estimates.calibration.converged);
  const auto weights = WeightsByCode(*wave, estimates);
  std::vector<int> size_order = {0, 1, 2};
  std::vector<int> area_order = {2, 3, 0, 1};
  do {
    const auto permuted = SurveyWave({.size_order = size_order, .area_order = area_order});
    const Survey again(permuted, responses);
    Estimator estimator(permuted);
    const Estimates other = estimator.Estimate(again.cube());
    ASSERT_TRUE(other.calibration.converged);
    for (const auto& [name, weight] : WeightsByCode(*permuted, other)) {
      ExpectClose(weight / std::max(1e-300, weights.at(name)), weights.at(name) > 0 ? 1 : 0, 1e-12,
                  name);
    }
    ExpectClose(*other.figures.front().value, *estimates.figures.front().value, 1e-12, "value");
  } while (std::next_permutation(size_order.begin(), size_order.end()));
}

// Equal cubes give equal figures bit for bit, whatever was estimated before.
TEST(Estimate, StartsColdEveryTime) {
  const auto wave = SurveyWave();
  std::mt19937_64 random(6);
  const Survey small(wave, RandomResponses(100, random));
  const Survey large(wave, RandomResponses(900, random));
  Estimator used(wave);
  const Estimates first = used.Estimate(small.cube());
  used.Estimate(large.cube());
  used.EstimateIndicator(large.cube());
  const Estimates again = used.Estimate(small.cube());
  ASSERT_EQ(first.calibration.g, again.calibration.g);
  for (std::size_t i = 0; i < first.figures.size(); ++i) {
    ASSERT_EQ(first.figures[i].value, again.figures[i].value);
    ASSERT_EQ(first.figures[i].n_effective, again.figures[i].n_effective);
  }
}

TEST(Estimate, FiguresStandInTheOrderOfTheDefinition) {
  const Estimator estimator(SurveyWave());
  std::vector<std::string> names;
  for (const FigureKey& key : estimator.keys()) {
    names.push_back(key.statistic + " " + key.of + (key.domain.empty() ? "" : " " + key.domain));
  }
  const std::vector<std::string> begin = {
      "mean indicator",
      "share indicator/large_rise",
      "share indicator/rise",
      "share indicator/flat",
      "share indicator/fall",
      "mean indicator size=micro",
      "mean indicator size=small",
      "mean indicator size=medium",
      "mean indicator area=north",
      "mean indicator area=east",
      "mean indicator area=south",
      "mean indicator area=west",
      "mean indicator sector=goods",
      "mean indicator sector=services",
      "mean indicator channel=eboks",
      "mean indicator channel=cati",
      "mean indicator use=never",
      "mean indicator use=sometimes",
      "mean indicator use=daily",
      "share use/never",
      "share use/sometimes",
      "share use/daily",
      "share use/at_all",
      "share use/never direction=increase",
      "share use/sometimes direction=increase",
      "share use/daily direction=increase",
      "share use/at_all direction=increase",
      "share use/never direction=unchanged",
  };
  ASSERT_GE(names.size(), begin.size());
  EXPECT_EQ(
      std::vector<std::string>(names.begin(), names.begin() + static_cast<long>(begin.size())),
      begin);
  EXPECT_EQ(names.back(), "share barriers/none use=daily");
  std::sort(names.begin(), names.end());
  EXPECT_EQ(std::adjacent_find(names.begin(), names.end()), names.end());
}

}  // namespace
}  // namespace panelpuls::estimate
