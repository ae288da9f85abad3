// What all io threads of a server share. Immutable but for the counters, which are safe from any
// thread.
#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>
#include <utility>

#include "engine/engine.h"
#include "server/access.h"
#include "server/export_job.h"
#include "server/metrics.h"
#include "server/served_names.h"
#include "server/server.h"

namespace panelpuls::server {

struct Shared {
  Shared(engine::Engine& the_engine, const ServerOptions& the_options, ServedNames the_names)
      : engine(the_engine),
        options(the_options),
        names(std::move(the_names)),
        metrics(the_engine),
        exports(the_options.max_exports) {}

  // Of each of an io thread's budgets.
  std::size_t budget_bytes() const {
    return options.max_buffered_bytes / kBudgetsOfThreads / std::max(options.io_threads, 1u);
  }

  engine::Engine& engine;
  const ServerOptions options;
  const ServedNames names;
  std::unique_ptr<const AccessPolicy> access = std::make_unique<OpenLoopback>();
  Metrics metrics;
  RunningExports exports;
};

}  // namespace panelpuls::server
