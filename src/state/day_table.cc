#include "state/day_table.h"

#include <algorithm>

namespace panelpuls::state {
namespace {

// A word keeps its day in 16 bits, the highest of which says that there is none.
constexpr std::uint32_t kMostDays = 0xffff;

}  // namespace

DayTable::DayTable(const wave::Wave& wave) {
  const DayRange range(wave);
  const std::uint32_t days = std::clamp(range.count, 1u, kMostDays);
  starts_.reserve(days);
  for (std::uint32_t day = 0; day < days; ++day) {
    starts_.push_back(wave.time_zone.DateStart(range.first + static_cast<LocalDate>(day)));
  }
}

}  // namespace panelpuls::state
