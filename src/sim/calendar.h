// When things reach the collectors: local days of the fieldwork, hours of a day, arrival curves.
// Threads  immutable once made.
#pragma once

#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/status.h"
#include "sim/parameters.h"
#include "sim/random.h"
#include "wave/wave.h"

namespace panelpuls::sim {

// A moment of the fieldwork. day 0 is the first.
struct Moment {
  int day = 0;
  int second = 0;  // of the local day, as its clocks count on an ordinary day
};

class Calendar {
 public:
  explicit Calendar(const wave::Wave& wave);

  int days() const { return days_; }
  bool IsWeekday(int day) const;
  // The instant; on a day that clocks change an hour of that name, the later one of two.
  Micros At(const Moment& moment) const;
  Micros end() const { return start_of_day_.back(); }  // first instant after the last day

 private:
  int days_ = 0;
  LocalDate first_ = 0;
  std::vector<Micros> start_of_day_;  // [day] and one more
};

// Where in the fieldwork an answer comes in: weights by day and by hour.
struct ArrivalCurve {
  std::vector<double> days;   // [day], adds up to 1
  std::vector<double> hours;  // [24]
  std::vector<double> first_day_hours;

  Moment Draw(Random& random) const;
};
// [arrivals.self]: `day.N = cumulative percent` at the end of day N, between those evenly; day.last
// is the last day; `hours = ` 24 weights; `first_hour = ` of the first day.
absl::StatusOr<ArrivalCurve> ReadSelfCurve(const Parameters& parameters, const Calendar& calendar);
// [arrivals.telephone]: weekdays from first_day to last_day, evenly; `hours = ` 24 weights.
absl::StatusOr<ArrivalCurve> ReadTelephoneCurve(const Parameters& parameters,
                                                const Calendar& calendar);

}  // namespace panelpuls::sim
