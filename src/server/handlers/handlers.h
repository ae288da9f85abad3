// All handlers of an HTTP io thread, and which resource each answers.
// Threads  its io thread alone, but for the constructor.
#pragma once

#include <cstddef>

#include "engine/engine.h"
#include "server/handlers/batches.h"
#include "server/handlers/event_stream.h"
#include "server/handlers/export_job.h"
#include "server/handlers/exports.h"
#include "server/handlers/page_files.h"
#include "server/handlers/process.h"
#include "server/handlers/reading.h"
#include "server/handlers/views.h"
#include "server/http/handler.h"
#include "server/intake/thread_intake.h"

namespace panelpuls::server {

class Handlers {
 public:
  struct Parts {
    engine::Engine& engine;
    ThreadIntake& intake;
    Views& views;
    RunningExports& exports;
    std::size_t most_streams = 0;
  };
  // What the parts refer to outlives it.
  explicit Handlers(const Parts& parts);
  Handlers(const Handlers&) = delete;
  Handlers& operator=(const Handlers&) = delete;

  const HandlerTable& table() const { return table_; }

 private:
  Batches batches_;
  Reading reading_;
  EventStreams streams_;
  ResponsesExport responses_;
  Process process_;
  PageFilesHandler page_;
  HandlerTable table_{};
};

}  // namespace panelpuls::server
