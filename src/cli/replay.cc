#include <memory>
#include <optional>
#include <string>

#include "archive/replay.h"
#include "base/file.h"
#include "base/time_zone.h"
#include "cli/arguments.h"
#include "cli/commands.h"
#include "cli/exit_codes.h"
#include "cli/figures.h"
#include "cli/output.h"

namespace panelpuls::cli {
namespace {

struct ReplayArguments {
  JournalArguments journal;
  FigureArguments figures;
  bool history = false;
};

absl::Status Replay(const ReplayArguments& arguments) {
  PP_ASSIGN_OR_RETURN(
      const archive::Replayed replayed,
      archive::Replay(PosixFileSystem(), arguments.journal.directory, arguments.journal.until));
  if (arguments.history) {
    return WriteOut(report::HistoryToJson({.wave = replayed.wave.get(),
                                           .hours = replayed.hours,
                                           .counters = &replayed.counters}) +
                    "\n");
  }
  PP_ASSIGN_OR_RETURN(const std::string text, RenderFigures(replayed.Inputs(), arguments.figures));
  return WriteOut(text);
}

}  // namespace

void AddReplay(CLI::App& app, Run& run) {
  auto arguments = std::make_shared<ReplayArguments>();
  CLI::App* command = app.add_subcommand("replay", "The snapshot as it stood, out of the journal");
  arguments->journal.AddTo(*command);
  command->add_flag("--history", arguments->history,
                    "The history by hour and day (json) instead of the figures");
  arguments->figures.AddTo(*command);
  command->footer(
      Footer("panelpuls replay --data data/efteraar --until 2025-09-20T12:00:00+02:00"));
  command->callback([&run, arguments] {
    run = [arguments] {
      const absl::Status status = Replay(*arguments);
      return status.ok() ? kExitOk : Fail(status);
    };
  });
}

}  // namespace panelpuls::cli
