// The commands. Each Add function gives `app` its subcommand; when that is the one on the command
// line, `run` becomes what does it and returns the exit code.
// Threads  main only.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>

namespace panelpuls::cli {

using Run = std::function<int()>;

void AddServe(CLI::App& app, Run& run);
void AddPush(CLI::App& app, Run& run);
void AddEstimate(CLI::App& app, Run& run);
void AddSimulate(CLI::App& app, Run& run);
void AddReplay(CLI::App& app, Run& run);
void AddExport(CLI::App& app, Run& run);
void AddVerify(CLI::App& app, Run& run);
void AddCheckWave(CLI::App& app, Run& run);
void AddCapacity(CLI::App& app, Run& run);

}  // namespace panelpuls::cli
