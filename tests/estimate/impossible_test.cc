// Numbers that cannot be right, or cannot be had, say why: weights below 0, more respondents than
// enterprises, a stratum of one respondent.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "estimate/estimator.h"
#include "survey.h"

namespace panelpuls::estimate {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;
using testing::SampleResponse;

// Totals of areas 1 and 2, and of sizes s and l; one question with one answer an option.
std::shared_ptr<const wave::Wave> SmallWave(const std::string& weighting,
                                            const std::string& design = "",
                                            const std::string& totals = "") {
  const std::string areas = totals.empty() ? R"pb(
                                  dimensions {
                                    id: "area"
                                    categories { code: "1" population: 600 }
                                    categories { code: "2" population: 400 }
                                  })pb"
                                           : totals;
  return testing::WaveFromText(areas + R"pb(
                                 id: "w"
                                 fieldwork_start: "2025-09-01"
                                 fieldwork_end: "2025-10-31"
                                 channels { code: "eboks" }
                                 max_respondents: 2000
                                 dimensions {
                                   id: "size"
                                   categories { code: "s" population: 500 }
                                   categories { code: "l" population: 500 }
                                 }
                                 questions {
                                   id: "q"
                                   options { code: "yes" }
                                   options { code: "no" }
                                 }
                                 indicator {
                                   questions: "q"
                                   groups {
                                     id: "yes"
                                     score: 100
                                     combinations { options: "yes" }
                                   }
                                   groups {
                                     id: "no"
                                     score: 0
                                     combinations { options: "no" }
                                   }
                                 }
                                 tabulations { by: "area" by: "size" by: "q" }
                                 tabulations { question: "q" by: "area" }
                                 reporting { minimum_n_effective: 1 }
                                 weighting {)pb" +
                               weighting + "} " + design);
}

void Add(std::vector<SampleResponse>* responses, std::size_t n, const std::string& area,
         const std::string& size, const std::string& answer) {
  for (std::size_t i = 0; i < n; ++i) {
    SampleResponse& response = responses->emplace_back();
    response.unit = responses->size();
    response.categories = {{"area", area}, {"size", size}};
    response.answers = {{"q", answer}};
  }
}

// Area 1 lies in size s but for one; the 100 too many have to be taken from what is left of s.
TEST(Impossible, AShareOfWeightsBelowZeroSaysSoAndIsNotReportable) {
  const auto wave = SmallWave("method: LINEAR");
  std::vector<SampleResponse> responses;
  Add(&responses, 20, "1", "s", "no");
  Add(&responses, 8, "2", "s", "yes");
  Add(&responses, 20, "2", "l", "no");
  Estimator estimator(wave);
  const Estimates estimates = estimator.Estimate(Survey(wave, responses).cube());
  ASSERT_TRUE(estimates.calibration.converged);
  EXPECT_EQ(estimates.calibration.negative_weights, 8u);
  EXPECT_THAT(FlagTexts(*wave, estimates.flags), ElementsAre("negative_weights"));
  const FigureValue& share = Find(estimator, estimates, "q/yes");
  EXPECT_NEAR(*share.value, -0.1, 1e-12);
  EXPECT_THAT(FlagTexts(*wave, share.flags), Contains("not_reportable"));
  EXPECT_THAT(FlagTexts(*wave, share.flags), Contains("negative_weights"));
  EXPECT_FALSE(share.low || share.high);
  const FigureValue& mean = Find(estimator, estimates, "indicator");
  EXPECT_NEAR(*mean.value, -10, 1e-10);
  EXPECT_THAT(FlagTexts(*wave, mean.flags), Contains("not_reportable"));
  // Who rests on none of these weights says nothing of them.
  const FigureValue& one = Find(estimator, estimates, "q/yes", "area=1");
  EXPECT_THAT(FlagTexts(*wave, one.flags), Not(Contains("negative_weights")));
  // A possible share of such weights stands, with the flag.
  Add(&responses, 10, "1", "s", "yes");
  const Estimates more = estimator.Estimate(Survey(wave, responses).cube());
  const FigureValue& possible = Find(estimator, more, "q/yes");
  EXPECT_GT(*possible.value, 0);
  EXPECT_THAT(FlagTexts(*wave, possible.flags), Contains("negative_weights"));
  EXPECT_THAT(FlagTexts(*wave, possible.flags), Not(Contains("not_reportable")));
}

TEST(Impossible, ADomainWhoseWeightsAddUpToLessThanNothingHasNoFigureAndSaysWhy) {
  const auto wave = SmallWave("method: LINEAR");
  std::vector<SampleResponse> responses;
  Add(&responses, 20, "1", "s", "no");
  Add(&responses, 8, "2", "s", "yes");
  Add(&responses, 20, "2", "l", "no");
  Estimator estimator(wave);
  const Estimates estimates = estimator.Estimate(Survey(wave, responses).cube());
  const FigureValue& yes = Find(estimator, estimates, "indicator", "q=yes");
  EXPECT_EQ(yes.n, 8u);
  EXPECT_FALSE(yes.value);
  EXPECT_THAT(FlagTexts(*wave, yes.flags), ElementsAre("not_estimable", "negative_weights"));
}

TEST(Impossible, MoreRespondentsThanTheTotalOfACategoryAreNamed) {
  const auto wave = SmallWave("", "", R"pb(
    dimensions {
      id: "area"
      categories { code: "1" population: 994 }
      categories { code: "2" population: 6 }
    })pb");
  std::vector<SampleResponse> responses;
  Add(&responses, 20, "1", "s", "no");
  Add(&responses, 20, "1", "l", "yes");
  Add(&responses, 4, "2", "s", "yes");
  Add(&responses, 4, "2", "l", "no");
  Estimator estimator(wave);
  const Estimates estimates = estimator.Estimate(Survey(wave, responses).cube());
  ASSERT_TRUE(estimates.calibration.converged);
  EXPECT_THAT(FlagTexts(*wave, estimates.flags), ElementsAre("more_than_population:area=2"));
  EXPECT_THAT(FlagTexts(*wave, Find(estimator, estimates, "indicator", "area=2").flags),
              Contains("more_than_population:area=2"));
  EXPECT_THAT(FlagTexts(*wave, Find(estimator, estimates, "indicator", "area=1").flags),
              Not(Contains("more_than_population:area=2")));
  EXPECT_THAT(FlagTexts(*wave, Find(estimator, estimates, "indicator").flags), IsEmpty());
}

TEST(Impossible, MoreRespondentsThanThePopulationAreSaidOfTheWholeEvenWithoutWeighting) {
  for (const std::string weighting : {"dimensions: \"size\"", "method: NONE"}) {
    SCOPED_TRACE(weighting);
    const auto wave = SmallWave(weighting, "", R"pb(
      dimensions {
        id: "area"
        categories { code: "1" population: 990 }
        categories { code: "2" population: 10 }
      })pb");
    std::vector<SampleResponse> responses;
    Add(&responses, 600, "1", "s", "no");
    Add(&responses, 401, "1", "l", "yes");
    Add(&responses, 11, "2", "l", "yes");
    Estimator estimator(wave);
    const Estimates estimates = estimator.Estimate(Survey(wave, responses).cube());
    EXPECT_THAT(FlagTexts(*wave, estimates.flags), Contains("more_than_population:area=2"));
    const bool is_weighted = weighting != "method: NONE";
    EXPECT_EQ(FlagTexts(*wave, estimates.flags).front() == "more_than_population", is_weighted);
    const FigureValue& all = Find(estimator, estimates, "indicator");
    EXPECT_EQ(!FlagTexts(*wave, all.flags).empty(), is_weighted);
  }
}

TEST(Impossible, AStratumOfOneRespondentIsNamedByEveryFigure) {
  const auto wave = SmallWave("dimensions: \"size\"", "design { stratum_dimension: \"area\" }");
  std::vector<SampleResponse> responses;
  Add(&responses, 20, "1", "s", "no");
  Add(&responses, 20, "1", "l", "yes");
  Add(&responses, 1, "2", "s", "yes");
  Estimator estimator(wave);
  const Estimates estimates = estimator.Estimate(Survey(wave, responses).cube());
  const FigureValue& all = Find(estimator, estimates, "indicator");
  EXPECT_TRUE(all.value);
  EXPECT_FALSE(all.se);
  EXPECT_THAT(FlagTexts(*wave, all.flags), Contains("not_estimable:area=2"));
}

// Two strata and three columns leave four respondents no degree of freedom.
TEST(Impossible, AFigureWithoutAnIntervalForWantOfDegreesOfFreedomSaysSo) {
  const auto wave = SmallWave("dimensions: \"area\" dimensions: \"size\"",
                              "design { stratum_dimension: \"area\" }", "");
  std::vector<SampleResponse> responses;
  Add(&responses, 1, "1", "s", "yes");
  Add(&responses, 1, "1", "l", "no");
  Add(&responses, 1, "2", "s", "no");
  Add(&responses, 1, "2", "l", "yes");
  Estimator estimator(wave);
  const Estimates estimates = estimator.Estimate(Survey(wave, responses).cube());
  const FigureValue& all = Find(estimator, estimates, "indicator");
  EXPECT_TRUE(all.value && all.se);
  EXPECT_FALSE(all.degrees_of_freedom || all.low || all.high);
  EXPECT_THAT(FlagTexts(*wave, all.flags), Contains("low_n_effective"));
  Add(&responses, 1, "2", "l", "yes");
  const Estimates more = estimator.Estimate(Survey(wave, responses).cube());
  EXPECT_TRUE(Find(estimator, more, "indicator").low);
  EXPECT_THAT(FlagTexts(*wave, Find(estimator, more, "indicator").flags), ElementsAre("low_n"));
}

// The area says the answer of all but a firm of next to no weight: what is left of the error is
// rounding.
TEST(Impossible, AnErrorThatADoubleCannotTellIsNotGiven) {
  for (const double heavy : {8.0, 500000.0}) {
    SCOPED_TRACE(heavy);
    const auto wave =
        SmallWave("dimensions: \"area\"", "design { base_weights: BASE_WEIGHTS_PER_UNIT }");
    std::vector<SampleResponse> responses;
    Add(&responses, 30, "1", "s", "yes");
    Add(&responses, 20, "2", "l", "no");
    for (SampleResponse& response : responses) response.base_weight = heavy;
    Add(&responses, 1, "1", "s", "no");
    responses.back().base_weight = 0.001;
    Estimator estimator(wave);
    const Estimates estimates = estimator.Estimate(Survey(wave, responses).cube());
    const FigureValue& share = Find(estimator, estimates, "q/yes");
    EXPECT_NEAR(*share.value, 0.6, 1e-5);
    EXPECT_EQ(share.se.has_value(), heavy < 10);
    if (heavy > 10) EXPECT_THAT(FlagTexts(*wave, share.flags), Contains("known_from_register"));
  }
}

}  // namespace
}  // namespace panelpuls::estimate
