#include "estimate/group_sums.h"

#include <algorithm>

namespace panelpuls::estimate {
namespace {

// to += weight * from
void AddScaled(double weight, const double* from, std::size_t count, double* to) {
  for (std::size_t i = 0; i < count; ++i) to[i] += weight * from[i];
}

}  // namespace

GroupSums::GroupSums(const wave::Wave& wave, const CellMap& map, const Plan& plan)
    : wave_(wave), map_(map), plan_(plan) {
  const auto add_part = [this](std::uint32_t first_entry, std::uint32_t entries) {
    parts_.push_back({.first_entry = first_entry, .entries = entries, .begin = entries_});
    entries_ += entries;
  };
  add_part(0, wave.block_entries);
  for (const Split& split : plan.splits) {
    const wave::Table& table = wave.tables[static_cast<std::size_t>(split.table)];
    const auto& dimension = wave.dimensions[static_cast<std::size_t>(split.dimension)];
    for (std::size_t category = 0; category < dimension.categories.size(); ++category) {
      add_part(table.offset, table.rows * table.columns);
    }
  }
  values_.fit.resize(wave.block_entries);
  values_.d.resize(wave.block_entries);
  values_.q.resize(wave.block_entries);
}

void GroupSums::AddUp(const Inputs& inputs) {
  columns_ = inputs.columns.count();
  rows_ = kKinds * columns_ + inputs.strata.size();
  sums_.assign(rows_ * entries_, 0.0);
  const wave::Table& first = wave_.tables.front();
  const Range whole = inputs.only_indicator ? Range{first.offset, first.rows * first.columns}
                                            : Range{0, wave_.block_entries};
  for (std::size_t i = 0; i < inputs.list.size(); ++i) {
    ReadValues(inputs, i, whole);
    AddCell(inputs, i, parts_.front(), whole);
    if (inputs.only_indicator) continue;
    for (const Split& split : plan_.splits) {
      const std::uint32_t category =
          map_.CategoryOf(static_cast<std::size_t>(split.dimension), inputs.list.cells[i]);
      const Part& part = parts_[split.first_source + category];
      AddCell(inputs, i, part, {part.first_entry, part.entries});
    }
  }
}

void GroupSums::ReadValues(const Inputs& inputs, std::size_t cell, const Range& range) {
  const std::uint32_t* counts = inputs.cube.Block(inputs.list.cells[cell]).data();
  const std::uint32_t end = range.first + range.count;
  if (!inputs.cube.shape().has_sums) {
    const double d = inputs.list.d[cell];
    for (std::uint32_t entry = range.first; entry < end; ++entry) {
      const auto count = static_cast<double>(counts[entry]);
      values_.d[entry] = d * count;
      values_.q[entry] = d * d * count;
    }
  } else {
    const state::Sums* sums = inputs.cube.SumsBlock(inputs.list.cells[cell]).data();
    for (std::uint32_t entry = range.first; entry < end; ++entry) {
      values_.d[entry] = counts[entry] == 0 ? 0 : SumOfBaseWeights(sums[entry].d);
      values_.q[entry] = counts[entry] == 0 ? 0 : SumOfSquares(sums[entry].d2);
    }
  }
  for (std::uint32_t entry = range.first; entry < end; ++entry) {
    values_.fit[entry] =
        inputs.counts_respondents ? static_cast<double>(counts[entry]) : values_.d[entry];
  }
}

void GroupSums::AddCell(const Inputs& inputs, std::size_t cell, const Part& part,
                        const Range& range) {
  double* sums = sums_.data() + part.begin * rows_ + (range.first - part.first_entry);
  const auto row = [&](std::size_t number) { return sums + number * part.entries; };
  const double* fit = values_.fit.data() + range.first;
  const double* d = values_.d.data() + range.first;
  const double* q = values_.q.data() + range.first;
  const CellWeights& weights = inputs.weights;
  for (const std::uint32_t column : inputs.columns.Of(cell)) {
    AddScaled(1, fit, range.count, row(kFit * columns_ + column));
    AddScaled(weights.square[cell], q, range.count, row(kSquare * columns_ + column));
    AddScaled(weights.square_star[cell], q, range.count, row(kSquareStar * columns_ + column));
  }
  AddScaled(weights.g[cell], d, range.count, row(kKinds * columns_ + inputs.strata.of[cell]));
}

}  // namespace panelpuls::estimate
