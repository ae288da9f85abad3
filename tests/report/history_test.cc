#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>

#include "panelpuls/v1/snapshot.pb.h"
#include "report/sample.h"
#include "snapshot/contents.h"

namespace panelpuls::report {
namespace {

v1::History Make(Sample& sample, const std::vector<snapshot::HistoryHour>& hours) {
  v1::History history;
  const std::string json =
      HistoryToJson({.wave = &sample.wave(), .hours = hours, .counters = &sample.counters()});
  EXPECT_TRUE(google::protobuf::util::JsonStringToMessage(json, &history).ok()) << json;
  return history;
}

void CountDay(Sample& sample, std::size_t channel, const char* date, std::uint32_t respondents) {
  const state::DayRange range(sample.wave());
  sample.counters().days[channel * range.count + range.IndexOf(*ParseDate(date))] = respondents;
}

snapshot::HistoryHour Hour(const char* begin, double value) {
  snapshot::HistoryHour hour{.hour = *ParseTime(begin), .respondents = 1};
  hour.indicator.value = value;
  return hour;
}

TEST(History, WithoutRespondentsThereIsNoDay) {
  Sample sample(kPanel, 0);
  const v1::History history = Make(sample, {});
  EXPECT_EQ(history.days_size(), 0);
  EXPECT_EQ(history.hours_size(), 0);
  EXPECT_EQ(history.channels_size(), 2);
}

TEST(History, GivesEveryLocalDateFromTheFirstRespondentToTheLast) {
  Sample sample(kPanel, 0);
  CountDay(sample, 0, "2025-10-24", 1);
  CountDay(sample, 0, "2025-10-26", 4);
  CountDay(sample, 1, "2025-10-26", 2);
  CountDay(sample, 1, "2025-10-28", 5);
  const v1::History history = Make(sample, {});
  std::vector<std::string> days;
  for (const v1::HistoryDay& day : history.days()) {
    days.push_back(fmt::format("{} {} {} {}", day.date(), day.respondents(), day.channels(0),
                               day.channels(1)));
    EXPECT_FALSE(day.has_value());
  }
  EXPECT_EQ(days,
            (std::vector<std::string>{"2025-10-24 1 1 0", "2025-10-25 0 0 0", "2025-10-26 6 4 2",
                                      "2025-10-27 0 0 0", "2025-10-28 5 0 5"}));
}

// 26 October 2025 has 25 hours in the wave's zone: it ends at 23:00 UTC.
TEST(History, ADaysValueIsThatOfItsLastHourByLocalDate) {
  Sample sample(kPanel, 0);
  CountDay(sample, 0, "2025-10-24", 1);
  CountDay(sample, 0, "2025-10-27", 1);
  const v1::History history =
      Make(sample, {Hour("2025-10-25T21:00:00Z", 1), Hour("2025-10-26T00:00:00Z", 2),
                    Hour("2025-10-26T01:00:00Z", 3), Hour("2025-10-26T22:00:00Z", 4),
                    Hour("2025-10-26T23:00:00Z", 5)});
  ASSERT_EQ(history.days_size(), 4);
  EXPECT_FALSE(history.days(0).has_value()) << "no hour had ended by then";
  EXPECT_EQ(history.days(1).value(), 1);
  EXPECT_EQ(history.days(2).value(), 4);
  EXPECT_EQ(history.days(3).value(), 5);
  EXPECT_EQ(history.hours(1).hour(), "2025-10-26T02:00:00+02:00");
  EXPECT_EQ(history.hours(2).hour(), "2025-10-26T02:00:00+01:00");
}

// Respondents of the group with the highest score, and of the one with the lowest.
TEST(History, ADayHasTheMeanOfItsOwnRespondentsAndTheIntervalOfAllUntilThen) {
  Sample sample(kPanel, 0);
  CountDay(sample, 0, "2025-10-25", 4);
  CountDay(sample, 0, "2025-10-27", 1);
  const std::size_t groups = state::Counters::GroupCount(sample.wave());
  const auto day = state::DayRange(sample.wave()).IndexOf(*ParseDate("2025-10-25"));
  std::vector<std::uint32_t>& counts = sample.counters().day_groups;
  counts[day * groups] = 2;
  counts[day * groups + groups - 2] = 1;
  counts[day * groups + groups - 1] = 1;  // no valid case
  counts[(day + 2) * groups + groups - 1] = 1;
  snapshot::HistoryHour hour = Hour("2025-10-25T10:00:00Z", 7);
  hour.indicator.low = 5;
  hour.indicator.high = 9;
  const v1::History history = Make(sample, {hour});
  ASSERT_EQ(history.days_size(), 3);
  const auto& scores = sample.wave().indicator->groups;
  EXPECT_EQ(history.days(0).answered(), 3u);
  EXPECT_DOUBLE_EQ(history.days(0).day_value(), (2 * scores[0].score + scores.back().score) / 3);
  EXPECT_EQ(history.days(0).low(), 5);
  EXPECT_EQ(history.days(0).high(), 9);
  EXPECT_FALSE(history.days(1).has_day_value()) << "nobody answered that day";
  EXPECT_FALSE(history.days(2).has_day_value()) << "no valid case";
  EXPECT_EQ(history.days(2).value(), 7) << "all until then";
}

// 29 March 2026 has 23 hours in the wave's zone: it ends at 22:00 UTC.
TEST(History, ADayOf23HoursEndsAtItsOwnMidnight) {
  Sample sample(kPanel, 0);
  CountDay(sample, 0, "2026-03-28", 1);
  CountDay(sample, 0, "2026-03-30", 1);
  const v1::History history =
      Make(sample, {Hour("2026-03-28T22:00:00Z", 1), Hour("2026-03-28T23:00:00Z", 2),
                    Hour("2026-03-29T21:00:00Z", 3), Hour("2026-03-29T22:00:00Z", 4)});
  ASSERT_EQ(history.days_size(), 3);
  EXPECT_EQ(history.days(0).value(), 1);
  EXPECT_EQ(history.days(1).value(), 3);
  EXPECT_EQ(history.days(2).value(), 4);
}

// e-Boks from 1 September (target 3,000), telephone from the 15th (1,000); the fieldwork is from 1
// September to 31 October.
TEST(History, SaysWhatThePlanExpectsOnEveryDateOfTheFieldworkAndOfResponsesOutside) {
  Sample sample(kPanel, 0);
  CountDay(sample, 0, "2025-08-30", 1);
  CountDay(sample, 0, "2025-11-02", 1);
  const v1::History history = Make(sample, {});
  ASSERT_EQ(history.planned_size(), 61 + 2);
  EXPECT_EQ(history.planned(0).date(), "2025-09-01") << "nothing is expected before";
  EXPECT_EQ(history.planned(0).respondents(), 750);
  EXPECT_EQ(history.planned(13).date(), "2025-09-14");
  EXPECT_EQ(history.planned(13).respondents(), 1800);
  EXPECT_EQ(history.planned(14).respondents(), 1850);
  EXPECT_EQ(history.planned(62).date(), "2025-11-02");
  EXPECT_EQ(history.planned(62).respondents(), 4000);
}

TEST(History, AnAbsentIndicatorKeepsItsReason) {
  Sample sample(kPanel, 0);
  snapshot::HistoryHour hour{.hour = *ParseTime("2025-09-01T08:00:00Z"), .respondents = 3};
  hour.indicator.flags = {
      {.kind = estimate::FlagKind::kEmptyCategory, .dimension = 2, .category = 6}};
  const v1::History history = Make(sample, {hour});
  EXPECT_FALSE(history.hours(0).has_value());
  EXPECT_EQ(history.hours(0).n(), 3u);
  EXPECT_EQ(history.hours(0).flags(0), "empty_category:area=bornholm");
}

}  // namespace
}  // namespace panelpuls::report
