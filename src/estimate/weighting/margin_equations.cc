#include "estimate/weighting/margin_equations.h"

#include <algorithm>
#include <cmath>

namespace panelpuls::estimate {
namespace {

// A column of which the others leave less than this part is dependent on them. Rounding leaves some
// 1e-29, a respondent of the least base weight among 10^9 of the largest 1e-18.
constexpr double kDependentPrecisely = 1e-23;

// Weights that fade away, where margins ask for none: below this a column is empty.
constexpr double kNothing = 1e-200;

bool IsEmpty(const DoubleDouble& sum) { return !(sum.high > kNothing); }

}  // namespace

void MarginEquations::Prepare(const Columns& columns, std::span<const double> weights) {
  columns_ = &columns;
  rest_ = columns.rest();
  groups_ = columns.groups(columns.base());
  AddUp(weights);
  Factorise();
}

void MarginEquations::AddUp(std::span<const double> weights) {
  base_.assign(groups_, {});
  base_rest_.assign(groups_ * rest_, {});
  rest_rest_.assign(rest_ * rest_, {});
  const std::size_t base = columns_->base();
  for (std::size_t i = 0; i < weights.size(); ++i) {
    const std::span<const std::uint32_t> of = columns_->Of(i);
    const std::size_t group = of[base];
    base_[group] += weights[i];
    for (std::size_t m = 0; m < of.size(); ++m) {
      if (m == base) continue;
      // Places rise with the margin, so that this is the lower triangle.
      const std::size_t place = columns_->RestPlace(of[m]);
      base_rest_[group * rest_ + place] += weights[i];
      for (std::size_t other = 0; other <= m; ++other) {
        if (other == base) continue;
        rest_rest_[place * rest_ + columns_->RestPlace(of[other])] += weights[i];
      }
    }
  }
}

// Cholesky of what the base margin leaves of the others' columns, each scaled to 1.
void MarginEquations::Factorise() {
  rank_ = 0;
  own_.assign(groups_, {});
  for (std::size_t group = 0; group < groups_; ++group) {
    if (IsEmpty(base_[group])) continue;
    own_[group] = DoubleDouble(1) / base_[group];
    ++rank_;
  }
  scale_.assign(rest_, 0.0);
  for (std::size_t a = 0; a < rest_; ++a) {
    const DoubleDouble& diagonal = rest_rest_[a * rest_ + a];
    if (!IsEmpty(diagonal)) scale_[a] = 1 / std::sqrt(diagonal.high);
  }
  // The first group of every other margin is the sum of the base's without the margin's own others.
  for (std::size_t m = 0; m < columns_->margins(); ++m) {
    if (m != columns_->base()) scale_[columns_->RestPlace(columns_->begin(m))] = 0;
  }
  factor_.assign(rest_ * rest_, {});
  for (std::size_t a = 0; a < rest_; ++a) {
    if (scale_[a] == 0) continue;
    for (std::size_t b = 0; b <= a; ++b) {
      if (scale_[b] == 0) continue;
      DoubleDouble sum = rest_rest_[a * rest_ + b];
      for (std::size_t group = 0; group < groups_; ++group) {
        const DoubleDouble& left = BaseRest(group, a);
        const DoubleDouble& right = BaseRest(group, b);
        if (left.high == 0 || right.high == 0) continue;
        sum -= left * own_[group] * right;
      }
      factor_[a * rest_ + b] = sum * TwoProduct(scale_[a], scale_[b]);
    }
  }
  for (std::size_t a = 0; a < rest_; ++a) {
    if (scale_[a] == 0) continue;
    DoubleDouble* row = factor_.data() + a * rest_;
    for (std::size_t b = 0; b < a; ++b) {
      const DoubleDouble* other = factor_.data() + b * rest_;
      if (scale_[b] == 0) {
        row[b] = {};  // one that depended on those before it explains nothing more
        continue;
      }
      DoubleDouble sum = row[b];
      for (std::size_t k = 0; k < b; ++k) sum -= row[k] * other[k];
      row[b] = sum / other[b];
    }
    DoubleDouble pivot = row[a];
    for (std::size_t k = 0; k < a; ++k) pivot -= row[k] * row[k];
    if (pivot.high > kDependentPrecisely) {
      row[a] = Root(pivot);
      ++rank_;
      continue;
    }
    std::fill(row, row + a + 1, DoubleDouble());
    scale_[a] = 0;
  }
}

void MarginEquations::SolveRest(std::span<DoubleDouble> x) const {
  for (std::size_t a = 0; a < rest_; ++a) {
    if (scale_[a] == 0) {
      x[a] = {};
      continue;
    }
    const DoubleDouble* row = factor_.data() + a * rest_;
    DoubleDouble sum = x[a] * DoubleDouble(scale_[a]);
    for (std::size_t k = 0; k < a; ++k) sum -= row[k] * x[k];
    x[a] = sum / row[a];
  }
  for (std::size_t a = rest_; a-- > 0;) {
    if (scale_[a] == 0) continue;
    const DoubleDouble* row = factor_.data() + a * rest_;
    x[a] = x[a] / row[a];
    for (std::size_t k = 0; k < a; ++k) x[k] -= row[k] * x[a];
  }
  for (std::size_t a = 0; a < rest_; ++a) x[a] = x[a] * DoubleDouble(scale_[a]);
}

void MarginEquations::Solve(std::span<const DoubleDouble> sums,
                            std::span<DoubleDouble> effects) const {
  const std::size_t width = columns_->base_width();
  work_.assign(sums.begin() + static_cast<std::ptrdiff_t>(width),
               sums.begin() + static_cast<std::ptrdiff_t>(width + rest_));
  for (std::size_t group = 0; group < groups_; ++group) {
    const DoubleDouble mean = sums[group] * own_[group];
    for (std::size_t a = 0; a < rest_; ++a) {
      const DoubleDouble& common = BaseRest(group, a);
      if (common.high != 0) work_[a] -= common * mean;
    }
  }
  SolveRest(work_);
  for (std::size_t group = 0; group < groups_; ++group) {
    DoubleDouble sum = sums[group];
    for (std::size_t a = 0; a < rest_; ++a) {
      const DoubleDouble& common = BaseRest(group, a);
      if (common.high != 0) sum -= common * work_[a];
    }
    effects[group] = sum * own_[group];
  }
  for (std::size_t column = groups_; column < width; ++column) effects[column] = {};
  for (std::size_t column = width; column < columns_->count(); ++column) {
    effects[column] = column - width < rest_ ? work_[column - width] : DoubleDouble();
  }
}

void MarginEquations::Invert() {
  inverse_.assign(rest_ * rest_, {});
  for (std::size_t a = 0; a < rest_; ++a) {
    const std::span<DoubleDouble> row = std::span(inverse_).subspan(a * rest_, rest_);
    row[a] = 1;
    SolveRest(row);
  }
  base_inverse_.assign(groups_ * rest_, {});
  base_diagonal_.assign(groups_, {});
  for (std::size_t group = 0; group < groups_; ++group) {
    const DoubleDouble& own = own_[group];
    DoubleDouble* row = base_inverse_.data() + group * rest_;
    for (std::size_t a = 0; a < rest_; ++a) {
      const DoubleDouble left = BaseRest(group, a) * own;
      if (left.high == 0) continue;
      for (std::size_t b = 0; b < rest_; ++b) row[b] -= left * inverse_[a * rest_ + b];
    }
    base_diagonal_[group] = own;
    for (std::size_t a = 0; a < rest_; ++a) {
      base_diagonal_[group] -= BaseRest(group, a) * own * row[a];
    }
  }
}

double MarginEquations::FormOf(std::size_t cell) const {
  const std::span<const std::uint32_t> of = columns_->Of(cell);
  const std::size_t base = columns_->base();
  const std::size_t group = of[base];
  DoubleDouble sum = base_diagonal_[group];
  for (std::size_t m = 0; m < of.size(); ++m) {
    if (m == base) continue;
    const std::size_t a = columns_->RestPlace(of[m]);
    sum += inverse_[a * rest_ + a] + base_inverse_[group * rest_ + a] * DoubleDouble(2);
    for (std::size_t other = 0; other < m; ++other) {
      if (other == base) continue;
      sum += inverse_[a * rest_ + columns_->RestPlace(of[other])] * DoubleDouble(2);
    }
  }
  return sum.value();
}

}  // namespace panelpuls::estimate
