// The wave's time zone, and times as text. The machine's own zone is never used.
// Threads  const members: any.
#pragma once

#include <absl/time/time.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/status.h"

namespace panelpuls {

// Days since 1970-01-01 of a local date.
using LocalDate = std::int32_t;
inline constexpr LocalDate kNoDate = std::numeric_limits<LocalDate>::min();

// What a local time is that the change of the clock gives twice, or never: one that comes twice is
// read with the offset before the change or behind it, and so is one that never comes.
enum class LocalTimes {
  kRefuse,
  kFirst,  // the earlier of the two instants
  kLast,   // the later one
};

class TimeZone {
 public:
  TimeZone() : zone_(absl::UTCTimeZone()) {}
  // NotFound: no such IANA zone. FailedPrecondition: no zone files on this machine, so no name is
  // right.
  static absl::StatusOr<TimeZone> Load(std::string_view name);

  LocalDate DateOf(Micros time) const;
  // First instant of the local hour; the two hours of the same name in autumn differ.
  Micros HourStart(Micros time) const;
  // First instant of the local date.
  Micros DateStart(LocalDate date) const;
  // 2025-10-26T02:30:00+01:00; microseconds only where they are not 0.
  std::string Format(Micros time) const;
  // A local time under a format as strftime has it, such as "%d-%m-%Y %H:%M"; without a time of
  // day the first instant of the date; with %z or %Ez any offset. InvalidArgument: not of that
  // form. FailedPrecondition: it comes twice or never; the message has both readings.
  absl::StatusOr<Micros> Parse(std::string_view format, std::string_view text,
                               LocalTimes local_times = LocalTimes::kRefuse) const;

 private:
  absl::StatusOr<absl::Time> Resolve(const absl::TimeZone::CivilInfo& local, bool date_only,
                                     std::string_view text, LocalTimes local_times) const;

  absl::TimeZone zone_;
};

// 2025-10-26. InvalidArgument: not a date of that form.
absl::StatusOr<LocalDate> ParseDate(std::string_view text);
std::string FormatDate(LocalDate date);

// RFC 3339 with an offset (Z, +01:00, +0100 or +01). InvalidArgument: anything else, or out of
// range; more than microseconds are cut.
absl::StatusOr<Micros> ParseTime(std::string_view text);
std::string FormatUtc(Micros time);

}  // namespace panelpuls
