// Flags that several commands share: the wave definition, and the form of files.
// Threads  main only.
#pragma once

#include <CLI/CLI.hpp>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
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

// How files of responses and events are written: --separator, --decimal-comma, --thousands,
// --encoding, --codebook, --input-format where a name says nothing, as a pipe's.
struct FileArguments {
  CsvFormatTexts csv;
  std::string codebook_file;
  std::string input_format;  // empty: as the name's ending says

  void AddTo(CLI::App& command);
  // InvalidArgument: a codebook, and none of the files is CSV, so that no rule has an effect.
  absl::Status CheckUse(const std::vector<std::string>& responses,
                        const std::vector<std::string>& events) const;
  // For a file of responses of that name.
  absl::StatusOr<wire::FileOptions> OptionsFor(const std::string& file) const;
  // For one of events, which is CSV: with --input-format whatever its name.
  absl::StatusOr<wire::FileOptions> EventOptionsFor(const std::string& file) const;

 private:
  absl::StatusOr<wire::FileFormat> FormatOf(const std::string& file) const;
  absl::StatusOr<wire::FileFormat> EventFormatOf(const std::string& file) const;
  absl::StatusOr<wire::FileOptions> Options(const std::string& file, wire::FileFormat format) const;
};

// --frame FILE and the form of that file: as the definition declares it, unless --frame-separator,
// --frame-decimal-comma, --frame-thousands or --frame-encoding say otherwise; --frame-codebook.
struct FrameArguments {
  std::string file;
  CsvFormatTexts csv;
  std::string codebook_file;

  void AddTo(CLI::App& command);
  // Empty when the wave has no sample frame; InvalidArgument when a frame was given all the same.
  absl::StatusOr<std::vector<wave::FrameUnit>> Read(const wave::Wave& wave) const;
};

// --data DIR, and --until TIME: what a journal had received by then.
struct JournalArguments {
  std::string directory;
  std::optional<Micros> until;  // none: all of it

  void AddTo(CLI::App& command);
};

// --buffers MIB: `bytes` is the default and takes what is given.
void AddBuffers(CLI::App& command, std::size_t& bytes);

// "An example, as in --help" and the exit codes below it.
std::string Footer(const std::string& example);

}  // namespace panelpuls::cli
