#include "server/observation/metrics.h"

#include <prometheus/collectable.h>
#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/gauge.h>
#include <prometheus/metric_family.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <iterator>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "server/observation/log_output.h"

namespace panelpuls::server {
namespace {

constexpr std::array<const char*, kTransportCount> kTransportNames = {"http", "tcp"};

std::size_t IndexOf(Transport transport) { return static_cast<std::size_t>(transport); }

prometheus::ClientMetric CounterValue(double value) {
  prometheus::ClientMetric metric;
  metric.counter.value = value;
  return metric;
}

prometheus::ClientMetric GaugeValue(double value) {
  prometheus::ClientMetric metric;
  metric.gauge.value = value;
  return metric;
}

prometheus::MetricFamily Single(const char* name, const char* help, double value) {
  return {name, help, prometheus::MetricType::Counter, {CounterValue(value)}};
}

double ToDouble(std::uint64_t count) { return static_cast<double>(count); }

double Seconds(std::uint64_t micros) {
  return static_cast<double>(micros) / static_cast<double>(kMicrosPerSecond);
}

// The engine counts for itself; this only puts names to its numbers.
std::vector<prometheus::MetricFamily> EngineFamilies(const engine::Engine& engine) {
  const engine::EngineMetrics now = engine.metrics();
  std::vector<prometheus::MetricFamily> families;
  prometheus::MetricFamily results{"panelpuls_records_total",
                                   "Records by result, since the process started",
                                   prometheus::MetricType::Counter,
                                   {}};
  for (std::size_t i = 0; i < static_cast<std::size_t>(wave::kResultCount); ++i) {
    prometheus::ClientMetric metric = CounterValue(ToDouble(now.results[i]));
    metric.label.push_back({"result", std::string(wave::kResultCodes[i])});
    results.metric.push_back(std::move(metric));
  }
  families.push_back(std::move(results));
  families.push_back(Single("panelpuls_conflicts_untracked_total",
                            "Conflicting responses that found the table of conflicts full; "
                            "those of smaller content were not kept",
                            ToDouble(now.conflicts_untracked)));
  families.push_back(Single("panelpuls_batches_total", "Batches taken", ToDouble(now.batches)));
  families.push_back(Single("panelpuls_groups_total", "Groups made durable", ToDouble(now.groups)));
  families.push_back(Single("panelpuls_journal_bytes_total", "Bytes written to the journal",
                            ToDouble(now.journal_bytes)));
  families.push_back(Single("panelpuls_sync_seconds_total", "Time spent making groups durable",
                            Seconds(now.sync_micros)));
  families.push_back(Single("panelpuls_queue_full_total",
                            "Batches not taken since a queue was full", ToDouble(now.queue_full)));
  families.push_back(
      Single("panelpuls_snapshots_total", "Snapshots published", ToDouble(now.snapshots)));
  families.push_back(Single("panelpuls_snapshot_seconds_total", "Time spent making snapshots",
                            Seconds(now.snapshot_micros)));
  families.push_back(Single("panelpuls_ignored_questions_total",
                            "Answers to questions the wave does not list",
                            ToDouble(now.ignored_questions)));
  families.push_back(Single("panelpuls_ignored_fields_total",
                            "Fields of records that the schema does not have",
                            ToDouble(now.ignored_fields)));
  families.push_back({"panelpuls_version",
                      "Version of the newest snapshot",
                      prometheus::MetricType::Gauge,
                      {GaugeValue(ToDouble(now.version))}});
  families.push_back({"panelpuls_healthy",
                      "1 while records can be made durable",
                      prometheus::MetricType::Gauge,
                      {GaugeValue(engine.healthy() ? 1 : 0)}});
  families.push_back({"panelpuls_has_room",
                      "0 while no batch is taken: the disk is full, or the journal's next "
                      "segment has no descriptor or memory",
                      prometheus::MetricType::Gauge,
                      {GaugeValue(engine.has_room() ? 1 : 0)}});
  families.push_back(Single("panelpuls_log_lines_left_out_total",
                            "Lines of the log that nobody read in time",
                            ToDouble(LogLinesLeftOut())));
  return families;
}

using Counters = std::array<prometheus::Counter*, kTransportCount>;

using Gauges = std::array<prometheus::Gauge*, kTransportCount>;

Gauges GaugesByTransport(prometheus::Registry& registry, const char* name, const char* help) {
  auto& family = prometheus::BuildGauge().Name(name).Help(help).Register(registry);
  Gauges gauges{};
  for (std::size_t i = 0; i < kTransportCount; ++i) {
    gauges[i] = &family.Add({{"transport", kTransportNames[i]}});
  }
  return gauges;
}

Counters CountersByTransport(prometheus::Registry& registry, const char* name, const char* help) {
  auto& family = prometheus::BuildCounter().Name(name).Help(help).Register(registry);
  Counters counters{};
  for (std::size_t i = 0; i < kTransportCount; ++i) {
    counters[i] = &family.Add({{"transport", kTransportNames[i]}});
  }
  return counters;
}

}  // namespace

struct Metrics::Impl {
  explicit Impl(const engine::Engine& the_engine) : engine(the_engine) {}

  const engine::Engine& engine;
  prometheus::Registry registry;
  prometheus::Family<prometheus::Counter>& requests = prometheus::BuildCounter()
                                                          .Name("panelpuls_http_requests_total")
                                                          .Help("HTTP responses by status code")
                                                          .Register(registry);
  Counters refused = CountersByTransport(registry, "panelpuls_refused_batches_total",
                                         "Batches refused as a whole");
  Counters received = CountersByTransport(registry, "panelpuls_received_bytes_total",
                                          "Bytes of batches, as they came");
  Counters accepted =
      CountersByTransport(registry, "panelpuls_connections_total", "Connections accepted");
  Counters turned_away = CountersByTransport(registry, "panelpuls_connections_turned_away_total",
                                             "Connections closed at once: too many were open");
  Counters evicted = CountersByTransport(registry, "panelpuls_connections_evicted_total",
                                         "Idle connections closed to make room for another");
  Gauges connections = GaugesByTransport(registry, "panelpuls_connections", "Open connections");
  Gauges limits = GaugesByTransport(registry, "panelpuls_max_connections",
                                    "Connections that there may be at once");
  prometheus::Gauge& stream_limit = prometheus::BuildGauge()
                                        .Name("panelpuls_max_event_streams")
                                        .Help("Event streams that there may be at once")
                                        .Register(registry)
                                        .Add({});
  prometheus::Gauge& streams = prometheus::BuildGauge()
                                   .Name("panelpuls_event_streams")
                                   .Help("Open event streams")
                                   .Register(registry)
                                   .Add({});
  prometheus::Counter& stream_events = prometheus::BuildCounter()
                                           .Name("panelpuls_stream_events_total")
                                           .Help("Snapshots sent to event streams")
                                           .Register(registry)
                                           .Add({});
};

Metrics::Metrics(const engine::Engine& engine) : impl_(std::make_unique<Impl>(engine)) {}
Metrics::~Metrics() = default;

void Metrics::CountRequest(unsigned status) {
  impl_->requests.Add({{"code", std::to_string(status)}}).Increment();
}

void Metrics::CountRefusedBatch(Transport transport) {
  impl_->refused[IndexOf(transport)]->Increment();
}

void Metrics::CountReceivedBytes(Transport transport, std::size_t bytes) {
  impl_->received[IndexOf(transport)]->Increment(static_cast<double>(bytes));
}

void Metrics::OpenConnection(Transport transport) {
  impl_->connections[IndexOf(transport)]->Increment();
  impl_->accepted[IndexOf(transport)]->Increment();
}

void Metrics::CloseConnection(Transport transport) {
  impl_->connections[IndexOf(transport)]->Decrement();
}

void Metrics::CountTurnedAway(Transport transport) {
  impl_->turned_away[IndexOf(transport)]->Increment();
}

void Metrics::CountEvicted(Transport transport) { impl_->evicted[IndexOf(transport)]->Increment(); }

void Metrics::SetConnectionLimit(Transport transport, std::size_t most) {
  impl_->limits[IndexOf(transport)]->Set(static_cast<double>(most));
}

void Metrics::SetStreamLimit(std::size_t most) {
  impl_->stream_limit.Set(static_cast<double>(most));
}

void Metrics::OpenStream() { impl_->streams.Increment(); }
void Metrics::CloseStream() { impl_->streams.Decrement(); }
void Metrics::CountStreamEvent() { impl_->stream_events.Increment(); }

std::string Metrics::Text() const {
  std::vector<prometheus::MetricFamily> families = EngineFamilies(impl_->engine);
  std::vector<prometheus::MetricFamily> own = impl_->registry.Collect();
  families.insert(families.end(), std::make_move_iterator(own.begin()),
                  std::make_move_iterator(own.end()));
  return prometheus::TextSerializer().Serialize(families);
}

}  // namespace panelpuls::server
