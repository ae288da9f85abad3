// The cube's entries, weighted and summed over the cells of each group of the margins: all that
// METHOD M4 and M5 need of the classes, for every figure at once.
// Blocks   two neighbouring margins are added up on their cross-table, one addition for both; its
//          rows are then added to those of either.
// Threads  one at a time; keeps its memory from call to call.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "estimate/cell_list.h"
#include "estimate/cell_list_entries.h"
#include "estimate/cross_table.h"
#include "estimate/figure_plan.h"
#include "estimate/strata.h"
#include "state/cube.h"
#include "wave/wave.h"

namespace panelpuls::estimate {

// What the sums of a pass over the cube are weighted with; parallel to the list.
struct CellWeights {
  std::vector<double> g;            // G
  std::vector<double> square;       // of Q in V: G^2 n_h / (n_h - 1)
  std::vector<double> square_star;  // of Q in se*^2: G^2 / (1 - h_c)
};

class GroupSums {
 public:
  // Wave, map and plan outlive this.
  GroupSums(const wave::Wave& wave, const CellMap& map, const Plan& plan);

  struct Inputs {
    const state::Cube& cube;
    const CellList& list;
    const CellEntries& entries;  // read from the cube
    const Columns& columns;
    const Strata& strata;
    const CellWeights& weights;
    bool counts_respondents = false;  // fits are of n, not of d (METHOD M4, rake)
    bool only_indicator = false;      // table 0 over all alone
  };
  void AddUp(const Inputs& inputs);

  // The sums of one entry of a source: by column those for the fit, by column those of squares, by
  // column those of squares for V*, and by stratum those of G D.
  std::span<const double> Of(std::uint32_t source, std::size_t entry) const {
    return std::span(sums_).subspan((parts_[source].begin + entry) * width_, width_);
  }
  std::size_t width() const { return width_; }

 private:
  static constexpr std::size_t kKinds = 3;

  struct Part {
    EntryRange range;       // in the block
    std::size_t begin = 0;  // of its first entry, in entries of all parts
  };
  // What a class adds, side by side so that it is added at once.
  struct ClassSums {
    double fit = 0;
    double square = 0;
    double square_star = 0;
    double weight = 0;
  };
  // One margin or two; row = group of the first * columns + group of the second.
  struct Block {
    std::size_t first = 0;  // margin
    bool has_second = false;
    std::size_t columns = 1;
    std::size_t rows = 0;
    std::size_t begin = 0;              // of its rows among those of all blocks
    std::vector<std::uint32_t> row_of;  // [listed cell], among those of all blocks
  };

  static void Add(const ClassSums& what, ClassSums* to);
  void FindBlocks(const Inputs& inputs);
  void AddCell(const Inputs& inputs, std::size_t cell);
  // From the rows of blocks and strata to the sums of the whole block's entries.
  void Fold(const Inputs& inputs);
  void AddSplit(const Inputs& inputs, const Split& split);

  const wave::Wave& wave_;
  const CellMap& map_;
  const Plan& plan_;
  std::vector<Part> parts_;  // [source]
  std::size_t entries_ = 0;  // of all parts
  std::size_t width_ = 0;
  std::vector<Block> blocks_;
  std::size_t block_count_ = 0;
  std::vector<ClassSums> rows_;    // [row of blocks][entry]
  std::vector<ClassSums> folded_;  // [column][entry]
  std::vector<double> strata_;     // [stratum][entry]
  std::vector<ClassSums> values_;  // [place] of one cell
  std::vector<double> sums_;       // [entry of all parts][width]
};

}  // namespace panelpuls::estimate
