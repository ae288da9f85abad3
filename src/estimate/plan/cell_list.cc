#include "estimate/plan/cell_list.h"

#include <algorithm>
#include <span>

namespace panelpuls::estimate {
namespace {

double ToDouble(state::Uint128 value) {
  return static_cast<double>(static_cast<std::uint64_t>(value >> 64)) * 0x1p64 +
         static_cast<double>(static_cast<std::uint64_t>(value));
}

bool IsOutOfScope(const wave::Category& category) {
  return category.has_population && category.population <= 0;
}

// Flags of what puts a cell outside the population: its categories of population 0, or else its
// joint cell.
void NoteOutside(const wave::Wave& wave, const CellMap& map, std::uint64_t cell,
                 std::vector<Flag>* flags) {
  const auto note = [flags](const Flag& flag) {
    if (std::find(flags->begin(), flags->end(), flag) == flags->end()) flags->push_back(flag);
  };
  bool named = false;
  for (std::size_t dimension = 0; dimension < wave.dimensions.size(); ++dimension) {
    const std::uint32_t category = map.CategoryOf(dimension, cell);
    if (!IsOutOfScope(wave.dimensions[dimension].categories[category])) continue;
    named = true;
    note({.kind = FlagKind::kOutsidePopulation,
          .dimension = static_cast<std::int16_t>(dimension),
          .category = static_cast<std::int32_t>(category)});
  }
  if (named) return;
  note({.kind = FlagKind::kOutsidePopulation,
        .dimension = kJointCell,
        .category = static_cast<std::int32_t>(map.JointOf(cell))});
}

struct CellTotals {
  std::uint64_t n = 0;
  state::Sums sums;
};

// Table 0 counts every respondent once.
CellTotals TotalsOf(const wave::Wave& wave, const state::Cube& cube, std::uint64_t cell) {
  const wave::Table& table = wave.tables.front();
  const std::size_t entries = std::size_t{table.rows} * table.columns;
  CellTotals totals;
  // A cell's respondents are counted in 32 bits; narrow sums are added up side by side.
  std::uint32_t n = 0;
  for (const std::uint32_t count : cube.Block(cell).subspan(table.offset, entries)) n += count;
  totals.n = n;
  if (!cube.shape().has_sums || totals.n == 0) return totals;
  for (const state::Sums& sums : cube.SumsBlock(cell).subspan(table.offset, entries)) {
    totals.sums.d += sums.d;
    totals.sums.d2 += sums.d2;
  }
  return totals;
}

}  // namespace

double SumOfBaseWeights(state::Uint128 d) { return ToDouble(d) * 0x1p-40; }
double SumOfSquares(state::Uint128 d2) { return ToDouble(d2) * 0x1p-60; }

CellMap::CellMap(const wave::Wave& wave) {
  for (const wave::Dimension& dimension : wave.dimensions) {
    sizes_.push_back(dimension.categories.size());
    std::vector<std::uint16_t>& categories = category_of_.emplace_back(wave.cells);
    for (std::uint64_t cell = 0; cell < wave.cells; ++cell) {
      categories[cell] =
          static_cast<std::uint16_t>(cell / dimension.cell_stride % dimension.categories.size());
    }
  }
  const wave::Weighting& weighting = wave.weighting;
  if (weighting.method == wave::WeightingMethod::kPoststratify &&
      !weighting.joint_population.empty()) {
    joint_of_.resize(wave.cells);
    for (std::uint64_t cell = 0; cell < wave.cells; ++cell) {
      for (const int number : weighting.dimensions) {
        const auto dimension = static_cast<std::size_t>(number);
        joint_of_[cell] = joint_of_[cell] * static_cast<std::uint32_t>(
                                                wave.dimensions[dimension].categories.size()) +
                          CategoryOf(dimension, cell);
      }
    }
  }
  std::vector<std::uint8_t> outside(wave.cells);
  bool any = false;
  for (std::uint64_t cell = 0; cell < wave.cells; ++cell) {
    bool is_outside = has_joint() && weighting.joint_population[joint_of_[cell]] <= 0;
    for (std::size_t dimension = 0; dimension < wave.dimensions.size(); ++dimension) {
      is_outside |=
          IsOutOfScope(wave.dimensions[dimension].categories[CategoryOf(dimension, cell)]);
    }
    outside[cell] = is_outside ? 1 : 0;
    any |= is_outside;
  }
  if (any) outside_ = std::move(outside);
  if (wave.base_weights != wave::BaseWeights::kPerCell) return;
  stratum_ = wave.stratum_dimension;
  if (stratum_ == wave::kNone) return;
  for (const wave::Category& category : wave.dimensions[StratumIndex()].categories) {
    stratum_weight_.push_back(category.base_weight);
  }
}

void ListCells(const wave::Wave& wave, const CellMap& map, const state::Cube& cube,
               CellList* list) {
  list->cells.clear();
  list->n.clear();
  list->t.clear();
  list->q.clear();
  list->d.clear();
  list->respondents = 0;
  list->respondents_outside = 0;
  list->outside_flags.clear();
  for (std::uint64_t cell = 0; cell < wave.cells; ++cell) {
    if (!cube.Holds(cell)) continue;
    const CellTotals totals = TotalsOf(wave, cube, cell);
    if (totals.n == 0) continue;
    if (map.IsOutside(cell)) {
      list->respondents_outside += totals.n;
      NoteOutside(wave, map, cell, &list->outside_flags);
      continue;
    }
    const double d = map.BaseWeightOf(cell);
    const auto n = static_cast<double>(totals.n);
    const bool has_sums = cube.shape().has_sums;
    list->cells.push_back(static_cast<std::uint32_t>(cell));
    list->n.push_back(totals.n);
    list->t.push_back(has_sums ? SumOfBaseWeights(totals.sums.d) : n * d);
    list->q.push_back(has_sums ? SumOfSquares(totals.sums.d2) : n * d * d);
    list->d.push_back(d);
    list->respondents += totals.n;
  }
}

}  // namespace panelpuls::estimate
