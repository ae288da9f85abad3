#include "estimate/cross_table.h"

#include <algorithm>

namespace panelpuls::estimate {

void Columns::Assign(const MarginSet& set, std::size_t cells) {
  begin_.clear();
  groups_.clear();
  count_ = 0;
  base_ = 0;
  for (const Margin& margin : set.margins) {
    begin_.push_back(count_);
    groups_.push_back(margin.groups());
    count_ += margin.groups();
    if (margin.groups() > groups_[base_]) base_ = groups_.size() - 1;
  }
  if (set.margins.empty()) {
    begin_.push_back(0);
    groups_.push_back(1);
    count_ = 1;
    of_.assign(cells, 0);
    return;
  }
  of_.resize(cells * margins());
  for (std::size_t m = 0; m < margins(); ++m) {
    for (std::size_t i = 0; i < cells; ++i) {
      of_[i * margins() + m] = static_cast<std::uint32_t>(begin_[m]) + set.margins[m].group[i];
    }
  }
}

void CrossTable::AddUp(const Columns& columns, std::span<const double> weights) {
  columns_ = &columns;
  rest_ = columns.rest();
  const std::size_t base = columns.base();
  diagonal_.assign(columns.count(), 0.0);
  base_rest_.assign(columns.groups(base) * rest_, 0.0);
  rest_rest_.assign(rest_ * rest_, 0.0);
  x_.resize(rest_);
  for (std::size_t i = 0; i < weights.size(); ++i) {
    const std::span<const std::uint32_t> of = columns.Of(i);
    double* base_row = base_rest_.data() + (of[base] - columns.begin(base)) * rest_;
    for (std::size_t m = 0; m < of.size(); ++m) {
      diagonal_[of[m]] += weights[i];
      if (m == base) continue;
      const std::size_t place = columns.RestPlace(of[m]);
      base_row[place] += weights[i];
      for (std::size_t other = 0; other < m; ++other) {
        if (other == base) continue;
        rest_rest_[place * rest_ + columns.RestPlace(of[other])] += weights[i];
      }
    }
  }
  for (std::size_t a = 0; a < rest_; ++a) {
    rest_rest_[a * rest_ + a] = diagonal_[columns.RestColumn(a)];
    for (std::size_t b = 0; b < a; ++b) rest_rest_[b * rest_ + a] = rest_rest_[a * rest_ + b];
  }
}

double CrossTable::Form(std::span<const double> x) const {
  const std::size_t first = columns_->begin(columns_->base());
  const std::size_t groups = columns_->groups(columns_->base());
  for (std::size_t a = 0; a < rest_; ++a) x_[a] = x[columns_->RestColumn(a)];
  // Two sums, so that additions need not wait for each other.
  const auto dot = [this](const double* row, std::size_t count) {
    double even = 0;
    double odd = 0;
    std::size_t i = 0;
    for (; i + 2 <= count; i += 2) {
      even += row[i] * x_[i];
      odd += row[i + 1] * x_[i + 1];
    }
    if (i < count) even += row[i] * x_[i];
    return even + odd;
  };
  double sum = 0;
  for (std::size_t a = 0; a < rest_; ++a) {
    const double* row = rest_rest_.data() + a * rest_;
    sum += x_[a] * (row[a] * x_[a] + 2 * dot(row, a));
  }
  for (std::size_t group = 0; group < groups; ++group) {
    const double xg = x[first + group];
    const double* row = base_rest_.data() + group * rest_;
    sum += xg * (diagonal_[first + group] * xg + 2 * dot(row, rest_));
  }
  return sum;
}

void CrossTable::Multiply(std::span<const double> x, std::span<double> out) const {
  const std::size_t first = columns_->begin(columns_->base());
  const std::size_t groups = columns_->groups(columns_->base());
  for (std::size_t a = 0; a < rest_; ++a) {
    double sum = 0;
    const double* row = rest_rest_.data() + a * rest_;
    for (std::size_t b = 0; b < rest_; ++b) sum += row[b] * x[columns_->RestColumn(b)];
    out[columns_->RestColumn(a)] = sum;
  }
  for (std::size_t group = 0; group < groups; ++group) {
    double sum = diagonal_[first + group] * x[first + group];
    const double* row = base_rest_.data() + group * rest_;
    for (std::size_t a = 0; a < rest_; ++a) {
      const std::size_t column = columns_->RestColumn(a);
      sum += row[a] * x[column];
      out[column] += row[a] * x[first + group];
    }
    out[first + group] = sum;
  }
}

}  // namespace panelpuls::estimate
