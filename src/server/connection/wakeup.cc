#include "server/connection/wakeup.h"

namespace panelpuls::server {

asio::awaitable<bool> Wakeup::Wait(SteadyTime until) {
  if (!set_) {
    timer_.expires_at(until);
    auto wait = timer_.async_wait(kTuple);
    co_await std::move(wait);
  }
  const bool was_set = set_;
  set_ = false;
  co_return was_set;
}

asio::awaitable<void> Wakeup::Wait() {
  bool set = false;
  while (!set) {
    auto wait = Wait(SteadyTime::max());
    set = co_await std::move(wait);
  }
}

}  // namespace panelpuls::server
