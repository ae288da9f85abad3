// Small surveys (tests/testdata/cases) whose figures R's package survey gave (tests/oracle).
#include <gtest/gtest.h>

#include <fstream>

#include "base/file.h"
#include "csv_responses.h"
#include "estimate/estimator.h"
#include "survey.h"
#include "wave/definition.h"

namespace panelpuls::estimate {
namespace {

constexpr double kTolerance = 1e-9;

std::string PathOf(const std::string& file) {
  return std::string(PANELPULS_SOURCE_DIR) + "/tests/testdata/cases/" + file;
}

std::shared_ptr<const wave::Wave> LoadCase(const std::string& file,
                                           const wave::LoadOptions& options = {}) {
  auto wave = wave::LoadWave(PosixFileSystem(), PathOf(file), options);
  EXPECT_TRUE(wave.ok()) << wave.status();
  return *std::move(wave);
}

double WeightOf(const wave::Wave& wave, const Estimates& estimates,
                const std::vector<std::pair<std::string, std::string>>& categories) {
  std::uint64_t cell = 0;
  for (const auto& [id, code] : categories) {
    const auto& dimension = wave.dimensions[static_cast<std::size_t>(wave.FindDimension(id))];
    cell += static_cast<std::uint64_t>(wave::Wave::FindCategory(dimension, code)) *
            dimension.cell_stride;
  }
  return estimates.calibration.g[cell];
}

// Every figure of R's for the case, to 1e-9.
void ExpectFiguresOfSurvey(const std::string& name, const Estimator& estimator,
                           const Estimates& estimates, int figures) {
  std::ifstream stream(std::string(PANELPULS_SOURCE_DIR) + "/tests/oracle/fixtures/cases.csv");
  std::string line;
  std::getline(stream, line);
  ASSERT_EQ(line, "case,of,domain,value,se");
  int compared = 0;
  while (std::getline(stream, line)) {
    const std::vector<std::string> fields = SplitLine(line);
    if (fields[0] != name) continue;
    SCOPED_TRACE(line);
    const FigureValue& figure = Find(estimator, estimates, fields[1], fields[2]);
    ASSERT_TRUE(figure.value && figure.se && figure.se_interval);
    const double value = std::stod(fields[3]);
    const double se = std::stod(fields[4]);
    EXPECT_NEAR(*figure.value, value, kTolerance * value);
    EXPECT_NEAR(*figure.se, se, kTolerance * se);
    EXPECT_LT(*figure.low, *figure.value);
    EXPECT_GT(*figure.high, *figure.value);
    ++compared;
  }
  EXPECT_EQ(compared, figures);
}

TEST(Case02, CodesAreMatchedByNameWhateverTheOrderOfThePopulationFile) {
  for (const std::string population : {"population.csv", "population-shuffled.csv"}) {
    SCOPED_TRACE(population);
    const auto wave =
        LoadCase("02/wave.textproto", {.population_file = PathOf("02/" + population)});
    const Survey survey(wave, ReadResponses(*wave, PathOf("02/responses.csv")));
    Estimator estimator(wave);
    const Estimates estimates = estimator.Estimate(survey.cube());
    ASSERT_TRUE(estimates.calibration.converged);
    EXPECT_EQ(estimates.n, 60u);
    ExpectFiguresOfSurvey("02", estimator, estimates, 5);
    EXPECT_NEAR(WeightOf(*wave, estimates, {{"size", "1-9"}, {"branch", "2"}}), 521.1329807457,
                1e-9 * 521);
    EXPECT_NEAR(WeightOf(*wave, estimates, {{"size", "50-249"}, {"branch", "10"}}), 6.8103682463,
                kTolerance);
  }
}

TEST(Case04, RespondentsOutsideThePopulationAreCountedNamedAndLeftOut) {
  const auto wave = LoadCase("04/wave.textproto");
  const Survey survey(wave, ReadResponses(*wave, PathOf("04/responses.csv")));
  Estimator estimator(wave);
  const Estimates estimates = estimator.Estimate(survey.cube());
  ASSERT_TRUE(estimates.calibration.converged);
  EXPECT_EQ(estimates.n, 42u);
  EXPECT_EQ(estimates.n_outside_population, 2u);
  EXPECT_EQ(*estimates.population, 3010);
  const FigureValue& share = Find(estimator, estimates, "orders/up");
  EXPECT_EQ(share.n, 42u);
  ExpectFiguresOfSurvey("04", estimator, estimates, 1);
  EXPECT_EQ(FlagTexts(*wave, estimates.flags),
            std::vector<std::string>{"outside_population:size=250+"});
  std::uint64_t n = 0;
  for (const std::uint64_t cell : estimates.cell_n) n += cell;
  EXPECT_EQ(n, 42u);
  EXPECT_EQ(WeightOf(*wave, estimates, {{"size", "250+"}, {"area", "east"}}), 0);
}

TEST(Case05, PostStratifiedWithBaseWeights) {
  const auto wave = LoadCase("05/wave.textproto");
  const Survey survey(wave, ReadResponses(*wave, PathOf("05/responses_plain.csv")));
  Estimator estimator(wave);
  const Estimates estimates = estimator.Estimate(survey.cube());
  ASSERT_TRUE(estimates.calibration.converged);
  ExpectFiguresOfSurvey("05", estimator, estimates, 1);
  EXPECT_EQ(*estimates.population, 41891);
}

TEST(Publication, ItsGroupSharesGiveItsIndicatorThroughTheSameScoring) {
  auto wave =
      wave::LoadWave(PosixFileSystem(), std::string(PANELPULS_SOURCE_DIR) +
                                            "/waves/virksomhedspanel-2025-efteraar.textproto");
  ASSERT_TRUE(wave.ok()) << wave.status();
  ASSERT_TRUE((*wave)->indicator.has_value());
  // Published in per cent, autumn 2025, by group.
  const std::map<std::string, double> published = {
      {"large_increase", 0.7},       {"moderate_increase", 20.9},
      {"unchanged_both_same", 50.6}, {"unchanged_same_direction", 10.1},
      {"moderate_decline", 17.3},    {"large_decline", 0.3}};
  std::vector<double> shares;
  for (const wave::IndicatorGroup& group : (*wave)->indicator->groups) {
    shares.push_back(published.at(group.id) / 100);
  }
  const double score = ScoreFromShares(*(*wave)->indicator, shares);
  EXPECT_GE(score, 2.15);
  EXPECT_LT(score, 2.25);
}

}  // namespace
}  // namespace panelpuls::estimate
