#include "estimate/weighting/calibration_newton.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "estimate/numeric/dependence.h"

namespace panelpuls::estimate {
namespace {

// A pivot below this part of its diagonal: the column depends on those before it.
constexpr double kDependent = 1e-11;
constexpr int kMaxHalvings = 60;

double Dot(const std::vector<double>& a, const std::vector<double>& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}

}  // namespace

void NewtonCalibrator::Pack(const CalibrationProblem& problem, double ridge) {
  const std::vector<Margin>& margins = problem.set->margins;
  cells_ = problem.t.size();
  margins_ = margins.size();
  place_.resize(cells_ * margins_);
  totals_.assign(1, problem.set->population);
  penalty_.assign(1, 0.0);
  omitted_.assign(1, 0);
  for (std::size_t m = 0; m < margins_; ++m) {
    const auto begin = static_cast<std::uint32_t>(totals_.size());
    for (std::size_t i = 0; i < cells_; ++i) {
      place_[i * margins_ + m] = begin + margins[m].group[i];
    }
    for (std::size_t group = 0; group < margins[m].groups(); ++group) {
      totals_.push_back(margins[m].totals[group]);
      penalty_.push_back(ridge * margins[m].totals[group]);
      omitted_.push_back(ridge == 0 && group == 0 ? 1 : 0);
    }
  }
  places_ = totals_.size();
  const double scale = problem.Scale();
  t_.resize(cells_);
  for (std::size_t i = 0; i < cells_; ++i) t_[i] = scale * problem.t[i];
  g_.resize(cells_);
  slope_.resize(cells_);
  lambda_.assign(places_, 0.0);
  trial_.assign(places_, 0.0);
  residual_.resize(places_);
  step_.resize(places_);
  matrix_.resize(places_ * places_);
}

bool NewtonCalibrator::Evaluate(const Distance& distance, const std::vector<double>& lambda) {
  for (std::size_t place = 0; place < places_; ++place) {
    residual_[place] = penalty_[place] * lambda[place] - totals_[place];
  }
  for (std::size_t i = 0; i < cells_; ++i) {
    const std::uint32_t* places = place_.data() + i * margins_;
    double u = lambda[0];
    for (std::size_t m = 0; m < margins_; ++m) u += lambda[places[m]];
    const DistanceValue value = distance.At(u);
    g_[i] = value.g;
    slope_[i] = value.slope;
    const double w = t_[i] * value.g;
    residual_[0] += w;
    for (std::size_t m = 0; m < margins_; ++m) residual_[places[m]] += w;
  }
  return std::all_of(residual_.begin(), residual_.end(), [](double x) { return std::isfinite(x); });
}

double NewtonCalibrator::Error() const {
  double error = 0;
  for (std::size_t place = 0; place < places_; ++place) {
    error = std::max(error, std::abs(residual_[place]) / totals_[place]);
  }
  return error;
}

void NewtonCalibrator::BuildMatrix(const Distance& distance, double damping) {
  std::fill(matrix_.begin(), matrix_.end(), 0.0);
  // Truncated cells have no slope. What damping adds keeps a group of nothing else solvable; it
  // fades with the error, so that the last steps are Newton's.
  const double floor = distance.is_truncated() ? damping : 0;
  double least = std::numeric_limits<double>::infinity();
  for (std::size_t i = 0; i < cells_; ++i) {
    const std::uint32_t* places = place_.data() + i * margins_;
    const double h = t_[i] * (slope_[i] + floor);
    least = std::min(least, h);
    matrix_[0] += h;
    // Places rise with the margin, so that this is the lower triangle.
    for (std::size_t m = 0; m < margins_; ++m) {
      double* row = matrix_.data() + places[m] * places_;
      row[0] += h;
      for (std::size_t other = 0; other <= m; ++other) row[places[other]] += h;
    }
  }
  is_even_ = least > kLeastCell * matrix_[0];
  for (std::size_t place = 0; place < places_; ++place) {
    matrix_[place * places_ + place] += penalty_[place];
  }
}

void NewtonCalibrator::FindStep() {
  dropped_ = omitted_;
  least_pivot_ = 1;
  for (std::size_t k = 0; k < places_; ++k) {
    double* row = matrix_.data() + k * places_;
    if (dropped_[k] != 0) continue;
    const double diagonal = row[k];
    for (std::size_t j = 0; j <= k; ++j) {
      if (dropped_[j] != 0) {
        row[j] = 0;
        continue;
      }
      const double* other = matrix_.data() + j * places_;
      double sum = row[j];
      for (std::size_t l = 0; l < j; ++l) sum -= row[l] * other[l];
      if (j < k) {
        row[j] = sum / other[j];
        continue;
      }
      const bool is_left = sum > kDependent * diagonal;
      const bool is_none = is_even_ && sum < kRoundingPivot * diagonal;
      if (!is_none) least_pivot_ = is_left ? std::min(least_pivot_, sum / diagonal) : 0;
      if (is_left) {
        row[k] = std::sqrt(sum);
      } else {
        dropped_[k] = 1;
      }
    }
  }
  for (std::size_t k = 0; k < places_; ++k) {
    step_[k] = 0;
    if (dropped_[k] != 0) continue;
    const double* row = matrix_.data() + k * places_;
    double sum = -residual_[k];
    for (std::size_t j = 0; j < k; ++j) sum -= row[j] * step_[j];
    step_[k] = sum / row[k];
  }
  for (std::size_t k = places_; k-- > 0;) {
    if (dropped_[k] != 0) continue;
    double sum = step_[k];
    for (std::size_t j = k + 1; j < places_; ++j) {
      if (dropped_[j] == 0) sum -= matrix_[j * places_ + k] * step_[j];
    }
    step_[k] = sum / matrix_[k * places_ + k];
  }
}

// The dual is convex: along the step its derivative, step . residual, rises from below 0. A place
// is taken where it is still below, or close to 0.
bool NewtonCalibrator::Search(const Distance& distance, std::uint32_t* evaluations) {
  const double slope = Dot(step_, residual_);
  if (!(slope < 0)) return false;
  double length = 1;
  for (int halving = 0; halving < kMaxHalvings && *evaluations < kMaxEvaluations; ++halving) {
    for (std::size_t place = 0; place < places_; ++place) {
      trial_[place] = lambda_[place] + length * step_[place];
    }
    ++*evaluations;
    if (Evaluate(distance, trial_) && Dot(step_, residual_) <= -0.1 * slope) {
      lambda_.swap(trial_);
      return true;
    }
    length /= 2;
  }
  return false;
}

NewtonCalibrator::Result NewtonCalibrator::Solve(const CalibrationProblem& problem,
                                                 const Distance& distance, double ridge,
                                                 std::vector<double>* g) {
  Pack(problem, ridge);
  least_pivot_ = 1;
  Result result;
  std::uint32_t evaluations = 1;
  bool moving = Evaluate(distance, lambda_);
  while (moving && Error() >= kMarginTolerance) {
    ++result.outcome.iterations;
    constexpr double kDamping = 1e-2;
    BuildMatrix(distance, kDamping * std::min(1.0, Error()));
    FindStep();
    moving = Search(distance, &evaluations);
  }
  Evaluate(distance, lambda_);
  result.solved = Error() < kMarginTolerance;
  result.least_pivot = least_pivot_;
  const double scale = problem.Scale();
  g->resize(cells_);
  for (std::size_t i = 0; i < cells_; ++i) (*g)[i] = scale * g_[i];
  const std::uint32_t iterations = result.outcome.iterations;
  MeasureMargins(problem, *g, &result.outcome);
  result.outcome.iterations = iterations;
  return result;
}

}  // namespace panelpuls::estimate
