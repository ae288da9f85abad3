// Sessions begin long work, such as taking in a batch, one after the other: between two that begin,
// the io thread looks at its sockets and does what else is ready. So a short request waits for a
// few batches, not for one of every session whose batch is there.
// Threads  its io thread alone.
#pragma once

#include <deque>

#include "server/asio.h"
#include "server/signal.h"

namespace panelpuls::server {

class Turns {
 public:
  // `context` outlives it.
  explicit Turns(asio::io_context& context) : context_(context) {}

  // Returns when the caller may begin, in the order of the calls. Nothing ends a turn, so nobody
  // waits for a slow one.
  asio::awaitable<void> Next();

 private:
  void Give();

  asio::io_context& context_;
  std::deque<Signal*> waiting_;  // in frames of Next
  bool giving_ = false;          // the next turn is posted
};

}  // namespace panelpuls::server
