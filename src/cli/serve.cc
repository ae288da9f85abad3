#include <pthread.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "archive/directory.h"
#include "base/descriptors.h"
#include "base/file.h"
#include "base/patient_write.h"
#include "cli/arguments.h"
#include "cli/commands.h"
#include "cli/exit_codes.h"
#include "cli/memory_table.h"
#include "cli/output.h"
#include "engine/engine.h"
#include "report/snapshot.h"
#include "server/connection/connection_plan.h"
#include "server/observation/log_output.h"
#include "server/server.h"

namespace panelpuls::cli {
namespace {

struct ServeArguments {
  WaveArguments wave;
  FrameArguments frame;
  engine::EngineOptions engine;
  server::ServerOptions server;
};

// SIGINT and SIGTERM, blocked in every thread from here on, so that only Wait sees them.
class StopSignals {
 public:
  StopSignals() {
    sigemptyset(&signals_);
    sigaddset(&signals_, SIGINT);
    sigaddset(&signals_, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &signals_, nullptr);
    std::signal(SIGPIPE, SIG_IGN);  // a reader that went away is an error of its write
  }
  void Wait() const {
    int signal = 0;
    while (sigwait(&signals_, &signal) != 0) {
    }
  }

 private:
  sigset_t signals_;
};

// The frame is read while the directory is made; later it stands in the journal.
absl::StatusOr<std::vector<wave::FrameUnit>> ReadFrame(const wave::Wave& wave,
                                                       const FrameArguments& arguments,
                                                       const std::string& directory) {
  auto units = arguments.Read(wave);
  if (!absl::IsNotFound(units.status())) return units;
  return absl::Status(
      units.status().code(),
      ToAbsl(fmt::format("{}: its sample frame is not whole in the journals yet, so "
                         "it is needed; name its file with --frame: {}",
                         directory, ToStd(units.status().message()))));
}

std::string DescribeRecovery(const engine::Engine& engine) {
  std::string text;
  std::uint32_t partition = 0;
  for (const journal::RecoveryReport& report : engine.recovery()) {
    text += fmt::format("partition {}: {} groups in {} segments", partition++,
                        Thousands(report.groups), report.segments);
    if (report.torn_tail) {
      text += fmt::format("; torn tail of {} bytes at {} cut ({})", report.torn_bytes,
                          report.torn_where, report.torn_meaning);
    }
    text += '\n';
    if (!report.loss.empty()) text += fmt::format("LOST, as accepted: {}\n", report.loss);
  }
  return text;
}

// Nothing for a directory that has had one definition.
std::string DescribeDefinition(const engine::Engine& engine) {
  const auto& versions = engine.definitions();
  if (versions.size() == 1) return {};
  std::string text = fmt::format(
      "definition {:016x} since {}, number {} of this directory:\n", engine.wave().definition_id,
      engine.wave().time_zone.Format(versions.back().since), versions.size());
  for (const wave::Change& change : versions.back().changes) {
    text += "  " + wave::DescribeChange(change) + "\n";
  }
  return text;
}

// What a start says, to whom may not be reading: that stops no server.
void Tell(std::string_view text) {
  if (!WriteWithin(STDOUT_FILENO, text, std::chrono::seconds(1))) {
    WriteWithin(STDERR_FILENO, "panelpuls: standard output is not read; going on without it\n",
                std::chrono::milliseconds(0));
  }
}

absl::Status Serve(ServeArguments arguments) {
  if (arguments.server.http_port != 0 && arguments.server.http_port == arguments.server.tcp_port) {
    return InvalidArgument("--http-port and --tcp-port are both {}; give each its own",
                           arguments.server.http_port);
  }
  const StopSignals signals;
  server::LogToStderr();
  PP_ASSIGN_OR_RETURN(const Descriptors descriptors, RaiseDescriptorLimit());
  PP_ASSIGN_OR_RETURN(
      const std::string connections,
      server::FitConnections(descriptors, arguments.engine.partitions, &arguments.server));
  // Codes of a directory that is there cannot change, whatever they hold.
  arguments.wave.load.takes_unseen_characters =
      archive::HoldsDirectory(PosixFileSystem(), arguments.engine.directory);
  PP_ASSIGN_OR_RETURN(const auto wave, arguments.wave.Load());
  // Refuses --frame where the wave has none.
  if (!wave->has_frame) PP_RETURN_IF_ERROR(arguments.frame.Read(*wave).status());
  arguments.engine.read_frame = [&wave = *wave, &arguments] {
    return ReadFrame(wave, arguments.frame, arguments.engine.directory);
  };
  arguments.engine.render = report::RenderSnapshot;
  PP_ASSIGN_OR_RETURN(auto prepared, server::PreparedServer::Make(arguments.server));
  PP_ASSIGN_OR_RETURN(const auto engine, engine::Engine::Open(wave, arguments.engine));
  const auto partitions = static_cast<std::uint32_t>(engine->recovery().size());
  Tell(MemoryTable(engine->memory(), partitions) + DescribeRecovery(*engine) +
       DescribeDefinition(*engine) + connections + '\n');
  PP_ASSIGN_OR_RETURN(const auto server, server::Server::Start(*engine, std::move(prepared)));
  const bool is_v6 = arguments.server.address.find(':') != std::string::npos;
  const std::string host = is_v6 ? "[" + arguments.server.address + "]" : arguments.server.address;
  Tell(
      fmt::format("listening http=http://{0}:{1} tcp=tcp://{0}:{2}\n"
                  "page http://{0}:{1}/\n",
                  host, server->http_port(), server->tcp_port()));
  signals.Wait();
  server->Stop();
  engine->Stop();
  return absl::OkStatus();
}

void AddEngineOptions(CLI::App& command, ServeArguments& arguments) {
  command
      .add_option("--data", arguments.engine.directory,
                  "Directory of the journal; made when it does not exist")
      ->required()
      ->type_name("DIR");
  command.add_flag("--existing", arguments.engine.must_exist,
                   "Refuse to start where --data holds no directory yet (a wrong path, a disk that "
                   "is not mounted)");
  command
      .add_option("--partitions", arguments.engine.partitions,
                  "Writers that share the units; fixed when the directory is made")
      ->check(CLI::Range(1u, archive::kMaxPartitions))
      ->capture_default_str();
  command
      .add_option("--snapshots-per-second", arguments.engine.snapshots_per_second,
                  "At most so many")
      ->check(CLI::Range(engine::kMinSnapshotsPerSecond, engine::kMaxSnapshotsPerSecond))
      ->capture_default_str();
  command.add_flag("--simulated-clock", arguments.engine.simulated_clock,
                   "Time is what the batches say (simulate --drive)");
  command.add_flag("--accept-loss", arguments.engine.accept_loss,
                   "Go on where the newest groups of a journal are missing; what was lost is said");
  arguments.frame.AddTo(command);
}

void AddServerOptions(CLI::App& command, server::ServerOptions& options) {
  command.add_option("--address", options.address, "Loopback address to listen on")
      ->type_name("ADDRESS")
      ->capture_default_str();
  command.add_option("--http-port", options.http_port, "0: any free one")
      ->check(CLI::Range(0, 65535))
      ->capture_default_str();
  command.add_option("--tcp-port", options.tcp_port, "0: any free one")
      ->check(CLI::Range(0, 65535))
      ->capture_default_str();
  command
      .add_option("--io-threads", options.io_threads,
                  "Threads that read and decode, of each protocol")
      ->check(CLI::Range(1, 256))
      ->capture_default_str();
  command
      .add_option("--host", options.hosts,
                  "A name that browsers and proxies may ask for besides loopback's; NAME or "
                  "NAME:PORT, may be repeated")
      ->type_name("NAME");
  const auto add_limit = [&command](const char* name, std::size_t& most, const char* help) {
    command.add_option(name, most, help)->check(CLI::Range(1, 1'000'000))->capture_default_str();
  };
  add_limit("--max-http-connections", options.max_http_connections,
            "HTTP connections at once; what descriptors do not allow is lowered at start");
  add_limit("--max-tcp-connections", options.max_tcp_connections,
            "TCP connections at once; the same");
  add_limit("--max-event-streams", options.max_event_streams,
            "Of the HTTP connections; at most half of them");
  AddBuffers(command, options.max_buffered_bytes);
}

}  // namespace

void AddServe(CLI::App& app, Run& run) {
  auto arguments = std::make_shared<ServeArguments>();
  CLI::App* command =
      app.add_subcommand("serve", "Take responses over HTTP and TCP, show the figures");
  arguments->wave.AddTo(*command);
  AddEngineOptions(*command, *arguments);
  AddServerOptions(*command, arguments->server);
  command->footer(
      Footer("panelpuls serve --wave waves/virksomhedspanel-2025-efteraar.textproto --data "
             "data/efteraar"));
  command->callback([&run, arguments] {
    run = [arguments] {
      const absl::Status status = Serve(*arguments);
      return status.ok() ? kExitOk : Fail(status);
    };
  });
}

}  // namespace panelpuls::cli
