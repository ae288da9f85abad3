// Sums over cells by pairs of groups of margins: the matrix sum w x x' of METHOD M4 and M5 with one
// column a group, stored as its blocks, so that one margin alone costs no more than its diagonal.
// Columns  the groups of all margins side by side; the margin with the most groups is the base.
// Threads  one at a time; keeps its memory from call to call.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "estimate/margins.h"

namespace panelpuls::estimate {

// Where the groups of a set of margins stand. Without margins there is one group of all cells.
class Columns {
 public:
  void Assign(const MarginSet& set, std::size_t cells);

  std::size_t count() const { return count_; }
  std::size_t margins() const { return begin_.size(); }
  std::size_t base() const { return base_; }
  std::size_t begin(std::size_t margin) const { return begin_[margin]; }
  std::size_t groups(std::size_t margin) const { return groups_[margin]; }
  // Columns behind the base's, side by side: the place of a column that is not the base's.
  std::size_t rest() const { return count_ - groups_[base_]; }
  std::size_t RestPlace(std::size_t column) const {
    return column < begin_[base_] ? column : column - groups_[base_];
  }
  std::size_t RestColumn(std::size_t place) const {
    return place < begin_[base_] ? place : place + groups_[base_];
  }
  // Columns of a listed cell, one a margin.
  std::span<const std::uint32_t> Of(std::size_t cell) const {
    return std::span(of_).subspan(cell * margins(), margins());
  }

 private:
  std::size_t count_ = 0;
  std::size_t base_ = 0;
  std::vector<std::size_t> begin_;
  std::vector<std::size_t> groups_;
  std::vector<std::uint32_t> of_;  // [listed cell][margin]
};

class CrossTable {
 public:
  // `weights` parallel to the listed cells. Columns outlive this.
  void AddUp(const Columns& columns, std::span<const double> weights);

  const std::vector<double>& diagonal() const { return diagonal_; }
  double BaseRest(std::size_t group, std::size_t place) const {
    return base_rest_[group * rest_ + place];
  }
  double RestRest(std::size_t a, std::size_t b) const { return rest_rest_[a * rest_ + b]; }
  // x' table x; x by column.
  double Form(std::span<const double> x) const;
  // out = table * x; by column. Within a margin the table is diagonal.
  void Multiply(std::span<const double> x, std::span<double> out) const;

 private:
  const Columns* columns_ = nullptr;
  std::size_t rest_ = 0;
  std::vector<double> diagonal_;   // [column]
  std::vector<double> base_rest_;  // [group of the base][place]
  std::vector<double> rest_rest_;  // [place][place], symmetric, with its diagonal
  mutable std::vector<double> x_;  // [place] of the x at hand
};

}  // namespace panelpuls::estimate
