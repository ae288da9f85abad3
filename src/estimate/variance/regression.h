// The part b_c of a linearised variable that the margins explain, METHOD M4, and the leverage of
// M5, by one factorisation for all figures.
// Fit      calibrate: base-weighted least squares on main effects; with one margin that is the
//          post-stratified form. rake: ten unweighted alternating projections.
// Columns  dependent ones and those without respondents have the effect 0.
// Digits   where one column leaves so little of another that a double's rounding would show in the
//          figures, in twice as many digits (margin_equations.h); sums are then made of cells.
// Threads  one at a time; keeps its memory from call to call.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "estimate/numeric/double_double.h"
#include "estimate/plan/cell_list.h"
#include "estimate/weighting/cross_table.h"
#include "estimate/weighting/margin_equations.h"
#include "wave/wave.h"

namespace panelpuls::estimate {

class Regression {
 public:
  // Columns outlive this.
  void Prepare(wave::VarianceMethod method, const CellList& list, const Columns& columns);

  // `sums`: by column, the sum of d z over its cells' respondents, or of z for rake; 0 in padding.
  // `effects`: by column; b_c is the sum over the columns of the cell.
  void Fit(std::span<const double> sums, std::span<double> effects) const;
  // Fits take sums by cell: FitCells stands in for Fit.
  bool needs_cells() const { return needs_cells_; }
  // `sums`: by listed cell, the sum of d z over its respondents.
  void FitCells(std::span<const double> sums, std::span<double> effects) const;
  // p, the number of independent columns.
  std::size_t rank() const { return rank_; }
  // h_c, parallel to the list.
  const std::vector<double>& leverage() const { return leverage_; }

 private:
  // `is_even`: a column of which next to nothing is left depends on the others.
  void Factorise(bool is_even);
  void SolveRest(std::span<double> x) const;
  void FindLeverage(const CellList& list);
  void Project(std::span<const double> sums, std::span<double> effects) const;

  wave::VarianceMethod method_ = wave::VarianceMethod::kCalibrate;
  const Columns* columns_ = nullptr;
  CrossTable base_weights_;  // sum T x x'
  CrossTable counts_;        // sum n x x'; rake alone
  bool needs_cells_ = false;
  double least_pivot_ = 1;
  MarginEquations equations_;  // where least_pivot_ is too small for doubles
  std::size_t rank_ = 0;
  std::vector<double> scale_;    // [place] 1 / sqrt of the diagonal; 0: dropped
  std::vector<double> factor_;   // [place][place] lower Cholesky factor of the scaled complement
  std::vector<double> own_;      // [base column] 1 over the diagonal, or 0
  std::vector<double> inverse_;  // [place][place], padded
  std::vector<double> base_inverse_;   // [group of the base][place]
  std::vector<double> base_diagonal_;  // [group of the base]
  std::vector<double> leverage_;
  std::vector<double> weights_;
  mutable std::vector<double> base_, rest_, fitted_;
  mutable std::vector<DoubleDouble> sums_, effects_;
};

}  // namespace panelpuls::estimate
