#include "base/json_writer.h"
#include "report/csv_fields.h"
#include "report/message_json.h"
#include "report/parts.h"

namespace panelpuls::report {
namespace {

// Number of the cell's category in a dimension.
std::size_t CategoryOf(const wave::Dimension& dimension, std::uint64_t cell) {
  return cell / dimension.cell_stride % dimension.categories.size();
}

// Population of a cell: known from a joint table over every dimension, or from the one dimension.
std::optional<double> PopulationOf(const wave::Wave& wave, std::uint64_t cell) {
  if (wave.weighting.dimensions.size() != wave.dimensions.size()) return std::nullopt;
  if (!wave.weighting.joint_population.empty()) {
    std::size_t index = 0;
    for (const int number : wave.weighting.dimensions) {
      const wave::Dimension& dimension = wave.dimensions[static_cast<std::size_t>(number)];
      index = index * dimension.categories.size() + CategoryOf(dimension, cell);
    }
    return wave.weighting.joint_population[index];
  }
  if (wave.dimensions.size() != 1) return std::nullopt;
  const wave::Dimension& only = wave.dimensions.front();
  const wave::Category& category = only.categories[CategoryOf(only, cell)];
  return category.has_population ? std::optional<double>(category.population) : std::nullopt;
}

// Absent also where nobody has it.
std::optional<double> WeightOf(const estimate::Estimates& estimates, std::uint64_t cell) {
  const std::vector<double>& g = estimates.calibration.g;
  return g.empty() || estimates.cell_n[cell] == 0 ? std::nullopt : Finite(g[cell]);
}

// Of very many cells those alone that have respondents or units of the frame.
bool IsListed(const CellsInputs& inputs, std::uint64_t cell) {
  if (!inputs.wave.is_sparse || inputs.estimates.cell_n[cell] > 0) return true;
  return !inputs.cases.empty() && inputs.cases[cell].invited > 0;
}

void FillCells(const CellsInputs& inputs, v1::Cells* out) {
  const wave::Wave& wave = inputs.wave;
  out->set_wave(wave.id);
  for (std::uint64_t cell = 0; cell < wave.cells; ++cell) {
    if (!IsListed(inputs, cell)) continue;
    v1::Cell* row = out->add_cells();
    for (const wave::Dimension& dimension : wave.dimensions) {
      v1::CategoryValueOf* category = row->add_categories();
      category->set_dimension(dimension.id);
      category->set_category(dimension.categories[CategoryOf(dimension, cell)].code);
    }
    if (const auto population = Finite(PopulationOf(wave, cell))) row->set_population(*population);
    row->set_n(inputs.estimates.cell_n[cell]);
    if (const auto weight = WeightOf(inputs.estimates, cell)) row->set_weight(*weight);
    if (inputs.cases.empty()) continue;
    row->set_invited(inputs.cases[cell].invited);
    row->set_responded(inputs.cases[cell].responded);
  }
}

}  // namespace

std::string CellsToJson(const CellsInputs& inputs) {
  v1::Cells cells;
  FillCells(inputs, &cells);
  std::string text;
  JsonWriter json(text);
  WriteMessage(cells, json);
  return text;
}

std::string CellsToProtobuf(const CellsInputs& inputs) {
  v1::Cells cells;
  FillCells(inputs, &cells);
  return cells.SerializeAsString();
}

std::string CellsToCsv(const CellsInputs& inputs, const CsvStyle& style) {
  const wave::Wave& wave = inputs.wave;
  CsvRows rows(style);
  for (const wave::Dimension& dimension : wave.dimensions) rows.Text(dimension.id);
  for (const std::string_view column : {"population", "n", "weight"}) rows.Text(column);
  if (!inputs.cases.empty()) {
    for (const std::string_view column : {"invited", "responded"}) rows.Text(column);
  }
  rows.EndRow();
  for (std::uint64_t cell = 0; cell < wave.cells; ++cell) {
    if (!IsListed(inputs, cell)) continue;
    for (const wave::Dimension& dimension : wave.dimensions) {
      rows.Text(dimension.categories[CategoryOf(dimension, cell)].code);
    }
    rows.Number(PopulationOf(wave, cell));
    rows.Count(inputs.estimates.cell_n[cell]);
    rows.Number(WeightOf(inputs.estimates, cell));
    if (!inputs.cases.empty()) {
      rows.Count(inputs.cases[cell].invited);
      rows.Count(inputs.cases[cell].responded);
    }
    rows.EndRow();
  }
  return rows.Take();
}

}  // namespace panelpuls::report
