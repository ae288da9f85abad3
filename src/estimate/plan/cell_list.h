// The cells of a cube that have respondents, which is all that calibration and figures look at.
// Cells and respondents outside the population are counted and left out (METHOD M2).
// Threads  one at a time; keeps its memory from call to call.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "estimate/figures/estimates.h"
#include "estimate/plan/figure_plan.h"
#include "state/cube.h"
#include "wave/wave.h"

namespace panelpuls::estimate {

// What of the cells the definition fixes.
class CellMap {
 public:
  // The wave outlives this.
  explicit CellMap(const wave::Wave& wave);

  std::uint32_t CategoryOf(std::size_t dimension, std::uint64_t cell) const {
    return category_of_[dimension][cell];
  }
  bool IsWithin(std::span<const InCategory> categories, std::uint64_t cell) const {
    for (const InCategory& in : categories) {
      if (CategoryOf(static_cast<std::size_t>(in.dimension), cell) !=
          static_cast<std::uint32_t>(in.category)) {
        return false;
      }
    }
    return true;
  }
  std::size_t SizeOf(std::size_t dimension) const { return sizes_[dimension]; }  // in categories
  // Place in Weighting::joint_population; only with a joint table.
  std::uint32_t JointOf(std::uint64_t cell) const { return joint_of_[cell]; }
  bool has_joint() const { return !joint_of_.empty(); }
  // A category or a joint cell of population 0.
  bool IsOutside(std::uint64_t cell) const { return !outside_.empty() && outside_[cell] != 0; }
  // Base weight of each respondent of the cell, where it is one for all; otherwise 1.
  double BaseWeightOf(std::uint64_t cell) const {
    return stratum_ == wave::kNone ? 1 : stratum_weight_[CategoryOf(StratumIndex(), cell)];
  }

 private:
  std::size_t StratumIndex() const { return static_cast<std::size_t>(stratum_); }

  std::vector<std::vector<std::uint16_t>> category_of_;  // [dimension][cell]
  std::vector<std::size_t> sizes_;                       // [dimension]
  std::vector<std::uint32_t> joint_of_;                  // [cell]
  std::vector<std::uint8_t> outside_;                    // [cell]; empty: none is
  int stratum_ = wave::kNone;                            // dimension of base weights per cell
  std::vector<double> stratum_weight_;                   // [category]
};

// Parallel arrays over the cells with respondents, in cell order.
struct CellList {
  std::vector<std::uint32_t> cells;
  std::vector<std::uint64_t> n;
  std::vector<double> t;  // METHOD M1's T_c = sum of d
  std::vector<double> q;  // sum of d^2
  std::vector<double> d;  // base weight of each respondent, where it is one for all; otherwise 1
  std::uint64_t respondents = 0;
  std::uint64_t respondents_outside = 0;
  std::vector<Flag> outside_flags;  // kOutsidePopulation, each category (or joint cell) once

  std::size_t size() const { return cells.size(); }
};

void ListCells(const wave::Wave& wave, const CellMap& map, const state::Cube& cube, CellList* list);

// Integer sums of METHOD M9 as numbers.
double SumOfBaseWeights(state::Uint128 d);
double SumOfSquares(state::Uint128 d2);

}  // namespace panelpuls::estimate
