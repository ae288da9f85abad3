// A figure that cannot be had is absent with its reason, never 0 or NaN.
#include <gtest/gtest.h>

#include <cmath>

#include "estimate/estimator.h"
#include "survey.h"

namespace panelpuls::estimate {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::SampleResponse;

SampleResponse Response(std::uint64_t unit, const std::string& size, const std::string& area) {
  SampleResponse response;
  response.unit = unit;
  response.categories = {{"size", size}, {"area", area}, {"sector", "goods"}};
  response.answers = {{"revenue", "up"}, {"jobs", "same"}, {"use", "daily"}};
  return response;
}

// Two respondents in each cell of size and area but those of area west.
std::vector<SampleResponse> AllButWest() {
  std::vector<SampleResponse> responses;
  for (const std::string size : {"micro", "small", "medium"}) {
    for (const std::string area : {"north", "east", "south", "north", "east", "south"}) {
      responses.push_back(Response(responses.size(), size, area));
    }
  }
  return responses;
}

std::shared_ptr<const wave::Wave> EqualWave(const std::string& method = "RAKE",
                                            const std::string& reporting = "",
                                            const std::string& bounds = "") {
  return SurveyWave({.method = method,
                     .base_weights = "BASE_WEIGHTS_NONE",
                     .reporting = reporting,
                     .bounds = bounds});
}

TEST(Absent, WithoutRespondentsEveryCategoryIsNamedAndNIsShown) {
  const auto wave = EqualWave();
  Estimator estimator(wave);
  const Estimates estimates = estimator.Estimate(state::Cube(*wave));
  EXPECT_EQ(estimates.n, 0u);
  EXPECT_FALSE(estimates.calibration.converged);
  EXPECT_TRUE(estimates.calibration.g.empty());
  EXPECT_EQ(*estimates.population, 10000);
  EXPECT_FALSE(estimates.n_effective);
  EXPECT_THAT(FlagTexts(*wave, estimates.flags),
              ElementsAre("empty_category:size=micro", "empty_category:size=small",
                          "empty_category:size=medium", "empty_category:area=north",
                          "empty_category:area=east", "empty_category:area=south",
                          "empty_category:area=west"));
  for (const FigureValue& figure : estimates.figures) {
    EXPECT_FALSE(figure.value);
    EXPECT_EQ(figure.n, 0u);
    EXPECT_THAT(FlagTexts(*wave, figure.flags), ElementsAre("not_estimable"));
  }
}

TEST(Absent, OneEmptyCategoryTakesAllFiguresAway) {
  const auto wave = EqualWave();
  Estimator estimator(wave);
  std::vector<SampleResponse> responses = AllButWest();
  const Estimates without = estimator.Estimate(Survey(wave, responses).cube());
  EXPECT_THAT(FlagTexts(*wave, without.flags), ElementsAre("empty_category:area=west"));
  for (const FigureValue& figure : without.figures) {
    EXPECT_FALSE(figure.value);
    EXPECT_THAT(FlagTexts(*wave, figure.flags),
                ElementsAre(figure.n > 0 ? "empty_category:area=west" : "not_estimable"));
  }
  EXPECT_EQ(without.figures.front().n, 18u);
  EXPECT_EQ(Find(estimator, without, "use/daily", "size=micro").n, 6u);

  responses.push_back(Response(99, "small", "west"));
  const Estimates with = estimator.Estimate(Survey(wave, responses).cube());
  EXPECT_TRUE(with.calibration.converged);
  EXPECT_THAT(with.flags, IsEmpty());
  EXPECT_EQ(*with.figures.front().value, 50);
}

TEST(Absent, ADomainWithoutValidCasesIsNotEstimable) {
  const auto wave = EqualWave();
  Estimator estimator(wave);
  std::vector<SampleResponse> responses = AllButWest();
  responses.push_back(Response(99, "small", "west"));
  const Estimates estimates = estimator.Estimate(Survey(wave, responses).cube());
  for (const auto& [of, domain] :
       std::map<std::string, std::string>{{"indicator", "channel=cati"},
                                          {"use/never", "direction=decline"},
                                          {"barriers/money", ""}}) {
    const FigureValue& figure = Find(estimator, estimates, of, domain);
    EXPECT_FALSE(figure.value) << of;
    EXPECT_FALSE(figure.n_effective) << of;
    EXPECT_EQ(figure.n, 0u) << of;
    EXPECT_THAT(FlagTexts(*wave, figure.flags), ElementsAre("not_estimable")) << of;
  }
  // A share of 0 among those who answered is a figure.
  const FigureValue& never = Find(estimator, estimates, "use/never");
  EXPECT_EQ(*never.value, 0);
  EXPECT_EQ(*Find(estimator, estimates, "use/daily").value, 1);
  EXPECT_THAT(FlagTexts(*wave, never.flags),
              ElementsAre("not_reportable", "low_n_effective", "not_estimable", "low_n"));
}

TEST(Absent, FewRespondentsAreFlaggedAndFewerAreNotShown) {
  const auto wave = EqualWave("RAKE", "minimum_n: 7");
  Estimator estimator(wave);
  std::vector<SampleResponse> responses = AllButWest();
  for (std::uint64_t unit = 0; unit < 20; ++unit) {
    responses.push_back(Response(100 + unit, "micro", "west"));
  }
  const Estimates estimates = estimator.Estimate(Survey(wave, responses).cube());
  const FigureValue& all = estimates.figures.front();
  EXPECT_EQ(all.n, 38u);
  EXPECT_THAT(FlagTexts(*wave, all.flags),
              ElementsAre("not_reportable", "low_n_effective", "not_estimable"));
  const FigureValue& micro = Find(estimator, estimates, "indicator", "size=micro");
  EXPECT_EQ(micro.n, 26u);
  EXPECT_THAT(FlagTexts(*wave, micro.flags),
              ElementsAre("not_reportable", "low_n_effective", "not_estimable", "low_n"));
  const FigureValue& medium = Find(estimator, estimates, "indicator", "size=medium");
  EXPECT_EQ(medium.n, 6u);
  EXPECT_FALSE(medium.value);
  EXPECT_THAT(FlagTexts(*wave, medium.flags), ElementsAre("not_reportable", "low_n"));
}

// All micro firms are in the north and nobody else: 7,000 against 4,000 cannot both be met.
TEST(Absent, MarginsThatCannotBeMetAreRefusedByName) {
  const auto wave = EqualWave();
  Estimator estimator(wave);
  std::vector<SampleResponse> responses;
  for (std::uint64_t unit = 0; unit < 40; ++unit) {
    const std::vector<std::string> others = {"east", "south", "west"};
    responses.push_back(unit % 2 == 0
                            ? Response(unit, "micro", "north")
                            : Response(unit, unit % 4 == 1 ? "small" : "medium", others[unit % 3]));
  }
  const Estimates estimates = estimator.Estimate(Survey(wave, responses).cube());
  EXPECT_FALSE(estimates.calibration.converged);
  EXPECT_LE(estimates.calibration.iterations, 1000u);
  EXPECT_TRUE(std::isfinite(*estimates.calibration.max_margin_error));
  EXPECT_GT(*estimates.calibration.max_margin_error, 0.1);
  EXPECT_NE(estimates.calibration.worst_margin.dimension, wave::kNone);
  EXPECT_NE(estimates.calibration.worst_margin.category, wave::kNone);
  EXPECT_THAT(FlagTexts(*wave, estimates.figures.front().flags),
              ElementsAre("not_converged", "infeasible:size=micro"));
  EXPECT_EQ(estimates.figures.front().n, 40u);
  EXPECT_FALSE(estimates.figures.front().value);
}

// Weights of cells that every margin starves fade away; nothing may become 0 / 0 on the way.
TEST(Absent, StarvedCellsEndWithAVerdict) {
  const auto wave = EqualWave();
  Estimator estimator(wave);
  std::vector<SampleResponse> responses = AllButWest();
  responses.push_back(Response(99, "medium", "west"));  // 1,000 of west, but 500 of medium
  const Estimates estimates = estimator.Estimate(Survey(wave, responses).cube());
  EXPECT_FALSE(estimates.calibration.converged);
  EXPECT_TRUE(std::isfinite(*estimates.calibration.max_margin_error));
  for (const FigureValue& figure : estimates.figures) EXPECT_FALSE(figure.value);
}

// Area by size with a joint table; the loader takes it from a file, so it is put in by hand.
std::shared_ptr<const wave::Wave> JointWave(std::vector<double> joint) {
  auto wave = std::make_shared<wave::Wave>(*EqualWave());
  wave->weighting.method = wave::WeightingMethod::kPoststratify;
  wave->weighting.joint_population = std::move(joint);
  return wave;
}

TEST(Joint, PostStratifiesOnTheTable) {
  std::vector<double> joint = {100, 200, 300, 400, 10, 20, 30, 40, 1, 2, 3, 0};
  const auto wave = JointWave(joint);
  std::vector<SampleResponse> responses = AllButWest();
  responses.push_back(Response(97, "micro", "west"));
  responses.push_back(Response(98, "small", "west"));
  responses.push_back(Response(99, "medium", "west"));  // a cell of population 0
  Estimator estimator(wave);
  const Estimates estimates = estimator.Estimate(Survey(wave, responses).cube());
  ASSERT_TRUE(estimates.calibration.converged);
  EXPECT_EQ(estimates.n, 20u);
  EXPECT_EQ(estimates.n_outside_population, 1u);
  EXPECT_EQ(*estimates.population, 1106);
  EXPECT_THAT(FlagTexts(*wave, estimates.flags),
              ElementsAre("more_than_population:size=medium&area=north",
                          "outside_population:size=medium&area=west"));
  const Survey survey(wave, responses);
  std::vector<double> weights;
  for (std::uint64_t cell = 0; cell < wave->cells; ++cell) {
    if (estimates.cell_n[cell] > 0) weights.push_back(estimates.calibration.g[cell]);
  }
  EXPECT_THAT(weights, ElementsAre(50, 100, 150, 400, 5, 10, 15, 40, 0.5, 1, 1.5));
}

TEST(Joint, AnEmptyCellIsNamedByBothCodes) {
  const auto wave = JointWave({9, 9, 9, 0, 9, 9, 9, 9, 9, 9, 9, 0});
  Estimator estimator(wave);
  const Estimates estimates = estimator.Estimate(Survey(wave, AllButWest()).cube());
  EXPECT_THAT(FlagTexts(*wave, estimates.flags),
              ElementsAre("empty_category:size=small&area=west"));
}

TEST(Flags, TextsAreThoseOfTheFormats) {
  const auto wave = EqualWave();
  const std::vector<std::pair<FlagKind, std::string>> rows = {
      {FlagKind::kNotComputed, "not_computed"},
      {FlagKind::kNotConverged, "not_converged"},
      {FlagKind::kOutsidePopulation, "outside_population"},
      {FlagKind::kNotEstimable, "not_estimable"},
      {FlagKind::kKnownFromRegister, "known_from_register"},
      {FlagKind::kNotReportable, "not_reportable"},
      {FlagKind::kLeverage, "leverage"},
      {FlagKind::kLowN, "low_n"},
      {FlagKind::kCollapsed, "collapsed"},
      {FlagKind::kAssumesIndependentSamples, "assumes_independent_samples"},
      {FlagKind::kLowEffectiveN, "low_n_effective"},
  };
  for (const auto& [kind, text] : rows) EXPECT_EQ(FlagText(*wave, {.kind = kind}), text);
  EXPECT_EQ(FlagText(*wave, {.kind = FlagKind::kEmptyCategory, .dimension = 1, .category = 2}),
            "empty_category:area=south");
  EXPECT_EQ(FlagText(*wave, {.kind = FlagKind::kInfeasible, .dimension = 0, .category = 0}),
            "infeasible:size=micro");
}

}  // namespace
}  // namespace panelpuls::estimate
