#include "base/time_zone.h"

#include <limits>

namespace panelpuls {
namespace {

constexpr absl::CivilDay kEpochDay(1970, 1, 1);

absl::Time ToTime(Micros time) { return absl::FromUnixMicros(time); }

std::string FormatIn(Micros time, absl::TimeZone zone) {
  return absl::FormatTime("%Y-%m-%d%ET%H:%M:%E*S%Ez", ToTime(time), zone);
}

}  // namespace

absl::StatusOr<TimeZone> TimeZone::Load(std::string_view name) {
  TimeZone result;
  if (!absl::LoadTimeZone(ToAbsl(name), &result.zone_)) {
    return NotFound("time zone \"{}\" is unknown; write an IANA name such as Europe/Copenhagen", name);
  }
  return result;
}

LocalDate TimeZone::DateOf(Micros time) const {
  return static_cast<LocalDate>(absl::ToCivilDay(ToTime(time), zone_) - kEpochDay);
}

Micros TimeZone::HourStart(Micros time) const {
  const absl::TimeZone::CivilInfo info = zone_.At(ToTime(time));
  return time - info.cs.minute() * kMicrosPerMinute - info.cs.second() * kMicrosPerSecond -
         absl::ToInt64Microseconds(info.subsecond);
}

Micros TimeZone::DateStart(LocalDate date) const {
  return absl::ToUnixMicros(absl::FromCivil(kEpochDay + date, zone_));
}

std::string TimeZone::Format(Micros time) const { return FormatIn(time, zone_); }

absl::StatusOr<LocalDate> ParseDate(std::string_view text) {
  absl::CivilDay day;
  if (text.size() != 10 || !absl::ParseCivilTime(ToAbsl(text), &day)) {
    return InvalidArgument("\"{}\" is not a date; write it as 2025-09-01", text);
  }
  return static_cast<LocalDate>(day - kEpochDay);
}

std::string FormatDate(LocalDate date) { return absl::FormatCivilTime(kEpochDay + date); }

absl::StatusOr<Micros> ParseTime(std::string_view text) {
  absl::Time time;
  std::string error;
  constexpr absl::CivilYear kFirstYear = 1, kLastYear = 9999;
  if (text.empty() || text.front() == ' ' || text.back() == ' ' ||
      !absl::ParseTime(absl::RFC3339_full, ToAbsl(text), &time, &error)) {
    return InvalidArgument("\"{}\" is not a time with offset; write it as 2025-10-07T10:00:00Z", text);
  }
  const absl::CivilYear year = absl::ToCivilYear(time, absl::UTCTimeZone()).year();
  if (year < kFirstYear || year > kLastYear) {
    return InvalidArgument("time \"{}\" is outside the years 1 to 9999", text);
  }
  return absl::ToUnixMicros(time);
}

std::string FormatUtc(Micros time) { return FormatIn(time, absl::UTCTimeZone()); }

}  // namespace panelpuls
