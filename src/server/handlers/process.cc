#include "server/handlers/process.h"

#include <string_view>
#include <utility>

#include "server/http/representation.h"

namespace panelpuls::server {
namespace {

constexpr std::string_view kNoRoom =
    "not ready: no room for what comes: the disk is full, or there is no descriptor or memory for "
    "the journal's next segment\n";

Response Ready(const engine::Engine& engine, const Views& views, bool stopping) {
  if (!engine.healthy()) return PlainText(503, "not ready: records cannot be made durable\n");
  if (stopping) return PlainText(503, "not ready: stopping\n");
  if (!engine.has_room()) return PlainText(503, kNoRoom);
  if (views.snapshot() == nullptr) return PlainText(503, "not ready: no snapshot yet\n");
  return PlainText(200, "ready\n");
}

Response MetricsText(const Metrics& metrics) {
  Response response;
  response.content_type = "text/plain; version=0.0.4; charset=utf-8";
  response.SetBody(metrics.Text());
  return response;
}

}  // namespace

Response Process::Respond(Exchange& exchange) {
  IoThread& io_thread = exchange.connection().io_thread();
  switch (exchange.route().resource) {
    case Resource::kMetrics:
      return MetricsText(io_thread.metrics());
    case Resource::kHealth:
      return engine_.healthy() ? PlainText(200, "ok\n")
                               : PlainText(503, "records cannot be made durable\n");
    default:
      return Ready(engine_, views_, io_thread.stopping());
  }
}

asio::awaitable<void> Process::Answer(Exchange& exchange) {
  auto send = exchange.Send(Respond(exchange));
  co_await std::move(send);
}

}  // namespace panelpuls::server
