// Counters as text, one line a count, so that a difference is read off a failed comparison.
#pragma once

#include <fmt/format.h>

#include <string>

#include "state/counters.h"

namespace panelpuls::state {

// What any order and any repetition of the same records leaves alike.
inline std::string DescribeStanding(const Counters& counters) {
  std::string text = fmt::format(
      "units {}\nrespondents {}\npartial {}\nbreak_offs {}\nwithdrawn {}\n", counters.units,
      counters.respondents, counters.partial, counters.break_offs, counters.withdrawn);
  for (std::size_t c = 0; c < counters.channels.size(); ++c) {
    text += fmt::format("channel {} respondents {}\n", c, counters.channels[c].respondents);
  }
  for (std::size_t day = 0; day < counters.days.size(); ++day) {
    if (counters.days[day] != 0) text += fmt::format("day {}: {}\n", day, counters.days[day]);
  }
  for (std::size_t place = 0; place < counters.day_groups.size(); ++place) {
    if (counters.day_groups[place] != 0) {
      text += fmt::format("day and group {}: {}\n", place, counters.day_groups[place]);
    }
  }
  for (const std::uint64_t count : counters.channel_groups)
    text += fmt::format("group {}\n", count);
  for (std::size_t d = 0; d < counters.dispositions.size(); ++d) {
    text += fmt::format("disposition {}: {}\n", d, counters.dispositions[d]);
    for (const auto& channel : counters.channel_dispositions)
      text += fmt::format("  {}\n", channel[d]);
  }
  return text;
}

// All of it: equal after replay of what was journaled.
inline std::string DescribeAll(const Counters& counters) {
  std::string text = DescribeStanding(counters);
  for (std::size_t c = 0; c < counters.channels.size(); ++c) {
    const ChannelCounters& channel = counters.channels[c];
    text += fmt::format("channel {}: {} {} {} {} {} {} {} {}\n", c, channel.accepted,
                        channel.corrections, channel.withdrawals, channel.conflicts, channel.tests,
                        channel.marked, channel.case_events, channel.last_receipt);
  }
  for (const std::uint64_t moves : counters.correction_moves) text += fmt::format("{} ", moves);
  text += fmt::format("frame {} open {} untracked {} differences {} last {}\n",
                      counters.frame_units, counters.conflicts_open, counters.conflicts_untracked,
                      counters.category_differences, counters.last_receipt);
  return text;
}

}  // namespace panelpuls::state
