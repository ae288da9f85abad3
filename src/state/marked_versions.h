// Versions whose clock could not be believed, for a human to look at: the newest distinct ones
// (unit, channel, revision).
// Memory   fixed at construction.
// Threads  one writer.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "state/counters.h"

namespace panelpuls::state {

class MarkedVersions {
 public:
  static constexpr std::size_t kMost = 1000;

  MarkedVersions();
  // One more journaled version; count, first and last of the entry are filled in here.
  void Add(const AttentionEntry& version, Micros receipt_time);
  // In no order.
  void List(std::vector<AttentionEntry>* out) const;

 private:
  std::vector<std::uint64_t> fingerprints_;  // of entries_, searched first
  std::vector<AttentionEntry> entries_;
  std::size_t next_ = 0;  // place of the oldest once the list is full
};

}  // namespace panelpuls::state
