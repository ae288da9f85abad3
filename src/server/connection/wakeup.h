// Wakes a coroutine on the same io thread. Set before or during the wait, it is never lost.
// Threads  its io thread alone; one waiter at a time.
#pragma once

#include "server/connection/asio.h"

namespace panelpuls::server {

class Wakeup {
 public:
  explicit Wakeup(asio::io_context& context) : timer_(context) {}

  void Set() {
    set_ = true;
    timer_.cancel();
  }

  // True: it was set (and is clear again); false: `until` came first.
  asio::awaitable<bool> Wait(SteadyTime until);
  asio::awaitable<void> Wait();

 private:
  asio::steady_timer timer_;
  bool set_ = false;
};

}  // namespace panelpuls::server
