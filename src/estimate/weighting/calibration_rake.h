// Raking by sweeps over the margins: METHOD M2, "Raking".
// Blocks   two neighbouring margins are met on the sums of their cross-table, which is much smaller
//          than the list of cells: one pass over the cells then serves two margins, with the same
//          weights as one pass each.
// Cost     O(sweeps * cells with respondents * margins).
// Threads  one at a time; owns scratch memory.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "estimate/weighting/calibration_problem.h"

namespace panelpuls::estimate {

class Raker {
 public:
  // From G = 1. `g` is what the last sweep left, also where the margins are not met.
  CalibrationOutcome Rake(const CalibrationProblem& problem, std::vector<double>* g);

 private:
  // Sums are kept in lanes, cell i in lane i % kLanes: neighbouring cells often lie in the same
  // group, and each addition would wait for the one before it.
  static constexpr std::size_t kLanes = 4;

  // One margin, or two; entry = group of the first * columns + group of the second.
  struct Block {
    const Margin* first = nullptr;
    const Margin* second = nullptr;  // may be null
    std::size_t columns = 1;
    std::size_t entries = 0;
    std::vector<std::uint32_t> entry;  // [listed cell]
  };
  // What a sweep has seen so far; the error counts before a margin is met, inside the cycle:
  // after it, it always is.
  struct Worst {
    double error = 0;
    Flag where;
  };

  void Pack(const CalibrationProblem& problem);
  void ClearSums(const Block& block);
  // Adds the lanes up and finds the factors of the block's entries. False: weights fade away,
  // where the margins cannot all be met.
  bool FindFactors(const Block& block, Worst* worst);
  // From marginal sums in group_sums_ to factors in group_factors_.
  bool MeetMargin(const Margin& margin, Worst* worst);
  // Multiplies the weights by the factors of block `of` and adds up block `next`.
  void Pass(const Block& of, const Block& next);

  std::vector<Block> blocks_;
  std::size_t block_count_ = 0;
  std::vector<double> weights_;                   // [listed cell] T G
  std::array<std::vector<double>, kLanes> sums_;  // [lane][entry] of the block at hand
  std::vector<double> factors_;                   // [entry] likewise
  std::vector<double> group_sums_, group_factors_;
};

}  // namespace panelpuls::estimate
