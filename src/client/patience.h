// How long the pusher goes on without an acknowledgement. Only the time that it works or waits
// counts, not that of whoever brings the records. Threads  one.
#pragma once

#include <chrono>

namespace panelpuls::client {

class Patience {
 public:
  using Clock = std::chrono::steady_clock;

  explicit Patience(Clock::duration limit) : limit_(limit) {}

  // Around a call that may wait. There is nothing to be patient for when it ended with `idle`.
  void Begin(Clock::time_point now) { began_ = now; }
  void End(Clock::time_point now, bool idle) {
    spent_ = idle ? Clock::duration::zero() : WithoutProgress(now);
  }
  // Something was acknowledged.
  void Reset(Clock::time_point now) {
    spent_ = Clock::duration::zero();
    began_ = now;
  }

  // Within the call: when it ends, and what has passed.
  Clock::time_point Deadline() const { return began_ + (limit_ - spent_); }
  Clock::duration WithoutProgress(Clock::time_point now) const { return spent_ + (now - began_); }

 private:
  const Clock::duration limit_;
  Clock::duration spent_{};  // in earlier calls, since the last acknowledgement
  Clock::time_point began_{};
};

}  // namespace panelpuls::client
