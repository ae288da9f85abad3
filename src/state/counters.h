// What is counted beside the cube: of journaled things only, so equal after replay. Sums over
// partitions add up.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "base/clock.h"
#include "base/time_zone.h"
#include "wave/wave.h"

namespace panelpuls::state {

inline constexpr std::uint8_t kNoChannel = 0xff;

struct ChannelCounters {
  std::uint64_t respondents = 0;  // units whose winning word is of this channel and counts
  std::uint64_t accepted = 0;     // journaled versions that became the word, corrections included
  std::uint64_t corrections = 0;
  std::uint64_t withdrawals = 0;
  std::uint64_t conflicts = 0;  // journaled contents of a version that stood already
  std::uint64_t tests = 0;
  std::uint64_t marked = 0;
  std::uint64_t case_events = 0;
  Micros last_receipt = kNoTime;
};

// Local dates that `days` can tell apart: from 60 days before the fieldwork to 400 after its end;
// what is outside counts on the first or last of them.
struct DayRange {
  LocalDate first = 0;
  std::uint32_t count = 0;
  explicit DayRange(const wave::Wave& wave)
      : first(wave.fieldwork_start - 60),
        count(static_cast<std::uint32_t>(wave.fieldwork_end - wave.fieldwork_start) + 461) {}
  std::uint32_t IndexOf(LocalDate date) const {
    if (date < first) return 0;
    const auto index = static_cast<std::uint32_t>(date - first);
    return index < count ? index : count - 1;
  }
};

struct Counters {
  std::vector<ChannelCounters> channels;
  // [channel][day of DayRange] respondents by date of the winning word's collected_at (marked: of
  // receipt); words without a time stand in none.
  std::vector<std::uint32_t> days;
  // With an indicator, by group; the last one is 'no valid case'. Of days: words without a time
  // stand in none.
  std::vector<std::uint32_t> day_groups;      // [day of DayRange][group] respondents
  std::vector<std::uint64_t> channel_groups;  // [channel][group] respondents
  // [from][to] corrections by the group in which the unit counted before and after; behind the
  // groups 'counts in none' (withdrawn, or without the required questions; both, where the
  // correction is of a word that does not count). As they arrived.
  std::vector<std::uint64_t> correction_moves;
  std::uint64_t units = 0;  // units any record spoke of (frame included)
  std::uint64_t frame_units = 0;
  std::uint64_t respondents = 0;
  std::uint64_t partial = 0;  // respondents by a partial word
  std::uint64_t break_offs = 0;
  std::uint64_t withdrawn = 0;
  using Dispositions = std::array<std::uint64_t, wave::kDispositionCount>;
  Dispositions dispositions{};  // of all units known
  // [channel] units by the channel whose response or event gives them their disposition.
  std::vector<Dispositions> channel_dispositions;
  std::uint64_t conflicts_open = 0;
  std::uint64_t conflicts_untracked = 0;  // journaled while the table of conflicts was full
  std::uint64_t category_differences = 0;
  Micros last_receipt = kNoTime;

  Counters() = default;
  explicit Counters(const wave::Wave& wave);
  // Groups that day_groups and channel_groups tell apart; 0 without an indicator.
  static std::size_t GroupCount(const wave::Wave& wave) {
    return wave.indicator ? wave.indicator->groups.size() + 1 : 0;
  }
  void Merge(const Counters& other);
  // Adds (+1) or takes away (-1) a unit; `channel` kNoChannel: nothing is known of it.
  void CountCase(std::uint8_t channel, wave::Disposition disposition, int sign);
};

// Something for a human to look at (docs/PROTOCOL.md): a conflict not yet settled, or a marked
// version.
struct AttentionEntry {
  enum Kind : std::uint8_t { kConflict, kMarkedVersion } kind = kConflict;
  std::uint8_t channel = 0;
  std::uint32_t revision = 0;
  std::uint64_t pseudonym_high = 0;
  std::uint64_t pseudonym_low = 0;
  std::uint64_t count = 0;  // conflict: contents seen; marked: versions
  Micros first = kNoTime;   // receipt
  Micros last = kNoTime;
  Micros claimed = kNoTime;  // marked: collected_at of the version that came last
};

}  // namespace panelpuls::state
