#include "snapshot/attention.h"

#include <algorithm>
#include <tuple>

namespace panelpuls::snapshot {

void MergeAttention(std::vector<state::AttentionEntry>* entries) {
  const auto key = [](const state::AttentionEntry& entry) {
    return std::tuple(entry.kind, entry.last, entry.pseudonym_high, entry.pseudonym_low,
                      entry.channel, entry.revision);
  };
  std::sort(entries->begin(), entries->end(),
            [&key](const auto& a, const auto& b) { return key(a) < key(b); });
  const auto middle =
      std::find_if(entries->begin(), entries->end(), [](const state::AttentionEntry& entry) {
        return entry.kind != state::AttentionEntry::kConflict;
      });
  const auto cut = [entries](auto begin, auto end) {
    const auto surplus = end - begin - static_cast<std::ptrdiff_t>(kAttentionLimit);
    return surplus > 0 ? entries->erase(begin, begin + surplus) : begin;
  };
  const auto conflicts = middle - entries->begin();
  cut(middle, entries->end());
  cut(entries->begin(), entries->begin() + conflicts);
}

}  // namespace panelpuls::snapshot
