#include "estimate/calibration_feasible.h"

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace panelpuls::estimate {
namespace {

// Relative excess that is more than rounding.
constexpr double kExcess = 1e-9;
// Relative error of a category, in the linear program, that is more than rounding.
constexpr double kLeastError = 1e-9;

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

}  // namespace

std::vector<Flag> FindInfeasible(const CalibrationProblem& problem, const WeightBounds& bounds) {
  std::vector<Flag> flags;
  if (bounds.lower >= 0) flags = FindSingle(problem, bounds);
  if (!flags.empty()) return flags;
  LeastError least(problem, bounds);
  if (!least.Minimise() || !least.IsProven()) return flags;
  // Of a contradiction no larger than that the worst one is named all the same.
  double most = 0;
  std::size_t row = 0;
  Flag worst;
  for (const Margin& margin : problem.set->margins) {
    for (std::size_t group = 0; group < margin.groups(); ++group, ++row) {
      const double missed = least.Missed(row);
      if (missed > kLeastError) flags.push_back(Infeasible(margin, group));
      if (missed <= most) continue;
      most = missed;
      worst = Infeasible(margin, group);
    }
  }
  if (flags.empty() && most > 0) flags.push_back(worst);
  return flags;
}

}  // namespace panelpuls::estimate
