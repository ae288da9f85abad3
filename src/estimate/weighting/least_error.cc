#include "estimate/weighting/least_error.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "estimate/numeric/double_double.h"

namespace panelpuls::estimate {
namespace {

constexpr double kUnbounded = std::numeric_limits<double>::infinity();
// Of sums of multipliers, and of entries in the basis: less is rounding of 0. Either are sums of
// few products of small whole numbers.
constexpr double kZero = 1e-11;
constexpr double kLeastEntry = 1e-9;
// Relative to the totals in a contradiction: less may be rounding of totals.
constexpr double kLeastGap = 1e-10;

}  // namespace

LeastError::LeastError(const CalibrationProblem& problem, const WeightBounds& bounds)
    : cells_(problem.t.size()), margins_(problem.set->margins.size()) {
  const double scale = problem.Scale();
  row_.resize(cells_ * margins_);
  for (std::size_t m = 0; m < margins_; ++m) {
    const Margin& margin = problem.set->margins[m];
    for (std::size_t i = 0; i < cells_; ++i) row_[i * margins_ + m] = rows_ + margin.group[i];
    rows_ += margin.groups();
    totals_.insert(totals_.end(), margin.totals.begin(), margin.totals.end());
  }
  for (std::size_t i = 0; i < cells_; ++i) {
    const double whole = scale * problem.t[i];
    lower_.push_back(bounds.lower == 0 ? 0 : bounds.lower * whole);
    upper_.push_back(bounds.upper * whole);
    at_.push_back(std::isfinite(lower_.back()) ? lower_.back() : std::min(0.0, upper_.back()));
  }
  is_basic_.resize(cells_);
  basis_.assign(rows_, kArtificial);
  value_.resize(rows_);
  multiplier_.resize(rows_);
  column_.resize(rows_);
  std::vector<DoubleDouble> missing(totals_.begin(), totals_.end());
  for (std::size_t i = 0; i < cells_; ++i) {
    for (std::size_t m = 0; m < margins_; ++m) missing[row_[i * margins_ + m]] += -at_[i];
  }
  inverse_.assign(rows_ * rows_, 0.0);
  for (std::size_t row = 0; row < rows_; ++row) {
    sign_.push_back(missing[row].high < 0 ? -1 : 1);
    inverse_[row * rows_ + row] = sign_[row];
    value_[row] = std::abs(missing[row].value());
  }
}

bool LeastError::Minimise() {
  constexpr std::size_t kMostWork = 200'000'000;  // entries that are looked at: some tenths of a s
  const std::size_t most = kMostWork / (cells_ * margins_ + 2 * rows_ * rows_ + 1);
  std::size_t still = 0;
  for (std::size_t pivot = 0; pivot < most; ++pivot) {
    FindMultipliers();
    // The largest gain is quick; the first of all never goes round in a circle.
    const Entering entering = FindEntering(still > 2 * rows_);
    if (entering.cell == SIZE_MAX) {
      FindValues();
      return true;
    }
    bool moved = false;
    if (!Enter(entering, &moved)) return false;
    still = moved ? 0 : still + 1;
  }
  return false;
}

void LeastError::FindMultipliers() {
  std::fill(multiplier_.begin(), multiplier_.end(), 0.0);
  for (std::size_t row = 0; row < rows_; ++row) {
    if (basis_[row] != kArtificial) continue;
    const double* inverse = inverse_.data() + row * rows_;
    for (std::size_t k = 0; k < rows_; ++k) multiplier_[k] += inverse[k] / totals_[row];
  }
}

LeastError::Entering LeastError::FindEntering(bool first) const {
  Entering best;
  double most = 0;
  for (std::size_t i = 0; i < cells_; ++i) {
    if (is_basic_[i] != 0) continue;
    double gain = 0;
    double size = 0;
    for (std::size_t m = 0; m < margins_; ++m) {
      const double multiplier = multiplier_[row_[i * margins_ + m]];
      gain += multiplier;
      size += std::abs(multiplier);
    }
    const double direction = gain > 0 ? 1 : -1;
    const double room = direction > 0 ? upper_[i] - at_[i] : at_[i] - lower_[i];
    if (!(std::abs(gain) > kZero * size) || !(room > 0) || !(std::abs(gain) > most)) continue;
    most = std::abs(gain);
    best = {.cell = i, .direction = direction};
    if (first) return best;
  }
  return best;
}

bool LeastError::Enter(const Entering& entering, bool* moved) {
  const std::size_t cell = entering.cell;
  for (std::size_t row = 0; row < rows_; ++row) {
    const double* inverse = inverse_.data() + row * rows_;
    double sum = 0;
    for (std::size_t m = 0; m < margins_; ++m) sum += inverse[row_[cell * margins_ + m]];
    column_[row] = sum;
  }
  double length = entering.direction > 0 ? upper_[cell] - at_[cell] : at_[cell] - lower_[cell];
  std::size_t leaving = rows_;
  for (std::size_t row = 0; row < rows_; ++row) {
    const double fall = entering.direction * column_[row];
    if (std::abs(fall) < kLeastEntry) continue;
    const bool is_artificial = basis_[row] == kArtificial;
    const double bound = fall > 0 ? (is_artificial ? 0 : lower_[basis_[row]])
                                  : (is_artificial ? kUnbounded : upper_[basis_[row]]);
    if (!std::isfinite(bound)) continue;
    const double limit = std::max(0.0, (value_[row] - bound) / fall);
    // Among equals the largest pivot.
    if (limit > length || (limit == length && leaving != rows_ &&
                           std::abs(column_[row]) <= std::abs(column_[leaving]))) {
      continue;
    }
    length = limit;
    leaving = row;
  }
  if (!std::isfinite(length)) return false;
  *moved = length > 0;
  for (std::size_t row = 0; row < rows_; ++row) {
    value_[row] -= entering.direction * length * column_[row];
  }
  if (leaving == rows_) {
    at_[cell] = entering.direction > 0 ? upper_[cell] : lower_[cell];
    return true;
  }
  const std::size_t left = basis_[leaving];
  if (left != kArtificial) {
    is_basic_[left] = 0;
    at_[left] = entering.direction * column_[leaving] > 0 ? lower_[left] : upper_[left];
  }
  basis_[leaving] = cell;
  is_basic_[cell] = 1;
  value_[leaving] = at_[cell] + entering.direction * length;
  double* pivot = inverse_.data() + leaving * rows_;
  const double one_over = 1 / column_[leaving];
  for (std::size_t k = 0; k < rows_; ++k) pivot[k] *= one_over;
  for (std::size_t row = 0; row < rows_; ++row) {
    const double factor = column_[row];
    if (row == leaving || factor == 0) continue;
    double* of_row = inverse_.data() + row * rows_;
    for (std::size_t k = 0; k < rows_; ++k) of_row[k] -= factor * pivot[k];
  }
  return true;
}

// Anew from the totals: what many steps have left of rounding is gone.
void LeastError::FindValues() {
  std::vector<DoubleDouble> missing(totals_.begin(), totals_.end());
  for (std::size_t i = 0; i < cells_; ++i) {
    if (is_basic_[i] != 0) continue;
    for (std::size_t m = 0; m < margins_; ++m) missing[row_[i * margins_ + m]] += -at_[i];
  }
  for (std::size_t row = 0; row < rows_; ++row) {
    DoubleDouble sum;
    for (std::size_t k = 0; k < rows_; ++k) {
      sum += DoubleDouble(inverse_[row * rows_ + k]) * missing[k];
    }
    value_[row] = sum.value();
  }
}

double LeastError::Missed(std::size_t row) const {
  return basis_[row] == kArtificial ? value_[row] / totals_[row] : 0;
}

double LeastError::Met(std::size_t row) const {
  return basis_[row] == kArtificial ? totals_[row] - sign_[row] * value_[row] : totals_[row];
}

// Any weights w have sum over rows of multiplier (total - sum of w) = sum of multiplier total - sum
// over cells of w times the sum of its rows' multipliers. Where even the weights for which that is
// least leave it above 0, no weights make every bracket 0.
bool LeastError::IsProven() const {
  DoubleDouble gap;
  double size = 0;
  for (std::size_t row = 0; row < rows_; ++row) {
    gap += TwoProduct(multiplier_[row], totals_[row]);
    size += std::abs(multiplier_[row]) * totals_[row];
  }
  for (std::size_t i = 0; i < cells_; ++i) {
    DoubleDouble sum;
    double of_cell = 0;
    for (std::size_t m = 0; m < margins_; ++m) {
      sum += multiplier_[row_[i * margins_ + m]];
      of_cell += std::abs(multiplier_[row_[i * margins_ + m]]);
    }
    const double multiplier = sum.value();
    if (std::abs(multiplier) <= kZero * of_cell) continue;
    const double bound = multiplier > 0 ? upper_[i] : lower_[i];
    if (!std::isfinite(bound)) return false;
    gap -= TwoProduct(multiplier, bound);
    size += std::abs(multiplier * bound);
  }
  return gap.value() > kLeastGap * size;
}

}  // namespace panelpuls::estimate
