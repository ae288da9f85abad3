#include "estimate/calibration_rake.h"

#include <algorithm>
#include <cmath>

namespace panelpuls::estimate {

void Raker::Pack(const CalibrationProblem& problem) {
  const std::vector<Margin>& margins = problem.set->margins;
  cells_ = problem.t.size();
  most_groups_ = 0;
  groups_.resize(margins.size() * cells_);
  inverse_totals_.resize(margins.size());
  for (std::size_t m = 0; m < margins.size(); ++m) {
    const Margin& margin = margins[m];
    most_groups_ = std::max(most_groups_, margin.groups());
    // A dimension has at most 65,534 categories.
    for (std::size_t i = 0; i < cells_; ++i) {
      groups_[m * cells_ + i] = static_cast<std::uint16_t>(margin.group[i]);
    }
    inverse_totals_[m].resize(margin.groups());
    for (std::size_t group = 0; group < margin.groups(); ++group) {
      inverse_totals_[m][group] = 1 / margin.totals[group];
    }
  }
  factors_.resize(std::max(factors_.size(), most_groups_));
  for (std::vector<double>& lane : sums_) lane.resize(std::max(lane.size(), most_groups_));
  weights_.assign(problem.t.begin(), problem.t.end());
}

void Raker::ClearSums() {
  for (std::vector<double>& lane : sums_) {
    std::fill_n(lane.begin(), most_groups_, 0.0);
  }
}

void Raker::Meet(std::size_t of, std::size_t next) {
  const std::uint16_t* group = groups_.data() + of * cells_;
  const std::uint16_t* after = groups_.data() + next * cells_;
  const double* factor = factors_.data();
  double* weight = weights_.data();
  double* sums0 = sums_[0].data();
  double* sums1 = sums_[1].data();
  double* sums2 = sums_[2].data();
  double* sums3 = sums_[3].data();
  std::size_t i = 0;
  for (; i + kLanes <= cells_; i += kLanes) {
    const double w0 = weight[i] * factor[group[i]];
    const double w1 = weight[i + 1] * factor[group[i + 1]];
    const double w2 = weight[i + 2] * factor[group[i + 2]];
    const double w3 = weight[i + 3] * factor[group[i + 3]];
    weight[i] = w0;
    weight[i + 1] = w1;
    weight[i + 2] = w2;
    weight[i + 3] = w3;
    sums0[after[i]] += w0;
    sums1[after[i + 1]] += w1;
    sums2[after[i + 2]] += w2;
    sums3[after[i + 3]] += w3;
  }
  for (; i < cells_; ++i) {
    weight[i] *= factor[group[i]];
    sums_[i % kLanes][after[i]] += weight[i];
  }
}

bool Raker::FindFactors(const Margin& margin, const std::vector<double>& inverse_totals,
                        double* worst, Flag* where) {
  for (std::size_t group = 0; group < margin.groups(); ++group) {
    const double sum = SumOf(group);
    factors_[group] = margin.totals[group] / sum;
    const double error = std::abs(sum * inverse_totals[group] - 1);
    const bool faded = !(std::isfinite(factors_[group]) && std::isfinite(error));
    if (error <= *worst && !faded) continue;
    if (std::isfinite(error)) *worst = std::max(*worst, error);
    *where = {.kind = FlagKind::kNotConverged,
              .dimension = margin.dimension,
              .category = margin.name_of[group]};
    if (faded) return false;
  }
  return true;
}

CalibrationOutcome Raker::Rake(const CalibrationProblem& problem, std::vector<double>* g) {
  Pack(problem);
  const std::vector<Margin>& margins = problem.set->margins;
  CalibrationOutcome outcome;
  std::fill(factors_.begin(), factors_.end(), 1.0);
  ClearSums();
  Meet(0, 0);
  bool fading = false;
  while (outcome.iterations < kMaxSweeps && !outcome.met && !fading) {
    ++outcome.iterations;
    double worst = 0;
    for (std::size_t m = 0; m < margins.size() && !fading; ++m) {
      // The error counts before this margin is met, inside the cycle: after it, it always is.
      fading = !FindFactors(margins[m], inverse_totals_[m], &worst, &outcome.worst);
      if (fading) break;
      ClearSums();
      Meet(m, m + 1 == margins.size() ? 0 : m + 1);
    }
    outcome.error = worst;
    outcome.met = !fading && worst < kMarginTolerance;
  }
  g->resize(cells_);
  for (std::size_t i = 0; i < cells_; ++i) (*g)[i] = weights_[i] / problem.t[i];
  return outcome;
}

bool TrimOnce(const CalibrationProblem& problem, double lower, double upper,
              std::vector<double>* g) {
  const double scale = problem.Scale();
  const double low = lower * scale;
  const double high = upper * scale;
  bool changed = false;
  for (std::size_t pass = 0; pass <= g->size(); ++pass) {
    bool any = false;
    double fixed = 0;
    double free = 0;
    for (std::size_t i = 0; i < g->size(); ++i) {
      double& x = (*g)[i];
      any = any || x > high || x < low;
      x = std::clamp(x, low, high);
      (x == high || x == low ? fixed : free) += problem.t[i] * x;
    }
    if (!any) break;
    changed = true;
    if (!(free > 0)) break;
    const double factor = (problem.set->population - fixed) / free;
    for (double& x : *g) {
      if (x != high && x != low) x *= factor;
    }
  }
  for (double& x : *g) x = std::clamp(x, low, high);
  return changed;
}

}  // namespace panelpuls::estimate
