#include "estimate/calibration.h"

#include <algorithm>
#include <cmath>

namespace panelpuls::estimate {
namespace {

bool IsComputed(const wave::Weighting& weighting) {
  switch (weighting.method) {
    case wave::WeightingMethod::kRake:
      return !weighting.lower_bound && !weighting.upper_bound && !weighting.trim_once;
    case wave::WeightingMethod::kPoststratify:
    case wave::WeightingMethod::kNone:
      return true;
    case wave::WeightingMethod::kLinear:
    case wave::WeightingMethod::kLogit:
      break;
  }
  return false;
}

// Each category a group of its own.
Margin MakeMargin(std::int16_t dimension, const std::vector<double>& totals) {
  Margin margin;
  margin.dimension = dimension;
  for (std::size_t category = 0; category < totals.size(); ++category) {
    if (!(totals[category] > 0)) {
      margin.group_of.push_back(Margin::kOutside);
      continue;
    }
    margin.group_of.push_back(static_cast<std::uint32_t>(margin.groups()));
    margin.name_of.push_back(static_cast<std::int32_t>(category));
    margin.totals.push_back(totals[category]);
  }
  return margin;
}

}  // namespace

Calibrator::Calibrator(const wave::Wave& wave, const CellMap& map)
    : wave_(wave), map_(map), is_computed_(IsComputed(wave.weighting)) {
  if (wave.weighting.method == wave::WeightingMethod::kNone) return;
  if (map.has_joint()) {
    set_.margins.push_back(MakeMargin(kJointCell, wave.weighting.joint_population));
  } else {
    for (const int dimension : wave.weighting.dimensions) {
      std::vector<double> totals;
      for (const wave::Category& category :
           wave.dimensions[static_cast<std::size_t>(dimension)].categories) {
        totals.push_back(category.population);
      }
      set_.margins.push_back(MakeMargin(static_cast<std::int16_t>(dimension), totals));
    }
  }
  std::size_t most_groups = 0;
  for (const Margin& margin : set_.margins) most_groups = std::max(most_groups, margin.groups());
  if (!set_.margins.empty()) {
    for (const double total : set_.margins.front().totals) set_.population += total;
  }
  sums_.resize(most_groups);
  factors_.resize(most_groups);
}

CalibrationResult Calibrator::Calibrate(const CellList& list, std::vector<double>* g) {
  CalibrationResult result;
  g->clear();
  ReadGroups(list);
  FlagEmptyCategories(list, &result.flags);
  if (!is_computed_) result.flags.push_back({.kind = FlagKind::kNotComputed});
  if (!result.flags.empty()) return result;

  if (wave_.weighting.method == wave::WeightingMethod::kRake) {
    Rake(list, g, &result);
  } else if (wave_.weighting.method == wave::WeightingMethod::kPoststratify) {
    Poststratify(list, g, &result);
  } else {
    // The declared power of two is taken back, so that w is the base weight as it was sent.
    const bool scaled = wave_.base_weights != wave::BaseWeights::kNone;
    g->assign(list.size(), scaled ? std::ldexp(1.0, -wave_.base_weight_log2) : 1.0);
    result.converged = true;
  }
  if (result.converged) return result;
  g->clear();
  result.flags.push_back({.kind = FlagKind::kNotConverged});
  return result;
}

void Calibrator::ReadGroups(const CellList& list) {
  for (Margin& margin : set_.margins) {
    margin.group.resize(list.size());
    for (std::size_t i = 0; i < list.size(); ++i) {
      margin.group[i] =
          margin.group_of[margin.dimension == kJointCell
                              ? map_.JointOf(list.cells[i])
                              : map_.CategoryOf(static_cast<std::size_t>(margin.dimension),
                                                list.cells[i])];
    }
  }
}

void Calibrator::FlagEmptyCategories(const CellList& list, std::vector<Flag>* flags) {
  for (const Margin& margin : set_.margins) {
    std::fill(sums_.begin(), sums_.end(), 0.0);
    for (std::size_t i = 0; i < list.size(); ++i) sums_[margin.group[i]] += list.t[i];
    for (std::size_t group = 0; group < margin.groups(); ++group) {
      if (sums_[group] > 0) continue;
      flags->push_back({.kind = FlagKind::kEmptyCategory,
                        .dimension = margin.dimension,
                        .category = margin.name_of[group]});
    }
  }
}

void Calibrator::Rake(const CellList& list, std::vector<double>* g, CalibrationResult* result) {
  g->assign(list.size(), 1.0);
  if (set_.margins.empty()) {
    result->converged = true;
    return;
  }
  const double* t = list.t.data();
  double* weight = g->data();
  std::fill(sums_.begin(), sums_.end(), 0.0);
  for (std::size_t i = 0; i < list.size(); ++i) sums_[set_.margins.front().group[i]] += t[i];
  while (result->iterations < kMaxSweeps) {
    ++result->iterations;
    double worst = 0;
    for (std::size_t m = 0; m < set_.margins.size(); ++m) {
      const Margin& margin = set_.margins[m];
      const Margin& next = set_.margins[m + 1 == set_.margins.size() ? 0 : m + 1];
      // The error counts before this margin is met, inside the cycle: after it, it always is.
      for (std::size_t group = 0; group < margin.groups(); ++group) {
        factors_[group] = margin.totals[group] / sums_[group];
        const double error = std::abs(sums_[group] / margin.totals[group] - 1);
        if (error <= worst && std::isfinite(factors_[group])) continue;
        worst = error;
        result->worst_margin = {.kind = FlagKind::kNotConverged,
                                .dimension = margin.dimension,
                                .category = margin.name_of[group]};
        // Weights that fade away, where the margins cannot all be met.
        if (!std::isfinite(factors_[group])) {
          result->max_margin_error = worst;
          return;
        }
      }
      // One pass meets this margin and adds up the next one.
      std::fill(sums_.begin(), sums_.end(), 0.0);
      for (std::size_t i = 0; i < list.size(); ++i) {
        weight[i] *= factors_[margin.group[i]];
        sums_[next.group[i]] += t[i] * weight[i];
      }
    }
    result->max_margin_error = worst;
    if (worst < kMarginTolerance) {
      result->converged = true;
      return;
    }
  }
}

void Calibrator::Poststratify(const CellList& list, std::vector<double>* g,
                              CalibrationResult* result) {
  if (set_.margins.size() != 1) return;  // the loader refuses it
  const Margin& margin = set_.margins.front();
  std::fill(sums_.begin(), sums_.end(), 0.0);
  for (std::size_t i = 0; i < list.size(); ++i) sums_[margin.group[i]] += list.t[i];
  g->resize(list.size());
  for (std::size_t i = 0; i < list.size(); ++i) {
    (*g)[i] = margin.totals[margin.group[i]] / sums_[margin.group[i]];
  }
  result->iterations = 1;
  result->max_margin_error = 0;
  result->converged = true;
}

}  // namespace panelpuls::estimate
