// The cube's entries, weighted and summed over cells: METHOD M3's sums of G D, with the counts and
// the sums of G^2 Q that n and effective n are made of.
// Threads  one at a time; keeps its memory from call to call.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "estimate/cell_list.h"
#include "estimate/figure_plan.h"
#include "state/cube.h"
#include "wave/wave.h"

namespace panelpuls::estimate {

// Parallel by entry of a source.
struct SourceSums {
  std::span<const double> n;  // counts, exact
  std::span<const double> w;
  std::span<const double> q;
};

class WeightedSums {
 public:
  // Wave, map and plan outlive this.
  WeightedSums(const wave::Wave& wave, const CellMap& map, const Plan& plan);

  // `g` parallel to the list; empty: without weights, w and q are 0.
  void AddUp(const state::Cube& cube, const CellList& list, std::span<const double> g);
  // Table 0 alone and over all: what the indicator needs.
  void AddUpIndicator(const state::Cube& cube, const CellList& list, std::span<const double> g);
  SourceSums Source(std::uint32_t number) const;

 private:
  struct Part {
    std::uint32_t first_entry = 0;  // in the block
    std::uint32_t entries = 0;
    std::size_t place = 0;  // in n_, w_, q_
  };
  struct Weight {
    double g = 0;
    double d = 1;
  };
  void AddEntries(const state::Cube& cube, std::uint64_t cell, const Weight& weight,
                  const Part& part);
  void Clear();

  const wave::Wave& wave_;
  const CellMap& map_;
  const Plan& plan_;
  std::vector<Part> parts_;  // [source]
  std::vector<double> n_, w_, q_;
};

}  // namespace panelpuls::estimate
