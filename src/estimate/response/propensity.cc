#include "estimate/response/propensity.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace panelpuls::estimate {
namespace {

constexpr int kMostIterations = 100;
constexpr int kMostHalvings = 30;
// Newton's last steps square the error: a deviance that moves by less is that of the maximum.
constexpr double kSettled = 1e-13;
// A column of which the others leave less than this part is dependent on them.
constexpr double kDependentColumn = 1e-10;

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
  ListFree();
  effects_.assign(columns_ + 1, 0.0);
  double deviance = Evaluate();
  std::vector<double> before;
  for (int iteration = 0; iteration < kMostIterations; ++iteration) {
    Factorise();
    before = effects_;
    const std::vector<double> step = Solve(score_);
    double size = 1;
    double next = deviance;
    for (int halving = 0; halving < kMostHalvings; ++halving, size /= 2) {
      for (std::size_t c = 0; c < columns_; ++c) effects_[c] = before[c] + size * step[c];
      next = Evaluate();
      if (next <= deviance * (1 + kSettled)) break;
    }
    const bool settled = std::abs(deviance - next) <= kSettled * (deviance + 1);
    deviance = next;
    if (!settled) continue;
    Factorise();
    InvertFactor();
    return absl::OkStatus();
  }
  return Internal("the fit of response propensities does not settle in {} steps", kMostIterations);
}

// METHOD M7: where a category is fixed, what is left may fix another.
void PropensityModel::FixSeparated() {
  const PropensityRows& rows = *rows_;
  fixed_.assign(rows.size(), kFree);
  const auto is_fixing = [](const Units& units) {
    return units.invited > 0 && (units.responded == 0 || units.responded == units.invited);
  };
  for (AddUpColumns(); std::any_of(units_.begin() + 1, units_.end(), is_fixing); AddUpColumns()) {
    for (std::size_t row = 0; row < rows.size(); ++row) {
      if (is_separated(row)) continue;
      const auto categories = rows.CategoriesOf(row);
      for (std::size_t d = 0; d < categories.size(); ++d) {
        const Units& units = units_[ColumnOf(d, categories[d])];
        if (units.responded == 0) fixed_[row] = kNobody;
        if (units.responded == units.invited) fixed_[row] = kEverybody;
      }
    }
  }
}

void PropensityModel::AddUpColumns() {
  const PropensityRows& rows = *rows_;
  units_.assign(columns_, {});
  const auto add = [&](std::size_t row, std::size_t column) {
    units_[column].invited += rows.invited[row];
    units_[column].responded += rows.responded[row];
  };
  for (std::size_t row = 0; row < rows.size(); ++row) {
    if (is_separated(row)) continue;
    add(row, 0);
    const auto categories = rows.CategoriesOf(row);
    for (std::size_t d = 0; d < categories.size(); ++d) add(row, ColumnOf(d, categories[d]));
  }
}

// The intercept, and of each dimension the categories with free rows but the first of these.
void PropensityModel::ChooseColumns() {
  is_used_.assign(columns_, false);
  is_used_[0] = units_[0].invited > 0;
  for (std::size_t d = 0; d < begin_.size(); ++d) {
    bool is_first = true;
    for (std::size_t category = 0; category < rows_->sizes[d]; ++category) {
      const std::size_t column = ColumnOf(d, category);
      if (!(units_[column].invited > 0)) continue;
      is_used_[column] = !is_first;
      is_first = false;
    }
  }
}

void PropensityModel::ListFree() {
  const PropensityRows& rows = *rows_;
  rates_.resize(rows.size());
  free_.clear();
  columns_of_.clear();
  free_.reserve(rows.size());
  columns_of_.reserve(rows.categories.size());
  for (std::size_t row = 0; row < rows.size(); ++row) {
    if (is_separated(row)) {
      rates_[row] = fixed_[row] == kEverybody ? 1 : 0;
      continue;
    }
    free_.push_back(static_cast<std::uint32_t>(row));
    const auto categories = rows.CategoriesOf(row);
    for (std::size_t d = 0; d < categories.size(); ++d) {
      const std::size_t column = ColumnOf(d, categories[d]);
      columns_of_.push_back(static_cast<std::uint32_t>(is_used_[column] ? column : columns_));
    }
  }
}

// Rates, score and information at the effects at hand; returns the deviance.
double PropensityModel::Evaluate() {
  const PropensityRows& rows = *rows_;
  const std::size_t stride = columns_ + 1;
  score_.assign(stride, 0.0);
  information_.assign(stride * stride, 0.0);
  double deviance = 0;
  double score = 0;
  double information = 0;
  for (std::size_t place = 0; place < free_.size(); ++place) {
    const std::size_t row = free_[place];
    const auto columns = ColumnsOf(place);
    double sum = effects_[0];
    for (const std::uint32_t column : columns) sum += effects_[column];
    const double rate = 1 / (1 + std::exp(-sum));
    rates_[row] = rate;
    const double invited = rows.invited[row];
    const double responded = rows.responded[row];
    deviance -= 2 * (LogOrZero(responded, rate) + LogOrZero(invited - responded, 1 - rate));
    const double left = responded - invited * rate;
    const double weight = invited * rate * (1 - rate);
    score += left;
    information += weight;
    for (std::size_t d = 0; d < columns.size(); ++d) {
      score_[columns[d]] += left;
      double* line = information_.data() + columns[d] * stride;
      line[columns[d]] += weight;
      for (std::size_t e = 0; e < d; ++e) line[columns[e]] += weight;
    }
  }
  score_[0] = score;
  information_[0] = information;
  // With the intercept a column has in common what it has itself.
  for (std::size_t c = 1; c < columns_; ++c) {
    information_[c * stride] = information_[c * stride + c];
  }
  return deviance;
}

void PropensityModel::Factorise() {
  const std::size_t n = columns_;
  factor_.assign(n * n, 0.0);
  for (std::size_t a = 0; a < n; ++a) {
    double* row = factor_.data() + a * n;
    const double* information = information_.data() + a * (n + 1);
    for (std::size_t b = 0; b < a; ++b) {
      const double* other = factor_.data() + b * n;
      double sum = information[b];
      for (std::size_t k = 0; k < b; ++k) sum -= row[k] * other[k];
      row[b] = other[b] > 0 ? sum / other[b] : 0;
    }
    const double own = information[a];
    double pivot = own;
    for (std::size_t k = 0; k < a; ++k) pivot -= row[k] * row[k];
    if (own > 0 && pivot > kDependentColumn * own) {
      row[a] = std::sqrt(pivot);
    } else {
      std::fill(row, row + a + 1, 0.0);
    }
  }
}

void PropensityModel::InvertFactor() {
  const std::size_t n = columns_;
  inverse_.assign(n * n, 0.0);
  for (std::size_t column = 0; column < n; ++column) {
    double* line = inverse_.data() + column * n;
    if (!(factor_[column * n + column] > 0)) continue;
    line[column] = 1 / factor_[column * n + column];
    for (std::size_t a = column + 1; a < n; ++a) {
      const double* row = factor_.data() + a * n;
      if (!(row[a] > 0)) continue;
      double sum = 0;
      for (std::size_t k = column; k < a; ++k) sum -= row[k] * line[k];
      line[a] = sum / row[a];
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
  const auto categories = rows_->CategoriesOf(row);
  std::array<double, kMostColumns> x;
  std::copy_n(inverse_.begin(), n, x.begin());
  for (std::size_t d = 0; d < categories.size(); ++d) {
    const std::size_t column = ColumnOf(d, categories[d]);
    const double* line = inverse_.data() + column * n;
    for (std::size_t k = column; k < n; ++k) x[k] += line[k];
  }
  // |L^-1 x|^2, which cancels less than x' Sigma x; two sums that need not wait for each other.
  double even = 0;
  double odd = 0;
  std::size_t k = 0;
  for (; k + 2 <= n; k += 2) {
    even += x[k] * x[k];
    odd += x[k + 1] * x[k + 1];
  }
  if (k < n) even += x[k] * x[k];
  return even + odd;
}

}  // namespace panelpuls::estimate
