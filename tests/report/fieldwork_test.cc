// What a snapshot says of the fieldwork: channels side by side, corrections, representativity, the
// next interview.
#include <gmock/gmock.h>
#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>

#include "panelpuls/v1/snapshot.pb.h"
#include "report/sample.h"
#include "snapshot/contents.h"

namespace panelpuls::report {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

v1::Snapshot FromJson(const snapshot::Contents& inputs) {
  v1::Snapshot snapshot;
  const auto status =
      google::protobuf::util::JsonStringToMessage(SnapshotToJson(inputs).whole, &snapshot);
  EXPECT_TRUE(status.ok()) << status.ToString();
  return snapshot;
}

v1::Snapshot FromProtobuf(const snapshot::Contents& inputs) {
  v1::Snapshot snapshot;
  EXPECT_TRUE(snapshot.ParseFromString(SnapshotToProtobuf(inputs)));
  return snapshot;
}

// Respondents of a channel in the group with the highest score, and in the lowest.
void CountGroups(Sample& sample, std::size_t channel, std::uint64_t high, std::uint64_t low) {
  const std::size_t groups = state::Counters::GroupCount(sample.wave());
  sample.counters().channel_groups[channel * groups] = high;
  sample.counters().channel_groups[channel * groups + groups - 2] = low;
}

TEST(ChannelComparison, ShowsTheUnweightedMeanBesideTheFigureOfTheChannel) {
  Sample sample(kPanel, 400);
  CountGroups(sample, 0, 3, 1);
  CountGroups(sample, 1, 1, 1);
  const auto& groups = sample.wave().indicator->groups;
  const double high = groups.front().score;
  const double low = groups.back().score;
  for (const v1::Snapshot& snapshot : {FromJson(sample.Inputs()), FromProtobuf(sample.Inputs())}) {
    const v1::ChannelComparison& shown = snapshot.estimates().channel_comparison();
    ASSERT_EQ(shown.channels_size(), 2);
    EXPECT_EQ(shown.channels(0).channel(), "eboks");
    EXPECT_EQ(shown.channels(0).n(), 4u);
    EXPECT_DOUBLE_EQ(shown.channels(0).raw(), (3 * high + low) / 4);
    EXPECT_FALSE(shown.channels(0).has_raw_difference()) << "to itself";
    EXPECT_DOUBLE_EQ(shown.channels(1).raw_difference(), (high + low) / 2 - (3 * high + low) / 4);
    for (std::size_t i = 0; i < sample.keys().size(); ++i) {
      if (sample.keys()[i].domain != "channel=cati" || sample.keys()[i].of != "indicator") continue;
      EXPECT_EQ(shown.channels(1).weighted(), *sample.estimates().figures[i].value);
    }
  }
}

TEST(ChannelComparison, TheTextSaysThatItIsNoEffectOfTheChannel) {
  Sample sample(kPanel, 400);
  EXPECT_THAT(SnapshotToText(sample.Inputs()), Not(HasSubstr("ikke virkningen af kanalen")))
      << "nothing to compare";
  CountGroups(sample, 0, 3, 1);
  EXPECT_THAT(SnapshotToText(sample.Inputs()), HasSubstr("ikke virkningen af kanalen"));
  EXPECT_THAT(SnapshotToText(sample.Inputs(), {.language = "en"}),
              HasSubstr("not an effect of the channel"));
}

TEST(CorrectionEffect, TakesTheMovesBack) {
  Sample sample(kPanel, 0);
  CountGroups(sample, 0, 2, 3);
  const std::size_t groups = state::Counters::GroupCount(sample.wave());
  const std::size_t lowest = groups - 2;
  std::vector<std::uint64_t>& moves = sample.counters().correction_moves;
  moves[0 * (groups + 1) + lowest] = 1;       // from the highest to the lowest
  moves[groups * (groups + 1) + lowest] = 1;  // from none to the lowest
  moves[0 * (groups + 1) + 0] = 4;            // other answers, the same group
  const auto& scores = sample.wave().indicator->groups;
  const double high = scores.front().score;
  const double low = scores.back().score;
  const v1::Snapshot snapshot = FromJson(sample.Inputs());
  const v1::CorrectionEffect& effect = snapshot.collection().correction_effect();
  EXPECT_EQ(effect.corrections(), 6u);
  EXPECT_EQ(effect.regrouped(), 2u);
  EXPECT_DOUBLE_EQ(effect.with(), (2 * high + 3 * low) / 5);
  EXPECT_DOUBLE_EQ(effect.without(), (3 * high + low) / 4);
  EXPECT_DOUBLE_EQ(effect.difference(), effect.with() - effect.without());
}

// 400 complete and 100 who refused, of 1,000 units.
void CountDispositions(Sample& sample) {
  auto& dispositions = sample.counters().dispositions;
  dispositions[static_cast<std::size_t>(wave::Disposition::kRefusal)] = 100;
  dispositions[static_cast<std::size_t>(wave::Disposition::kInvited)] = 480;
  dispositions[static_cast<std::size_t>(wave::Disposition::kIneligible)] = 20;
  sample.counters().channels[0].case_events = 600;
}

TEST(Response, SaysWhatTheRateIsOf) {
  Sample sample(kPanel, 400);
  CountDispositions(sample);
  for (const v1::Snapshot& snapshot : {FromJson(sample.Inputs()), FromProtobuf(sample.Inputs())}) {
    const v1::ResponseRates& response = snapshot.collection().response();
    EXPECT_EQ(response.answered(), 400);
    EXPECT_EQ(response.base(), 980) << "without those known to be ineligible";
    EXPECT_DOUBLE_EQ(response.rr2(), response.answered() / response.base());
  }
}

TEST(BiasToMatch, IsHalfTheIntervalOverTheShareThatDidNotAnswer) {
  Sample sample(kPanel, 400);
  CountDispositions(sample);
  estimate::FigureValue& figure = sample.estimates().figures[0];
  figure.low = -3;
  figure.high = 6;
  figure.flags.clear();
  for (const v1::Snapshot& snapshot : {FromJson(sample.Inputs()), FromProtobuf(sample.Inputs())}) {
    const v1::BiasToMatch& bias = snapshot.collection().bias_to_match();
    EXPECT_DOUBLE_EQ(bias.response_rate(), 400.0 / 980);
    EXPECT_DOUBLE_EQ(bias.half_width(), 4.5);
    EXPECT_DOUBLE_EQ(bias.difference(), 4.5 / (1 - 400.0 / 980));
  }
}

TEST(BiasToMatch, IsAbsentWhereItCannotBeSaid) {
  Sample sample(kPanel, 400);
  EXPECT_FALSE(FromJson(sample.Inputs()).collection().has_bias_to_match()) << "no response rate";
  CountDispositions(sample);
  ASSERT_TRUE(FromJson(sample.Inputs()).collection().has_bias_to_match());
  estimate::FigureValue& figure = sample.estimates().figures[0];
  figure.flags.push_back({.kind = estimate::FlagKind::kNotReportable});
  EXPECT_FALSE(FromJson(sample.Inputs()).collection().has_bias_to_match()) << "not reportable";
  figure.flags.clear();
  figure.low.reset();
  EXPECT_FALSE(FromJson(sample.Inputs()).collection().has_bias_to_match()) << "no interval";
}

TEST(IndicatorDigits, AreOneForHundredsAndTwoForScoresBelowTen) {
  Sample panel(kPanel, 0);
  Sample satisfaction(kSatisfaction, 0);
  EXPECT_EQ(FromJson(panel.Inputs()).estimates().indicator_digits(), 1u);
  EXPECT_EQ(FromJson(satisfaction.Inputs()).estimates().indicator_digits(), 2u);
}

TEST(CorrectionEffect, WithoutRespondentsThereIsNoMean) {
  Sample sample(kPanel, 0);
  const v1::Snapshot snapshot = FromJson(sample.Inputs());
  EXPECT_FALSE(snapshot.collection().correction_effect().has_with());
}

TEST(Representativity, IsAbsentWithoutAFrame) {
  Sample sample(kPanel, 400);
  estimate::Fieldwork fieldwork;
  snapshot::Contents inputs = sample.Inputs();
  inputs.fieldwork = &fieldwork;
  EXPECT_THAT(SnapshotToJson(inputs).whole, HasSubstr(R"("representativity":null)"));
}

TEST(Guidance, JsonHasEveryFieldAndNullsWhereNothingIsKnown) {
  Sample sample(kPanel, 600);
  const estimate::Fieldwork fieldwork =
      estimate::MeasureFieldwork(sample.wave(), sample.cube(), sample.estimates());
  const std::string json = GuidanceToJson(sample.wave(), fieldwork.guidance);
  v1::Guidance guidance;
  ASSERT_TRUE(google::protobuf::util::JsonStringToMessage(json, &guidance).ok()) << json;
  EXPECT_EQ(guidance.cells_size(), 50);
  EXPECT_GT(guidance.cells(0).variance_gain(), 0);
  EXPECT_GE(guidance.cells(0).variance_gain(), guidance.cells(1).variance_gain());
  EXPECT_EQ(guidance.cells(0).categories_size(), 4);
  EXPECT_GT(guidance.categories_size(), 20);
  EXPECT_THAT(json, HasSubstr(R"("open":null,"expected_response":null,"variance_gain":)"));
  EXPECT_THAT(json, HasSubstr(R"("representativity_gain":null)"));
  const std::string text = GuidanceToText(sample.wave(), fieldwork.guidance);
  EXPECT_THAT(text, HasSubstr("N\u00e6ste interview, kategorier"));
  EXPECT_THAT(text, HasSubstr("N\u00e6ste interview, celler"));
}

}  // namespace
}  // namespace panelpuls::report
