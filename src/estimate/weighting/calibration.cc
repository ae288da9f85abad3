#include "estimate/weighting/calibration.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "estimate/weighting/calibration_feasible.h"
#include "estimate/weighting/calibration_trim.h"

namespace panelpuls::estimate {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

Distance MakeDistance(const wave::Weighting& weighting) {
  const double upper = weighting.upper_bound.value_or(kInfinity);
  const double lower = weighting.lower_bound.value_or(-kInfinity);
  switch (weighting.method) {
    case wave::WeightingMethod::kLinear:
      return {DistanceKind::kLinear, lower, upper};
    case wave::WeightingMethod::kLogit:
      return {DistanceKind::kLogit, lower, upper};
    default:
      // The exponential is never below 0.
      return {DistanceKind::kRaking, lower > 0 ? lower : -kInfinity, upper};
  }
}

bool RakesBySweeps(const wave::Weighting& weighting, const Distance& distance) {
  return weighting.method == wave::WeightingMethod::kRake && !distance.is_truncated();
}

// Only linear weights without a bound may be below 0.
WeightBounds FeasibleBounds(const wave::Weighting& weighting) {
  const bool is_linear = weighting.method == wave::WeightingMethod::kLinear;
  return {.lower = weighting.lower_bound.value_or(is_linear ? -kInfinity : 0),
          .upper = weighting.upper_bound.value_or(kInfinity)};
}

}  // namespace

Calibrator::Calibrator(const wave::Wave& wave, const CellMap& map)
    : wave_(wave),
      map_(map),
      distance_(MakeDistance(wave.weighting)),
      declared_(MakeMargins(wave, map, &unequal_)),
      other_totals_(OtherTotals(wave, declared_)),
      set_(declared_) {
  for (const Margin& margin : declared_.margins) {
    rules_.emplace_back(wave, margin);
    respondents_.emplace_back(margin.groups());
  }
}

CalibrationResult Calibrator::Calibrate(const CellList& list, std::vector<double>* g) {
  CalibrationResult result;
  g->clear();
  Regroup(list);
  result.collapsed = set_.collapsed;
  result.sparse = set_.sparse;
  result.collapsed_share = set_.collapsed_share;
  NoteOverfull(list, &result);
  if (set_.margins.empty()) {
    UseBaseWeights(list, &result, g);
    return result;
  }
  result.flags = unequal_;
  result.flags.insert(result.flags.end(), empty_.begin(), empty_.end());
  if (!unequal_.empty() || list.size() == 0) return result;
  CalibrationProblem problem{.set = &set_, .t = list.t};
  if (empty_.empty()) {
    Meet(&problem, &result, g);
    if (result.has_weights && wave_.weighting.trimming) Trim(problem, list, &result, g);
  }
  if (!result.has_weights && wave_.weighting.ridge > 0) UseRidge(problem, &result, g);
  result.mean_weight = set_.population / static_cast<double>(list.respondents);
  const double least = kNoWeight * result.mean_weight;
  for (std::size_t i = 0; i < g->size(); ++i) {
    const double w = (*g)[i] * list.t[i];
    if (w < 0) result.negative_weights += list.n[i];
    if (std::abs(w) < least * static_cast<double>(list.n[i])) result.zero_weights += list.n[i];
  }
  return result;
}

void Calibrator::Meet(CalibrationProblem* problem, CalibrationResult* result,
                      std::vector<double>* g) {
  const Quick quick = Solve(*problem, g);
  CalibrationOutcome outcome = quick.outcome;
  Feasibility feasibility;
  if (!outcome.met) feasibility = JudgeFeasibility(*problem, FeasibleBounds(wave_.weighting));
  if (!feasibility.reconciled.empty()) {
    reconciled_ = set_;
    for (std::size_t m = 0; m < reconciled_.margins.size(); ++m) {
      reconciled_.margins[m].totals = feasibility.reconciled[m];
    }
    problem->set = &reconciled_;
    outcome = SolveToDigits(*problem, g);
    const std::uint32_t iterations = quick.outcome.iterations + outcome.iterations;
    const bool is_met = outcome.met;
    // What is said of the margins is said of those that are declared.
    MeasureMargins({.set = &set_, .t = problem->t}, *g, &outcome);
    outcome.iterations = iterations;
    outcome.met = is_met;
  } else if (feasibility.infeasible.empty() && !(outcome.met && quick.has_digits)) {
    outcome = Refine(*problem, quick, g);
  }
  result->converged = outcome.met;
  result->has_weights = outcome.met;
  result->iterations = outcome.iterations;
  result->max_margin_error = outcome.error;
  result->worst_margin = outcome.worst;
  if (outcome.met) return;
  g->clear();
  result->flags.push_back({.kind = FlagKind::kNotConverged});
  result->flags.insert(result->flags.end(), feasibility.infeasible.begin(),
                       feasibility.infeasible.end());
}

CalibrationOutcome Calibrator::SolveToDigits(const CalibrationProblem& problem,
                                             std::vector<double>* g) {
  const Quick quick = Solve(problem, g);
  if (quick.outcome.met && quick.has_digits) return quick.outcome;
  return Refine(problem, quick, g);
}

CalibrationOutcome Calibrator::Refine(const CalibrationProblem& problem, const Quick& quick,
                                      std::vector<double>* g) {
  const bool goes_on =
      RakesBySweeps(wave_.weighting, distance_) &&
      std::all_of(g->begin(), g->end(), [](double x) { return x > 0 && std::isfinite(x); });
  std::vector<double> refined = *g;
  if (!goes_on) refined.assign(g->size(), problem.Scale());
  CalibrationOutcome outcome = refiner_.Solve(problem, distance_, &refined);
  outcome.iterations += quick.outcome.iterations;
  if (quick.outcome.met && !outcome.met) return quick.outcome;
  g->swap(refined);
  return outcome;
}

void Calibrator::UseBaseWeights(const CellList& list, CalibrationResult* result,
                                std::vector<double>* g) const {
  // The declared power of two is taken back, so that w is the base weight as it was sent.
  const bool scaled = wave_.base_weights != wave::BaseWeights::kNone;
  g->assign(list.size(), scaled ? std::ldexp(1.0, -wave_.base_weight_log2) : 1.0);
  result->converged = true;
  result->has_weights = true;
}

Calibrator::Quick Calibrator::Solve(const CalibrationProblem& problem, std::vector<double>* g) {
  if (wave_.weighting.method == wave::WeightingMethod::kPoststratify) {
    Quick quick;
    if (set_.margins.size() != 1) return quick;  // the loader refuses it
    Poststratify(problem, g);
    quick.outcome.iterations = 1;
    quick.outcome.met = true;
    return quick;
  }
  if (RakesBySweeps(wave_.weighting, distance_)) return {.outcome = raker_.Rake(problem, g)};
  // An error of the margins is the larger in the weights, the less a margin leaves of another.
  constexpr double kDigits = 1e-10;
  const NewtonCalibrator::Result newton = newton_.Solve(problem, distance_, 0, g);
  return {.outcome = newton.outcome,
          .has_digits = newton.outcome.error <= kDigits * newton.least_pivot};
}

void Calibrator::Poststratify(const CalibrationProblem& problem, std::vector<double>* g) const {
  const Margin& margin = set_.margins.front();
  std::vector<double> sums(margin.groups());
  for (std::size_t i = 0; i < problem.t.size(); ++i) sums[margin.group[i]] += problem.t[i];
  g->resize(problem.t.size());
  for (std::size_t i = 0; i < problem.t.size(); ++i) {
    (*g)[i] = margin.totals[margin.group[i]] / sums[margin.group[i]];
  }
}

void Calibrator::Trim(const CalibrationProblem& problem, const CellList& list,
                      CalibrationResult* result, std::vector<double>* g) const {
  const TrimOutcome trimming =
      TrimWeights(problem, {.n = list.n, .d = list.d}, *wave_.weighting.trimming, g);
  result->trimmed = trimming.trimmed;
  result->trimmed_outside = trimming.outside;
  result->trim_passes = trimming.passes;
  if (trimming.trimmed == 0) return;
  CalibrationOutcome trimmed;
  MeasureMargins(problem, *g, &trimmed);
  result->converged = trimmed.met;
  result->max_margin_error = trimmed.error;
  result->worst_margin = trimmed.worst;
  if (!trimmed.met) result->flags.push_back({.kind = FlagKind::kNotConverged});
}

// Totals that are out of date, or units that are counted twice: weights below 1.
void Calibrator::NoteOverfull(const CellList& list, CalibrationResult* result) const {
  if (set_.population > 0 && static_cast<double>(list.respondents) > set_.population) {
    result->overfull.push_back({.kind = FlagKind::kMoreThanPopulation});
  }
  const auto note = [result](const Margin& margin, std::span<const std::uint64_t> respondents) {
    for (std::size_t group = 0; group < margin.groups(); ++group) {
      if (static_cast<double>(respondents[group]) <= margin.totals[group]) continue;
      result->overfull.push_back({.kind = FlagKind::kMoreThanPopulation,
                                  .dimension = margin.dimension,
                                  .category = margin.name_of[group]});
    }
  };
  for (std::size_t m = 0; m < declared_.margins.size(); ++m) {
    note(declared_.margins[m], respondents_[m]);
  }
  for (const Margin& margin : other_totals_) {
    std::vector<std::uint64_t> respondents(margin.groups());
    for (std::size_t i = 0; i < list.size(); ++i) {
      const std::uint32_t category =
          map_.CategoryOf(static_cast<std::size_t>(margin.dimension), list.cells[i]);
      respondents[margin.group_of[category]] += list.n[i];
    }
    note(margin, respondents);
  }
}

void Calibrator::UseRidge(const CalibrationProblem& problem, CalibrationResult* result,
                          std::vector<double>* g) {
  const NewtonCalibrator::Result ridge =
      newton_.Solve(problem, distance_, wave_.weighting.ridge, g);
  result->iterations += ridge.outcome.iterations;
  if (!ridge.solved) {
    g->clear();
    return;
  }
  result->has_weights = true;
  result->is_ridge = true;
  result->max_margin_error = ridge.outcome.error;
  result->worst_margin = ridge.outcome.worst;
}

void Calibrator::Regroup(const CellList& list) {
  if (is_collapsed_) set_ = declared_;
  is_collapsed_ = false;
  set_.collapsed.clear();
  set_.sparse.clear();
  set_.collapsed_share = 0;
  empty_.clear();
  for (std::size_t m = 0; m < set_.margins.size(); ++m) {
    const Margin& declared = declared_.margins[m];
    Margin& margin = set_.margins[m];
    std::vector<std::uint64_t>& respondents = respondents_[m];
    std::fill(respondents.begin(), respondents.end(), 0);
    margin.group.resize(list.size());
    const std::uint32_t* group_of = declared.group_of.data();
    const auto read = [&](auto category_of) {
      for (std::size_t i = 0; i < list.size(); ++i) {
        const std::uint32_t group = group_of[category_of(list.cells[i])];
        margin.group[i] = group;
        respondents[group] += list.n[i];
      }
    };
    if (margin.dimension == kJointCell) {
      read([this](std::uint64_t cell) { return map_.JointOf(cell); });
    } else {
      const auto dimension = static_cast<std::size_t>(margin.dimension);
      read([this, dimension](std::uint64_t cell) { return map_.CategoryOf(dimension, cell); });
    }
    const std::uint64_t least =
        respondents.empty() ? 0 : *std::min_element(respondents.begin(), respondents.end());
    if (least >= std::max(1u, wave_.weighting.collapse_below)) continue;
    if (list.respondents > 0) Collapse(m);
    NoteGroups(m);
  }
}

void Calibrator::Collapse(std::size_t m) {
  const Margin& declared = declared_.margins[m];
  Margin& margin = set_.margins[m];
  if (!CollapseMargin(rules_[m], declared, respondents_[m],
                      std::max(1u, wave_.weighting.collapse_below), &margin)) {
    return;
  }
  is_collapsed_ = true;
  for (std::uint32_t& group : margin.group) {
    group = margin.group_of[static_cast<std::size_t>(declared.name_of[group])];
  }
}

void Calibrator::NoteGroups(std::size_t m) {
  const Margin& declared = declared_.margins[m];
  const Margin& margin = set_.margins[m];
  const auto flag_of = [&](FlagKind kind, std::int32_t category) {
    return Flag{.kind = kind, .dimension = margin.dimension, .category = category};
  };
  std::vector<std::uint64_t> n(margin.groups());
  double affected = 0;
  for (std::size_t group = 0; group < declared.groups(); ++group) {
    const std::int32_t category = declared.name_of[group];
    const std::uint32_t now = margin.group_of[static_cast<std::size_t>(category)];
    n[now] += respondents_[m][group];
    if (margin.name_of[now] == category) continue;
    set_.collapsed.push_back(flag_of(FlagKind::kCollapsed, category));
    affected += declared.totals[group];
  }
  for (std::size_t group = 0; group < margin.groups(); ++group) {
    if (n[group] == 0) {
      empty_.push_back(flag_of(FlagKind::kEmptyCategory, margin.name_of[group]));
      // The others of the group are counted as collapsed.
      affected +=
          declared.totals[declared.group_of[static_cast<std::size_t>(margin.name_of[group])]];
    } else if (n[group] < wave_.weighting.collapse_below) {
      set_.sparse.push_back(flag_of(FlagKind::kLowN, margin.name_of[group]));
    }
  }
  set_.collapsed_share = std::max(set_.collapsed_share, affected / set_.population);
}

}  // namespace panelpuls::estimate
