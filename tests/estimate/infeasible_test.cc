// Margins that no weights can meet are named; the ridge fallback gives weights that miss them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fmt/format.h>

#include <cmath>
#include <ostream>

#include "cell_counts.h"
#include "estimate/estimator.h"
#include "survey.h"

namespace panelpuls::estimate {
namespace {

using ::testing::ElementsAre;
using ::testing::ElementsAreArray;
using ::testing::IsEmpty;

// Dimensions a, b, c of two categories, 60 and 40 each, but for a's: 70 and 30.
std::shared_ptr<const wave::Wave> Cube(const std::string& weighting) {
  return testing::WaveFromText(
      R"pb(id: "w"
           fieldwork_start: "2025-09-01"
           fieldwork_end: "2025-10-31"
           channels { code: "eboks" }
           max_respondents: 1000
           questions {
             id: "q"
             options { code: "yes" }
             options { code: "no" }
           }
           dimensions {
             id: "a"
             categories { code: "1" population: 70 }
             categories { code: "2" population: 30 }
           }
           dimensions {
             id: "b"
             categories { code: "1" population: 60 }
             categories { code: "2" population: 40 }
           }
           dimensions {
             id: "c"
             categories { code: "1" population: 60 }
             categories { code: "2" population: 40 }
           }
           weighting {)pb" +
      weighting + "}");
}

struct Row {
  std::string name;
  std::string weighting;
  std::vector<std::string> cells;  // "abc" with categories 1 and 2; one respondent each
  std::vector<std::string> flags;
};
void PrintTo(const Row& row, std::ostream* out) { *out << row.name; }

std::vector<CellCount> CountsOf(const wave::Wave& wave, const std::vector<std::string>& cells) {
  std::vector<CellCount> counts;
  for (const std::string& cell : cells) {
    counts.push_back(
        {.cell = CellOf(
             wave, {{"a", cell.substr(0, 1)}, {"b", cell.substr(1, 1)}, {"c", cell.substr(2, 1)}}),
         .n = 1});
  }
  return counts;
}

const Row kRows[] = {
    // Then all of b2 lies in a2 too, which is as much too small.
    {"all_of_a1_lies_in_b1",
     "",
     {"111", "112", "211", "221", "222"},
     {"not_converged", "infeasible:a=1", "infeasible:b=2"}},
    {"bounded_all_of_a1_lies_in_b1",
     "upper_bound: 9",
     {"111", "112", "211", "221", "222"},
     {"not_converged", "infeasible:a=1", "infeasible:b=2"}},
    {"cap_below_what_a_total_needs",
     "upper_bound: 1.5",
     {"111", "122", "211", "222", "221", "212"},
     {"not_converged", "infeasible:a=1"}},
    {"floor_above_what_a_total_has",
     "method: LINEAR lower_bound: 0.7",
     {"111", "122", "211", "222", "221", "212"},
     {"not_converged", "infeasible:a=2"}},
};

class InfeasibleTest : public ::testing::TestWithParam<Row> {};

TEST_P(InfeasibleTest, IsRefusedByName) {
  const Row& row = GetParam();
  const auto wave = Cube(row.weighting);
  const CellMap map(*wave);
  Calibrator calibrator(*wave, map);
  std::vector<double> g;
  const CalibrationResult result =
      calibrator.Calibrate(ListOf(map, CountsOf(*wave, row.cells)), &g);
  EXPECT_FALSE(result.converged || result.has_weights);
  EXPECT_THAT(g, IsEmpty());
  EXPECT_THAT(FlagTexts(*wave, result.flags), ElementsAreArray(row.flags));
  EXPECT_TRUE(std::isfinite(*result.max_margin_error));
  EXPECT_NE(result.worst_margin.category, wave::kNone);
}

INSTANTIATE_TEST_SUITE_P(Rows, InfeasibleTest, ::testing::ValuesIn(kRows),
                         [](const auto& info) { return info.param.name; });

// Cells in which the number of 2s is even: any two margins can be met, the three of 0.9 cannot,
// since a2 + b2 + c2 is at most twice the population without 111.
TEST(Infeasible, ThreeMarginsOfWhichEachTwoCanBeMet) {
  auto wave = std::make_shared<wave::Wave>(*Cube(""));
  for (wave::Dimension& dimension : wave->dimensions) {
    dimension.categories[0].population = 10;
    dimension.categories[1].population = 90;
  }
  const CellMap map(*wave);
  Calibrator calibrator(*wave, map);
  std::vector<double> g;
  const CalibrationResult result =
      calibrator.Calibrate(ListOf(map, CountsOf(*wave, {"111", "221", "212", "122"})), &g);
  EXPECT_FALSE(result.has_weights);
  ASSERT_GE(result.flags.size(), 2u);
  EXPECT_EQ(result.flags[1].kind, FlagKind::kInfeasible);
}

TEST(Ridge, IsNotUsedWhereTheMarginsCanBeMet) {
  const auto with = Cube("fallback: RIDGE");
  const auto without = Cube("");
  const std::vector<std::string> cells = {"111", "122", "211", "222", "221", "212"};
  std::vector<double> g[2];
  for (const auto& [wave, out] : {std::pair(with, &g[0]), std::pair(without, &g[1])}) {
    const CellMap map(*wave);
    Calibrator calibrator(*wave, map);
    const CalibrationResult result = calibrator.Calibrate(ListOf(map, CountsOf(*wave, cells)), out);
    EXPECT_TRUE(result.converged);
    EXPECT_FALSE(result.is_ridge);
  }
  EXPECT_EQ(g[0], g[1]);
}

struct RidgeRow {
  const char* name;
  const char* method;
  double ridge;
};

// The equations of the penalty: log g (or g - 1) is a sum of one lambda a category, and each
// category's relative error is -ridge lambda; the population is met.
TEST(Ridge, MissesEachMarginInProportionToWhatItAsksOfTheWeights) {
  double before = 1;
  for (const RidgeRow& row :
       {RidgeRow{"strong", "RAKE", 0.5}, RidgeRow{"default", "RAKE", 0.01},
        RidgeRow{"weak", "RAKE", 0.001}, RidgeRow{"linear", "LINEAR lower_bound: 0", 0.0005}}) {
    SCOPED_TRACE(row.name);
    const auto wave =
        Cube(fmt::format("method: {} fallback: RIDGE ridge: {}", row.method, row.ridge));
    const CellMap map(*wave);
    Calibrator calibrator(*wave, map);
    std::vector<double> g;
    const CellList list = ListOf(map, CountsOf(*wave, {"111", "112", "211", "221", "222"}));
    const CalibrationResult result = calibrator.Calibrate(list, &g);
    EXPECT_FALSE(result.converged);
    ASSERT_TRUE(result.has_weights);
    EXPECT_TRUE(result.is_ridge);
    EXPECT_THAT(FlagTexts(*wave, result.flags),
                ElementsAre("not_converged", "infeasible:a=1", "infeasible:b=2"));
    double sum = 0;
    for (const double x : g) sum += x;
    EXPECT_NEAR(sum, 100, 1e-10);
    double error = 0;
    std::vector<std::vector<double>> lambda;
    for (const Margin& margin : calibrator.margins().margins) {
      std::vector<double> sums(2);
      for (std::size_t i = 0; i < g.size(); ++i) sums[margin.group[i]] += g[i];
      lambda.emplace_back();
      for (std::size_t group = 0; group < 2; ++group) {
        const double missed = sums[group] / margin.totals[group] - 1;
        lambda.back().push_back(-missed / row.ridge);
        error = std::max(error, std::abs(missed));
      }
    }
    EXPECT_NEAR(*result.max_margin_error, error, 1e-12);
    EXPECT_LT(error, before);
    before = error;
    if (std::string(row.method) != "RAKE") continue;
    std::vector<double> intercepts;
    for (std::size_t i = 0; i < g.size(); ++i) {
      double u = std::log(g[i] / 20);
      for (std::size_t m = 0; m < 3; ++m) {
        u -= lambda[m][calibrator.margins().margins[m].group[i]];
      }
      intercepts.push_back(u);
    }
    for (const double u : intercepts) EXPECT_NEAR(u, intercepts.front(), 1e-7);
  }
}

TEST(Ridge, FiguresCarryTheFlagAndTheEmptyCategoryIsNamed) {
  const auto wave = SurveyWave({.base_weights = "BASE_WEIGHTS_NONE", .bounds = "fallback: RIDGE"});
  std::mt19937_64 random(10);
  std::vector<testing::SampleResponse> responses = RandomResponses(200, random);
  for (testing::SampleResponse& response : responses) {
    if (response.categories["area"] == "west") response.categories["area"] = "south";
  }
  Estimator estimator(wave);
  const Estimates estimates = estimator.Estimate(Survey(wave, responses).cube());
  EXPECT_THAT(FlagTexts(*wave, estimates.flags), ElementsAre("empty_category:area=west"));
  EXPECT_DOUBLE_EQ(*estimates.calibration.max_margin_error, 1);
  EXPECT_EQ(FlagText(*wave, estimates.calibration.worst_margin), "not_converged:area=west");
  EXPECT_NEAR(estimates.calibration.collapsed_share, 0.1, 1e-15);
  const FigureValue& figure = estimates.figures.front();
  EXPECT_TRUE(figure.value.has_value());
  for (const FigureValue& each : estimates.figures) {
    EXPECT_FALSE(each.se || each.se_interval || each.low || each.high);
    if (each.value) {
      EXPECT_EQ(each.flags.front().kind, FlagKind::kNotConverged);
    }
  }
  const FigureValue alone = estimator.EstimateIndicator(Survey(wave, responses).cube());
  EXPECT_EQ(alone.value, figure.value);
  EXPECT_EQ(alone.flags, figure.flags);
}

}  // namespace
}  // namespace panelpuls::estimate
