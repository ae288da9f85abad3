// When how many responses were acknowledged as accepted, so that a snapshot can be asked how stale
// it was: one that shows n of them at time t is as stale as t is later than the acknowledgement of
// the first response that it does not show. Threads  Append: the client's; Staleness: any.
#pragma once

#include <algorithm>
#include <cstdint>
#include <mutex>
#include <vector>

#include "end_to_end/asio.h"

namespace panelpuls::bench {

class AckLog {
 public:
  // `total` never decreases, nor does `at`.
  void Append(std::uint64_t total, SteadyTime at) {
    std::lock_guard lock(mutex_);
    if (!acks_.empty() && acks_.back().total == total) return;
    acks_.push_back({total, at});
  }

  // Nanoseconds; 0: everything acknowledged by then is shown.
  std::uint64_t Staleness(std::uint64_t shown, SteadyTime at) const {
    std::lock_guard lock(mutex_);
    const auto missing =
        std::upper_bound(acks_.begin(), acks_.end(), shown,
                         [](std::uint64_t count, const Ack& ack) { return count < ack.total; });
    return missing == acks_.end() ? 0 : NanosBetween(missing->at, at);
  }

  std::uint64_t total() const {
    std::lock_guard lock(mutex_);
    return acks_.empty() ? 0 : acks_.back().total;
  }

 private:
  struct Ack {
    std::uint64_t total;
    SteadyTime at;
  };
  mutable std::mutex mutex_;
  std::vector<Ack> acks_;
};

}  // namespace panelpuls::bench
