// What the text report and the JSON say of the weights.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "report/sample.h"
#include "testing/small_wave.h"

namespace panelpuls::report {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

std::shared_ptr<const wave::Wave> WaveOf(const std::string& rest) {
  return testing::WaveFromText(R"pb(
                                 id: "w"
                                 fieldwork_start: "2025-09-01"
                                 fieldwork_end: "2025-10-31"
                                 channels { code: "eboks" }
                                 max_respondents: 100000
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
                                 tabulations { by: "area" })pb" +
                               rest);
}

constexpr const char* kAreas = R"pb(
  dimensions {
    id: "area"
    categories { code: "north" population: 900 }
    categories { code: "south" population: 50 }
    categories { code: "isle" population: 50 }
  })pb";

// In one line.
std::string TextOf(const Sample& sample, const std::string& language) {
  std::string text = SnapshotToText(sample.Inputs(), {.language = language});
  std::string out;
  for (const char c : text) {
    const char next = c == '\n' ? ' ' : c;
    if (next != ' ' || (!out.empty() && out.back() != ' ')) out += next;
  }
  return out;
}

TEST(WeightsText, SaysTheRuleOfTrimmingHowManyAndWhatIsMissed) {
  const Sample sample(WaveOf(std::string(kAreas) + "weighting { trim_upper: 6 trim_strict: true }"),
                      200);
  const estimate::CalibrationResult& result = sample.Inputs().estimates->calibration;
  ASSERT_GT(result.trimmed, 0u);
  EXPECT_THAT(
      TextOf(sample, "en"),
      AllOf(HasSubstr(fmt::format("Weights are trimmed (bounds of the weight, until none is "
                                  "outside, as trimWeights(strict) of R's survey): {} of "
                                  "200 respondents were outside the bounds.",
                                  result.trimmed)),
            HasSubstr("the largest error is "), HasSubstr("% at area: ")));
  EXPECT_THAT(TextOf(sample, "da"), AllOf(HasSubstr("Vægtene er trimmet ("),
                                          HasSubstr("vægtene opfylder ikke alle totaler")));
  EXPECT_THAT(
      SnapshotToJson(sample.Inputs()).whole,
      HasSubstr(fmt::format(R"("trimming":"weights, strict","trimmed":{},)", result.trimmed)));
}

TEST(WeightsText, OfRakedWeightsThereIsNothingToSay) {
  const Sample sample(WaveOf(kAreas), 90);
  for (const char* language : {"da", "en"}) {
    const std::string text = TextOf(sample, language);
    EXPECT_THAT(text, AllOf(Not(HasSubstr("trim")), Not(HasSubstr("total"))));
  }
}

TEST(WeightsText, MoreRespondentsThanEnterprisesAreNamed) {
  const Sample sample(WaveOf(kAreas), 1200);
  EXPECT_THAT(TextOf(sample, "en"),
              AllOf(HasSubstr("More respondents (1,200) than the population (1000)."),
                    HasSubstr("More respondents than the total of area: south; area: isle."),
                    HasSubstr("more respondents than the total of area: isle")));
  EXPECT_THAT(TextOf(sample, "da"),
              AllOf(HasSubstr("Flere svar (1.200) end populationen (1000)."),
                    HasSubstr("Flere svar end totalen i area: south; area: isle.")));
  EXPECT_THAT(SnapshotToJson(sample.Inputs()).whole,
              HasSubstr(R"("overfull":["more_than_population","more_than_population:area=south")"));
}

TEST(WeightsText, WeightsBelowZeroAreCounted) {
  Sample sample(WaveOf(kAreas), 200);
  sample.estimates().calibration.negative_weights = 17;
  EXPECT_THAT(TextOf(sample, "en"), HasSubstr("17 respondents have a weight below 0 "));
  EXPECT_THAT(TextOf(sample, "da"), HasSubstr("17 svar har en vægt under 0 "));
}

TEST(WeightsText, AStratumOfOneRespondentIsNamedInTheNotes) {
  Sample sample(WaveOf(kAreas), 200);
  for (estimate::FigureValue& figure : sample.estimates().figures) {
    figure.flags = {{.kind = estimate::FlagKind::kNotEstimable, .dimension = 0, .category = 2}};
  }
  EXPECT_THAT(TextOf(sample, "en"), HasSubstr("stratum area: isle has only one respondent"));
  EXPECT_THAT(TextOf(sample, "da"), HasSubstr("stratum area: isle har kun ét svar"));
}

}  // namespace
}  // namespace panelpuls::report
