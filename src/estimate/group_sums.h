// The cube's entries, weighted and summed over the cells of each group of the margins: all that
// METHOD M4 and M5 need of the classes, for every figure at once.
// Threads  one at a time; keeps its memory from call to call.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "estimate/cell_list.h"
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
    const Columns& columns;
    const Strata& strata;
    const CellWeights& weights;
    bool counts_respondents = false;  // `fit` rows are of n, not of d (METHOD M4, rake)
    bool only_indicator = false;      // table 0 over all alone
  };
  void AddUp(const Inputs& inputs);

  // A row has one number an entry of the source.
  std::span<const double> Fit(std::uint32_t source, std::size_t column) const {
    return Row(source, kFit * columns_ + column);
  }
  std::span<const double> Square(std::uint32_t source, std::size_t column) const {
    return Row(source, kSquare * columns_ + column);
  }
  std::span<const double> SquareStar(std::uint32_t source, std::size_t column) const {
    return Row(source, kSquareStar * columns_ + column);
  }
  // Sums of G D.
  std::span<const double> Stratum(std::uint32_t source, std::size_t stratum) const {
    return Row(source, kKinds * columns_ + stratum);
  }

 private:
  enum Kind : std::size_t { kFit, kSquare, kSquareStar, kKinds };
  struct Part {
    std::uint32_t first_entry = 0;  // in the block
    std::uint32_t entries = 0;
    std::size_t begin = 0;  // of its first entry, in entries of one row of all parts
  };
  struct Range {
    std::uint32_t first = 0;
    std::uint32_t count = 0;
  };
  // The entries of one cell as numbers.
  struct Values {
    std::vector<double> fit, d, q;
  };

  std::span<const double> Row(std::uint32_t source, std::size_t row) const {
    const Part& part = parts_[source];
    return std::span(sums_).subspan(part.begin * rows_ + row * part.entries, part.entries);
  }
  void ReadValues(const Inputs& inputs, std::size_t cell, const Range& range);
  void AddCell(const Inputs& inputs, std::size_t cell, const Part& part, const Range& range);

  const wave::Wave& wave_;
  const CellMap& map_;
  const Plan& plan_;
  std::vector<Part> parts_;  // [source]
  std::size_t entries_ = 0;  // of one row of all parts
  std::size_t columns_ = 0;
  std::size_t rows_ = 0;
  std::vector<double> sums_;  // [part][row][entry]
  Values values_;
};

}  // namespace panelpuls::estimate
