// Which day of DayRange a time stands on, without asking the time zone each time.
// Threads  immutable after construction.
#pragma once

#include <cstdint>
#include <vector>

#include "base/clock.h"
#include "state/counters.h"
#include "wave/wave.h"

namespace panelpuls::state {

class DayTable {
 public:
  explicit DayTable(const wave::Wave& wave);

  // Times before the first day count on it, times after the last on that.
  std::uint32_t IndexOf(Micros time) const {
    const auto last = static_cast<std::int64_t>(starts_.size()) - 1;
    if (time < starts_.front()) return 0;
    if (time >= starts_.back()) return static_cast<std::uint32_t>(last);
    // Days are 24 hours but for changes of the clock, which the loops below step over.
    std::int64_t day = (time - starts_.front()) / (24 * kMicrosPerHour);
    if (day > last) day = last;
    while (starts_[static_cast<std::size_t>(day)] > time) --day;
    while (day < last && starts_[static_cast<std::size_t>(day) + 1] <= time) ++day;
    return static_cast<std::uint32_t>(day);
  }

 private:
  std::vector<Micros> starts_;  // [day] first instant
};

}  // namespace panelpuls::state
