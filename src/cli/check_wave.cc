#include <memory>
#include <string>

#include "cli/arguments.h"
#include "cli/commands.h"
#include "cli/exit_codes.h"
#include "cli/memory_table.h"
#include "cli/output.h"
#include "engine/capacity.h"
#include "wave/definition.h"

namespace panelpuls::cli {
namespace {

struct Arguments {
  WaveArguments wave;
  std::uint32_t partitions = 1;
  std::uint64_t frame_units = 0;
};

int CheckWave(const Arguments& arguments) {
  const auto wave = arguments.wave.Load();
  if (!wave.ok()) return Fail(wave.status());
  std::string text = wave::DescribeWave(**wave);
  if ((*wave)->has_frame && arguments.frame_units == 0) {
    text += "memory: give --frame-units N, since the sample frame fixes it\n";
  } else {
    const state::StateMemory memory = engine::StateMemoryOf(
        **wave, {.partitions = arguments.partitions, .frame_units = arguments.frame_units});
    text += MemoryTable(memory, arguments.partitions);
  }
  text += fmt::format("ok: {} defines the wave {}\n", arguments.wave.wave_file, (*wave)->id);
  const absl::Status written = WriteOut(text);
  return written.ok() ? kExitOk : Fail(written);
}

}  // namespace

void AddCheckWave(CLI::App& app, Run& run) {
  auto arguments = std::make_shared<Arguments>();
  CLI::App* command =
      app.add_subcommand("check-wave", "Check a wave definition; print cells, classes and bytes");
  command->add_option("FILE", arguments->wave.wave_file, "Wave definition (protobuf text format)")
      ->required();
  command
      ->add_option("--population", arguments->wave.load.population_file,
                   "Population totals instead of the definition's own file")
      ->type_name("FILE");
  command->add_option("--partitions", arguments->partitions, "Partitions that share the units")
      ->check(CLI::Range(1u, engine::kMaxPartitions))
      ->capture_default_str();
  command
      ->add_option("--frame-units", arguments->frame_units,
                   "Units of the sample frame, for a wave that has one")
      ->check(CLI::NonNegativeNumber);
  command->footer(Footer("panelpuls check-wave waves/virksomhedspanel-2025-efteraar.textproto"));
  command->callback([&run, arguments] { run = [arguments] { return CheckWave(*arguments); }; });
}

}  // namespace panelpuls::cli
