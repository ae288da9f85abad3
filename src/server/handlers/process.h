// How the process is: /healthz, /readyz and /metrics.
// Threads  its io thread alone.
#pragma once

#include "engine/engine.h"
#include "server/handlers/views.h"
#include "server/http/exchange.h"
#include "server/http/handler.h"

namespace panelpuls::server {

class Process final : public Handler {
 public:
  // They outlive it.
  Process(const engine::Engine& engine, const Views& views) : engine_(engine), views_(views) {}

  asio::awaitable<void> Answer(Exchange& exchange) override;

 private:
  Response Respond(Exchange& exchange);

  const engine::Engine& engine_;
  const Views& views_;
};

}  // namespace panelpuls::server
