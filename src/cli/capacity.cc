#include <algorithm>
#include <memory>
#include <string>

#include "archive/directory.h"
#include "base/memory.h"
#include "capacity/capacity.h"
#include "capacity/server_memory.h"
#include "cli/arguments.h"
#include "cli/commands.h"
#include "cli/exit_codes.h"
#include "cli/machine.h"
#include "cli/memory_table.h"
#include "cli/output.h"
#include "server/server.h"

namespace panelpuls::cli {
namespace {

constexpr std::uint64_t kMillion = 1'000'000;

struct CapacityArguments {
  WaveArguments wave;
  capacity::CapacityOptions options;
  std::uint64_t respondents = 0;  // 0: as the definition says
  server::ServerOptions server;
  std::string directory;
};

// The wave as it would be with room for --respondents, and --frame-units set where they matter.
absl::StatusOr<std::shared_ptr<const wave::Wave>> LoadWave(CapacityArguments& arguments) {
  PP_ASSIGN_OR_RETURN(auto wave, arguments.wave.Load());
  if (!wave->has_frame) {
    if (arguments.respondents == 0) return wave;
    auto changed = std::make_shared<wave::Wave>(*wave);
    changed->max_respondents = arguments.respondents;
    return changed;
  }
  if (arguments.respondents != 0) {
    return InvalidArgument(
        "wave \"{}\" has a sample frame, which fixes its room; give --frame-units instead of "
        "--respondents",
        wave->id);
  }
  if (arguments.options.frame_units == 0) {
    return InvalidArgument(
        "wave \"{}\" has a sample frame, which fixes its room; give --frame-units N", wave->id);
  }
  return wave;
}

std::string DiskTable(const wave::Wave& wave, const capacity::CapacityOptions& options) {
  const auto row = [&](std::uint64_t group) {
    const std::uint64_t bytes = capacity::JournalBytesFor(
        wave, options.engine, {.responses = kMillion, .group_responses = group});
    return fmt::format("  {:<29} {:>16} bytes  {}\n",
                       group == 1 ? "one by one" : fmt::format("in groups of {}", Thousands(group)),
                       Thousands(bytes), Bytes(bytes));
  };
  std::string text = fmt::format(
      "disk of the journal, {} bytes a response, for a million of them:\n", wave.layout.size);
  text += row(options.batch_records);
  if (options.batch_records > 1) text += row(1);
  return text;
}

struct Machine {
  std::string text;
  bool enough = true;
};

Machine CompareWithMemory(std::uint64_t needed) {
  const auto available = ReadMemoryLeft().available;
  if (!available.has_value()) return {.text = "memory: this machine does not say\n"};
  const bool enough = needed <= *available;
  return {.text = fmt::format("memory: {} available, {}\n", Bytes(*available),
                              enough ? "enough for the whole process"
                                     : fmt::format("{} too little for the whole process",
                                                   Bytes(needed - *available))),
          .enough = enough};
}

// Each unit answers once: corrections and case events come on top.
absl::StatusOr<Machine> CompareWithDisk(const wave::Wave& wave, const CapacityArguments& arguments,
                                        std::uint64_t units) {
  PP_ASSIGN_OR_RETURN(const std::uint64_t free, FreeDisk(arguments.directory));
  const std::uint64_t needed = capacity::JournalBytesFor(
      wave, arguments.options.engine,
      {.responses = units, .group_responses = arguments.options.batch_records});
  const bool enough = needed <= free;
  return Machine{
      .text = fmt::format("disk at {}: {} free, {} for one response of each unit in groups of {}\n",
                          arguments.directory, Bytes(free),
                          enough ? fmt::format("enough ({})", Bytes(needed))
                                 : fmt::format("{} too little", Bytes(needed - free)),
                          Thousands(arguments.options.batch_records)),
      .enough = enough};
}

absl::StatusOr<bool> PrintCapacity(CapacityArguments& arguments) {
  PP_ASSIGN_OR_RETURN(const auto wave, LoadWave(arguments));
  capacity::Capacity capacity = capacity::CapacityOf(wave, arguments.options);
  for (const capacity::MemoryPart& part : capacity::MemoryOf(arguments.server, *wave)) {
    capacity.beside.push_back(part);
  }
  Machine memory = CompareWithMemory(capacity.total());
  std::string text = CapacityTable(capacity, arguments.options.engine.partitions);
  text += DiskTable(*wave, arguments.options);
  text += memory.text;
  bool enough = memory.enough;
  if (!arguments.directory.empty()) {
    PP_ASSIGN_OR_RETURN(const Machine disk,
                        CompareWithDisk(*wave, arguments, capacity.state.units));
    text += disk.text;
    enough = enough && disk.enough;
  }
  PP_RETURN_IF_ERROR(WriteOut(text));
  return enough;
}

int RunCapacity(CapacityArguments& arguments) {
  const auto enough = PrintCapacity(arguments);
  if (!enough.ok()) return Fail(enough.status());
  return *enough ? kExitOk : kExitError;
}

}  // namespace

void AddCapacity(CLI::App& app, Run& run) {
  auto arguments = std::make_shared<CapacityArguments>();
  arguments->options.batches_counted_elsewhere = true;
  CLI::App* command = app.add_subcommand(
      "capacity", "What a server of a wave will take of memory and disk, and whether it is there");
  arguments->wave.AddTo(*command);
  command
      ->add_option("--respondents", arguments->respondents,
                   "Room for so many units instead of max_respondents")
      ->check(CLI::PositiveNumber);
  command
      ->add_option("--frame-units", arguments->options.frame_units,
                   "Units of the sample frame, for a wave that has one")
      ->check(CLI::PositiveNumber);
  command
      ->add_option("--partitions", arguments->options.engine.partitions,
                   "Writers that share the units")
      ->check(CLI::Range(1u, archive::kMaxPartitions))
      ->capture_default_str();
  command
      ->add_option("--batch", arguments->options.batch_records,
                   "Responses that senders put in a batch, for the disk")
      ->check(CLI::Range(1, 10'000))
      ->capture_default_str();
  command
      ->add_option("--max-http-connections", arguments->server.max_http_connections, "As serve's")
      ->check(CLI::Range(1, 1'000'000))
      ->capture_default_str();
  command->add_option("--max-tcp-connections", arguments->server.max_tcp_connections, "As serve's")
      ->check(CLI::Range(1, 1'000'000))
      ->capture_default_str();
  command
      ->add_option("--io-threads", arguments->server.io_threads,
                   "As serve's: threads that read and decode, of each protocol")
      ->check(CLI::Range(1, 256))
      ->capture_default_str();
  AddBuffers(*command, arguments->server.max_buffered_bytes);
  command
      ->add_option("--data", arguments->directory,
                   "Also compare with the free disk where this directory is or would be made")
      ->type_name("DIR");
  command->footer("Exit code 1: memory or disk is too small.\n" +
                  Footer("panelpuls capacity --wave waves/virksomhedspanel-2025-efteraar.textproto "
                         "--respondents 10000000 --data data/efteraar"));
  command->callback([&run, arguments] { run = [arguments] { return RunCapacity(*arguments); }; });
}

}  // namespace panelpuls::cli
