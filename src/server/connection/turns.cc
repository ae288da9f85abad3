#include "server/connection/turns.h"

#include <boost/asio/post.hpp>

namespace panelpuls::server {

asio::awaitable<void> Turns::Next() {
  if (!taken_) {
    taken_ = true;
    Give();
    co_return;
  }
  Wakeup turn(context_);
  waiting_.push_back(&turn);
  auto wait = turn.Wait();
  co_await std::move(wait);
}

// Asio's queue holds the look at the sockets once, among what is ready to run: what is posted anew
// in every turn comes behind it.
void Turns::Give() {
  asio::post(context_, [this] {
    taken_ = !waiting_.empty();
    if (!taken_) return;
    waiting_.front()->Set();
    waiting_.pop_front();
    Give();
  });
}

}  // namespace panelpuls::server
