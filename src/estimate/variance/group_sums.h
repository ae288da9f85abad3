// The cube's entries, weighted and summed over the cells of each group of the margins: all that
// METHOD M4 and M5 need of the classes, for every figure at once.
// Blocks   two neighbouring margins are added up on their cross-table, one addition for both; its
//          rows are then added to those of either.
// Threads  one at a time; keeps its memory from call to call.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "estimate/plan/cell_list.h"
#include "estimate/plan/sources.h"
#include "estimate/variance/strata.h"
#include "estimate/variance/weighted_sums.h"
#include "estimate/weighting/cross_table.h"

namespace panelpuls::estimate {

// What the sums of a pass over the cube are weighted with; parallel to the list.
struct CellWeights {
  std::vector<double> g;            // G
  std::vector<double> square;       // of Q in V: G^2 n_h / (n_h - 1)
  std::vector<double> square_star;  // of Q in se*^2: G^2 / (1 - h_c)
};

class GroupSums {
 public:
  struct Inputs {
    const Sources& sources;  // assigned
    WeightedSums& totals;    // is added up too, in the same pass
    const CellList& list;
    const Columns& columns;
    const Strata& strata;
    const CellWeights& weights;
    bool counts_respondents = false;  // fits are of n, not of d (METHOD M4, rake)
    bool response_fpc = false;        // METHOD M10
  };
  void AddUp(const Inputs& inputs);

  // Sums of squares of one entry of a source, over all cells.
  struct Squares {
    double square = 0;
    double square_star = 0;
  };
  // The sums of one entry of a source: by column those for the fit, by column those of squares, by
  // column those of squares for V*, and by stratum those of G D.
  std::span<const double> Of(std::uint32_t source, std::size_t entry) const {
    return std::span(sums_).subspan((parts_[source].begin + entry) * width_, width_);
  }
  const Squares& SquaresOf(std::uint32_t source, std::size_t entry) const {
    return squares_[parts_[source].begin + entry];
  }
  std::size_t width() const { return width_; }

 private:
  void FindFactors(const Inputs& inputs);
  void FindBlocks(const Inputs& inputs);
  void AddTile(const Inputs& inputs, const TilePart& part, std::uint32_t source);

  std::vector<Source> parts_;  // [source]
  std::size_t width_ = 0;
  std::vector<GroupFactors> factors_;  // [listed cell]
  std::vector<CrossRows> blocks_;      // behind the rows that are columns
  std::size_t rows_of_cell_ = 0;       // one a block and one a margin that is in none
  std::vector<std::uint32_t> row_of_;  // [listed cell][rows_of_cell_]
  std::vector<GroupRow> rows_;         // [column], then those of the blocks
  std::vector<StratumRow> strata_;     // [stratum]
  std::vector<double> sums_;           // [entry of all sources][width]
  std::vector<Squares> squares_;       // [entry of all sources]
};

}  // namespace panelpuls::estimate
