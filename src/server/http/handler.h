// Who answers requests for a resource, once they are admitted.
// Threads  its io thread alone.
#pragma once

#include <array>

#include "server/connection/asio.h"
#include "server/http/routes.h"

namespace panelpuls::server {

class Exchange;

class Handler {
 public:
  virtual ~Handler() = default;
  // Answers through the exchange, which outlives the call; who does not answer has the connection
  // closed. Many run at once, of one thread.
  virtual asio::awaitable<void> Answer(Exchange& exchange) = 0;
};

// By Resource; null for kNone alone.
using HandlerTable = std::array<Handler*, kResourceCount>;

}  // namespace panelpuls::server
