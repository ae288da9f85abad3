#include "estimate/weighting/cross_table.h"

#include <algorithm>

#include "estimate/numeric/vector_kernels.h"

namespace panelpuls::estimate {

void Columns::Assign(const MarginSet& set, std::size_t cells) {
  groups_.clear();
  base_ = 0;
  for (const Margin& margin : set.margins) {
    groups_.push_back(margin.groups());
    if (margin.groups() > groups_[base_]) base_ = groups_.size() - 1;
  }
  if (set.margins.empty()) groups_.push_back(1);
  base_width_ = Padded(groups_[base_]);
  begin_.assign(groups_.size(), 0);
  rest_ = 0;
  for (std::size_t m = 0; m < groups_.size(); ++m) {
    if (m == base_) continue;
    begin_[m] = base_width_ + rest_;
    rest_ += groups_[m];
  }
  rest_width_ = Padded(rest_);
  of_.assign(cells * margins(), 0);
  for (std::size_t m = 0; m < set.margins.size(); ++m) {
    for (std::size_t i = 0; i < cells; ++i) {
      of_[i * margins() + m] = static_cast<std::uint32_t>(begin_[m]) + set.margins[m].group[i];
    }
  }
}

void CrossTable::AddUp(const Columns& columns, std::span<const double> weights) {
  columns_ = &columns;
  const std::size_t width = columns.rest_width();
  diagonal_.assign(columns.count(), 0.0);
  to_rest_.assign(columns.count() * width, 0.0);
  for (std::size_t i = 0; i < weights.size(); ++i) {
    const std::span<const std::uint32_t> of = columns.Of(i);
    for (std::size_t m = 0; m < of.size(); ++m) {
      diagonal_[of[m]] += weights[i];
      if (m == columns.base()) continue;
      const std::size_t place = columns.RestPlace(of[m]);
      to_rest_[of[columns.base()] * width + place] += weights[i];
      for (std::size_t other = 0; other < m; ++other) {
        if (other != columns.base()) to_rest_[of[other] * width + place] += weights[i];
      }
    }
  }
  const std::size_t base = columns.base_width();
  for (std::size_t a = 0; a < columns.rest(); ++a) {
    to_rest_[(base + a) * width + a] = diagonal_[base + a];
    for (std::size_t b = 0; b < a; ++b) {
      to_rest_[(base + a) * width + b] = to_rest_[(base + b) * width + a];
    }
  }
  rest_base_.resize(width * base);
  for (std::size_t a = 0; a < width; ++a) {
    for (std::size_t group = 0; group < base; ++group) {
      rest_base_[a * base + group] = to_rest_[group * width + a];
    }
  }
}

double CrossTable::Form(std::span<const double> x) const {
  const std::size_t base = columns_->base_width();
  x_.assign(x.begin(), x.end());
  // What base and rest have in common comes twice.
  for (std::size_t column = 0; column < base; ++column) x_[column] *= 2;
  y_.resize(columns_->rest_width());
  Multiply(x_, to_rest_.data(), y_);
  for (std::size_t column = 0; column < base; ++column) {
    x_[column] = diagonal_[column] * x[column];
  }
  return Dot(y_, x.subspan(base)) + Dot(std::span(x_).first(base), x.first(base));
}

void CrossTable::Times(std::span<const double> x, std::span<double> out) const {
  const std::size_t base = columns_->base_width();
  RestTimes(x.subspan(base), out.first(base));
  for (std::size_t column = 0; column < base; ++column)
    out[column] += diagonal_[column] * x[column];
  Multiply(x, to_rest_.data(), out.subspan(base));
}

void CrossTable::BaseTimes(std::span<const double> x, std::span<double> out) const {
  Multiply(x, to_rest_.data(), out);
}

void CrossTable::RestTimes(std::span<const double> x, std::span<double> out) const {
  Multiply(x, rest_base_.data(), out);
}

}  // namespace panelpuls::estimate
