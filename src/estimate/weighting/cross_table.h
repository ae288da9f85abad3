// Sums over cells by pairs of groups of margins: the matrix sum w x x' of METHOD M4 and M5 with one
// column a group, stored as its blocks, so that one margin alone costs no more than its diagonal.
// Columns  the groups of all margins side by side: first those of the base, the margin with the
//          most groups, then those of the rest; either is padded to a multiple of kLanes.
// Threads  one at a time; keeps its memory from call to call.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "estimate/weighting/margins.h"

namespace panelpuls::estimate {

// Where the groups of a set of margins stand. Without margins there is one group of all cells.
class Columns {
 public:
  void Assign(const MarginSet& set, std::size_t cells);

  std::size_t count() const { return base_width_ + rest_width_; }  // with padding
  std::size_t margins() const { return begin_.size(); }
  std::size_t base() const { return base_; }
  std::size_t begin(std::size_t margin) const { return begin_[margin]; }
  std::size_t groups(std::size_t margin) const { return groups_[margin]; }
  std::size_t base_width() const { return base_width_; }  // columns, with padding
  std::size_t rest_width() const { return rest_width_; }
  // Columns of the rest, from base_width() on, have a place among the rest.
  std::size_t rest() const { return rest_; }
  std::size_t RestPlace(std::size_t column) const { return column - base_width_; }
  // Columns of a listed cell, one a margin.
  std::span<const std::uint32_t> Of(std::size_t cell) const {
    return std::span(of_).subspan(cell * margins(), margins());
  }

 private:
  std::size_t base_ = 0;
  std::size_t base_width_ = 0;
  std::size_t rest_ = 0;
  std::size_t rest_width_ = 0;
  std::vector<std::size_t> begin_;
  std::vector<std::size_t> groups_;
  std::vector<std::uint32_t> of_;  // [listed cell][margin]
};

class CrossTable {
 public:
  // `weights` parallel to the listed cells. Columns outlive this.
  void AddUp(const Columns& columns, std::span<const double> weights);

  const std::vector<double>& diagonal() const { return diagonal_; }
  double BaseRest(std::size_t group, std::size_t place) const { return OfRest(group, place); }
  double RestRest(std::size_t a, std::size_t b) const {
    return OfRest(columns_->base_width() + a, b);
  }
  // x' table x; x by column.
  double Form(std::span<const double> x) const;
  // out = table * x; by column. Within a margin the table is diagonal.
  void Times(std::span<const double> x, std::span<double> out) const;
  // out = sum over the base's groups of x times their rows; x by base column, out by rest place.
  void BaseTimes(std::span<const double> x, std::span<double> out) const;
  // Likewise from the rest to the base.
  void RestTimes(std::span<const double> x, std::span<double> out) const;

 private:
  double OfRest(std::size_t column, std::size_t place) const {
    return to_rest_[column * columns_->rest_width() + place];
  }

  const Columns* columns_ = nullptr;
  std::vector<double> diagonal_;   // [column]
  std::vector<double> to_rest_;    // [column][place, padded]
  std::vector<double> rest_base_;  // [place, padded][base column]
  mutable std::vector<double> x_, y_;
};

}  // namespace panelpuls::estimate
