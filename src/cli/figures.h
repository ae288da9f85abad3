// Printing a snapshot in the form asked for; what estimate and replay share.
// Threads  main only.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "base/status.h"
#include "report/snapshot.h"
#include "snapshot/contents.h"

namespace panelpuls::cli {

struct FigureArguments {
  std::string format = "text";  // text, json, csv
  std::string language;         // empty: the wave's first
  bool danish_excel = false;
  bool cells = false;
  bool guidance = false;

  void AddTo(CLI::App& command);
};

// The text to print. InvalidArgument: a language the wave has not.
absl::StatusOr<std::string> RenderFigures(const snapshot::Contents& inputs,
                                          const FigureArguments& arguments);

}  // namespace panelpuls::cli
