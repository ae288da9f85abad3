#include "estimate/weighting/calibration_refine.h"

#include <algorithm>
#include <cmath>

namespace panelpuls::estimate {
namespace {

constexpr int kMostHalvings = 100;

}  // namespace

void MarginRefiner::Pack(const CalibrationProblem& problem, std::span<const double> start) {
  const std::size_t cells = problem.t.size();
  columns_.Assign(*problem.set, cells);
  totals_.assign(columns_.count(), 0.0);
  for (std::size_t m = 0; m < problem.set->margins.size(); ++m) {
    const std::vector<double>& totals = problem.set->margins[m].totals;
    std::copy(totals.begin(), totals.end(),
              totals_.begin() + static_cast<std::ptrdiff_t>(columns_.begin(m)));
  }
  t_.resize(cells);
  for (std::size_t i = 0; i < cells; ++i) t_[i] = problem.t[i] * start[i];
  factor_.resize(cells);
  slope_.resize(cells);
  weights_.resize(cells);
  lambda_.assign(columns_.count(), {});
  trial_.resize(columns_.count());
  residual_.resize(columns_.count());
  step_.resize(columns_.count());
}

bool MarginRefiner::Evaluate(const Distance& distance, const std::vector<DoubleDouble>& lambda) {
  for (std::size_t column = 0; column < totals_.size(); ++column) {
    residual_[column] = -totals_[column];
  }
  bool is_finite = true;
  for (std::size_t i = 0; i < t_.size(); ++i) {
    const std::span<const std::uint32_t> of = columns_.Of(i);
    // Effects of margins that nearly coincide cancel.
    DoubleDouble u;
    for (const std::uint32_t column : of) u += lambda[column];
    const DistanceValue value = distance.At(u.value());
    factor_[i] = value.g;
    slope_[i] = value.slope;
    const double w = t_[i] * value.g;
    is_finite &= std::isfinite(w);
    for (const std::uint32_t column : of) residual_[column] += w;
  }
  return is_finite;
}

double MarginRefiner::Error() const {
  double error = 0;
  for (std::size_t column = 0; column < totals_.size(); ++column) {
    if (totals_[column] == 0) continue;
    error = std::max(error, std::abs(residual_[column].value()) / totals_[column]);
  }
  return error;
}

// Cells at a bound have no slope. What damping adds keeps a group of nothing else solvable; it
// fades with the error, so that the last steps are Newton's.
void MarginRefiner::FindStep(const Distance& distance) {
  constexpr double kDamping = 1e-2;
  const double floor = distance.is_truncated() ? kDamping * std::min(1.0, Error()) : 0;
  for (std::size_t i = 0; i < t_.size(); ++i) weights_[i] = t_[i] * (slope_[i] + floor);
  equations_.Prepare(columns_, weights_);
  equations_.Solve(residual_, step_);
  for (DoubleDouble& step : step_) step = -step;
}

double MarginRefiner::SlopeAlongStep() const {
  DoubleDouble sum;
  for (std::size_t column = 0; column < step_.size(); ++column) {
    sum += step_[column] * residual_[column];
  }
  return sum.value();
}

// The dual is convex: along the step its derivative, step . residual, rises from below 0. A place
// is taken where it is still below, or close to 0.
bool MarginRefiner::Search(const Distance& distance) {
  const double slope = SlopeAlongStep();
  if (!(slope < 0)) return false;
  double length = 1;
  for (int halving = 0; halving < kMostHalvings; ++halving) {
    for (std::size_t column = 0; column < step_.size(); ++column) {
      trial_[column] = lambda_[column] + step_[column] * DoubleDouble(length);
    }
    if (Evaluate(distance, trial_) && SlopeAlongStep() <= -0.1 * slope) {
      lambda_.swap(trial_);
      return true;
    }
    length /= 2;
  }
  return false;
}

CalibrationOutcome MarginRefiner::Solve(const CalibrationProblem& problem, const Distance& distance,
                                        std::vector<double>* g) {
  Pack(problem, *g);
  CalibrationOutcome outcome;
  std::vector<DoubleDouble> best = lambda_;
  bool moving = Evaluate(distance, lambda_);
  double error = Error();
  while (moving && outcome.iterations < kMaxSteps) {
    FindStep(distance);
    moving = Search(distance);
    if (!moving) break;
    ++outcome.iterations;
    const double now = Error();
    const bool is_done = now < kMarginTolerance && !(now < error / 2);
    if (now < error) best = lambda_;
    if (is_done) break;
    error = std::min(error, now);
  }
  Evaluate(distance, best);
  for (std::size_t i = 0; i < g->size(); ++i) (*g)[i] *= factor_[i];
  const std::uint32_t iterations = outcome.iterations;
  MeasureMargins(problem, *g, &outcome);
  outcome.iterations = iterations;
  return outcome;
}

}  // namespace panelpuls::estimate
