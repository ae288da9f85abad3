#include "estimate/weighted_sums.h"

#include <algorithm>

namespace panelpuls::estimate {

WeightedSums::WeightedSums(const wave::Wave& wave, const CellMap& map, const Plan& plan)
    : map_(map), plan_(plan) {
  std::size_t place = 0;
  const auto add_part = [&](std::uint32_t first_entry, std::uint32_t entries) {
    parts_.push_back({.first_entry = first_entry, .entries = entries, .place = place});
    place += entries;
  };
  add_part(0, wave.block_entries);
  for (const Split& split : plan.splits) {
    const wave::Table& table = wave.tables[static_cast<std::size_t>(split.table)];
    const auto& dimension = wave.dimensions[static_cast<std::size_t>(split.dimension)];
    for (std::size_t category = 0; category < dimension.categories.size(); ++category) {
      add_part(table.offset, table.rows * table.columns);
    }
  }
  n_.resize(place);
  w_.resize(place);
  q_.resize(place);
}

void WeightedSums::AddUp(const Inputs& inputs) {
  std::fill(n_.begin(), n_.end(), 0.0);
  std::fill(w_.begin(), w_.end(), 0.0);
  std::fill(q_.begin(), q_.end(), 0.0);
  for (std::size_t i = 0; i < inputs.list.size(); ++i) {
    const double g = inputs.g.empty() ? 0 : inputs.g[i];
    AddCell(inputs, i, g);
    if (inputs.only_indicator) continue;
    const std::uint64_t cell = inputs.list.cells[i];
    for (const Split& split : plan_.splits) {
      const std::uint32_t category =
          map_.CategoryOf(static_cast<std::size_t>(split.dimension), cell);
      AddEntries(inputs.cube, cell, {.g = g, .d = inputs.list.d[i]},
                 parts_[split.first_source + category]);
    }
  }
  AddDerived(inputs.entries);
}

void WeightedSums::AddCell(const Inputs& inputs, std::size_t cell, double g) {
  const CellEntries& entries = inputs.entries;
  for (std::size_t place = entries.Begin(cell); place < entries.End(cell); ++place) {
    const std::uint32_t entry = entries.Entry(place);
    n_[entry] += entries.N(place);
    w_[entry] += g * entries.D(place, cell);
    q_[entry] += g * g * entries.Q(place, cell);
  }
}

void WeightedSums::AddDerived(const CellEntries& entries) {
  for (const DerivedEntry& derived : entries.derived()) {
    for (std::uint32_t from = derived.from; from < derived.from + derived.columns; ++from) {
      n_[derived.entry] += n_[from];
      w_[derived.entry] += w_[from];
      q_[derived.entry] += q_[from];
    }
  }
}

void WeightedSums::AddEntries(const state::Cube& cube, std::uint64_t cell, const Weight& weight,
                              const Part& part) {
  const std::uint32_t* counts = cube.Block(cell).data() + part.first_entry;
  double* n = n_.data() + part.place;
  double* w = w_.data() + part.place;
  double* q = q_.data() + part.place;
  if (!cube.shape().has_sums) {
    const double one = weight.g * weight.d;
    const double square = one * one;
    for (std::uint32_t entry = 0; entry < part.entries; ++entry) {
      const auto count = static_cast<double>(counts[entry]);
      n[entry] += count;
      w[entry] += one * count;
      q[entry] += square * count;
    }
    return;
  }
  const state::Sums* sums = cube.SumsBlock(cell).data() + part.first_entry;
  for (std::uint32_t entry = 0; entry < part.entries; ++entry) {
    if (counts[entry] == 0) continue;
    n[entry] += static_cast<double>(counts[entry]);
    w[entry] += weight.g * SumOfBaseWeights(sums[entry].d);
    q[entry] += weight.g * weight.g * SumOfSquares(sums[entry].d2);
  }
}

SourceSums WeightedSums::Source(std::uint32_t number) const {
  const Part& part = parts_[number];
  return {.n = std::span(n_).subspan(part.place, part.entries),
          .w = std::span(w_).subspan(part.place, part.entries),
          .q = std::span(q_).subspan(part.place, part.entries)};
}

}  // namespace panelpuls::estimate
