#include "state/counters.h"

#include <algorithm>

namespace panelpuls::state {
namespace {

template <typename Count>
void AddUp(const std::vector<Count>& theirs, std::vector<Count>* mine) {
  PP_CHECK(mine->size() == theirs.size());
  for (std::size_t i = 0; i < theirs.size(); ++i) (*mine)[i] += theirs[i];
}

}  // namespace

Counters::Counters(const wave::Wave& wave)
    : channels(wave.channels.size()),
      days(wave.channels.size() * DayRange(wave).count),
      day_groups(DayRange(wave).count * GroupCount(wave)),
      channel_groups(wave.channels.size() * GroupCount(wave)),
      correction_moves(wave.indicator ? (GroupCount(wave) + 1) * (GroupCount(wave) + 1) : 0),
      channel_dispositions(wave.channels.size()) {}

void Counters::CountCase(std::uint8_t channel, wave::Disposition disposition, int sign) {
  const auto number = static_cast<std::size_t>(disposition);
  const auto step = static_cast<std::uint64_t>(sign);
  dispositions[number] += step;
  if (channel != kNoChannel) channel_dispositions[channel][number] += step;
}

void Counters::Merge(const Counters& other) {
  if (channels.empty()) {
    *this = other;
    return;
  }
  PP_CHECK(channels.size() == other.channels.size());
  for (std::size_t channel = 0; channel < channels.size(); ++channel) {
    ChannelCounters& mine = channels[channel];
    const ChannelCounters& theirs = other.channels[channel];
    mine.respondents += theirs.respondents;
    mine.accepted += theirs.accepted;
    mine.corrections += theirs.corrections;
    mine.withdrawals += theirs.withdrawals;
    mine.conflicts += theirs.conflicts;
    mine.tests += theirs.tests;
    mine.marked += theirs.marked;
    mine.case_events += theirs.case_events;
    mine.last_receipt = std::max(mine.last_receipt, theirs.last_receipt);
  }
  AddUp(other.days, &days);
  AddUp(other.day_groups, &day_groups);
  AddUp(other.channel_groups, &channel_groups);
  AddUp(other.correction_moves, &correction_moves);
  units += other.units;
  frame_units += other.frame_units;
  respondents += other.respondents;
  partial += other.partial;
  break_offs += other.break_offs;
  withdrawn += other.withdrawn;
  for (std::size_t number = 0; number < dispositions.size(); ++number) {
    dispositions[number] += other.dispositions[number];
    for (std::size_t channel = 0; channel < channels.size(); ++channel) {
      channel_dispositions[channel][number] += other.channel_dispositions[channel][number];
    }
  }
  conflicts_open += other.conflicts_open;
  conflicts_untracked += other.conflicts_untracked;
  category_differences += other.category_differences;
  last_receipt = std::max(last_receipt, other.last_receipt);
}

}  // namespace panelpuls::state
