// GET of what is read from the newest snapshot: no lock, no wait.
// Threads  its io thread alone.
#pragma once

#include "engine/engine.h"
#include "server/handlers/views.h"
#include "server/http/exchange.h"
#include "server/http/handler.h"

namespace panelpuls::server {

class Reading final : public Handler {
 public:
  // They outlive it.
  Reading(const engine::Engine& engine, Views& views) : engine_(engine), views_(views) {}

  asio::awaitable<void> Answer(Exchange& exchange) override;

 private:
  Response Respond(const Route& route, const RequestHead& head);

  const engine::Engine& engine_;
  Views& views_;
};

// Where the snapshot thread has published nothing yet.
Response NoSnapshotYet();

}  // namespace panelpuls::server
