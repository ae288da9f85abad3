// Logistic regression of response on the main effects of several dimensions, fitted on cells.
//
// Formula  METHOD M7; maximum likelihood by Newton's method with step halving.
// Separated  A category in which nobody or everybody responded has the fitted rate 0 or 1, which is
//            the limit of the likelihood; its cells and column leave the fit, again and again until
//            no such category is left. Dependent columns have the effect 0.
// Cost     O(iterations * (cells * dimensions^2 + columns^3)), a variance O(dimensions * columns).
// Threads  Fit once, then const.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/status.h"

namespace panelpuls::estimate {

struct PropensityRows {
  std::vector<std::size_t> sizes;         // [dimension] categories
  std::vector<std::uint32_t> categories;  // [row][dimension]
  std::vector<double> invited;            // [row], > 0
  std::vector<double> responded;          // [row], 0 to invited

  std::size_t size() const { return invited.size(); }
  std::span<const std::uint32_t> CategoriesOf(std::size_t row) const {
    return std::span(categories).subspan(row * sizes.size(), sizes.size());
  }
};

class PropensityModel {
 public:
  // More columns (categories of all dimensions together) than this are not fitted.
  static constexpr std::size_t kMostColumns = 512;

  // ResourceExhausted: more than kMostColumns; Internal: no convergence. `rows` outlive this.
  absl::Status Fit(const PropensityRows& rows);

  const std::vector<double>& rates() const { return rates_; }  // [row]
  bool is_separated(std::size_t row) const { return fixed_[row] != kFree; }
  // x' Sigma x of METHOD M7's B, Sigma = (sum I rho (1 - rho) x x')^-1; 0 for separated rows.
  double Variance(std::size_t row) const;
  // Sigma v; `v` and the result by column. What separated categories have in v is passed over.
  std::vector<double> Solve(std::vector<double> v) const;
  // Columns of a row: the intercept is column 0, then the dimensions' categories in order.
  std::size_t columns() const { return columns_; }
  std::size_t ColumnOf(std::size_t dimension, std::size_t category) const {
    return begin_[dimension] + category;
  }

 private:
  enum Fixed : std::uint8_t { kFree, kNobody, kEverybody };
  struct Units {
    double invited = 0;
    double responded = 0;
  };

  void FixSeparated();
  void AddUpColumns();
  void ChooseColumns();
  void ListFree();
  double Evaluate();
  void Factorise();
  void InvertFactor();
  std::span<const std::uint32_t> ColumnsOf(std::size_t place) const {
    return std::span(columns_of_).subspan(place * begin_.size(), begin_.size());
  }

  const PropensityRows* rows_ = nullptr;
  std::size_t columns_ = 0;
  std::vector<std::size_t> begin_;   // [dimension] its first column
  std::vector<std::uint8_t> fixed_;  // [row] Fixed
  std::vector<Units> units_;         // [column] of the free rows
  std::vector<bool> is_used_;        // [column]
  std::vector<std::uint32_t> free_;  // rows
  // [free row][dimension]; unused ones share a column behind the last, whose effect is 0.
  std::vector<std::uint32_t> columns_of_;
  std::vector<double> effects_;      // [column + 1]
  std::vector<double> rates_;        // [row]
  std::vector<double> score_;        // [column + 1]
  std::vector<double> information_;  // [column + 1][column + 1] up to the diagonal
  std::vector<double> factor_;       // [column][column] lower Cholesky; 0 on the diagonal: dropped
  std::vector<double> inverse_;      // [column][column] of the factor, transposed
};

}  // namespace panelpuls::estimate
