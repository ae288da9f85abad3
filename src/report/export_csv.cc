#include "report/export_csv.h"

#include <array>
#include <cmath>

#include "base/time_zone.h"
#include "report/csv_fields.h"
#include "snapshot/contents.h"
#include "wave/export_columns.h"
#include "wave/record.h"

namespace panelpuls::report {
namespace {

// 2^-40: base weights are kept as whole multiples of it (METHOD M9).
constexpr int kBaseWeightBits = 40;

// Base weight as it was sent or declared.
double BaseWeightOf(const wave::Wave& wave, const std::byte* record) {
  switch (wave.base_weights) {
    case wave::BaseWeights::kPerUnit: {
      const auto fixed = wave::LoadField(record, *wave.layout.base_weight);
      return std::ldexp(static_cast<double>(fixed), -kBaseWeightBits - wave.base_weight_log2);
    }
    case wave::BaseWeights::kPerCell: {
      if (wave.stratum_dimension == wave::kNone) return 1;
      const auto stratum = static_cast<std::size_t>(wave.stratum_dimension);
      const auto category = wave::LoadField(record, wave.layout.categories[stratum]) - 1;
      return std::ldexp(wave.dimensions[stratum].categories[category].base_weight,
                        -wave.base_weight_log2);
    }
    case wave::BaseWeights::kNone:
      break;
  }
  return 1;
}

struct Table {
  std::string text;
  std::uint64_t rows = 0;
};

Table MakeTable(ExportTable table, const snapshot::Contents& inputs, const CsvStyle& style) {
  switch (table) {
    case ExportTable::kFigures:
      return {FiguresToCsv(inputs, style), inputs.keys->size()};
    case ExportTable::kComparisons:
      return {ComparisonsToCsv(inputs, style), inputs.estimates->comparisons.size()};
    case ExportTable::kRankings: {
      std::uint64_t rows = 0;
      for (const auto& ranking : inputs.estimates->rankings) rows += ranking.figures.size();
      return {RankingsToCsv(inputs, style), rows};
    }
  }
  return {};
}

// What G is to be multiplied by: base weights stand scaled in the cube.
double CubeWeightOf(const wave::Wave& wave, const std::byte* record) {
  return std::ldexp(BaseWeightOf(wave, record), wave.base_weight_log2);
}

void AppendCategories(const wave::Wave& wave, const std::byte* record, CsvRows* csv) {
  for (std::size_t d = 0; d < wave.dimensions.size(); ++d) {
    const auto category = wave::LoadField(record, wave.layout.categories[d]);
    csv->Text(category == 0 ? std::string_view()
                            : std::string_view(wave.dimensions[d].categories[category - 1].code));
  }
}

// Base weight and calibrated weight. `g`: [cell], or empty: none.
void AppendWeights(const wave::Wave& wave, std::span<const double> g, const std::byte* record,
                   CsvRows* csv) {
  csv->Number(BaseWeightOf(wave, record));
  csv->Number(g.empty()
                  ? std::nullopt
                  : std::optional(CubeWeightOf(wave, record) * g[wave::CellOf(wave, record)]));
}

}  // namespace

std::string CompleteLine(std::uint64_t rows, std::uint64_t version) {
  return fmt::format("# complete: {} rows, version {}", rows, version);
}

struct ResponsesCsv::Impl {
  Impl(const wave::Wave& the_wave, std::span<const double> the_g, const CsvStyle& style)
      : wave(the_wave), g(the_g), csv(style) {}

  void AppendAnswer(const wave::Question& question, std::uint64_t answer);

  const wave::Wave& wave;
  const std::span<const double> g;
  CsvRows csv;
  std::uint64_t rows = 0;
  std::string joined;  // scratch
};

ResponsesCsv::ResponsesCsv(const wave::Wave& wave, std::span<const double> g, const CsvStyle& style)
    : impl_(std::make_unique<Impl>(wave, g, style)) {}
ResponsesCsv::~ResponsesCsv() = default;

void ResponsesCsv::Header() {
  CsvRows& csv = impl_->csv;
  csv.Texts(wave::kExportColumnsBefore);
  for (const wave::Dimension& dimension : impl_->wave.dimensions) csv.Text(dimension.id);
  for (const wave::Question& question : impl_->wave.questions) csv.Text(question.id);
  csv.Texts(wave::kExportColumnsBehind);
  csv.EndRow();
}

void ResponsesCsv::Impl::AppendAnswer(const wave::Question& question, std::uint64_t answer) {
  joined.clear();
  if (!question.multiple) {
    csv.Text(answer == 0 ? std::string_view()
                         : std::string_view(question.options[answer - 1].code));
    return;
  }
  for (std::size_t option = 0; option < question.options.size(); ++option) {
    if ((answer >> option & 1) == 0) continue;
    if (!joined.empty()) joined += '|';
    joined += question.options[option].code;
  }
  csv.Text(joined);
}

void ResponsesCsv::Row(const state::Respondent& respondent) {
  const wave::Wave& wave = impl_->wave;
  CsvRows& csv = impl_->csv;
  csv.Text(fmt::format("{:016x}{:016x}", respondent.pseudonym_high, respondent.pseudonym_low));
  csv.Text(wave.channels[respondent.channel].code);
  csv.Date(respondent.collected_on == kNoDate ? std::string()
                                              : FormatDate(respondent.collected_on));
  csv.Text(respondent.complete ? "COMPLETE" : "PARTIAL");
  AppendCategories(wave, respondent.record, &csv);
  for (std::size_t q = 0; q < wave.questions.size(); ++q) {
    impl_->AppendAnswer(wave.questions[q],
                        wave::LoadField(respondent.record, wave.layout.answers[q]));
  }
  AppendWeights(wave, impl_->g, respondent.record, &csv);
  csv.EndRow();
  ++impl_->rows;
}

void ResponsesCsv::End(std::uint64_t version) {
  impl_->csv.Line(CompleteLine(impl_->rows, version));
}

std::size_t ResponsesCsv::bytes() const { return impl_->csv.bytes(); }
std::string ResponsesCsv::Take() { return impl_->csv.Take(); }

snapshot::MakeRespondentTable ResponsesCsvIn(const CsvStyle& style) {
  return [style](const wave::Wave& wave, std::span<const double> g) {
    return std::make_unique<ResponsesCsv>(wave, g, style);
  };
}

std::string WeightsToCsv(const wave::Wave& wave, std::span<const double> g,
                         std::span<const NamedRespondent> respondents, const CsvStyle& style) {
  CsvRows csv(style);
  csv.Text("respondent_id");
  for (const wave::Dimension& dimension : wave.dimensions) csv.Text(dimension.id);
  csv.Text("base_weight");
  csv.Text("calibrated_weight");
  csv.EndRow();
  for (const NamedRespondent& named : respondents) {
    csv.Text(named.id);
    AppendCategories(wave, named.respondent.record, &csv);
    AppendWeights(wave, g, named.respondent.record, &csv);
    csv.EndRow();
  }
  return csv.Take();
}

std::string TableExport(ExportTable table, const snapshot::Contents& inputs,
                        const CsvStyle& style) {
  Table made = MakeTable(table, inputs, style);
  std::string text = std::move(made.text);
  text += CompleteLine(made.rows, inputs.version);
  text += style.danish_excel ? "\r\n" : "\n";
  return text;
}

std::string ExportCodebook(const wave::Wave& wave, const CsvStyle& style) {
  std::string text = fmt::format(
      "# Reads responses.csv of wave {} again: panelpuls estimate --codebook THIS responses.csv\n"
      "column respondent_id = pseudonym\n"
      "column unit_id = pseudonym\n"
      "column collected_at = collected_on\n"
      "set time_format = %Y-%m-%d\n"
      "set last_line = # complete\n",
      wave.id);
  if (wave.base_weights != wave::BaseWeights::kPerUnit) {
    text += "# the definition says the base weights\nignore = base_weight\n";
  }
  text += "# of the weights of then\nignore = calibrated_weight\n";
  if (style.danish_excel) {
    text +=
        "set separator = ;\n"
        "set decimal_comma = yes\n"
        "# codes that a spreadsheet would change, and dates as it saves them\n"
        "set text_formulas = yes\n"
        "set time_format = %d-%m-%Y\n";
  }
  return text;
}

}  // namespace panelpuls::report
