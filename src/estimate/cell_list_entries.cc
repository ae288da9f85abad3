#include "estimate/cell_list_entries.h"

#include <algorithm>
#include <span>

namespace panelpuls::estimate {
namespace {

constexpr std::uint32_t kStep = 8;

std::uint32_t EntriesOf(const wave::Table& table) { return table.rows * table.columns; }

// The table with the same rows by a column; null: none. Table 0 stands for itself, since it is
// also read alone, and its figures are the same bits then.
const wave::Table* FindFiner(const wave::Wave& wave, const wave::Table& table) {
  if (table.column.kind != wave::VariableKind::kNone || &table == &wave.tables.front()) {
    return nullptr;
  }
  for (const wave::Table& other : wave.tables) {
    if (other.column.kind != wave::VariableKind::kNone && other.row.kind == table.row.kind &&
        other.row.question == table.row.question && other.multiple == table.multiple &&
        other.rows == table.rows) {
      return &other;
    }
  }
  return nullptr;
}

// Entries of the range that are not 0, from `place` on; room for all of them. Returns the place
// behind. Without a branch on each entry, which no processor could foresee.
std::size_t Compact(const std::uint32_t* counts, const EntryRange& range, std::size_t place,
                    std::uint32_t* entries, std::uint32_t* n) {
  const std::uint32_t end = range.first + range.count;
  std::uint32_t entry = range.first;
  const auto take = [&](std::uint32_t at) {
    entries[place] = at;
    n[place] = counts[at];
    place += counts[at] != 0 ? 1 : 0;
  };
  for (; entry + kStep <= end; entry += kStep) {
    std::uint32_t any = 0;
    for (std::uint32_t i = 0; i < kStep; ++i) any |= counts[entry + i];
    if (any == 0) continue;
    for (std::uint32_t i = 0; i < kStep; ++i) take(entry + i);
  }
  for (; entry < end; ++entry) take(entry);
  return place;
}

}  // namespace

CellEntries::CellEntries(const wave::Wave& wave)
    : first_table_({wave.tables.front().offset, EntriesOf(wave.tables.front())}) {
  for (const wave::Table& table : wave.tables) {
    const wave::Table* finer = FindFiner(wave, table);
    if (finer != nullptr) {
      for (std::uint32_t row = 0; row < table.rows; ++row) {
        derived_.push_back({.entry = table.offset + row,
                            .from = finer->offset + row * finer->columns,
                            .columns = finer->columns});
      }
      continue;
    }
    if (!ranges_.empty() && ranges_.back().first + ranges_.back().count == table.offset) {
      ranges_.back().count += EntriesOf(table);
    } else {
      ranges_.push_back({table.offset, EntriesOf(table)});
    }
  }
}

void CellEntries::Read(const state::Cube& cube, const CellList& list, bool only_first) {
  list_ = &list;
  only_first_ = only_first;
  has_sums_ = cube.shape().has_sums;
  const std::span<const EntryRange> ranges =
      only_first ? std::span(&first_table_, 1) : std::span<const EntryRange>(ranges_);
  std::size_t most = 0;
  for (const EntryRange& range : ranges) most += range.count;
  begin_.assign(1, 0);
  std::size_t place = 0;
  for (std::size_t i = 0; i < list.size(); ++i) {
    if (entry_.size() < place + most) {
      entry_.resize(std::max(2 * entry_.size(), place + most));
      n_.resize(entry_.size());
    }
    const std::uint32_t* counts = cube.Block(list.cells[i]).data();
    for (const EntryRange& range : ranges) {
      place = Compact(counts, range, place, entry_.data(), n_.data());
    }
    begin_.push_back(place);
  }
  if (!has_sums_) return;
  d_.resize(std::max(d_.size(), place));
  q_.resize(std::max(q_.size(), place));
  for (std::size_t i = 0; i < list.size(); ++i) {
    const state::Sums* sums = cube.SumsBlock(list.cells[i]).data();
    for (std::size_t at = begin_[i]; at < begin_[i + 1]; ++at) {
      d_[at] = SumOfBaseWeights(sums[entry_[at]].d);
      q_[at] = SumOfSquares(sums[entry_[at]].d2);
    }
  }
}

}  // namespace panelpuls::estimate
