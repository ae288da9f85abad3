// The normal equations sum w x x' b = s of the margins' main effects, in twice the digits of a
// double: where weights differ by many powers of ten, or two margins nearly coincide, what one
// column leaves of another is smaller than a double's rounding.
// Columns  those of cross_table.h; the first group of each margin but the base has the effect 0,
// and
//          so has who depends on those before it, or is of weight 0.
// Cost     O(cells * margins^2 + groups of the base * rest^2 + rest^3), each some 20 operations.
// Threads  one at a time; keeps its memory from call to call.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "estimate/numeric/double_double.h"
#include "estimate/weighting/cross_table.h"

namespace panelpuls::estimate {

class MarginEquations {
 public:
  // `weights` parallel to the listed cells, none below 0. Columns outlive this.
  void Prepare(const Columns& columns, std::span<const double> weights);

  // s and b by column; they may be one.
  void Solve(std::span<const DoubleDouble> sums, std::span<DoubleDouble> effects) const;
  // Number of independent columns.
  std::size_t rank() const { return rank_; }

  // For FormOf; once, after Prepare.
  void Invert();
  // x' (sum w x x')^-1 x of a listed cell.
  double FormOf(std::size_t cell) const;

 private:
  void AddUp(std::span<const double> weights);
  void Factorise();
  void SolveRest(std::span<DoubleDouble> x) const;
  const DoubleDouble& BaseRest(std::size_t group, std::size_t place) const {
    return base_rest_[group * rest_ + place];
  }

  const Columns* columns_ = nullptr;
  std::size_t rest_ = 0;
  std::size_t groups_ = 0;  // of the base
  std::size_t rank_ = 0;
  std::vector<DoubleDouble> base_;           // [group of the base] sum of its weights
  std::vector<DoubleDouble> own_;            // [group of the base] 1 over it; 0 where it is empty
  std::vector<DoubleDouble> base_rest_;      // [group of the base][place]
  std::vector<DoubleDouble> rest_rest_;      // [place][place], lower triangle
  std::vector<double> scale_;                // [place] 1 / root of the diagonal; 0: dropped
  std::vector<DoubleDouble> factor_;         // [place][place] lower Cholesky factor
  std::vector<DoubleDouble> inverse_;        // [place][place]
  std::vector<DoubleDouble> base_inverse_;   // [group of the base][place]
  std::vector<DoubleDouble> base_diagonal_;  // [group of the base]
  mutable std::vector<DoubleDouble> work_;
};

}  // namespace panelpuls::estimate
