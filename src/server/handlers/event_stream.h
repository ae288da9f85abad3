// GET /v1/stream, server-sent events: the whole snapshot at each new version, to each subscriber at
// its own pace.
// Threads  its io thread alone.
#pragma once

#include <cstddef>

#include "server/handlers/views.h"
#include "server/http/exchange.h"
#include "server/http/handler.h"

namespace panelpuls::server {

class EventStreams final : public Handler {
 public:
  // `views` outlives it. So many streams at once.
  EventStreams(Views& views, std::size_t most) : views_(views), most_(most) {}

  asio::awaitable<void> Answer(Exchange& exchange) override;

 private:
  class Subscription;
  asio::awaitable<void> SendEvents(Exchange& exchange, bool gzip);
  asio::awaitable<bool> SendEvent(Exchange& exchange, bool gzip);

  Views& views_;
  const std::size_t most_;
  std::size_t open_ = 0;
};

}  // namespace panelpuls::server
