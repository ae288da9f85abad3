// panelpuls export: responses with weights, tables of the snapshot, or the codebook that reads them
// again.
#include <memory>
#include <optional>
#include <string>

#include "archive/replay.h"
#include "archive/responses_export.h"
#include "base/file.h"
#include "base/time_zone.h"
#include "cli/arguments.h"
#include "cli/commands.h"
#include "cli/exit_codes.h"
#include "cli/output.h"
#include "cli/output_file.h"
#include "report/export_csv.h"

namespace panelpuls::cli {
namespace {

constexpr std::size_t kPageBytes = 256 * 1024;

struct ExportArguments {
  std::string what;
  JournalArguments journal;
  std::string output;
  bool danish_excel = false;
};

absl::Status WriteResponses(const ExportArguments& arguments, OutputFile& output) {
  const JournalArguments& journal = arguments.journal;
  archive::ExportOptions options;
  options.until = journal.until;
  options.make_table = report::ResponsesCsvIn({.danish_excel = arguments.danish_excel});
  PP_ASSIGN_OR_RETURN(const auto responses, archive::ResponsesExport::Open(
                                                PosixFileSystem(), journal.directory, options));
  for (;;) {
    const std::string page = responses->NextPage(kPageBytes);
    if (page.empty()) return absl::OkStatus();
    PP_RETURN_IF_ERROR(output.Write(page));
  }
}

// None: of the codebook.
std::optional<report::ExportTable> TableCalled(std::string_view what) {
  if (what == "figures") return report::ExportTable::kFigures;
  if (what == "comparisons") return report::ExportTable::kComparisons;
  if (what == "rankings") return report::ExportTable::kRankings;
  return std::nullopt;
}

absl::Status WriteReplayed(const ExportArguments& arguments, OutputFile& output) {
  const JournalArguments& journal = arguments.journal;
  const report::CsvStyle style{.danish_excel = arguments.danish_excel};
  PP_ASSIGN_OR_RETURN(const archive::Replayed replayed,
                      archive::Replay(PosixFileSystem(), journal.directory, journal.until));
  const auto table = TableCalled(arguments.what);
  return output.Write(table ? report::TableExport(*table, replayed.Inputs(), style)
                            : report::ExportCodebook(*replayed.wave, style));
}

absl::Status Export(const ExportArguments& arguments) {
  PP_ASSIGN_OR_RETURN(OutputFile output, OutputFile::Open(arguments.output));
  return output.End(arguments.what == "responses" ? WriteResponses(arguments, output)
                                                  : WriteReplayed(arguments, output));
}

}  // namespace

void AddExport(CLI::App& app, Run& run) {
  auto arguments = std::make_shared<ExportArguments>();
  CLI::App* command = app.add_subcommand(
      "export", "Responses with their weights, or tables of figures, out of the journal (CSV)");
  command
      ->add_option("WHAT", arguments->what,
                   "responses, figures, comparisons, rankings, or codebook (with which estimate "
                   "reads responses again)")
      ->required()
      ->check(CLI::IsMember({"responses", "figures", "comparisons", "rankings", "codebook"}));
  arguments->journal.AddTo(*command);
  command->add_option("-o,--output", arguments->output, "File instead of standard output")
      ->type_name("FILE");
  command->add_flag("--danish-excel", arguments->danish_excel,
                    "CSV with semicolons and decimal commas");
  command->footer(Footer("panelpuls export responses --data data/efteraar -o responses.csv"));
  command->callback([&run, arguments] {
    run = [arguments] {
      const absl::Status status = Export(*arguments);
      return status.ok() ? kExitOk : Fail(status);
    };
  });
}

}  // namespace panelpuls::cli
