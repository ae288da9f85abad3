#include "estimate/weighted_sums.h"

#include <algorithm>

namespace panelpuls::estimate {

void WeightedSums::AddUp(const Sources& sources, const CellList& list, std::span<const double> g) {
  factors_.assign(list.size(), TotalFactors());
  for (std::size_t i = 0; i < g.size(); ++i) {
    const double d = sources.values().d == nullptr ? list.d[i] : 1;
    factors_[i] = {.w = g[i] * d, .q = g[i] * d * (g[i] * d)};
  }
  parts_.clear();
  n_.resize(sources.entries());
  w_.resize(sources.entries());
  q_.resize(sources.entries());
  for (std::size_t source = 0; source < sources.count(); ++source) {
    parts_.push_back(sources[source]);
    sources.ForTiles(source, [&](const TilePart& part) {
      double n[kTile];
      double w[kTile];
      double q[kTile];
      AddTotals(sources.values(), part.tile, factors_.data(), {.n = n, .w = w, .q = q});
      const std::size_t place = parts_.back().begin + part.entry;
      std::copy_n(n + part.lane, part.count, n_.data() + place);
      std::copy_n(w + part.lane, part.count, w_.data() + place);
      std::copy_n(q + part.lane, part.count, q_.data() + place);
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
