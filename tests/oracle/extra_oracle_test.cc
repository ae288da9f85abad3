// What a definition asks for beyond means and shares, against R's package survey
// (make_extra_fixtures.R), to 1e-9.
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <map>
#include <tuple>

#include "base/file.h"
#include "estimate/csv_responses.h"
#include "estimate/estimator.h"
#include "estimate/survey.h"
#include "wave/definition.h"

namespace panelpuls::estimate {
namespace {

constexpr double kTolerance = 1e-9;

using Key = std::tuple<std::string, std::string, std::string, std::string>;
struct Found {
  std::optional<double> value, se;
};

// Figures, and comparisons of a category with its others.
std::map<Key, Found> FiguresOf(const Estimator& estimator, const Estimates& estimates) {
  std::map<Key, Found> found;
  for (std::size_t i = 0; i < estimator.keys().size(); ++i) {
    const FigureKey& key = estimator.keys()[i];
    const FigureValue& figure = estimates.figures[i];
    found[{key.statistic, key.of, key.domain, key.against}] = {figure.value, figure.se};
  }
  for (std::size_t i = 0; i < estimates.comparisons.size(); ++i) {
    const ComparisonKey& key = (*estimates.comparison_keys)[i];
    if (key.b != "!" + key.a) continue;
    const ComparisonValue& value = estimates.comparisons[i];
    found[{"difference", key.of, key.a, key.b}] = {value.difference, value.se};
  }
  return found;
}

class ExtraOracleTest : public ::testing::TestWithParam<const char*> {};

TEST_P(ExtraOracleTest, FiguresAndStandardErrorsAreThoseOfSurvey) {
  const std::string folder =
      std::string(PANELPULS_SOURCE_DIR) + "/tests/oracle/extra_fixtures/" + GetParam();
  auto wave = wave::LoadWave(PosixFileSystem(), folder + "/wave.textproto");
  ASSERT_TRUE(wave.ok()) << wave.status();
  const Survey survey(*wave, ReadResponses(**wave, folder + "/responses.csv"));
  Estimator estimator(*wave);
  const Estimates estimates = estimator.Estimate(survey.cube());
  ASSERT_TRUE(estimates.calibration.converged);
  const std::map<Key, Found> figures = FiguresOf(estimator, estimates);
  std::ifstream stream(folder + "/expected.csv");
  std::string line;
  std::getline(stream, line);
  ASSERT_EQ(line, "statistic,of,domain,against,value,se");
  std::map<std::string, int> compared;
  while (std::getline(stream, line)) {
    SCOPED_TRACE(line);
    const std::vector<std::string> fields = SplitLine(line);
    const auto found = figures.find({fields[0], fields[1], fields[2], fields[3]});
    ASSERT_NE(found, figures.end());
    ASSERT_TRUE(found->second.value && found->second.se);
    const double value = std::stod(fields[4]);
    const double se = std::stod(fields[5]);
    EXPECT_NEAR(*found->second.value, value, kTolerance * std::max(std::abs(value), 1.0));
    EXPECT_NEAR(*found->second.se, se, kTolerance * se);
    ++compared[fields[0]];
  }
  for (const char* statistic : {"mean", "share", "total", "ratio", "difference"}) {
    EXPECT_GT(compared[statistic], 10) << statistic;
  }
}

INSTANTIATE_TEST_SUITE_P(Fixtures, ExtraOracleTest,
                         ::testing::Values("raked", "none-equal", "raked-weighted", "none-weighted",
                                           "none-scaled", "rake-variance", "raked-strata",
                                           "none-strata", "linear", "joint", "municipalities"),
                         [](const auto& info) {
                           std::string name = info.param;
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

}  // namespace
}  // namespace panelpuls::estimate
