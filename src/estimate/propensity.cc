#include "estimate/propensity.h"

#include <algorithm>
#include <cmath>

namespace panelpuls::estimate {
namespace {

constexpr int kMostIterations = 100;
constexpr int kMostHalvings = 30;
// Newton's last steps square the error: a deviance that moves by less is that of the maximum.
constexpr double kSettled = 1e-13;
// A column of which the others leave less than this part is dependent on them.
constexpr double kDependent = 1e-10;

double LogOrZero(double weight, double x) { return weight > 0 ? weight * std::log(x) : 0; }

}  // namespace

absl::Status PropensityModel::Fit(const PropensityRows& rows) {
  rows_ = &rows;
  columns_ = 1;
  begin_.clear();
  for (const std::size_t size : rows.sizes) {
    begin_.push_back(columns_);
    columns_ += size;
  }
  if (columns_ > kMostColumns) {
    return ResourceExhausted(
        "{} categories in all dimensions are more than the {} that response propensities are "
        "fitted on",
        columns_ - 1, kMostColumns - 1);
  }
  FixSeparated();
  ChooseColumns();
  effects_.assign(columns_, 0.0);
  FillRates();
  double deviance = Deviance();
  for (int iteration = 0; iteration < kMostIterations; ++iteration) {
    Factorise();
    std::vector<double> score(columns_);
    for (std::size_t row = 0; row < rows.size(); ++row) {
      if (is_separated(row)) continue;
      const double left = rows.responded[row] - rows.invited[row] * rates_[row];
      score[0] += left;
      const auto categories = rows.CategoriesOf(row);
      for (std::size_t d = 0; d < categories.size(); ++d) score[ColumnOf(d, categories[d])] += left;
    }
    const std::vector<double> before = effects_;
    const std::vector<double> step = Solve(score);
    double size = 1;
    double next = deviance;
    for (int halving = 0; halving < kMostHalvings; ++halving, size /= 2) {
      for (std::size_t c = 0; c < columns_; ++c) effects_[c] = before[c] + size * step[c];
      FillRates();
      next = Deviance();
      if (next <= deviance * (1 + kSettled)) break;
    }
    const bool settled = std::abs(deviance - next) <= kSettled * (deviance + 1);
    deviance = next;
    if (!settled) continue;
    Factorise();
    return absl::OkStatus();
  }
  return Internal("the fit of response propensities does not settle in {} steps", kMostIterations);
}

// METHOD M7: where a category is fixed, what is left may fix another.
void PropensityModel::FixSeparated() {
  const PropensityRows& rows = *rows_;
  fixed_.assign(rows.size(), kFree);
  for (bool changed = true; changed;) {
    changed = false;
    std::vector<double> invited(columns_);
    std::vector<double> responded(columns_);
    for (std::size_t row = 0; row < rows.size(); ++row) {
      if (is_separated(row)) continue;
      const auto categories = rows.CategoriesOf(row);
      for (std::size_t d = 0; d < categories.size(); ++d) {
        invited[ColumnOf(d, categories[d])] += rows.invited[row];
        responded[ColumnOf(d, categories[d])] += rows.responded[row];
      }
    }
    for (std::size_t row = 0; row < rows.size(); ++row) {
      if (is_separated(row)) continue;
      const auto categories = rows.CategoriesOf(row);
      for (std::size_t d = 0; d < categories.size(); ++d) {
        const std::size_t column = ColumnOf(d, categories[d]);
        if (responded[column] == 0) fixed_[row] = kNobody;
        if (responded[column] == invited[column]) fixed_[row] = kEverybody;
      }
      changed |= is_separated(row);
    }
  }
}

// The intercept, and of each dimension the categories with free rows but the first of these.
void PropensityModel::ChooseColumns() {
  const PropensityRows& rows = *rows_;
  is_used_.assign(columns_, false);
  for (std::size_t row = 0; row < rows.size(); ++row) {
    if (is_separated(row)) continue;
    is_used_[0] = true;
    const auto categories = rows.CategoriesOf(row);
    for (std::size_t d = 0; d < categories.size(); ++d) {
      is_used_[ColumnOf(d, categories[d])] = true;
    }
  }
  for (std::size_t d = 0; d < begin_.size(); ++d) {
    for (std::size_t category = 0; category < rows.sizes[d]; ++category) {
      if (!is_used_[ColumnOf(d, category)]) continue;
      is_used_[ColumnOf(d, category)] = false;
      break;
    }
  }
}

void PropensityModel::FillRates() {
  const PropensityRows& rows = *rows_;
  rates_.resize(rows.size());
  for (std::size_t row = 0; row < rows.size(); ++row) {
    if (is_separated(row)) {
      rates_[row] = fixed_[row] == kEverybody ? 1 : 0;
      continue;
    }
    double sum = effects_[0];
    const auto categories = rows.CategoriesOf(row);
    for (std::size_t d = 0; d < categories.size(); ++d) {
      sum += effects_[ColumnOf(d, categories[d])];
    }
    rates_[row] = 1 / (1 + std::exp(-sum));
  }
}

double PropensityModel::Deviance() const {
  const PropensityRows& rows = *rows_;
  double sum = 0;
  for (std::size_t row = 0; row < rows.size(); ++row) {
    if (is_separated(row)) continue;
    sum -= 2 * (LogOrZero(rows.responded[row], rates_[row]) +
                LogOrZero(rows.invited[row] - rows.responded[row], 1 - rates_[row]));
  }
  return sum;
}

void PropensityModel::Factorise() {
  const PropensityRows& rows = *rows_;
  const std::size_t n = columns_;
  factor_.assign(n * n, 0.0);
  std::vector<std::size_t> of_row;
  for (std::size_t row = 0; row < rows.size(); ++row) {
    if (is_separated(row)) continue;
    const double weight = rows.invited[row] * rates_[row] * (1 - rates_[row]);
    of_row.assign(1, 0);
    const auto categories = rows.CategoriesOf(row);
    for (std::size_t d = 0; d < categories.size(); ++d) {
      const std::size_t column = ColumnOf(d, categories[d]);
      if (is_used_[column]) of_row.push_back(column);
    }
    for (std::size_t i = 0; i < of_row.size(); ++i) {
      for (std::size_t k = 0; k <= i; ++k) factor_[of_row[i] * n + of_row[k]] += weight;
    }
  }
  for (std::size_t a = 0; a < n; ++a) {
    double* row = factor_.data() + a * n;
    const double own = row[a];
    for (std::size_t b = 0; b < a; ++b) {
      const double* other = factor_.data() + b * n;
      double sum = row[b];
      for (std::size_t k = 0; k < b; ++k) sum -= row[k] * other[k];
      row[b] = other[b] > 0 ? sum / other[b] : 0;
    }
    double pivot = own;
    for (std::size_t k = 0; k < a; ++k) pivot -= row[k] * row[k];
    if (own > 0 && pivot > kDependent * own) {
      row[a] = std::sqrt(pivot);
    } else {
      std::fill(row, row + a + 1, 0.0);
    }
  }
}

std::vector<double> PropensityModel::Solve(std::vector<double> v) const {
  const std::size_t n = columns_;
  for (std::size_t a = 0; a < n; ++a) {
    const double* row = factor_.data() + a * n;
    double sum = v[a];
    for (std::size_t k = 0; k < a; ++k) sum -= row[k] * v[k];
    v[a] = row[a] > 0 ? sum / row[a] : 0;
  }
  for (std::size_t a = n; a-- > 0;) {
    const double* row = factor_.data() + a * n;
    v[a] = row[a] > 0 ? v[a] / row[a] : 0;
    for (std::size_t k = 0; k < a; ++k) v[k] -= row[k] * v[a];
  }
  return v;
}

double PropensityModel::Variance(std::size_t row) const {
  if (is_separated(row)) return 0;
  const std::size_t n = columns_;
  std::vector<double> x(n);
  x[0] = 1;
  const auto categories = rows_->CategoriesOf(row);
  for (std::size_t d = 0; d < categories.size(); ++d) {
    const std::size_t column = ColumnOf(d, categories[d]);
    if (is_used_[column]) x[column] = 1;
  }
  double sum = 0;  // |L^-1 x|^2
  for (std::size_t a = 0; a < n; ++a) {
    const double* factor = factor_.data() + a * n;
    double left = x[a];
    for (std::size_t k = 0; k < a; ++k) left -= factor[k] * x[k];
    x[a] = factor[a] > 0 ? left / factor[a] : 0;
    sum += x[a] * x[a];
  }
  return sum;
}

}  // namespace panelpuls::estimate
