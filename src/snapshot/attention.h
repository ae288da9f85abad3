// The entries that need attention, of several partitions as of one.
// Threads  pure functions.
#pragma once

#include <cstddef>
#include <vector>

#include "state/state.h"

namespace panelpuls::snapshot {

// Entries that a snapshot's attention list shows.
inline constexpr std::size_t kAttentionLimit = 1000;

// Sorts the partitions' entries by kind, newest last, and keeps the newest of each kind.
void MergeAttention(std::vector<state::AttentionEntry>* entries);

}  // namespace panelpuls::snapshot
