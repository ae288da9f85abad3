#include "estimate/calibration_feasible.h"

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace panelpuls::estimate {
namespace {

// Relative excess that is more than rounding.
constexpr double kExcess = 1e-9;
// Sum of relative errors, of the linear program, that is more than rounding.
constexpr double kLeastError = 1e-7;
constexpr double kZero = 1e-10;

Flag Infeasible(const Margin& margin, std::size_t group) {
  return {.kind = FlagKind::kInfeasible,
          .dimension = margin.dimension,
          .category = margin.name_of[group]};
}

// By each category alone.
std::vector<Flag> FindSingle(const CalibrationProblem& problem, const WeightBounds& bounds) {
  std::vector<Flag> flags;
  const double scale = problem.Scale();
  for (const Margin& margin : problem.set->margins) {
    std::vector<double> least_of_others(margin.groups(), problem.set->population);
    for (const Margin& other : problem.set->margins) {
      if (&other == &margin) continue;
      std::vector<std::uint8_t> meets(margin.groups() * other.groups());
      for (std::size_t i = 0; i < problem.t.size(); ++i) {
        meets[margin.group[i] * other.groups() + other.group[i]] = 1;
      }
      for (std::size_t group = 0; group < margin.groups(); ++group) {
        double sum = 0;
        for (std::size_t met = 0; met < other.groups(); ++met) {
          if (meets[group * other.groups() + met] != 0) sum += other.totals[met];
        }
        least_of_others[group] = std::min(least_of_others[group], sum);
      }
    }
    std::vector<double> sums(margin.groups());
    for (std::size_t i = 0; i < problem.t.size(); ++i) {
      sums[margin.group[i]] += scale * problem.t[i];
    }
    for (std::size_t group = 0; group < margin.groups(); ++group) {
      const double total = margin.totals[group];
      if (total > (1 + kExcess) * least_of_others[group] ||
          total > (1 + kExcess) * bounds.upper * sums[group] ||
          (1 + kExcess) * total < bounds.lower * sums[group]) {
        flags.push_back(Infeasible(margin, group));
      }
    }
  }
  return flags;
}

// The least sum of relative margin errors: the simplex method's first phase, with bounds, on a
// dense tableau. A row a group, a column a cell.
class LeastError {
 public:
  LeastError(const CalibrationProblem& problem, const WeightBounds& bounds)
      : cells_(problem.t.size()), bounds_(bounds) {
    const double scale = problem.Scale();
    for (const Margin& margin : problem.set->margins) {
      const std::size_t begin = rows_;
      rows_ += margin.groups();
      table_.resize(rows_ * cells_);
      for (std::size_t i = 0; i < cells_; ++i) {
        table_[(begin + margin.group[i]) * cells_ + i] =
            scale * problem.t[i] / margin.totals[margin.group[i]];
      }
    }
    at_upper_.resize(cells_);
    is_basic_.resize(cells_);
    basis_.assign(rows_, kArtificial);
    value_.assign(rows_, 1.0);
    for (std::size_t row = 0; row < rows_; ++row) {
      double* entries = table_.data() + row * cells_;
      for (std::size_t i = 0; i < cells_; ++i) value_[row] -= entries[i] * bounds.lower;
      if (value_[row] >= 0) continue;
      value_[row] = -value_[row];
      for (std::size_t i = 0; i < cells_; ++i) entries[i] = -entries[i];
    }
    cost_.assign(cells_, 0.0);
    for (std::size_t row = 0; row < rows_; ++row) {
      for (std::size_t i = 0; i < cells_; ++i) cost_[i] -= table_[row * cells_ + i];
    }
  }

  // False: not found within the pivots.
  bool Minimise() {
    constexpr std::size_t kMostWork = 20'000'000;  // entries that are changed: a few ms
    const std::size_t most = std::min(20 * rows_ + 100, kMostWork / (rows_ * cells_ + 1));
    for (std::size_t pivot = 0; pivot < most; ++pivot) {
      const std::size_t entering = Entering();
      if (entering == cells_) return true;
      if (!Enter(entering)) return false;
    }
    return false;
  }
  // Of a row: its error, where it is missed.
  double Missed(std::size_t row) const { return basis_[row] == kArtificial ? value_[row] : 0; }

 private:
  static constexpr std::size_t kArtificial = SIZE_MAX;

  // The column with the largest gain; cells_ when there is none.
  std::size_t Entering() const {
    std::size_t best = cells_;
    double gain = kZero;
    for (std::size_t i = 0; i < cells_; ++i) {
      if (is_basic_[i] != 0) continue;
      const double this_gain = at_upper_[i] != 0 ? cost_[i] : -cost_[i];
      if (this_gain <= gain) continue;
      gain = this_gain;
      best = i;
    }
    return best;
  }

  bool Enter(std::size_t column) {
    const double direction = at_upper_[column] != 0 ? -1 : 1;
    double length = bounds_.upper - bounds_.lower;
    std::size_t leaving = rows_;
    bool leaves_at_upper = false;
    for (std::size_t row = 0; row < rows_; ++row) {
      const double fall = direction * table_[row * cells_ + column];
      const double lower = basis_[row] == kArtificial ? 0 : bounds_.lower;
      double limit = length;
      if (fall > kZero) {
        limit = std::max(0.0, value_[row] - lower) / fall;
      } else if (fall < -kZero && basis_[row] != kArtificial) {
        limit = std::max(0.0, bounds_.upper - value_[row]) / -fall;
      }
      if (limit >= length) continue;
      length = limit;
      leaving = row;
      leaves_at_upper = fall < 0;
    }
    if (!std::isfinite(length)) return false;
    for (std::size_t row = 0; row < rows_; ++row) {
      value_[row] -= direction * length * table_[row * cells_ + column];
    }
    if (leaving == rows_) {
      at_upper_[column] = at_upper_[column] != 0 ? 0 : 1;
      return true;
    }
    if (basis_[leaving] != kArtificial) {
      is_basic_[basis_[leaving]] = 0;
      at_upper_[basis_[leaving]] = leaves_at_upper ? 1 : 0;
    }
    const double start = at_upper_[column] != 0 ? bounds_.upper : bounds_.lower;
    basis_[leaving] = column;
    is_basic_[column] = 1;
    value_[leaving] = start + direction * length;
    Eliminate(leaving, column);
    return true;
  }

  void Eliminate(std::size_t pivot_row, std::size_t column) {
    double* pivot = table_.data() + pivot_row * cells_;
    const double inverse = 1 / pivot[column];
    for (std::size_t i = 0; i < cells_; ++i) pivot[i] *= inverse;
    const auto subtract = [&](double* from) {
      const double factor = from[column];
      if (factor == 0) return;
      for (std::size_t i = 0; i < cells_; ++i) from[i] -= factor * pivot[i];
    };
    for (std::size_t row = 0; row < rows_; ++row) {
      if (row != pivot_row) subtract(table_.data() + row * cells_);
    }
    subtract(cost_.data());
  }

  std::size_t cells_;
  std::size_t rows_ = 0;
  WeightBounds bounds_;
  std::vector<double> table_;
  std::vector<double> cost_;                       // [cell] of one more, in sum of errors
  std::vector<std::uint8_t> at_upper_, is_basic_;  // [cell]
  std::vector<std::size_t> basis_;                 // [row] cell
  std::vector<double> value_;                      // [row] of the basis
};

}  // namespace

std::vector<Flag> FindInfeasible(const CalibrationProblem& problem, const WeightBounds& bounds) {
  std::vector<Flag> flags = FindSingle(problem, bounds);
  if (!flags.empty()) return flags;
  LeastError least(problem, bounds);
  if (!least.Minimise()) return flags;
  double sum = 0;
  std::size_t row = 0;
  for (const Margin& margin : problem.set->margins) {
    for (std::size_t group = 0; group < margin.groups(); ++group, ++row) {
      sum += least.Missed(row);
      if (least.Missed(row) > kLeastError) flags.push_back(Infeasible(margin, group));
    }
  }
  if (sum <= kLeastError) flags.clear();
  return flags;
}

}  // namespace panelpuls::estimate
