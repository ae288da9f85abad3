#include "archive/hour_cut.h"

#include <algorithm>
#include <limits>

namespace panelpuls::archive {
namespace {

std::uint32_t TableEntries(const wave::Wave& wave) {
  return wave.tables[0].rows * wave.tables[0].columns;
}

}  // namespace

void FillIndicatorTable(const wave::Wave& wave, const state::Cube& cube, std::uint64_t respondents,
                        IndicatorTable* table) {
  const std::uint32_t offset = wave.tables[0].offset;
  const std::uint32_t entries = TableEntries(wave);
  table->respondents = respondents;
  table->cells.clear();
  table->counts.clear();
  table->sums.clear();
  for (std::uint64_t cell = 0; cell < wave.cells; ++cell) {
    if (!cube.Holds(cell)) continue;
    const auto counts = cube.Block(cell).subspan(offset, entries);
    if (std::ranges::all_of(counts, [](std::uint32_t count) { return count == 0; })) continue;
    table->cells.push_back(static_cast<std::uint32_t>(cell));
    table->counts.insert(table->counts.end(), counts.begin(), counts.end());
    if (!cube.shape().has_sums) continue;
    const auto sums = cube.SumsBlock(cell).subspan(offset, entries);
    table->sums.insert(table->sums.end(), sums.begin(), sums.end());
  }
}

void ClearIndicatorTable(const wave::Wave& wave, state::Cube* cube) {
  const std::uint32_t offset = wave.tables[0].offset;
  const std::uint32_t entries = TableEntries(wave);
  for (std::uint64_t cell = 0; cell < wave.cells; ++cell) {
    if (!cube->Holds(cell)) continue;
    std::ranges::fill(cube->MutableBlock(cell).subspan(offset, entries), 0);
    if (cube->shape().has_sums) {
      std::ranges::fill(cube->MutableSumsBlock(cell).subspan(offset, entries), state::Sums{});
    }
    cube->Settle(cell);
  }
}

namespace {

constexpr std::uint64_t kNoCell = std::numeric_limits<std::uint64_t>::max();

// The cell of `to` with the categories of a cell of `from`; kNoCell: it has not one of them.
std::uint64_t SameCell(const wave::Wave& from, const wave::Wave& to, std::uint64_t cell) {
  std::uint64_t same = 0;
  for (std::size_t d = 0; d < from.dimensions.size(); ++d) {
    const wave::Dimension& dimension = from.dimensions[d];
    const std::uint64_t number = cell / dimension.cell_stride % dimension.categories.size();
    if (number >= to.dimensions[d].categories.size()) return kNoCell;
    same += number * to.dimensions[d].cell_stride;
  }
  return same;
}

}  // namespace

void AddIndicatorTable(const wave::Wave& of_table, const IndicatorTable& table,
                       const wave::Wave& of_cube, state::Cube* cube) {
  const std::uint32_t offset = of_cube.tables[0].offset;
  const std::uint32_t entries = TableEntries(of_cube);
  for (std::size_t place = 0; place < table.cells.size(); ++place) {
    const std::uint64_t cell = SameCell(of_table, of_cube, table.cells[place]);
    if (cell == kNoCell) continue;
    const auto counts = cube->MutableBlock(cell).subspan(offset, entries);
    for (std::uint32_t entry = 0; entry < entries; ++entry) {
      counts[entry] += table.counts[place * entries + entry];
    }
    if (table.sums.empty()) continue;
    const auto sums = cube->MutableSumsBlock(cell).subspan(offset, entries);
    for (std::uint32_t entry = 0; entry < entries; ++entry) {
      sums[entry].d += table.sums[place * entries + entry].d;
      sums[entry].d2 += table.sums[place * entries + entry].d2;
    }
  }
}

}  // namespace panelpuls::archive
