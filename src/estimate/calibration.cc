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

}  // namespace

Calibrator::Calibrator(const wave::Wave& wave, const CellMap& map)
    : wave_(wave), map_(map), is_computed_(IsComputed(wave.weighting)) {
  if (wave.weighting.method == wave::WeightingMethod::kNone) return;
  if (map.has_joint()) {
    margins_.push_back(
        {.dimension = kJointCell, .totals = wave.weighting.joint_population, .category = {}});
  } else {
    for (const int dimension : wave.weighting.dimensions) {
      Margin margin;
      margin.dimension = static_cast<std::int16_t>(dimension);
      for (const wave::Category& category :
           wave.dimensions[static_cast<std::size_t>(dimension)].categories) {
        margin.totals.push_back(category.population);
      }
      margins_.push_back(std::move(margin));
    }
  }
  std::size_t most_categories = 0;
  for (const Margin& margin : margins_) {
    most_categories = std::max(most_categories, margin.totals.size());
  }
  if (!margins_.empty()) {
    for (const double total : margins_.front().totals) population_ += total;
  }
  sums_.resize(most_categories);
  factors_.resize(most_categories);
}

CalibrationResult Calibrator::Calibrate(const CellList& list, std::vector<double>* g) {
  CalibrationResult result;
  g->clear();
  ReadCategories(list);
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

void Calibrator::ReadCategories(const CellList& list) {
  for (Margin& margin : margins_) {
    margin.category.resize(list.size());
    for (std::size_t i = 0; i < list.size(); ++i) {
      margin.category[i] =
          margin.dimension == kJointCell
              ? map_.JointOf(list.cells[i])
              : map_.CategoryOf(static_cast<std::size_t>(margin.dimension), list.cells[i]);
    }
  }
}

void Calibrator::FlagEmptyCategories(const CellList& list, std::vector<Flag>* flags) {
  for (const Margin& margin : margins_) {
    std::fill(sums_.begin(), sums_.end(), 0.0);
    for (std::size_t i = 0; i < list.size(); ++i) sums_[margin.category[i]] += list.t[i];
    for (std::size_t category = 0; category < margin.totals.size(); ++category) {
      if (!(margin.totals[category] > 0) || sums_[category] > 0) continue;
      flags->push_back({.kind = FlagKind::kEmptyCategory,
                        .dimension = margin.dimension,
                        .category = static_cast<std::int32_t>(category)});
    }
  }
}

void Calibrator::Rake(const CellList& list, std::vector<double>* g, CalibrationResult* result) {
  g->assign(list.size(), 1.0);
  if (margins_.empty()) {
    result->converged = true;
    return;
  }
  const double* t = list.t.data();
  double* weight = g->data();
  std::fill(sums_.begin(), sums_.end(), 0.0);
  for (std::size_t i = 0; i < list.size(); ++i) sums_[margins_.front().category[i]] += t[i];
  while (result->iterations < kMaxSweeps) {
    ++result->iterations;
    double worst = 0;
    for (std::size_t m = 0; m < margins_.size(); ++m) {
      const Margin& margin = margins_[m];
      const Margin& next = margins_[m + 1 == margins_.size() ? 0 : m + 1];
      // The error counts before this margin is met, inside the cycle: after it, it always is.
      for (std::size_t category = 0; category < margin.totals.size(); ++category) {
        if (!(margin.totals[category] > 0)) continue;
        factors_[category] = margin.totals[category] / sums_[category];
        const double error = std::abs(sums_[category] / margin.totals[category] - 1);
        if (error <= worst && std::isfinite(factors_[category])) continue;
        worst = error;
        result->worst_margin = {.kind = FlagKind::kNotConverged,
                                .dimension = margin.dimension,
                                .category = static_cast<std::int32_t>(category)};
        // Weights that fade away, where the margins cannot all be met.
        if (!std::isfinite(factors_[category])) {
          result->max_margin_error = worst;
          return;
        }
      }
      // One pass meets this margin and adds up the next one.
      std::fill(sums_.begin(), sums_.end(), 0.0);
      for (std::size_t i = 0; i < list.size(); ++i) {
        weight[i] *= factors_[margin.category[i]];
        sums_[next.category[i]] += t[i] * weight[i];
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
  if (margins_.size() != 1) return;  // the loader refuses it
  const Margin& margin = margins_.front();
  std::fill(sums_.begin(), sums_.end(), 0.0);
  for (std::size_t i = 0; i < list.size(); ++i) sums_[margin.category[i]] += list.t[i];
  g->resize(list.size());
  for (std::size_t i = 0; i < list.size(); ++i) {
    (*g)[i] = margin.totals[margin.category[i]] / sums_[margin.category[i]];
  }
  result->iterations = 1;
  result->max_margin_error = 0;
  result->converged = true;
}

}  // namespace panelpuls::estimate
