#include "base/time_zone.h"

#include "base/printable.h"

#include <gtest/gtest.h>

#include <ostream>

#include "base/printable.h"

namespace panelpuls {
namespace {

TimeZone Copenhagen() { return *TimeZone::Load("Europe/Copenhagen"); }
Micros At(std::string_view text) { return *ParseTime(text); }

TEST(TimeZone, AnUnknownZoneIsRefusedByName) {
  const absl::Status status = TimeZone::Load("Europe/Kobenhavn").status();
  EXPECT_EQ(status.code(), absl::StatusCode::kNotFound);
  EXPECT_NE(status.message().find("Europe/Kobenhavn"), absl::string_view::npos);
}

// Hours between the first instant of a date and of the next one.
Micros HoursOf(std::string_view date) {
  const LocalDate day = *ParseDate(date);
  return (Copenhagen().DateStart(day + 1) - Copenhagen().DateStart(day)) / kMicrosPerHour;
}

TEST(TimeZone, DaysHaveTheHoursTheyHave) {
  EXPECT_EQ(HoursOf("2025-10-25"), 24);
  EXPECT_EQ(HoursOf("2025-10-26"), 25);
  EXPECT_EQ(HoursOf("2026-03-28"), 24);
  EXPECT_EQ(HoursOf("2026-03-29"), 23);
}

TEST(TimeZone, TheDateIsTheLocalOne) {
  const TimeZone zone = Copenhagen();
  EXPECT_EQ(FormatDate(zone.DateOf(At("2025-10-25T21:59:59Z"))), "2025-10-25");
  EXPECT_EQ(FormatDate(zone.DateOf(At("2025-10-25T22:00:00Z"))), "2025-10-26");
  EXPECT_EQ(FormatDate(zone.DateOf(At("2025-10-26T22:59:59.999999Z"))), "2025-10-26");
  EXPECT_EQ(FormatDate(zone.DateOf(At("2025-10-26T23:00:00Z"))), "2025-10-27");
  EXPECT_EQ(FormatDate(TimeZone().DateOf(At("2025-10-26T23:00:00Z"))), "2025-10-26");
}

TEST(TimeZone, TheTwoHoursOfTheSameNameInAutumnDiffer) {
  const TimeZone zone = Copenhagen();
  const Micros summer = zone.HourStart(At("2025-10-26T00:30:00.000001Z"));
  const Micros winter = zone.HourStart(At("2025-10-26T01:30:00Z"));
  EXPECT_EQ(zone.Format(summer), "2025-10-26T02:00:00+02:00");
  EXPECT_EQ(zone.Format(winter), "2025-10-26T02:00:00+01:00");
  EXPECT_EQ(winter - summer, kMicrosPerHour);
}

TEST(TimeZone, TheHourThatSpringSkipsIsSkipped) {
  const TimeZone zone = Copenhagen();
  EXPECT_EQ(zone.Format(zone.HourStart(At("2026-03-29T00:59:59Z"))), "2026-03-29T01:00:00+01:00");
  EXPECT_EQ(zone.Format(zone.HourStart(At("2026-03-29T01:00:00Z"))), "2026-03-29T03:00:00+02:00");
}

TEST(TimeZone, HourStartOfEveryMinuteOfAChangingDayIsTheLastFullHourNotAfterIt) {
  const TimeZone zone = Copenhagen();
  const Micros begin = zone.DateStart(*ParseDate("2025-10-26"));
  for (Micros minute = 0; minute < 25 * 60; ++minute) {
    const Micros time = begin + minute * kMicrosPerMinute + 1;
    EXPECT_EQ(zone.HourStart(time), begin + minute / 60 * kMicrosPerHour);
  }
}

TEST(TimeZone, FractionsOfHoursKeepTheirOffset) {
  const TimeZone kathmandu = *TimeZone::Load("Asia/Kathmandu");  // +05:45
  EXPECT_EQ(kathmandu.Format(kathmandu.HourStart(At("2025-10-07T10:00:00Z"))),
            "2025-10-07T15:00:00+05:45");
}

TEST(TimeZone, MicrosecondsAreShownOnlyWhereThereAreSome) {
  EXPECT_EQ(Copenhagen().Format(At("2025-10-07T10:00:00.250Z")), "2025-10-07T12:00:00.25+02:00");
  EXPECT_EQ(FormatUtc(At("2025-10-07T10:00:00Z")), "2025-10-07T10:00:00+00:00");
}

struct TimeRow {
  const char* name;
  std::string_view text;
  Micros micros;  // kNoTime: refused
};
void PrintTo(const TimeRow& row, std::ostream* out) { *out << row.name; }

constexpr Micros kTen = 1'759'831'200'000'000;  // 2025-10-07T10:00:00Z

class ParseTimeTest : public ::testing::TestWithParam<TimeRow> {};

TEST_P(ParseTimeTest, TakesRfc3339WithOffsetAndNothingElse) {
  const absl::StatusOr<Micros> time = ParseTime(GetParam().text);
  if (GetParam().micros == kNoTime) {
    ASSERT_FALSE(time.ok()) << *time;
    EXPECT_EQ(time.status().code(), absl::StatusCode::kInvalidArgument);
    EXPECT_NE(ToStd(time.status().message()).find(Printable(GetParam().text, kMostQuotedOfSender)),
              std::string_view::npos);
  } else {
    ASSERT_TRUE(time.ok()) << time.status();
    EXPECT_EQ(*time, GetParam().micros);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Rows, ParseTimeTest,
    ::testing::Values(TimeRow{"Zulu", "2025-10-07T10:00:00Z", kTen},
                      TimeRow{"LowerCase", "2025-10-07t10:00:00z", kTen},
                      TimeRow{"Offset", "2025-10-07T12:00:00+02:00", kTen},
                      TimeRow{"WestOfGreenwich", "2025-10-07T04:30:00-05:30", kTen},
                      TimeRow{"Milliseconds", "2025-10-07T10:00:00.125Z", kTen + 125'000},
                      TimeRow{"NanosecondsAreCut", "2025-10-07T10:00:00.123456999Z",
                              kTen + 123'456},
                      TimeRow{"BeforeTheEpoch", "1969-12-31T23:59:59.999999Z", -1},
                      TimeRow{"LeapDay", "2024-02-29T00:00:00Z", 1'709'164'800'000'000},
                      TimeRow{"Empty", "", kNoTime},
                      TimeRow{"NoOffset", "2025-10-07T10:00:00", kNoTime},
                      TimeRow{"DateOnly", "2025-10-07", kNoTime},
                      TimeRow{"NoSeconds", "2025-10-07T10:00Z", kNoTime},
                      TimeRow{"BlankForT", "2025-10-07 10:00:00Z", kNoTime},
                      TimeRow{"LeadingBlank", " 2025-10-07T10:00:00Z", kNoTime},
                      TimeRow{"TrailingLineEnd", "2025-10-07T10:00:00Z\n", kNoTime},
                      TimeRow{"OneDigitMonth", "2025-1-07T10:00:00Z", kNoTime},
                      TimeRow{"OneDigitHour", "2025-10-07T1:00:00Z", kNoTime},
                      TimeRow{"OffsetWithoutColon", "2025-10-07T12:00:00+0200", kTen},
                      TimeRow{"OffsetOfHours", "2025-10-07T12:00:00+02", kTen},
                      TimeRow{"FractionAndOffsetOfHours", "2025-10-07T06:00:00.0-04", kTen},
                      TimeRow{"OffsetOfOneDigit", "2025-10-07T12:00:00+2", kNoTime},
                      TimeRow{"OffsetOfThreeDigits", "2025-10-07T12:00:00+200", kNoTime},
                      TimeRow{"SignAlone", "2025-10-07T12:00:00+", kNoTime},
                      TimeRow{"EmptyFraction", "2025-10-07T10:00:00.Z", kNoTime},
                      TimeRow{"FractionWithoutOffset", "2025-10-07T10:00:00.5", kNoTime},
                      TimeRow{"Month13", "2025-13-07T10:00:00Z", kNoTime},
                      TimeRow{"February29", "2025-02-29T10:00:00Z", kNoTime},
                      TimeRow{"Hour24", "2025-10-07T24:00:00Z", kNoTime},
                      TimeRow{"Minute60", "2025-10-07T10:60:00Z", kNoTime},
                      TimeRow{"OffsetOf99Hours", "2025-10-07T10:00:00+99:00", kNoTime},
                      TimeRow{"Infinite", "infinite-future", kNoTime},
                      TimeRow{"YearZero", "0000-01-01T00:00:00Z", kNoTime},
                      TimeRow{"FiveDigitYear", "12025-10-07T10:00:00Z", kNoTime},
                      TimeRow{"Negative", "-2025-10-07T10:00:00Z", kNoTime},
                      TimeRow{"UnixSeconds", "1759831200", kNoTime}),
    [](const auto& info) { return info.param.name; });

// What a local time is in a zone whose clock changes. Two readings: it is refused unless one is
// asked for.
struct LocalRow {
  const char* name;
  const char* zone;
  const char* format;
  const char* text;
  const char* first;
  const char* last;
};
void PrintTo(const LocalRow& row, std::ostream* out) { *out << row.name; }

constexpr const char* kMinutes = "%d-%m-%Y %H:%M";

class LocalTimeTest : public ::testing::TestWithParam<LocalRow> {};
TEST_P(LocalTimeTest, HasOneReadingOrNamesBoth) {
  const LocalRow& row = GetParam();
  const TimeZone zone = *TimeZone::Load(row.zone);
  const auto first = zone.Parse(row.format, row.text, LocalTimes::kFirst);
  const auto last = zone.Parse(row.format, row.text, LocalTimes::kLast);
  ASSERT_TRUE(first.ok() && last.ok()) << first.status() << last.status();
  EXPECT_EQ(zone.Format(*first), row.first);
  EXPECT_EQ(zone.Format(*last), row.last);
  const auto time = zone.Parse(row.format, row.text);
  ASSERT_EQ(time.ok(), *first == *last) << time.status();
  if (time.ok()) return;
  EXPECT_EQ(time.status().code(), absl::StatusCode::kFailedPrecondition);
  const std::string message(ToStd(time.status().message()));
  EXPECT_NE(message.find(row.text), std::string::npos) << message;
  EXPECT_NE(message.find(fmt::format("{} or {}", row.first, row.last)), std::string::npos)
      << message;
}
INSTANTIATE_TEST_SUITE_P(
    Rows, LocalTimeTest,
    ::testing::Values(
        LocalRow{"Usual", "Europe/Copenhagen", kMinutes, "07-10-2025 12:00",
                 "2025-10-07T12:00:00+02:00", "2025-10-07T12:00:00+02:00"},
        LocalRow{"TwiceInAutumn", "Europe/Copenhagen", kMinutes, "26-10-2025 02:30",
                 "2025-10-26T02:30:00+02:00", "2025-10-26T02:30:00+01:00"},
        LocalRow{"FirstMinuteThatComesTwice", "Europe/Copenhagen", kMinutes, "26-10-2025 02:00",
                 "2025-10-26T02:00:00+02:00", "2025-10-26T02:00:00+01:00"},
        LocalRow{"BehindTheHourThatComesTwice", "Europe/Copenhagen", kMinutes, "26-10-2025 03:00",
                 "2025-10-26T03:00:00+01:00", "2025-10-26T03:00:00+01:00"},
        LocalRow{"NeverInSpring", "Europe/Copenhagen", kMinutes, "29-03-2026 02:30",
                 "2026-03-29T01:30:00+01:00", "2026-03-29T03:30:00+02:00"},
        LocalRow{"BehindTheHourThatNeverComes", "Europe/Copenhagen", kMinutes, "29-03-2026 03:00",
                 "2026-03-29T03:00:00+02:00", "2026-03-29T03:00:00+02:00"},
        LocalRow{"SecondsAndParts", "Europe/Copenhagen", "%Y-%m-%d %H:%M:%E*S",
                 "2025-10-26 02:59:59.25", "2025-10-26T02:59:59.25+02:00",
                 "2025-10-26T02:59:59.25+01:00"},
        LocalRow{"AnOffsetSaysWhich", "Europe/Copenhagen", "%d-%m-%Y %H:%M %z",
                 "26-10-2025 02:30 +0100", "2025-10-26T02:30:00+01:00",
                 "2025-10-26T02:30:00+01:00"},
        LocalRow{"SecondsOfUnix", "Europe/Copenhagen", "%s", "1761442200",
                 "2025-10-26T02:30:00+01:00", "2025-10-26T02:30:00+01:00"},
        LocalRow{"HalfAnHourTwice", "Australia/Lord_Howe", kMinutes, "05-04-2026 01:45",
                 "2026-04-05T01:45:00+11:00", "2026-04-05T01:45:00+10:30"},
        LocalRow{"ADateIsItsFirstInstant", "Europe/Copenhagen", "%Y-%m-%d", "2025-10-26",
                 "2025-10-26T00:00:00+02:00", "2025-10-26T00:00:00+02:00"},
        LocalRow{"ADateWithoutMidnight", "Africa/Cairo", "%d/%m/%Y", "25/04/2025",
                 "2025-04-25T01:00:00+03:00", "2025-04-25T01:00:00+03:00"},
        LocalRow{"MidnightThatNeverComes", "Africa/Cairo", kMinutes, "25-04-2025 00:30",
                 "2025-04-24T23:30:00+02:00", "2025-04-25T01:30:00+03:00"},
        LocalRow{"ADateThatBeginsTwice", "America/Havana", "%Y-%m-%d", "2025-11-02",
                 "2025-11-02T00:00:00-04:00", "2025-11-02T00:00:00-04:00"},
        LocalRow{"ADateThatNeverComes", "Pacific/Apia", "%Y-%m-%d", "2011-12-30",
                 "2011-12-29T00:00:00-10:00", "2011-12-31T00:00:00+14:00"}),
    [](const auto& info) { return info.param.name; });

TEST(ParseDate, TakesIsoDatesOnly) {
  EXPECT_EQ(*ParseDate("1970-01-02"), 1);
  EXPECT_EQ(FormatDate(*ParseDate("2024-02-29")), "2024-02-29");
  for (const char* text : {"", "2025-9-011", "2025-02-29", "2025-13-01", "01-09-2025", "2025/09/01",
                           "2025-09-01 ", " 2025-09-1", "2025-09-0a"}) {
    EXPECT_EQ(ParseDate(text).status().code(), absl::StatusCode::kInvalidArgument) << text;
  }
}

TEST(Times, MessagesQuoteNoMoreThanABeginOnOneLine) {
  const std::string text = "\x1B[2J\n" + std::string(3'000'000, '1');
  const std::string shown = "\"\\x1B[2J\\x0A" + std::string(27, '1') + "...\" is not a ";
  for (const absl::Status& status : {ParseTime(text).status(), ParseDate(text).status(),
                                     TimeZone().Parse("%Y", text).status()}) {
    EXPECT_NE(ToStd(status.message()).find(shown), std::string_view::npos);
    EXPECT_LT(status.message().size(), 200u);
  }
}

}  // namespace
}  // namespace panelpuls
