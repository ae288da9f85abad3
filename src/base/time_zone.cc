#include "base/time_zone.h"

#include <algorithm>
#include <array>
#include <cstdlib>
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

// Abseil's parser also takes outer blanks, one-digit fields and "infinite-future".
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
  if (text == "Z" || text == "z") return true;
  if (text.empty() || (text.front() != '+' && text.front() != '-')) return false;
  text.remove_prefix(1);
  return HasForm(text, "00:00") || HasForm(text, "0000") || HasForm(text, "00");
}

// Whether a format of strftime's says nothing of the time of day, nor of an instant.
bool IsOfDates(std::string_view format) {
  constexpr std::string_view kOfDates = "YCymdejDFbBhaAuwUWVGgxntZ%";
  constexpr std::string_view kModifiers = "EO:*_^#-0123456789";
  while (true) {
    const std::size_t percent = format.find('%');
    if (percent == std::string_view::npos) return true;
    format.remove_prefix(percent + 1);
    const std::size_t letter = format.find_first_not_of(kModifiers);
    if (letter == std::string_view::npos) return true;
    if (kOfDates.find(format[letter]) == std::string_view::npos) return false;
    format.remove_prefix(letter + 1);
  }
}

std::string FormatIn(Micros time, absl::TimeZone zone) {
  return absl::FormatTime("%E4Y-%m-%d%ET%H:%M:%E*S%Ez", ToTime(time), zone);
}

// Whether this machine has files of zones at all: some that every edition of them has.
bool HasZoneFiles() {
  constexpr std::array kEverywhere = {"Europe/London", "America/New_York", "Asia/Tokyo"};
  return std::any_of(kEverywhere.begin(), kEverywhere.end(), [](const char* name) {
    absl::TimeZone zone;
    return absl::LoadTimeZone(name, &zone);
  });
}

// Where Abseil looks for them.
std::string ZoneFolder() {
  const char* const folder = std::getenv("TZDIR");
  if (folder == nullptr || *folder == '\0') return "/usr/share/zoneinfo";
  return fmt::format("TZDIR, which is {}", Printable(folder, kMostLineBytes));
}

}  // namespace

absl::StatusOr<TimeZone> TimeZone::Load(std::string_view name) {
  TimeZone result;
  if (absl::LoadTimeZone(ToAbsl(name), &result.zone_)) return result;
  if (HasZoneFiles()) {
    return NotFound("time zone \"{}\" is unknown; write an IANA name such as Europe/Copenhagen",
                    Printable(name));
  }
  return FailedPrecondition(
      "time zone \"{}\" cannot be looked up: this machine has no time zone files (looked in {}); "
      "install the package tzdata, or let TZDIR name the folder that has them",
      Printable(name), ZoneFolder());
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

absl::StatusOr<absl::Time> TimeZone::Resolve(const absl::TimeZone::CivilInfo& local, bool date_only,
                                             std::string_view text, LocalTimes local_times) const {
  const absl::TimeZone::TimeInfo info = zone_.At(local.cs);
  const bool never = info.kind == absl::TimeZone::TimeInfo::SKIPPED;
  if (info.kind == absl::TimeZone::TimeInfo::UNIQUE) return info.pre + local.subsecond;
  if (date_only) {
    if (!never) return info.pre;
    // The clock skips midnight, not the day.
    if (absl::ToCivilDay(info.trans, zone_) == absl::CivilDay(local.cs)) return info.trans;
  }
  const absl::Time first = std::min(info.pre, info.post) + local.subsecond;
  const absl::Time last = std::max(info.pre, info.post) + local.subsecond;
  if (local_times == LocalTimes::kFirst) return first;
  if (local_times == LocalTimes::kLast) return last;
  return FailedPrecondition(
      "\"{}\" {}, since the clock changes: it may be {} or {}; write times with an offset, or say "
      "in "
      "the codebook \"set local_time = first\" or \"last\"",
      Shown(text), never ? "never comes" : "comes twice",
      FormatIn(absl::ToUnixMicros(first), zone_), FormatIn(absl::ToUnixMicros(last), zone_));
}

absl::StatusOr<Micros> TimeZone::Parse(std::string_view format, std::string_view text,
                                       LocalTimes local_times) const {
  const std::string form(format);
  const std::string sent(text);
  absl::Time time;
  absl::Time further_east;
  std::string error;
  const bool parsed = absl::ParseTime(form, sent, absl::UTCTimeZone(), &time, &error) &&
                      absl::ParseTime(form, sent, absl::FixedTimeZone(3600), &further_east, &error);
  if (!parsed || time == absl::InfiniteFuture() || time == absl::InfinitePast()) {
    return InvalidArgument("\"{}\" is not a time of the form \"{}\"", Shown(text), Shown(format));
  }
  // What is the same instant in every zone has an offset, or is one.
  if (time != further_east) {
    PP_ASSIGN_OR_RETURN(
        time, Resolve(absl::UTCTimeZone().At(time), IsOfDates(format), text, local_times));
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

std::string FormatDate(LocalDate date) {
  const absl::CivilDay day = kEpochDay + date;
  return fmt::format("{:04}-{:02}-{:02}", day.year(), day.month(), day.day());
}

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
