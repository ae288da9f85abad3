#include <memory>
#include <string>

#include "archive/definition_check.h"
#include "archive/directory.h"
#include "base/file.h"
#include "capacity/capacity.h"
#include "cli/arguments.h"
#include "cli/commands.h"
#include "cli/exit_codes.h"
#include "cli/memory_table.h"
#include "cli/output.h"
#include "wave/definition.h"

namespace panelpuls::cli {
namespace {

struct CheckWaveArguments {
  WaveArguments wave;
  std::uint32_t partitions = 1;
  std::uint64_t frame_units = 0;
  std::string against;  // a data directory
};

// What a start with this definition would change.
absl::Status DescribeAgainst(const std::shared_ptr<const wave::Wave>& wave,
                             const std::string& directory, std::string* text) {
  PP_ASSIGN_OR_RETURN(const archive::DefinitionCheck check,
                      archive::CheckDefinition(PosixFileSystem(), directory, wave));
  const wave::DefinitionVersion& present = check.versions.back();
  *text += fmt::format("{}: under definition {:016x} since {}\n", directory,
                       present.wave->definition_id, wave->time_zone.Format(present.since));
  for (const wave::Change& change : check.changes) {
    *text += "  " + wave::DescribeChange(change) + "\n";
  }
  if (!check.verdict.ok()) return check.verdict;
  *text += check.changes.empty()
               ? fmt::format("nothing changes; {} respondents\n", check.respondents)
               : fmt::format("the next start takes it; {} respondents\n", check.respondents);
  return absl::OkStatus();
}

int CheckWave(const CheckWaveArguments& arguments) {
  const auto wave = arguments.wave.Load();
  if (!wave.ok()) return Fail(wave.status());
  std::string text = wave::DescribeWave(**wave);
  if ((*wave)->has_frame && arguments.frame_units == 0) {
    text += "memory: give --frame-units N, since the sample frame fixes it\n";
  } else {
    const state::StateMemory memory = capacity::StateMemoryOf(
        **wave, {.partitions = arguments.partitions, .frame_units = arguments.frame_units});
    text += MemoryTable(memory, arguments.partitions);
  }
  text += fmt::format("ok: {} defines the wave {}\n", arguments.wave.wave_file, (*wave)->id);
  absl::Status against;
  if (!arguments.against.empty()) against = DescribeAgainst(*wave, arguments.against, &text);
  const absl::Status written = WriteOut(text);
  if (!written.ok()) return Fail(written);
  return against.ok() ? kExitOk : Fail(against);
}

}  // namespace

void AddCheckWave(CLI::App& app, Run& run) {
  auto arguments = std::make_shared<CheckWaveArguments>();
  CLI::App* command =
      app.add_subcommand("check-wave", "Check a wave definition; print cells, classes and bytes");
  command->add_option("FILE", arguments->wave.wave_file, "Wave definition (protobuf text format)")
      ->required();
  command
      ->add_option("--population", arguments->wave.load.population_file,
                   "Population totals instead of the definition's own file")
      ->type_name("FILE");
  command->add_option("--partitions", arguments->partitions, "Partitions that share the units")
      ->check(CLI::Range(1u, archive::kMaxPartitions))
      ->capture_default_str();
  command
      ->add_option("--frame-units", arguments->frame_units,
                   "Units of the sample frame, for a wave that has one")
      ->check(CLI::NonNegativeNumber);
  command
      ->add_option("--against", arguments->against,
                   "A data directory of the wave: also what a start with this definition would "
                   "change there, and whether it may; changes nothing")
      ->type_name("DIR");
  command->footer(Footer("panelpuls check-wave waves/virksomhedspanel-2025-efteraar.textproto"));
  command->callback([&run, arguments] { run = [arguments] { return CheckWave(*arguments); }; });
}

}  // namespace panelpuls::cli
