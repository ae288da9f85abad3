// panelpuls: the commands behind one name.
#include <fmt/format.h>
#include <CLI/CLI.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <cstdio>
#include <exception>
#include <memory>
#include <sstream>
#include <string>

#include "cli/commands.h"
#include "cli/exit_codes.h"
#include "cli/help.h"
#include "cli/output.h"

namespace {

// Help, or what is wrong with the command line, which may quote what somebody else wrote.
int SayUsage(const CLI::App& app, const CLI::ParseError& error) {
  if (error.get_exit_code() == 0) return app.exit(error) == 0 ? 0 : panelpuls::cli::kExitUsage;
  std::ostringstream out;
  std::ostringstream err;
  app.exit(error, out, err);
  std::istringstream lines(out.str() + err.str());
  for (std::string line; std::getline(lines, line);) panelpuls::cli::Say(line);
  return panelpuls::cli::kExitUsage;
}

int Main(int argc, char** argv) {
  namespace cli = panelpuls::cli;
  CLI::App app("The live pulse of a business panel: survey responses in, weighted figures out.",
               "panelpuls");
  app.require_subcommand(1);
  app.formatter(std::make_shared<cli::HelpFormatter>());  // of the commands below, too
  app.set_version_flag("--version", "panelpuls " PANELPULS_VERSION);
  app.footer(std::string("Every command has --help with an example.\n\n") + cli::kExitCodesHelp);
  cli::Run run;
  cli::AddServe(app, run);
  cli::AddPush(app, run);
  cli::AddEstimate(app, run);
  cli::AddSimulate(app, run);
  cli::AddReplay(app, run);
  cli::AddExport(app, run);
  cli::AddVerify(app, run);
  cli::AddCheckWave(app, run);
  cli::AddCapacity(app, run);
  try {
    app.parse(argc, argv);
  } catch (const CLI::RequiredError& error) {
    if (!app.get_subcommands().empty()) return SayUsage(app, error);  // a flag is missing
    // CLI11 asks for a command without saying that it did not know the one it was given.
    for (const std::string& word : app.remaining()) {
      panelpuls::cli::Say(fmt::format("unknown command \"{}\"; see panelpuls --help", word));
      return cli::kExitUsage;
    }
    panelpuls::cli::Say("a command is needed; see panelpuls --help");
    return cli::kExitUsage;
  } catch (const CLI::ParseError& error) {
    return SayUsage(app, error);
  }
  return run();
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return Main(argc, argv);
  } catch (const std::exception& error) {
    panelpuls::cli::Say(error.what());
    return panelpuls::cli::kExitError;
  }
}
