#include "cli/figures.h"

#include <algorithm>

#include "cli/output.h"
#include "snapshot/contents.h"

namespace panelpuls::cli {

void FigureArguments::AddTo(CLI::App& command) {
  command
      .add_option("--format", format,
                  "text (the publication's table), json (the snapshot) or csv (its figures)")
      ->check(CLI::IsMember({"text", "json", "csv"}))
      ->capture_default_str();
  command
      .add_option("--language", language,
                  "Language of the table, da or en; default: the wave's first")
      ->check(CLI::IsMember({"da", "en"}));
  command.add_flag("--cells", cells,
                   "Weighting cells with their weights instead of the figures (csv, or json)");
  command.add_flag("--guidance", guidance,
                   "Where the next interview helps most, instead of the figures (text, or json)");
  command.add_flag("--danish-excel", danish_excel, "CSV with semicolons and decimal commas");
}

absl::StatusOr<std::string> RenderFigures(const snapshot::Contents& inputs,
                                          const FigureArguments& arguments) {
  const wave::Wave& wave = *inputs.wave;
  const report::CsvStyle style{.danish_excel = arguments.danish_excel};
  if (arguments.cells) {
    const report::CellsInputs cells{
        .wave = wave, .estimates = *inputs.estimates, .cases = inputs.fieldwork->cells};
    if (arguments.format == "json") return report::CellsToJson(cells) + "\n";
    return report::CellsToCsv(cells, style);
  }
  if (arguments.guidance && arguments.format == "json") {
    return report::GuidanceToJson(wave, inputs.fieldwork->guidance) + "\n";
  }
  if (arguments.format == "json") return report::SnapshotToJson(inputs).whole + "\n";
  if (arguments.format == "csv") return report::FiguresToCsv(inputs, style);
  report::TextOptions options;
  if (!wave.languages.empty()) options.language = wave.languages.front();
  if (!arguments.language.empty()) {
    if (std::find(wave.languages.begin(), wave.languages.end(), arguments.language) ==
        wave.languages.end()) {
      return InvalidArgument("wave {} has no texts in '{}'; its languages are in the definition",
                             wave.id, arguments.language);
    }
    options.language = arguments.language;
  }
  options.simulated = inputs.clock.simulated;
  // Narrower than this no label is left.
  constexpr std::size_t kNarrowest = 60;
  options.width = std::max(TerminalWidth().value_or(options.width), kNarrowest);
  if (arguments.guidance) {
    return report::GuidanceToText(wave, inputs.fieldwork->guidance, options);
  }
  return report::SnapshotToText(inputs, options);
}

}  // namespace panelpuls::cli
