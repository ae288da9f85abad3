#include "server/running_server.h"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <simdjson.h>
#include <spdlog/spdlog.h>

#include <chrono>
#include <cstdlib>
#include <thread>
#include <utility>

#include "report/snapshot.h"
#include "server/raw_connection.h"
#include "wave/definition.h"

namespace panelpuls::testing {
namespace {

std::shared_ptr<const wave::Wave> CasesWave() {
  static const auto wave =
      wave::LoadWave(PosixFileSystem(), PANELPULS_SOURCE_DIR "/waves/cases.textproto");
  if (!wave.ok()) CheckFailed(wave.status().ToString().c_str(), __FILE__, __LINE__);
  return *wave;
}

}  // namespace

RunningServer::RunningServer(ServerSetup setup) : setup_(std::move(setup)) {
  spdlog::set_level(spdlog::level::off);
  if (setup_.directory.empty()) setup_.directory = own_directory_.File("data");
  setup_.engine.directory = setup_.directory;
  setup_.engine.render = report::RenderSnapshot;
  setup_.server.http_port = 0;
  setup_.server.tcp_port = 0;
  Start();
}

RunningServer::~RunningServer() = default;

void RunningServer::Start() {
  auto engine = engine::Engine::Open(CasesWave(), setup_.engine);
  if (!engine.ok()) CheckFailed(engine.status().ToString().c_str(), __FILE__, __LINE__);
  engine_ = *std::move(engine);
  auto server = server::Server::Start(*engine_, setup_.server);
  if (!server.ok()) CheckFailed(server.status().ToString().c_str(), __FILE__, __LINE__);
  server_ = *std::move(server);
  setup_.server.http_port = server_->http_port();
  setup_.server.tcp_port = server_->tcp_port();
}

void RunningServer::Restart() {
  server_.reset();
  engine_.reset();
  Start();
}

std::string RunningServer::WaitForSnapshot(
    const std::function<bool(const std::string& json)>& condition) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (std::chrono::steady_clock::now() < deadline) {
    const HttpAnswer answer = Get(http_port(), "/v1/snapshot");
    if (answer.status == 200 && condition(answer.body)) return answer.body;
    std::this_thread::yield();
  }
  return {};
}

std::string RunningServer::WaitForRespondents(std::uint64_t count) {
  return WaitForSnapshot([count](const std::string& json) {
    return NumberAt(json, {"collection", "respondents"}) == static_cast<double>(count);
  });
}

double MetricIn(std::string_view metrics, std::string_view name) {
  const std::string text = fmt::format("\n{}", metrics);
  const std::size_t line = text.find(fmt::format("\n{} ", name));
  if (line == std::string::npos) return -1;
  return std::strtod(text.c_str() + line + name.size() + 2, nullptr);
}

double RunningServer::Metric(std::string_view name) {
  return MetricIn(Get(http_port(), "/metrics").body, name);
}

bool RunningServer::WaitForMetric(std::string_view name, double value) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (std::chrono::steady_clock::now() < deadline) {
    if (Metric(name) == value) return true;
    std::this_thread::yield();
  }
  return false;
}

std::optional<double> NumberAt(std::string_view json,
                               std::initializer_list<std::string_view> path) {
  simdjson::dom::parser parser;
  simdjson::dom::element element;
  if (parser.parse(json.data(), json.size()).get(element) != simdjson::SUCCESS) return std::nullopt;
  for (const std::string_view key : path) {
    if (element.at_key(key).get(element) != simdjson::SUCCESS) return std::nullopt;
  }
  double number = 0;
  if (element.get(number) == simdjson::SUCCESS) return number;
  return std::nullopt;
}

std::string MemberText(std::string_view json, std::string_view name) {
  simdjson::dom::parser parser;
  simdjson::dom::element element;
  if (parser.parse(json.data(), json.size()).get(element) != simdjson::SUCCESS) return {};
  if (element.at_key(name).get(element) != simdjson::SUCCESS) return {};
  return simdjson::minify(element);
}

std::optional<double> IndicatorOf(std::string_view snapshot) {
  simdjson::dom::parser parser;
  simdjson::dom::element element;
  if (parser.parse(snapshot.data(), snapshot.size()).get(element) != simdjson::SUCCESS) {
    return std::nullopt;
  }
  simdjson::dom::array figures;
  if (element["estimates"]["figures"].get(figures) != simdjson::SUCCESS) return std::nullopt;
  for (const simdjson::dom::element figure : figures) {
    std::string_view statistic;
    std::string_view of;
    std::string_view domain;
    static_cast<void>(figure["statistic"].get(statistic));
    static_cast<void>(figure["of"].get(of));
    static_cast<void>(figure["domain"].get(domain));
    double value = 0;
    if (statistic == "mean" && of == "indicator" && domain.empty() &&
        figure["value"].get(value) == simdjson::SUCCESS) {
      return value;
    }
  }
  return std::nullopt;
}

std::string ResponseJson(const ResponseText& response) {
  return fmt::format(
      R"({{"respondentId":"{}","revision":{},"channel":"{}","collectedAt":"{}","status":"COMPLETE",)"
      R"("answers":[{{"question":"revenue","options":["{}"]}},{{"question":"employees","options":["{}"]}}]}})",
      response.id, response.revision, response.channel, response.collected_at, response.revenue,
      response.employees);
}

std::string BatchJson(const std::vector<ResponseText>& responses) {
  std::string json = R"({"wave":"cases","responses":[)";
  for (std::size_t i = 0; i < responses.size(); ++i) {
    if (i > 0) json += ",";
    json += ResponseJson(responses[i]);
  }
  return json + "]}";
}

std::string Iso(Micros time) {
  const auto seconds = static_cast<std::time_t>(time / kMicrosPerSecond);
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}Z", fmt::gmtime(seconds));
}

}  // namespace panelpuls::testing
