#include "server/turns.h"

#include <boost/asio/post.hpp>

namespace panelpuls::server {

asio::awaitable<void> Turns::Next() {
  Signal turn(context_);
  waiting_.push_back(&turn);
  if (!giving_) Give();
  auto wait = turn.Wait();
  co_await std::move(wait);
}

// Asio's queue holds the look at the sockets once, among what is ready to run: what is posted anew
// in every turn comes behind it.
void Turns::Give() {
  giving_ = !waiting_.empty();
  if (!giving_) return;
  asio::post(context_, [this] {
    Signal* const turn = waiting_.front();
    waiting_.pop_front();
    turn->Set();
    Give();
  });
}

}  // namespace panelpuls::server
