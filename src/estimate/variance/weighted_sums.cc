#include "estimate/variance/weighted_sums.h"

#include <algorithm>

namespace panelpuls::estimate {

void WeightedSums::Begin(const Sources& sources, const CellList& list, std::span<const double> g) {
  factors_.assign(list.size(), TotalFactors());
  for (std::size_t i = 0; i < g.size(); ++i) {
    const double d = sources.values().d == nullptr ? list.d[i] : 1;
    factors_[i] = {.w = g[i] * d, .q = g[i] * d * (g[i] * d)};
  }
  parts_.clear();
  for (std::size_t source = 0; source < sources.count(); ++source) {
    parts_.push_back(sources[source]);
  }
  n_.resize(sources.entries());
  w_.resize(sources.entries());
  q_.resize(sources.entries());
}

void WeightedSums::Store(std::uint32_t source, const TilePart& part, const TotalSums& sums) {
  const std::size_t place = parts_[source].begin + part.entry;
  std::copy_n(sums.n + part.lane, part.count, n_.data() + place);
  std::copy_n(sums.w + part.lane, part.count, w_.data() + place);
  std::copy_n(sums.q + part.lane, part.count, q_.data() + place);
}

void WeightedSums::AddUp(const Sources& sources, const CellList& list, std::span<const double> g) {
  Begin(sources, list, g);
  for (std::uint32_t source = 0; source < sources.count(); ++source) {
    sources.ForTiles(source, [&](const TilePart& part) {
      double n[kTile];
      double w[kTile];
      double q[kTile];
      const TotalSums sums{.n = n, .w = w, .q = q};
      AddTotals(sources.values(), part.tile, factors_.data(), sums);
      Store(source, part, sums);
    });
  }
}

SourceSums WeightedSums::Of(std::uint32_t source) const {
  const Source& part = parts_[source];
  return {.n = std::span(n_).subspan(part.begin, part.entries),
          .w = std::span(w_).subspan(part.begin, part.entries),
          .q = std::span(q_).subspan(part.begin, part.entries)};
}

}  // namespace panelpuls::estimate
