// The client of the end-to-end benchmark: pushes a file of responses over TCP or HTTP, reads
// snapshots beside it, and prints what it saw as one JSON object.
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <cstdio>
#include <ctime>
#include <memory>
#include <optional>
#include <string>

#include "base/file.h"
#include "base/json_writer.h"
#include "base/status.h"
#include "end_to_end/load_run.h"
#include "end_to_end/poller.h"
#include "end_to_end/subscribers.h"
#include "end_to_end/workload.h"

namespace panelpuls::bench {
namespace {

struct Arguments {
  std::string file;
  std::string target;
  std::string read_side;  // empty: nobody reads
  std::uint32_t batch = 1000;
  unsigned connections = 1;
  unsigned in_flight = 16;
  unsigned subscribers = 0;
  double polls_per_second = 100;
  MeterOptions meter;
};

void AddOptions(CLI::App& app, Arguments& arguments) {
  app.add_option("file", arguments.file, "Varint-delimited responses (simulate --output x.pb)")
      ->required();
  app.add_option("--target", arguments.target, "tcp://HOST:PORT or http://HOST:PORT")->required();
  app.add_option("--connections", arguments.connections)
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  app.add_option("--batch", arguments.batch, "Responses in one")
      ->check(CLI::Range(1, 10'000))
      ->capture_default_str();
  app.add_option("--seconds", arguments.meter.seconds)
      ->check(CLI::Range(0.01, 600.0))
      ->capture_default_str();
  app.add_option("--responses", arguments.meter.max_responses, "Ends before the time is over");
  app.add_option("--in-flight", arguments.in_flight, "Batches of a TCP connection")
      ->check(CLI::Range(1, 10'000))
      ->capture_default_str();
  app.add_option("--rate", arguments.meter.responses_per_second,
                 "Responses a second, sent when they are due (open loop); 0: as fast as they are "
                 "acknowledged")
      ->check(CLI::Range(0.0, 1e9));
  app.add_option("--read-side", arguments.read_side, "http://HOST:PORT to read snapshots from");
  app.add_option("--polls-per-second", arguments.polls_per_second)
      ->check(CLI::Range(0.1, 10'000.0))
      ->capture_default_str();
  app.add_option("--subscribers", arguments.subscribers, "Of /v1/stream, on the read side")
      ->check(CLI::Range(0, 1000))
      ->capture_default_str();
}

void WriteMicros(JsonWriter& json, std::string_view name, const Histogram& histogram) {
  const auto micros = [](std::uint64_t nanos) { return static_cast<double>(nanos) / 1e3; };
  json.Key(name);
  json.BeginObject();
  json.Field("count", histogram.count());
  json.Field("p50", micros(histogram.ValueAt(0.5)));
  json.Field("p99", micros(histogram.ValueAt(0.99)));
  json.Field("p99_9", micros(histogram.ValueAt(0.999)));
  json.Field("max", micros(histogram.max()));
  json.EndObject();
}

void WriteReadSide(JsonWriter& json, const Poller& poller, const Subscribers& subscribers) {
  WriteMicros(json, "snapshot_us", poller.whole());
  WriteMicros(json, "conditional_us", poller.conditional());
  WriteMicros(json, "staleness_us", poller.staleness());
  json.Field("reader_real_time", poller.real_time());
  json.Field("shown", poller.last_shown());
  json.Field("not_modified", poller.not_modified());
  json.Field("snapshot_bytes", poller.largest_bytes());
  json.Field("sse_events", subscribers.events());
  json.Field("sse_bytes", subscribers.bytes());
  json.Field("sse_lost", subscribers.lost());
}

// Nanoseconds on a processor of the calling thread.
double ThreadCpuNanos() {
  timespec spent{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &spent);
  return static_cast<double>(spent.tv_sec) * 1e9 + static_cast<double>(spent.tv_nsec);
}

std::string Report(const Meter& meter, double client_cpu_nanos, const Poller* poller,
                   const Subscribers* subscribers) {
  std::string text;
  JsonWriter json(text);
  json.BeginObject();
  json.Field("responses", meter.responses());
  json.Field("batches", meter.batches());
  json.Field("bytes", meter.bytes());
  json.Field("seconds", meter.seconds());
  json.Field("responses_per_second", static_cast<double>(meter.responses()) / meter.seconds());
  json.Field("mb_per_second", static_cast<double>(meter.bytes()) / 1e6 / meter.seconds());
  json.Field("unsent", meter.unsent());
  json.Field("client_cpu_ns", client_cpu_nanos / static_cast<double>(meter.responses()));
  json.Key("results");
  json.BeginObject();
  for (std::size_t i = 0; i < meter.counts().size(); ++i) {
    json.Field(wave::kResultCodes[i], meter.counts()[i]);
  }
  json.EndObject();
  WriteMicros(json, "latency_us", meter.latency());
  if (poller != nullptr) WriteReadSide(json, *poller, *subscribers);
  json.EndObject();
  return text + "\n";
}

// The server's word on every response: one that was refused was not measured.
absl::Status CheckResults(const Meter& meter) {
  for (const wave::Result result : {wave::Result::kRejected, wave::Result::kRegisterFull}) {
    const auto index = static_cast<std::size_t>(result);
    if (meter.counts()[index] == 0) continue;
    return FailedPrecondition("{} responses were answered {}; the run is worth nothing",
                              meter.counts()[index], wave::kResultCodes[index]);
  }
  if (meter.responses() == 0) return FailedPrecondition("nothing was acknowledged");
  return absl::OkStatus();
}

absl::Status Load(const Arguments& arguments) {
  PP_ASSIGN_OR_RETURN(const std::string file, ReadWholeFile(PosixFileSystem(), arguments.file));
  PP_ASSIGN_OR_RETURN(Workload workload, Workload::Make(file, arguments.batch));
  PusherOptions pusher;
  pusher.in_flight = arguments.in_flight;
  PP_ASSIGN_OR_RETURN(pusher.target, client::ParseTarget(arguments.target));
  AckLog acks;
  std::unique_ptr<Poller> poller;
  std::unique_ptr<Subscribers> subscribers;
  if (!arguments.read_side.empty()) {
    PP_ASSIGN_OR_RETURN(const client::Target target, client::ParseTarget(arguments.read_side));
    poller = std::make_unique<Poller>(
        PollerOptions{.target = target, .per_second = arguments.polls_per_second}, acks);
    subscribers = std::make_unique<Subscribers>(target, arguments.subscribers);
    PP_RETURN_IF_ERROR(subscribers->Start());
  }
  Meter meter(workload, poller == nullptr ? nullptr : &acks, arguments.batch, arguments.meter);
  LoadRun run(meter);
  PP_RETURN_IF_ERROR(run.Connect(pusher, arguments.connections));
  if (poller != nullptr) poller->Start();
  const double cpu_before = ThreadCpuNanos();
  const absl::Status status = run.Run();
  const double cpu = ThreadCpuNanos() - cpu_before;
  if (poller != nullptr) {
    poller->Stop();
    subscribers->Stop();
  }
  PP_RETURN_IF_ERROR(status);
  PP_RETURN_IF_ERROR(CheckResults(meter));
  if (poller != nullptr && !poller->error().empty()) {
    return Unavailable("reading snapshots: {}", poller->error());
  }
  const std::string text = Report(meter, cpu, poller.get(), subscribers.get());
  std::fwrite(text.data(), 1, text.size(), stdout);
  return absl::OkStatus();
}

int Main(int argc, char** argv) {
  CLI::App app(
      "Pushes responses as fast as they are acknowledged, or at a rate, and says how it was.");
  Arguments arguments;
  AddOptions(app, arguments);
  CLI11_PARSE(app, argc, argv);
  const absl::Status status = Load(arguments);
  if (status.ok()) return 0;
  std::fprintf(stderr, "load: %s\n", std::string(ToStd(status.message())).c_str());
  return 1;
}

}  // namespace
}  // namespace panelpuls::bench

int main(int argc, char** argv) { return panelpuls::bench::Main(argc, argv); }
