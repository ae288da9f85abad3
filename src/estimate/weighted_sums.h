// The cube's entries, weighted and summed over cells: METHOD M3's sums of G D, with the counts and
// the sums of G^2 Q that n and effective n are made of.
// Threads  one at a time; keeps its memory from call to call.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "estimate/cell_list.h"
#include "estimate/cell_list_entries.h"
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
  // Map and plan outlive this.
  WeightedSums(const wave::Wave& wave, const CellMap& map, const Plan& plan);

  struct Inputs {
    const state::Cube& cube;
    const CellList& list;
    const CellEntries& entries;   // read from the cube
    std::span<const double> g;    // parallel to the list; empty: no weights, w and q are 0
    bool only_indicator = false;  // table 0 over all alone
  };
  void AddUp(const Inputs& inputs);
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
  void AddCell(const Inputs& inputs, std::size_t cell, double g);
  void AddDerived(const CellEntries& entries);

  const CellMap& map_;
  const Plan& plan_;
  std::vector<Part> parts_;  // [source]
  std::vector<double> n_, w_, q_;
};

}  // namespace panelpuls::estimate
