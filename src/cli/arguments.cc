#include "cli/arguments.h"

#include "base/file.h"
#include "cli/exit_codes.h"
#include "cli/input.h"

namespace panelpuls::cli {

namespace {

// Flags of a CSV file's format: --PREFIXseparator and so on. `whose` begins the help, such as
// "Population files".
struct FormatFlags {
  std::string prefix;
  std::string whose;
};
void AddFormatFlags(CLI::App& command, const FormatFlags& flags, CsvFormatTexts& texts) {
  const auto name = [&](const char* flag) { return "--" + flags.prefix + flag; };
  command.add_option(name("separator"), texts.separator, flags.whose + ": separator , ; or tab")
      ->type_name("CHAR");
  command.add_flag(name("decimal-comma"), texts.decimal_comma,
                   flags.whose + ": numbers have a decimal comma");
  command.add_option(name("thousands"), texts.thousands, flags.whose + ": thousands separator")
      ->type_name("CHAR");
  command
      .add_option(name("encoding"), texts.encoding,
                  flags.whose + ": encoding, utf-8 or windows-1252")
      ->type_name("NAME");
}

absl::StatusOr<wire::FileOptions> OptionsWithCodebook(const std::string& file,
                                                      wire::FileFormat format,
                                                      const std::string& codebook_file) {
  wire::FileOptions options;
  options.file_name = file;
  options.format = format;
  if (!codebook_file.empty()) {
    PP_ASSIGN_OR_RETURN(const std::string text, ReadInput(codebook_file));
    PP_ASSIGN_OR_RETURN(options.codebook, wire::ParseCodebook(text, codebook_file));
  }
  return options;
}

// As the codebook's settings say.
absl::StatusOr<CsvFormat> DeclaredFormat(const wire::Codebook& codebook) {
  const absl::StatusOr<CsvFormat> format = MakeCsvFormat(codebook.csv);
  if (format.ok()) return format;
  return InvalidArgument("{}: {}", codebook.file_name, ToStd(format.status().message()));
}

}  // namespace

void WaveArguments::AddTo(CLI::App& command) {
  command.add_option("--wave", wave_file, "Wave definition (protobuf text format)")
      ->required()
      ->type_name("FILE");
  command
      .add_option("--population", load.population_file,
                  "Population totals instead of the definition's own file")
      ->type_name("FILE");
  AddFormatFlags(command, {.prefix = "population-", .whose = "Population totals"},
                 load.population_format);
}

absl::StatusOr<std::shared_ptr<const wave::Wave>> WaveArguments::Load() const {
  return wave::LoadWave(PosixFileSystem(), wave_file, load);
}

void FileArguments::AddTo(CLI::App& command) {
  AddFormatFlags(command, {.prefix = "", .whose = "CSV files"}, csv);
  command
      .add_option("--codebook", codebook_file, "Other column names and values (docs/OPERATIONS.md)")
      ->type_name("FILE");
  command
      .add_option("--input-format", input_format,
                  "Of all responses, whatever their files' names, as of - and other pipes")
      ->check(CLI::IsMember({"csv", "jsonl", "pb"}));
}

absl::StatusOr<wire::FileFormat> FileArguments::FormatOf(const std::string& file) const {
  // A format is named by its ending.
  const auto format = wire::FormatOfFile(input_format.empty() ? file : "." + input_format);
  if (format.ok()) return format;
  return InvalidArgument("{}, or give --input-format", ToStd(format.status().message()));
}

absl::StatusOr<wire::FileFormat> FileArguments::EventFormatOf(const std::string& file) const {
  return input_format.empty() ? FormatOf(file) : wire::FileFormat::kCsv;
}

absl::Status FileArguments::CheckUse(const std::vector<std::string>& responses,
                                     const std::vector<std::string>& events) const {
  if (codebook_file.empty() || (responses.empty() && events.empty())) return absl::OkStatus();
  for (const std::string& file : responses) {
    PP_ASSIGN_OR_RETURN(const wire::FileFormat format, FormatOf(file));
    if (format == wire::FileFormat::kCsv) return absl::OkStatus();
  }
  for (const std::string& file : events) {
    PP_ASSIGN_OR_RETURN(const wire::FileFormat format, EventFormatOf(file));
    if (format == wire::FileFormat::kCsv) return absl::OkStatus();
  }
  return InvalidArgument("{}: a codebook is of CSV files, and no file is one; leave it out",
                         codebook_file);
}

absl::StatusOr<wire::FileOptions> FileArguments::OptionsFor(const std::string& file) const {
  PP_ASSIGN_OR_RETURN(const wire::FileFormat format, FormatOf(file));
  return Options(file, format);
}

absl::StatusOr<wire::FileOptions> FileArguments::EventOptionsFor(const std::string& file) const {
  PP_ASSIGN_OR_RETURN(const wire::FileFormat format, EventFormatOf(file));
  return Options(file, format);
}

absl::StatusOr<wire::FileOptions> FileArguments::Options(const std::string& file,
                                                         wire::FileFormat format) const {
  PP_ASSIGN_OR_RETURN(wire::FileOptions options, OptionsWithCodebook(file, format, codebook_file));
  PP_ASSIGN_OR_RETURN(const CsvFormat declared, DeclaredFormat(options.codebook));
  PP_ASSIGN_OR_RETURN(options.csv, ChooseCsvFormat(csv, declared));
  return options;
}

void FrameArguments::AddTo(CLI::App& command) {
  command.add_option("--frame", file, "Sample frame instead of the definition's own file")
      ->type_name("FILE");
  AddFormatFlags(command, {.prefix = "frame-", .whose = "Sample frame"}, csv);
  command
      .add_option("--frame-codebook", codebook_file,
                  "Sample frame: other column names and values (docs/OPERATIONS.md)")
      ->type_name("FILE");
}

absl::StatusOr<std::vector<wave::FrameUnit>> FrameArguments::Read(const wave::Wave& wave) const {
  if (!wave.has_frame) {
    if (file.empty()) return std::vector<wave::FrameUnit>();
    return InvalidArgument(
        "wave {} has no sample frame; leave --frame out, or declare sample_frame", wave.id);
  }
  const std::string& path = file.empty() ? wave.frame_file : file;
  PP_ASSIGN_OR_RETURN(const wire::FileFormat format, wire::FormatOfFile(path));
  PP_ASSIGN_OR_RETURN(wire::FileOptions options, OptionsWithCodebook(path, format, codebook_file));
  CsvFormat declared = wave.frame_format;
  if (!options.codebook.csv.empty()) {
    PP_ASSIGN_OR_RETURN(declared, DeclaredFormat(options.codebook));
  }
  PP_ASSIGN_OR_RETURN(options.csv, ChooseCsvFormat(csv, declared));
  PP_ASSIGN_OR_RETURN(const std::string text, ReadInput(path));
  return wire::ReadFrame(text, wave, options);
}

void JournalArguments::AddTo(CLI::App& command) {
  command.add_option("--data", directory, "Directory of the journal")->required()->type_name("DIR");
  command
      .add_option_function<std::string>(
          "--until",
          [this](const std::string& text) {
            const auto time = ParseTime(text);
            if (!time.ok())
              throw CLI::ValidationError("--until", std::string(time.status().message()));
            until = *time;
          },
          "What had been received by then, such as 2025-09-20T12:00:00+02:00")
      ->type_name("TIME");
}

void AddBuffers(CLI::App& command, std::size_t& bytes) {
  constexpr unsigned kBytesOfMebibyte = 20;  // log2
  command
      .add_option_function<std::size_t>(
          "--buffers", [&bytes](const std::size_t& given) { bytes = given << kBytesOfMebibyte; },
          "MiB for long messages, batches in flight and answers, of all connections together")
      ->check(CLI::Range(1, 1 << 20))
      ->default_str(fmt::format("{}", bytes >> kBytesOfMebibyte));
}

std::string Footer(const std::string& example) {
  return "Example:\n  " + example + "\n\n" + kExitCodesHelp;
}

}  // namespace panelpuls::cli
