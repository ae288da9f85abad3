// What all io threads of a server share. Immutable but for the counters, which have their own
// order.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <memory>

#include "engine/engine.h"
#include "server/access.h"
#include "server/metrics.h"
#include "server/server.h"

namespace panelpuls::server {

struct Shared {
  Shared(engine::Engine& the_engine, const ServerOptions& the_options)
      : engine(the_engine), options(the_options), metrics(the_engine) {}

  // Of each of an io thread's budgets.
  std::size_t budget_bytes() const {
    return options.max_buffered_bytes / kBudgetsOfThreads / std::max(options.io_threads, 1u);
  }

  engine::Engine& engine;
  const ServerOptions options;
  std::unique_ptr<const AccessPolicy> access = std::make_unique<OpenLoopback>();
  Metrics metrics;
  // Connections of all io threads, against options.max_connections.
  // pairs-with: Listener::Accept (adds) and Connection::~Connection (takes off), both relaxed: it
  // is a count and orders nothing.
  std::atomic<std::size_t> open_connections{0};
  // Exports of responses under way, against options.max_exports.
  // pairs-with: ExportSlot (adds, takes off), both relaxed: it is a count and orders nothing.
  std::atomic<unsigned> exports{0};
};

}  // namespace panelpuls::server
