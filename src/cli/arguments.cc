#include "cli/arguments.h"

#include "base/file.h"
#include "cli/exit_codes.h"

namespace panelpuls::cli {

void WaveArguments::AddTo(CLI::App& command) {
  command.add_option("--wave", wave_file, "Wave definition (protobuf text format)")
      ->required()
      ->type_name("FILE");
  command
      .add_option("--population", load.population_file,
                  "Population totals instead of the definition's own file")
      ->type_name("FILE");
  command
      .add_option("--population-separator", load.population_separator,
                  "Field separator of that file: , ; or tab")
      ->type_name("CHAR");
  command.add_flag("--population-decimal-comma", load.population_decimal_comma,
                   "Its numbers have a decimal comma");
  command
      .add_option("--population-thousands", load.population_thousands, "Its thousands separator")
      ->type_name("CHAR");
  command
      .add_option("--population-encoding", load.population_encoding,
                  "Its encoding: utf-8 or windows-1252")
      ->type_name("NAME");
}

absl::StatusOr<std::shared_ptr<const wave::Wave>> WaveArguments::Load() const {
  return wave::LoadWave(PosixFileSystem(), wave_file, load);
}

void FileArguments::AddTo(CLI::App& command) {
  command.add_option("--separator", separator, "Field separator of CSV files: , ; or tab")
      ->type_name("CHAR");
  command.add_flag("--decimal-comma", decimal_comma, "Numbers of CSV files have a decimal comma");
  command.add_option("--thousands", thousands, "Thousands separator of CSV files")
      ->type_name("CHAR");
  command.add_option("--encoding", encoding, "Encoding of CSV files: utf-8 or windows-1252")
      ->type_name("NAME");
  command
      .add_option("--codebook", codebook_file, "Other column names and values (docs/OPERATIONS.md)")
      ->type_name("FILE");
}

absl::StatusOr<wire::FileOptions> FileArguments::OptionsFor(const std::string& file) const {
  wire::FileOptions options;
  options.file_name = file;
  PP_ASSIGN_OR_RETURN(options.format, wire::FormatOfFile(file));
  PP_ASSIGN_OR_RETURN(options.csv, MakeCsvFormat(separator, decimal_comma, thousands, encoding));
  if (!codebook_file.empty()) {
    PP_ASSIGN_OR_RETURN(const std::string text, ReadInput(codebook_file));
    PP_ASSIGN_OR_RETURN(options.codebook, wire::ParseCodebook(text, codebook_file));
  }
  return options;
}

absl::StatusOr<std::string> ReadInput(const std::string& path) {
  return ReadWholeFile(PosixFileSystem(), path);
}

std::string Footer(const std::string& example) {
  return "Example:\n  " + example + "\n\n" + kExitCodesHelp;
}

}  // namespace panelpuls::cli
