// Small surveys whose figures R's survey 4.1 gave (tests/testdata/cases).
#include <gtest/gtest.h>

#include "base/file.h"
#include "csv_responses.h"
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
    const auto share = [&](const std::string& domain) {
      return *Find(estimator, estimates, "export/yes", domain).value;
    };
    EXPECT_NEAR(share(""), 0.295800753714, kTolerance);
    EXPECT_NEAR(*Find(estimator, estimates, "export/yes").se, 0.079040393440, 1e-11);
    EXPECT_NEAR(share("size=0"), 0.2967046002, kTolerance);
    EXPECT_NEAR(share("size=1-9"), 0.2614265811, kTolerance);
    EXPECT_NEAR(share("size=10-49"), 0.3033052300, kTolerance);
    EXPECT_NEAR(share("size=50-249"), 0.9659481588, kTolerance);
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
  EXPECT_NEAR(*share.value, 0.462368893453, kTolerance);
  EXPECT_NEAR(*share.se, 0.082946556858, 1e-11);
  EXPECT_EQ(share.n, 42u);
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
  const FigureValue& share = Find(estimator, estimates, "orders/up");
  EXPECT_NEAR(*share.value, 0.288627363608, kTolerance);
  EXPECT_NEAR(*share.se, 0.170536040439, 1e-11);
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
