#include <memory>
#include <string>

#include "base/file.h"
#include "cli/arguments.h"
#include "cli/commands.h"
#include "cli/comparison.h"
#include "cli/drive.h"
#include "cli/exit_codes.h"
#include "cli/input.h"
#include "cli/output.h"
#include "cli/repeat.h"
#include "cli/simulated_files.h"
#include "sim/fieldwork.h"

namespace panelpuls::cli {
namespace {

struct SimulateArguments {
  WaveArguments wave;
  sim::PopulationOptions population;
  std::uint64_t seed = 1;
  std::string output, events, frame, truth, errors;
  std::uint64_t repeat = 0;
  bool drive = false;
  DriveOptions driving;
};

// FILE.textproto -> FILE.<ending>; the file beside the definition, when there is one.
std::string Beside(const std::string& wave_file, const std::string& ending) {
  const std::string kEnding = ".textproto";
  std::string stem = wave_file;
  if (stem.ends_with(kEnding)) stem.resize(stem.size() - kEnding.size());
  return stem + "." + ending;
}
bool Exists(const std::string& path) { return PosixFileSystem().Open(path, OpenMode::kRead).ok(); }

absl::StatusOr<SimulationErrors> ReadErrors(const SimulateArguments& arguments) {
  std::string path = arguments.errors;
  if (path.empty()) {
    path = Beside(arguments.wave.wave_file, "simulation-errors.csv");
    if (!Exists(path)) return SimulationErrors();
  }
  PP_ASSIGN_OR_RETURN(const std::string text, ReadInput(path));
  return ErrorsFromCsv(text, path);
}

absl::Status WriteFiles(const SimulateArguments& arguments, const sim::Fieldwork& fieldwork) {
  if (!arguments.output.empty()) {
    PP_ASSIGN_OR_RETURN(const wire::FileFormat format, wire::FormatOfFile(arguments.output));
    PP_RETURN_IF_ERROR(WriteOutput(arguments.output, ResponsesAs(format, fieldwork)));
  }
  if (!arguments.events.empty())
    PP_RETURN_IF_ERROR(WriteOutput(arguments.events, EventsAsCsv(fieldwork)));
  if (!arguments.frame.empty())
    PP_RETURN_IF_ERROR(WriteOutput(arguments.frame, fieldwork.FrameToCsv()));
  if (!arguments.truth.empty())
    PP_RETURN_IF_ERROR(WriteOutput(arguments.truth, fieldwork.TruthToJson()));
  return absl::OkStatus();
}

absl::Status RunRepeat(const SimulateArguments& arguments,
                       const std::shared_ptr<const sim::Population>& population) {
  PP_ASSIGN_OR_RETURN(
      const SimulationErrors errors,
      Repeat(population, {.first_seed = arguments.seed, .fieldworks = arguments.repeat}));
  std::string text = fmt::format("SIMULATED: {} fieldworks, seeds {} to {}\n", arguments.repeat,
                                 arguments.seed, arguments.seed + arguments.repeat - 1);
  constexpr std::string_view kLine = "{:<52} {:>10} {:>10} {:>9} {:>9}\n";
  text += fmt::format(kLine, "figure", "truth", "mean", "bias", "SD");
  for (const SimulationError& figure : errors.figures) {
    const double scale = figure.statistic == "mean" ? 1 : 100;
    text += fmt::format(kLine, figure.domain.empty() ? figure.of : figure.of + "  " + figure.domain,
                        fmt::format("{:.3f}", figure.truth * scale),
                        fmt::format("{:.3f}", figure.mean * scale),
                        fmt::format("{:+.3f}", (figure.mean - figure.truth) * scale),
                        fmt::format("{:.3f}", figure.sd * scale));
  }
  text +=
      "means in score points, shares in percent; SD is the simulation standard error of one "
      "fieldwork\n";
  if (!arguments.errors.empty())
    PP_RETURN_IF_ERROR(WriteOutput(arguments.errors, ErrorsToCsv(errors)));
  return WriteOut(text);
}

absl::StatusOr<int> RunDrive(const SimulateArguments& arguments, const sim::Fieldwork& fieldwork) {
  PP_ASSIGN_OR_RETURN(const SimulationErrors errors, ReadErrors(arguments));
  const absl::StatusOr<ReadSnapshot> snapshot = Drive(fieldwork, arguments.driving);
  if (!snapshot.ok()) {
    const int code = Fail(snapshot.status());
    return absl::IsUnavailable(snapshot.status()) ? kExitGaveUp : code;
  }
  const Comparison comparison = Compare(fieldwork.population(), *snapshot, errors);
  PP_RETURN_IF_ERROR(WriteOut(comparison.text));
  return comparison.judged && !comparison.passed ? kExitError : kExitOk;
}

absl::StatusOr<int> Simulate(SimulateArguments arguments) {
  PP_ASSIGN_OR_RETURN(const auto wave, arguments.wave.Load());
  if (arguments.population.parameters_file.empty()) {
    const std::string beside = Beside(arguments.wave.wave_file, "simulation.conf");
    if (Exists(beside)) arguments.population.parameters_file = beside;
  }
  PP_ASSIGN_OR_RETURN(const auto population,
                      sim::Population::Make(PosixFileSystem(), wave, arguments.population));
  if (arguments.repeat > 0) {
    PP_RETURN_IF_ERROR(RunRepeat(arguments, population));
    return kExitOk;
  }
  const auto fieldwork = sim::Fieldwork::Make(population, {.seed = arguments.seed});
  PP_RETURN_IF_ERROR(WriteOut(fieldwork->Describe()));
  PP_RETURN_IF_ERROR(WriteFiles(arguments, *fieldwork));
  return arguments.drive ? RunDrive(arguments, *fieldwork) : kExitOk;
}

void AddDriveOptions(CLI::App& command, SimulateArguments& arguments) {
  CLI::Option* drive = command.add_flag("--drive", arguments.drive,
                                        "Send it to a server with a simulated clock, hour by "
                                        "simulated hour, then compare with the truth");
  CLI::Option* http = command
                          .add_option("--http", arguments.driving.http,
                                      "With --drive: the server, for the first channel")
                          ->type_name("URL");
  CLI::Option* tcp = command
                         .add_option("--tcp", arguments.driving.tcp,
                                     "With --drive: the server's stream, for the other channels")
                         ->type_name("URL");
  CLI::Option* seconds =
      command
          .add_option("--seconds", arguments.driving.seconds,
                      "With --drive: spread it over so many; default: as fast as it goes")
          ->check(CLI::Range(0.0, 86400.0));
  drive->needs(http)->needs(tcp);
  http->needs(drive);
  tcp->needs(drive);
  seconds->needs(drive);
}

}  // namespace

void AddSimulate(CLI::App& app, Run& run) {
  auto arguments = std::make_shared<SimulateArguments>();
  CLI::App* command = app.add_subcommand(
      "simulate", "A simulated fieldwork: to files, to a server, or many of them");
  arguments->wave.AddTo(*command);
  command
      ->add_option("--parameters", arguments->population.parameters_file,
                   "Default: WAVE.simulation.conf beside the definition, else generic ones")
      ->type_name("FILE");
  command
      ->add_option("--seed", arguments->seed,
                   "The same seed gives the same fieldwork on every machine")
      ->capture_default_str();
  command
      ->add_option("--truth-shift", arguments->population.truth_shift,
                   "Score points by which the population's indicator is moved")
      ->check(CLI::Range(-200.0, 200.0))
      ->capture_default_str();
  command->add_option("--output", arguments->output, "Responses: .csv, .jsonl or .pb")
      ->type_name("FILE");
  command->add_option("--events", arguments->events, "Case events: .csv")->type_name("FILE");
  command->add_option("--frame", arguments->frame, "Everybody invited, as a sample frame: .csv")
      ->type_name("FILE");
  command->add_option("--truth", arguments->truth, "The population's figures: .json")
      ->type_name("FILE");
  CLI::Option* repeat =
      command
          ->add_option("--repeat", arguments->repeat,
                       "So many fieldworks, estimated offline: their spread and their bias")
          ->check(CLI::Range(2, 1'000'000));
  command
      ->add_option("--errors", arguments->errors,
                   "Simulation standard errors: written by --repeat, read by --drive (default: "
                   "WAVE.simulation-errors.csv beside the definition)")
      ->type_name("FILE");
  AddDriveOptions(*command, *arguments);
  repeat->excludes("--drive");
  command->footer(
      Footer("panelpuls simulate --wave waves/virksomhedspanel-2025-efteraar.textproto --seed 7 "
             "--output responses.csv --truth truth.json"));
  command->callback([&run, arguments] {
    run = [arguments] {
      const absl::StatusOr<int> code = Simulate(*arguments);
      return code.ok() ? *code : Fail(code.status());
    };
  });
}

}  // namespace panelpuls::cli
