// Flags that several commands share: the wave definition, and the form of files.
// Threads  main only.
#pragma once

#include <CLI/App.hpp>
#include <memory>
#include <string>

#include "base/csv.h"
#include "base/status.h"
#include "wave/definition.h"
#include "wave/wave.h"
#include "wire/files.h"

namespace panelpuls::cli {

// --wave FILE, --population FILE and the form of that file.
struct WaveArguments {
  std::string wave_file;
  wave::LoadOptions load;

  void AddTo(CLI::App& command);
  absl::StatusOr<std::shared_ptr<const wave::Wave>> Load() const;
};

// How files of responses, events and frames are written: --separator, --decimal-comma, --thousands,
// --encoding, --codebook.
struct FileArguments {
  std::string separator;
  bool decimal_comma = false;
  std::string thousands;
  std::string encoding;
  std::string codebook_file;

  void AddTo(CLI::App& command);
  // For a file of that name; the format by its ending.
  absl::StatusOr<wire::FileOptions> OptionsFor(const std::string& file) const;
};

// A file of a command line, read whole. NotFound and the like name the path.
absl::StatusOr<std::string> ReadInput(const std::string& path);

// "An example, as in --help" and the exit codes below it.
std::string Footer(const std::string& example);

}  // namespace panelpuls::cli
