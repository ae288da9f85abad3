#include "estimate/variance/regression.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "estimate/numeric/dependence.h"
#include "estimate/numeric/vector_kernels.h"

namespace panelpuls::estimate {
namespace {

// A column of which the others leave less than this part: a double has too few digits to tell
// whether it depends on them, or what its effect is to 1e-9.
constexpr double kLeastPivot = 1e-5;
constexpr int kRakeSweeps = 10;

double InverseOrZero(double x) { return x > 0 ? 1 / x : 0; }

// No cell is too light beside the others for a double to see it.
bool IsEven(std::span<const double> t) {
  const double sum = std::accumulate(t.begin(), t.end(), 0.0);
  return std::all_of(t.begin(), t.end(), [sum](double x) { return x > kLeastCell * sum; });
}

}  // namespace

void Regression::Prepare(wave::VarianceMethod method, const CellList& list,
                         const Columns& columns) {
  method_ = method;
  columns_ = &columns;
  base_weights_.AddUp(columns, list.t);
  if (method == wave::VarianceMethod::kRake) {
    weights_.assign(list.n.begin(), list.n.end());
    counts_.AddUp(columns, weights_);
  }
  own_.assign(columns.base_width(), 0.0);
  for (std::size_t column = 0; column < own_.size(); ++column) {
    own_[column] = InverseOrZero(base_weights_.diagonal()[column]);
  }
  base_.resize(columns.base_width());
  rest_.resize(columns.rest_width());
  Factorise(IsEven(list.t));
  const bool is_precise = least_pivot_ < kLeastPivot;
  needs_cells_ = is_precise && method == wave::VarianceMethod::kCalibrate;
  if (!is_precise) return FindLeverage(list);
  equations_.Prepare(columns, list.t);
  equations_.Invert();
  rank_ = equations_.rank();
  leverage_.resize(list.size());
  for (std::size_t i = 0; i < list.size(); ++i) {
    leverage_[i] = list.q[i] / list.t[i] * equations_.FormOf(i);
  }
}

// Cholesky of what the base margin leaves of the others' columns.
void Regression::Factorise(bool is_even) {
  const std::size_t rest = columns_->rest();
  const std::size_t groups = columns_->groups(columns_->base());
  const std::span<const double> diagonal = base_weights_.diagonal();
  const std::span<const double> of_rest = diagonal.subspan(columns_->base_width());
  rank_ = 0;
  least_pivot_ = 1;
  for (std::size_t group = 0; group < groups; ++group) rank_ += diagonal[group] > 0;
  scale_.assign(rest, 0.0);
  factor_.assign(rest * rest, 0.0);
  for (std::size_t a = 0; a < rest; ++a) {
    if (of_rest[a] > 0) scale_[a] = 1 / std::sqrt(of_rest[a]);
  }
  // The first group of every other margin is the sum of the base's without the margin's own others.
  for (std::size_t m = 0; m < columns_->margins(); ++m) {
    if (m != columns_->base()) scale_[columns_->RestPlace(columns_->begin(m))] = 0;
  }
  for (std::size_t a = 0; a < rest; ++a) {
    for (std::size_t b = 0; b <= a; ++b) {
      double sum = base_weights_.RestRest(a, b);
      for (std::size_t group = 0; group < groups; ++group) {
        sum -= base_weights_.BaseRest(group, a) * base_weights_.BaseRest(group, b) * own_[group];
      }
      factor_[a * rest + b] = sum * scale_[a] * scale_[b];
    }
  }
  for (std::size_t a = 0; a < rest; ++a) {
    double* row = factor_.data() + a * rest;
    for (std::size_t b = 0; b < a; ++b) {
      const double* other = factor_.data() + b * rest;
      double sum = row[b];
      for (std::size_t k = 0; k < b; ++k) sum -= row[k] * other[k];
      row[b] = other[b] > 0 ? sum / other[b] : 0;
    }
    double pivot = row[a];
    for (std::size_t k = 0; k < a; ++k) pivot -= row[k] * row[k];
    if (is_even && pivot < kRoundingPivot) {  // it depends on those before it
      scale_[a] = 0;
      std::fill(row, row + a + 1, 0.0);
    }
    if (scale_[a] == 0) continue;
    least_pivot_ = std::min(least_pivot_, pivot);
    if (least_pivot_ < kLeastPivot) return;
    row[a] = std::sqrt(pivot);
    ++rank_;
  }
}

void Regression::SolveRest(std::span<double> x) const {
  const std::size_t rest = columns_->rest();
  for (std::size_t a = 0; a < rest; ++a) {
    const double* row = factor_.data() + a * rest;
    double sum = x[a] * scale_[a];
    for (std::size_t k = 0; k < a; ++k) sum -= row[k] * x[k];
    x[a] = row[a] > 0 ? sum / row[a] : 0;
  }
  for (std::size_t a = rest; a-- > 0;) {
    const double* row = factor_.data() + a * rest;
    const double value = row[a] > 0 ? x[a] / row[a] : 0;
    for (std::size_t k = 0; k < a; ++k) x[k] -= row[k] * value;
    x[a] = value;
  }
  for (std::size_t a = 0; a < rest; ++a) x[a] *= scale_[a];
}

void Regression::FindLeverage(const CellList& list) {
  const std::size_t rest = columns_->rest();
  const std::size_t width = columns_->rest_width();
  const std::size_t base = columns_->base();
  const std::size_t groups = columns_->groups(base);
  inverse_.assign(width * width, 0.0);
  for (std::size_t a = 0; a < rest; ++a) {
    const std::span<double> row = std::span(inverse_).subspan(a * width, rest);
    row[a] = 1;
    SolveRest(row);
  }
  base_inverse_.assign(groups * rest, 0.0);
  base_diagonal_.assign(groups, 0.0);
  for (std::size_t group = 0; group < groups; ++group) {
    double* row = base_inverse_.data() + group * rest;
    for (std::size_t a = 0; a < rest; ++a) {
      const double left = base_weights_.BaseRest(group, a) * own_[group];
      if (left == 0) continue;
      for (std::size_t b = 0; b < rest; ++b) row[b] -= left * inverse_[a * width + b];
    }
    base_diagonal_[group] = own_[group];
    for (std::size_t a = 0; a < rest; ++a) {
      base_diagonal_[group] -= base_weights_.BaseRest(group, a) * own_[group] * row[a];
    }
  }
  leverage_.resize(list.size());
  for (std::size_t i = 0; i < list.size(); ++i) {
    const std::span<const std::uint32_t> of = columns_->Of(i);
    const std::size_t group = of[base];
    double sum = base_diagonal_[group];
    for (std::size_t m = 0; m < of.size(); ++m) {
      if (m == base) continue;
      const std::size_t a = columns_->RestPlace(of[m]);
      sum += inverse_[a * width + a] + 2 * base_inverse_[group * rest + a];
      for (std::size_t other = 0; other < m; ++other) {
        if (other != base) sum += 2 * inverse_[a * width + columns_->RestPlace(of[other])];
      }
    }
    leverage_[i] = list.q[i] / list.t[i] * sum;
  }
}

void Regression::Fit(std::span<const double> sums, std::span<double> effects) const {
  if (method_ == wave::VarianceMethod::kRake) return Project(sums, effects);
  const std::size_t width = columns_->base_width();
  const std::span<double> of_base = effects.first(width);
  const std::span<double> of_rest = effects.subspan(width);
  for (std::size_t column = 0; column < width; ++column)
    base_[column] = sums[column] * own_[column];
  base_weights_.BaseTimes(base_, rest_);
  for (std::size_t a = 0; a < rest_.size(); ++a) rest_[a] = sums[width + a] - rest_[a];
  Multiply(rest_, inverse_.data(), of_rest);
  base_weights_.RestTimes(of_rest, base_);
  for (std::size_t column = 0; column < width; ++column) {
    of_base[column] = (sums[column] - base_[column]) * own_[column];
  }
}

void Regression::FitCells(std::span<const double> sums, std::span<double> effects) const {
  sums_.assign(columns_->count(), {});
  effects_.resize(columns_->count());
  for (std::size_t i = 0; i < sums.size(); ++i) {
    for (const std::uint32_t column : columns_->Of(i)) sums_[column] += sums[i];
  }
  equations_.Solve(sums_, effects_);
  for (std::size_t column = 0; column < effects.size(); ++column) {
    effects[column] = effects_[column].value();
  }
}

// Margins in raking order; each adds the mean of what is left to its groups' effects.
void Regression::Project(std::span<const double> sums, std::span<double> effects) const {
  std::fill(effects.begin(), effects.end(), 0.0);
  fitted_.resize(columns_->count());
  for (int sweep = 0; sweep < kRakeSweeps; ++sweep) {
    for (std::size_t m = 0; m < columns_->margins(); ++m) {
      counts_.Times(effects, fitted_);
      for (std::size_t group = 0; group < columns_->groups(m); ++group) {
        const std::size_t column = columns_->begin(m) + group;
        effects[column] +=
            (sums[column] - fitted_[column]) * InverseOrZero(counts_.diagonal()[column]);
      }
    }
  }
}

}  // namespace panelpuls::estimate
