// Sessions do work of a kind, such as decoding a long batch, one after the other: between two of
// them the io thread looks at its sockets and does what else is ready. So a short request waits for
// one or two batches, not for one of every session whose batch is there.
// Threads  its io thread alone.
#pragma once

#include <deque>

#include "server/connection/asio.h"
#include "server/connection/wakeup.h"

namespace panelpuls::server {

class Turns {
 public:
  // `context` outlives it.
  explicit Turns(asio::io_context& context) : context_(context) {}

  // Returns when no turn was taken since the last look, in the order of the calls. What the caller
  // does until it next waits for anything is its turn; nothing ends it, so nobody waits for a slow
  // one.
  asio::awaitable<void> Next();

 private:
  void Give();  // behind the next look, to who waits first

  asio::io_context& context_;
  std::deque<Wakeup*> waiting_;  // in frames of Next
  bool taken_ = false;           // since the last look
};

}  // namespace panelpuls::server
