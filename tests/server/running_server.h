// An engine and a server of a test's own, on the cases' wave, a directory of its own and free
// ports.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "engine/engine.h"
#include "server/server.h"
#include "testing/scratch_directory.h"

namespace panelpuls::testing {

struct ServerSetup {
  ServerSetup() {
    engine.segment_bytes = 2u << 20;
    engine.max_group_bytes = 1u << 20;
  }
  server::ServerOptions server;
  engine::EngineOptions engine;
  std::string directory;  // empty: one of its own
};

class RunningServer {
 public:
  explicit RunningServer(ServerSetup setup = {});
  ~RunningServer();

  std::uint16_t http_port() const { return server_->http_port(); }
  std::uint16_t tcp_port() const { return server_->tcp_port(); }
  engine::Engine& engine() { return *engine_; }
  server::Server& server() { return *server_; }

  // Ends both and starts them again on the same directory and ports.
  void Restart();

  // Waits until the served snapshot fulfils `condition`; its JSON, or empty when it never did.
  std::string WaitForSnapshot(const std::function<bool(const std::string& json)>& condition);
  // The same for collection.respondents.
  std::string WaitForRespondents(std::uint64_t count);
  // Of /metrics, as MetricIn.
  double Metric(std::string_view name);
  // Waits until it is `value`; false: it never was.
  bool WaitForMetric(std::string_view name, double value);

 private:
  void Start();

  ScratchDirectory own_directory_;
  ServerSetup setup_;
  std::unique_ptr<engine::Engine> engine_;
  std::unique_ptr<server::Server> server_;
};

// Value of a metric's line, such as panelpuls_records_total{result="rejected"}; -1: there is none.
double MetricIn(std::string_view metrics, std::string_view name);
// The number at a path of object keys; nullopt: absent or null.
std::optional<double> NumberAt(std::string_view json, std::initializer_list<std::string_view> path);
// The JSON text of a top-level member.
std::string MemberText(std::string_view json, std::string_view name);
// figures[statistic="mean", of="indicator", domain=""].value
std::optional<double> IndicatorOf(std::string_view snapshot);

struct ResponseText {
  std::string id;
  std::string revenue = "up";
  std::string employees = "same";
  std::string channel = "cati";
  int revision = 1;
  std::string collected_at = "2025-10-07T10:00:00Z";
};
std::string ResponseJson(const ResponseText& response);
// {"wave": "cases", "responses": [...]}
std::string BatchJson(const std::vector<ResponseText>& responses);
std::string Iso(Micros time);

}  // namespace panelpuls::testing
