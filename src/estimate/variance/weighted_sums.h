// The cube's entries, weighted and summed over cells: METHOD M3's sums of G D, with the counts and
// the sums of G^2 Q that n and effective n are made of.
// Threads  one at a time; keeps its memory from call to call.
#pragma once

#include <span>
#include <vector>

#include "estimate/plan/cell_list.h"
#include "estimate/plan/sources.h"

namespace panelpuls::estimate {

// Parallel by entry of a source.
struct SourceSums {
  std::span<const double> n;  // counts, exact
  std::span<const double> w;
  std::span<const double> q;
};

class WeightedSums {
 public:
  // `g` parallel to the list that the sources were assigned; empty: no weights, w and q are 0.
  void AddUp(const Sources& sources, const CellList& list, std::span<const double> g);
  SourceSums Of(std::uint32_t source) const;

  // For who adds up more in the same pass: first Begin, then Store of every part of every source.
  void Begin(const Sources& sources, const CellList& list, std::span<const double> g);
  const TotalFactors* factors() const { return factors_.data(); }
  void Store(std::uint32_t source, const TilePart& part, const TotalSums& sums);

 private:
  std::vector<Source> parts_;  // [source]
  std::vector<TotalFactors> factors_;
  std::vector<double> n_, w_, q_;
};

}  // namespace panelpuls::estimate
