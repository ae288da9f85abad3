#include "estimate/group_sums.h"

#include <algorithm>

namespace panelpuls::estimate {

GroupSums::GroupSums(const wave::Wave& wave, const CellMap& map, const Plan& plan)
    : wave_(wave), map_(map), plan_(plan), values_(wave.block_entries) {
  const auto add_part = [this](const EntryRange& range) {
    parts_.push_back({.range = range, .begin = entries_});
    entries_ += range.count;
  };
  add_part({0, wave.block_entries});
  for (const Split& split : plan.splits) {
    const wave::Table& table = wave.tables[static_cast<std::size_t>(split.table)];
    const auto& dimension = wave.dimensions[static_cast<std::size_t>(split.dimension)];
    for (std::size_t category = 0; category < dimension.categories.size(); ++category) {
      add_part({table.offset, table.rows * table.columns});
    }
  }
}

void GroupSums::Add(const ClassSums& what, ClassSums* to) {
  to->fit += what.fit;
  to->square += what.square;
  to->square_star += what.square_star;
  to->weight += what.weight;
}

void GroupSums::FindBlocks(const Inputs& inputs) {
  const Columns& columns = inputs.columns;
  const std::size_t cells = inputs.list.size();
  blocks_.resize(std::max(blocks_.size(), columns.margins()));
  block_count_ = 0;
  std::size_t rows = 0;
  for (std::size_t m = 0; m < columns.margins();) {
    Block& block = blocks_[block_count_++];
    block.first = m++;
    block.columns = 1;
    // A cross-table about as large as the list would save nothing.
    block.has_second =
        m < columns.margins() && 16 * columns.groups(block.first) * columns.groups(m) <= cells;
    if (block.has_second) block.columns = columns.groups(m++);
    block.rows = columns.groups(block.first) * block.columns;
    block.begin = rows;
    rows += block.rows;
    block.row_of.resize(cells);
    for (std::size_t i = 0; i < cells; ++i) {
      const std::span<const std::uint32_t> of = columns.Of(i);
      std::size_t row = (of[block.first] - columns.begin(block.first)) * block.columns;
      if (block.has_second) row += of[block.first + 1] - columns.begin(block.first + 1);
      block.row_of[i] = static_cast<std::uint32_t>(block.begin + row);
    }
  }
  rows_.assign(rows * wave_.block_entries, ClassSums());
}

void GroupSums::AddUp(const Inputs& inputs) {
  width_ = kKinds * inputs.columns.count() + inputs.strata.size();
  sums_.assign(entries_ * width_, 0.0);
  strata_.assign(inputs.strata.size() * wave_.block_entries, 0.0);
  FindBlocks(inputs);
  for (std::size_t i = 0; i < inputs.list.size(); ++i) AddCell(inputs, i);
  Fold(inputs);
  if (inputs.only_indicator) return;
  for (const Split& split : plan_.splits) AddSplit(inputs, split);
}

void GroupSums::AddCell(const Inputs& inputs, std::size_t cell) {
  const CellEntries& entries = inputs.entries;
  const CellWeights& weights = inputs.weights;
  const std::size_t begin = entries.Begin(cell);
  const std::size_t count = entries.End(cell) - begin;
  for (std::size_t k = 0; k < count; ++k) {
    const double d = entries.D(begin + k, cell);
    double q = entries.Q(begin + k, cell);
    if (wave_.reporting.response_fpc) q = std::max(0.0, q - d / weights.g[cell]);
    values_[k] = {.fit = inputs.counts_respondents ? entries.N(begin + k) : d,
                  .square = weights.square[cell] * q,
                  .square_star = weights.square_star[cell] * q,
                  .weight = weights.g[cell] * d};
  }
  for (std::size_t b = 0; b < block_count_; ++b) {
    ClassSums* row = rows_.data() + blocks_[b].row_of[cell] * wave_.block_entries;
    for (std::size_t k = 0; k < count; ++k) Add(values_[k], row + entries.Entry(begin + k));
  }
  double* stratum = strata_.data() + inputs.strata.of[cell] * wave_.block_entries;
  for (std::size_t k = 0; k < count; ++k) stratum[entries.Entry(begin + k)] += values_[k].weight;
}

void GroupSums::Fold(const Inputs& inputs) {
  const Columns& columns = inputs.columns;
  const std::size_t entries = wave_.block_entries;
  folded_.assign(columns.count() * entries, ClassSums());
  const auto add_row = [&](const ClassSums* from, std::size_t column) {
    ClassSums* to = folded_.data() + column * entries;
    for (std::size_t entry = 0; entry < entries; ++entry) Add(from[entry], to + entry);
  };
  for (std::size_t b = 0; b < block_count_; ++b) {
    const Block& block = blocks_[b];
    for (std::size_t row = 0; row < block.rows; ++row) {
      const ClassSums* from = rows_.data() + (block.begin + row) * entries;
      add_row(from, columns.begin(block.first) + row / block.columns);
      if (block.has_second) add_row(from, columns.begin(block.first + 1) + row % block.columns);
    }
  }
  const std::size_t count = columns.count();
  for (std::size_t entry = 0; entry < entries; ++entry) {
    double* to = sums_.data() + entry * width_;
    for (std::size_t column = 0; column < count; ++column) {
      const ClassSums& from = folded_[column * entries + entry];
      to[column] = from.fit;
      to[count + column] = from.square;
      to[2 * count + column] = from.square_star;
    }
    to += kKinds * count;
    for (std::size_t h = 0; h < inputs.strata.size(); ++h) to[h] = strata_[h * entries + entry];
  }
  for (const DerivedEntry& derived : inputs.entries.derived()) {
    double* to = sums_.data() + derived.entry * width_;
    for (std::uint32_t column = 0; column < derived.columns; ++column) {
      const double* from = sums_.data() + (derived.from + column) * width_;
      for (std::size_t i = 0; i < width_; ++i) to[i] += from[i];
    }
  }
}

void GroupSums::AddSplit(const Inputs& inputs, const Split& split) {
  const CellList& list = inputs.list;
  const std::size_t columns = inputs.columns.count();
  const bool has_sums = inputs.cube.shape().has_sums;
  for (std::size_t i = 0; i < list.size(); ++i) {
    const std::uint64_t cell = list.cells[i];
    const Part& part = parts_[split.first_source +
                              map_.CategoryOf(static_cast<std::size_t>(split.dimension), cell)];
    const std::uint32_t* counts = inputs.cube.Block(cell).data() + part.range.first;
    for (std::uint32_t entry = 0; entry < part.range.count; ++entry) {
      if (counts[entry] == 0) continue;
      const auto n = static_cast<double>(counts[entry]);
      double d = list.d[i] * n;
      double q = list.d[i] * d;
      if (has_sums) {
        const state::Sums& sums = inputs.cube.SumsBlock(cell)[part.range.first + entry];
        d = SumOfBaseWeights(sums.d);
        q = SumOfSquares(sums.d2);
      }
      if (wave_.reporting.response_fpc) q = std::max(0.0, q - d / inputs.weights.g[i]);
      double* to = sums_.data() + (part.begin + entry) * width_;
      for (const std::uint32_t column : inputs.columns.Of(i)) {
        to[column] += inputs.counts_respondents ? n : d;
        to[columns + column] += inputs.weights.square[i] * q;
        to[2 * columns + column] += inputs.weights.square_star[i] * q;
      }
      to[kKinds * columns + inputs.strata.of[i]] += inputs.weights.g[i] * d;
    }
  }
}

}  // namespace panelpuls::estimate
