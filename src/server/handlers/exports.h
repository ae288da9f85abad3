// GET /v1/export/responses.csv: the cut of the newest snapshot, page by page at the reader's pace.
// Threads  its io thread alone.
#pragma once

#include <memory>
#include <string>

#include "engine/engine.h"
#include "report/snapshot.h"
#include "server/handlers/export_job.h"
#include "server/handlers/views.h"
#include "server/http/exchange.h"
#include "server/http/handler.h"

namespace panelpuls::server {

class ResponsesExport final : public Handler {
 public:
  // They outlive it.
  ResponsesExport(const engine::Engine& engine, const Views& views, RunningExports& running)
      : engine_(engine), views_(views), running_(running) {}

  asio::awaitable<void> Answer(Exchange& exchange) override;

 private:
  absl::StatusOr<std::unique_ptr<ExportJob>> Start(Exchange& exchange,
                                                   const engine::PublishedSnapshot& snapshot,
                                                   const report::CsvStyle& style);
  asio::awaitable<void> Export(Exchange& exchange, const engine::PublishedSnapshot& snapshot,
                               const report::CsvStyle& style);
  asio::awaitable<void> SendPages(Exchange& exchange, ExportJob& job, std::string page);

  const engine::Engine& engine_;
  const Views& views_;
  RunningExports& running_;
};

}  // namespace panelpuls::server
