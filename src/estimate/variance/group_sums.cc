#include "estimate/variance/group_sums.h"

#include <algorithm>
#include <limits>

namespace panelpuls::estimate {
namespace {

constexpr std::size_t kKinds = 3;

}  // namespace

void GroupSums::FindFactors(const Inputs& inputs) {
  const CellWeights& weights = inputs.weights;
  const bool has_sums = inputs.sources.values().d != nullptr;
  factors_.resize(inputs.list.size());
  for (std::size_t i = 0; i < factors_.size(); ++i) {
    const double g = weights.g[i];
    // Who answered has no sampling error, METHOD M10.
    const double response_g = inputs.response_fpc ? g : std::numeric_limits<double>::infinity();
    const double d = inputs.list.d[i];
    const double left = has_sums ? 1 : std::max(0.0, d * d - d / response_g);
    const double fit_n = has_sums ? 0 : d;
    factors_[i] = {.fit_n = inputs.counts_respondents ? 1 : fit_n,
                   .fit_d = inputs.counts_respondents ? 0.0 : 1.0,
                   .square = weights.square[i] * left,
                   .square_star = weights.square_star[i] * left,
                   .weight = has_sums ? g : g * d,
                   .response_g = response_g};
  }
}

void GroupSums::FindBlocks(const Inputs& inputs) {
  // What a row of a cross-table costs to clear and to fold, in additions of a cell.
  constexpr std::size_t kCostOfRow = 4;
  const Columns& columns = inputs.columns;
  const std::size_t cells = inputs.list.size();
  std::vector<std::size_t> single;
  std::vector<std::size_t> paired;  // the first of each pair
  std::size_t rows = columns.count();
  blocks_.clear();
  for (std::size_t m = 0; m < columns.margins(); ++m) {
    const std::size_t second = m + 1 < columns.margins() ? columns.groups(m + 1) : 0;
    if (second == 0 || kCostOfRow * columns.groups(m) * second > cells) {
      single.push_back(m);
      continue;
    }
    blocks_.push_back({.first = columns.begin(m),
                       .second = columns.begin(m + 1),
                       .begin = rows,
                       .rows = columns.groups(m) * second,
                       .columns = second});
    paired.push_back(m);
    rows += blocks_.back().rows;
    ++m;
  }
  rows_.resize(rows);
  rows_of_cell_ = blocks_.size() + single.size();
  row_of_.clear();
  for (std::size_t i = 0; i < cells; ++i) {
    const std::span<const std::uint32_t> of = columns.Of(i);
    for (const std::size_t m : single) row_of_.push_back(of[m]);
    for (std::size_t b = 0; b < blocks_.size(); ++b) {
      const std::size_t m = paired[b];
      const CrossRows& block = blocks_[b];
      row_of_.push_back(static_cast<std::uint32_t>(
          block.begin + (of[m] - block.first) * block.columns + (of[m + 1] - block.second)));
    }
  }
}

void GroupSums::AddUp(const Inputs& inputs) {
  const Sources& sources = inputs.sources;
  width_ = kKinds * inputs.columns.count() + inputs.strata.size();
  sums_.resize(sources.entries() * width_);
  squares_.resize(sources.entries());
  // The sums of a single stratum are known already.
  strata_.resize(inputs.strata.size() > 1 ? inputs.strata.size() : 0);
  inputs.totals.Begin(sources, inputs.list, inputs.weights.g);
  FindFactors(inputs);
  FindBlocks(inputs);
  parts_.clear();
  for (std::uint32_t source = 0; source < sources.count(); ++source) {
    parts_.push_back(sources[source]);
    sources.ForTiles(source, [&](const TilePart& part) { AddTile(inputs, part, source); });
  }
}

void GroupSums::AddTile(const Inputs& inputs, const TilePart& part, std::uint32_t source) {
  std::fill(rows_.begin(), rows_.end(), GroupRow());
  std::fill(strata_.begin(), strata_.end(), StratumRow());
  double n[kTile];
  double w[kTile];
  double q[kTile];
  const TotalSums totals{.n = n, .w = w, .q = q};
  AddGroups(inputs.sources.values(), part.tile,
            {.total_factors = inputs.totals.factors(),
             .totals = totals,
             .factors = factors_.data(),
             .rows_of_cell = rows_of_cell_,
             .row_of = row_of_.data(),
             .stratum_of = inputs.strata.of.data(),
             .rows = rows_.data(),
             .strata = strata_.empty() ? nullptr : strata_.data()});
  inputs.totals.Store(source, part, totals);
  for (const CrossRows& block : blocks_) FoldRows(block, rows_.data());
  const std::size_t count = inputs.columns.count();
  const std::size_t begin = parts_[source].begin + part.entry;
  for (std::size_t k = 0; k < part.count; ++k) {
    const std::size_t lane = part.lane + k;
    double* to = sums_.data() + (begin + k) * width_;
    for (std::size_t column = 0; column < count; ++column) {
      to[column] = rows_[column].fit[lane];
      to[count + column] = rows_[column].square[lane];
      to[2 * count + column] = rows_[column].square_star[lane];
    }
    for (std::size_t h = 0; h < inputs.strata.size(); ++h) {
      to[kKinds * count + h] = strata_.empty() ? w[lane] : strata_[h].weight[lane];
    }
    // The groups of any margin hold every cell once.
    Squares squares;
    for (std::size_t group = 0; group < inputs.columns.groups(0); ++group) {
      squares.square += to[count + inputs.columns.begin(0) + group];
      squares.square_star += to[2 * count + inputs.columns.begin(0) + group];
    }
    squares_[begin + k] = squares;
  }
}

}  // namespace panelpuls::estimate
