#include "base/time_zone.h"

#include <limits>

#include "base/printable.h"

namespace panelpuls {
namespace {

constexpr absl::CivilDay kEpochDay(1970, 1, 1);

std::string Shown(std::string_view text) { return Printable(text, kMostQuotedOfSender); }

absl::Time ToTime(Micros time) { return absl::FromUnixMicros(time); }

// Whether text has the form of pattern, where '0' stands for any digit.
bool HasForm(std::string_view text, std::string_view pattern) {
  if (text.size() != pattern.size()) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool digit = text[i] >= '0' && text[i] <= '9';
    if (pattern[i] == '0' ? !digit : text[i] != pattern[i]) return false;
  }
  return true;
}

// Abseil's parser also takes outer blanks, one-digit fields, offsets without a colon and
// "infinite-future".
bool HasFormOfTime(std::string_view text) {
  constexpr std::string_view kSeconds = "0000-00-00T00:00:00";
  const std::string_view seconds = text.substr(0, kSeconds.size());
  if (!HasForm(seconds, kSeconds) && !HasForm(seconds, "0000-00-00t00:00:00")) return false;
  text.remove_prefix(kSeconds.size());
  if (text.starts_with('.')) {
    const std::size_t end = text.find_first_not_of("0123456789", 1);
    if (end == 1 || end == std::string_view::npos) return false;
    text.remove_prefix(end);
  }
  return text == "Z" || text == "z" || HasForm(text, "+00:00") || HasForm(text, "-00:00");
}

std::string FormatIn(Micros time, absl::TimeZone zone) {
  return absl::FormatTime("%Y-%m-%d%ET%H:%M:%E*S%Ez", ToTime(time), zone);
}

}  // namespace

absl::StatusOr<TimeZone> TimeZone::Load(std::string_view name) {
  TimeZone result;
  if (!absl::LoadTimeZone(ToAbsl(name), &result.zone_)) {
    return NotFound("time zone \"{}\" is unknown; write an IANA name such as Europe/Copenhagen",
                    name);
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

absl::StatusOr<Micros> TimeZone::Parse(std::string_view format, std::string_view text) const {
  absl::Time time;
  std::string error;
  const bool parsed = absl::ParseTime(std::string(format), std::string(text), zone_, &time, &error);
  if (!parsed || time == absl::InfiniteFuture() || time == absl::InfinitePast()) {
    return InvalidArgument("\"{}\" is not a time of the form \"{}\"", Shown(text), Shown(format));
  }
  const absl::civil_year_t year = absl::ToCivilYear(time, absl::UTCTimeZone()).year();
  if (year < 1 || year > 9999) {
    return InvalidArgument("time \"{}\" is outside the years 1 to 9999", Shown(text));
  }
  return absl::ToUnixMicros(time);
}

absl::StatusOr<LocalDate> ParseDate(std::string_view text) {
  absl::CivilDay day;
  if (!HasForm(text, "0000-00-00") || !absl::ParseCivilTime(ToAbsl(text), &day)) {
    return InvalidArgument("\"{}\" is not a date; write it as 2025-09-01", Shown(text));
  }
  return static_cast<LocalDate>(day - kEpochDay);
}

std::string FormatDate(LocalDate date) { return absl::FormatCivilTime(kEpochDay + date); }

absl::StatusOr<Micros> ParseTime(std::string_view text) {
  absl::Time time;
  std::string error;
  if (!HasFormOfTime(text) || !absl::ParseTime(absl::RFC3339_full, ToAbsl(text), &time, &error)) {
    return InvalidArgument("\"{}\" is not a time with offset; write it as 2025-10-07T10:00:00Z",
                           Shown(text));
  }
  const absl::civil_year_t year = absl::ToCivilYear(time, absl::UTCTimeZone()).year();
  if (year < 1 || year > 9999) {
    return InvalidArgument("time \"{}\" is outside the years 1 to 9999", Shown(text));
  }
  return absl::ToUnixMicros(time);
}

std::string FormatUtc(Micros time) { return FormatIn(time, absl::UTCTimeZone()); }

}  // namespace panelpuls
