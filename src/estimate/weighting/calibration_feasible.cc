#include "estimate/weighting/calibration_feasible.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <utility>

namespace panelpuls::estimate {
namespace {

// Relative error of a category below which its total stands as it is.
constexpr double kNoError = 1e-15;

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
      if (total > (1 + kTotalsTolerance) * least_of_others[group] ||
          total > (1 + kTotalsTolerance) * bounds.upper * sums[group] ||
          (1 + kTotalsTolerance) * total < bounds.lower * sums[group]) {
        flags.push_back(Infeasible(margin, group));
      }
    }
  }
  return flags;
}

std::vector<std::vector<double>> TotalsMet(const MarginSet& set, const LeastError& least) {
  std::vector<std::vector<double>> totals;
  std::size_t row = 0;
  for (const Margin& margin : set.margins) {
    totals.emplace_back();
    for (std::size_t group = 0; group < margin.groups(); ++group) {
      totals.back().push_back(least.Met(row++));
    }
  }
  return totals;
}

}  // namespace

Feasibility JudgeFeasibility(const CalibrationProblem& problem, const WeightBounds& bounds) {
  Feasibility result;
  if (bounds.lower >= 0) result.infeasible = FindSingle(problem, bounds);
  if (!result.infeasible.empty()) return result;
  LeastError least(problem, bounds);
  if (!least.Minimise()) return result;
  double most = 0;
  std::size_t row = 0;
  std::vector<Flag> missed;
  for (const Margin& margin : problem.set->margins) {
    for (std::size_t group = 0; group < margin.groups(); ++group, ++row) {
      most = std::max(most, least.Missed(row));
      if (least.Missed(row) > kTotalsTolerance) missed.push_back(Infeasible(margin, group));
    }
  }
  if (missed.empty()) {
    if (most > kNoError) result.reconciled = TotalsMet(*problem.set, least);
  } else if (least.IsProven()) {
    result.infeasible = std::move(missed);
  }
  return result;
}

}  // namespace panelpuls::estimate
