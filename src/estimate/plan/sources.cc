#include "estimate/plan/sources.h"

#include <numeric>

namespace panelpuls::estimate {

Sources::Sources(const wave::Wave& wave, const CellMap& map, const Plan& plan)
    : map_(map),
      splits_(plan.splits),
      first_table_entries_(wave.tables.front().rows * wave.tables.front().columns) {
  const auto add = [this](std::uint32_t first_entry, std::uint32_t entries) {
    const std::size_t begin = sources_.empty() ? 0 : this->entries();
    sources_.push_back({.first_entry = first_entry, .entries = entries, .begin = begin});
  };
  add(0, wave.block_entries);
  for (const Split& split : splits_) {
    const wave::Table& table = wave.tables[static_cast<std::size_t>(split.table)];
    std::size_t places = 1;
    for (const int dimension : split.dimensions) {
      places *= map.SizeOf(static_cast<std::size_t>(dimension));
    }
    for (std::size_t place = 0; place < places; ++place) {
      add(table.EntryOf(0, split.column), table.rows);
    }
  }
  cells_.resize(sources_.size());
}

void Sources::Assign(const state::Cube& cube, const CellList& list, bool only_indicator) {
  only_indicator_ = only_indicator;
  const std::size_t entries = cube.shape().entries;
  values_ = {.stride = std::max(entries, kTile)};
  counts_.resize(list.size());
  if (entries < kTile) padded_.assign(list.size() * kTile, 0);
  for (std::size_t i = 0; i < list.size(); ++i) {
    const std::span<const std::uint32_t> block = cube.Block(list.cells[i]);
    counts_[i] = block.data();
    if (entries >= kTile) continue;
    counts_[i] = padded_.data() + i * kTile;
    std::copy(block.begin(), block.end(), padded_.data() + i * kTile);
  }
  values_.counts = counts_.data();
  if (cube.shape().has_sums) ReadSums(cube, list);

  cells_.front().resize(list.size());
  std::iota(cells_.front().begin(), cells_.front().end(), 0u);
  if (only_indicator) return;
  for (std::size_t source = 1; source < cells_.size(); ++source) cells_[source].clear();
  for (const Split& split : splits_) {
    for (std::uint32_t i = 0; i < list.size(); ++i) {
      std::size_t place = 0;
      for (const int number : split.dimensions) {
        const auto dimension = static_cast<std::size_t>(number);
        place = place * map_.SizeOf(dimension) + map_.CategoryOf(dimension, list.cells[i]);
      }
      cells_[split.first_source + place].push_back(i);
    }
  }
}

void Sources::ReadSums(const state::Cube& cube, const CellList& list) {
  const std::size_t entries = only_indicator_ ? first_table_entries_ : sources_.front().entries;
  d_.assign(list.size() * values_.stride, 0.0);
  q_.assign(list.size() * values_.stride, 0.0);
  for (std::size_t i = 0; i < list.size(); ++i) {
    const std::span<const state::Sums> sums = cube.SumsBlock(list.cells[i]);
    for (std::size_t entry = 0; entry < entries; ++entry) {
      if (counts_[i][entry] == 0) continue;
      d_[i * values_.stride + entry] = SumOfBaseWeights(sums[entry].d);
      q_[i * values_.stride + entry] = SumOfSquares(sums[entry].d2);
    }
  }
  values_.d = d_.data();
  values_.q = q_.data();
}

}  // namespace panelpuls::estimate
