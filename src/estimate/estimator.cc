#include "estimate/estimator.h"

#include <algorithm>
#include <utility>

#include "estimate/comparison/comparisons.h"
#include "estimate/plan/cell_list.h"
#include "estimate/plan/figure_plan.h"
#include "estimate/plan/sources.h"
#include "estimate/variance/uncertainty.h"
#include "estimate/variance/weighted_sums.h"
#include "estimate/weighting/calibration.h"

namespace panelpuls::estimate {
namespace {

double SumOver(std::span<const double> sums, std::span<const std::uint32_t> entries) {
  double sum = 0;
  for (const std::uint32_t entry : entries) sum += sums[entry];
  return sum;
}

// Of a ratio; anything else has its base.
bool HasDenominator(const FigurePlan& plan, std::span<const double> counts) {
  if (plan.kind != FigureKind::kRatio) return true;
  return std::any_of(plan.numerator.begin(), plan.numerator.end(),
                     [&counts](const Term& term) { return term.x > 0 && counts[term.entry] > 0; });
}

// Margins that are missed, by a penalty or by trimming, leave a bias that no residual shows, so
// that an interval would mean nothing, and no figure is fixed by them.
void WithdrawErrors(FigureValue* figure) {
  figure->se.reset();
  figure->se_interval.reset();
  figure->low.reset();
  figure->high.reset();
  figure->sequence_low.reset();
  figure->sequence_high.reset();
  figure->degrees_of_freedom.reset();
  std::erase_if(figure->flags, [](const Flag& flag) {
    return flag.kind == FlagKind::kKnownFromRegister || flag.kind == FlagKind::kLeverage;
  });
}

// Of the category that the figure is of, or of the whole.
void NoteOverfull(const FigurePlan& plan, const CalibrationResult& calibration,
                  FigureValue* figure) {
  for (const Flag& flag : calibration.overfull) {
    const bool is_of_figure =
        flag.category == wave::kNone
            ? !plan.is_domain
            : std::any_of(plan.within.begin(), plan.within.end(), [&flag](const InCategory& in) {
                return in.dimension == flag.dimension && in.category == flag.category;
              });
    if (is_of_figure) figure->flags.push_back(flag);
  }
}

FigureValue MakeFigure(const wave::Reporting& reporting, const FigurePlan& plan,
                       const SourceSums& sums, const CalibrationResult& calibration,
                       const Uncertainty& uncertainty) {
  FigureValue figure;
  figure.n = static_cast<std::uint64_t>(SumOver(sums.n, plan.base));
  // Nothing else would be to blame; and what stands in the way of weights, at first every category
  // that is still empty, is said of the whole.
  if (figure.n == 0) {
    figure.flags.push_back({.kind = FlagKind::kNotEstimable});
    return figure;
  }
  if (!calibration.has_weights) {
    figure.flags = calibration.flags;
    return figure;
  }
  if (!calibration.converged) figure.flags.push_back({.kind = FlagKind::kNotConverged});
  if (figure.n < reporting.minimum_n) {
    figure.flags.push_back({.kind = FlagKind::kNotReportable});
    figure.flags.push_back({.kind = FlagKind::kLowN});
    return figure;
  }
  const double w = SumOver(sums.w, plan.base);
  const double q = SumOver(sums.q, plan.base);
  const double no_weight = kNoWeight * calibration.mean_weight * static_cast<double>(figure.n);
  if (!(w > no_weight && q > 0)) {
    figure.flags.push_back({.kind = FlagKind::kNotEstimable});
    figure.flags.push_back({.kind = calibration.negative_weights > 0 ? FlagKind::kNegativeWeights
                                                                     : FlagKind::kZeroWeights});
    return figure;
  }
  figure.n_effective = w * w / q;
  if (!HasDenominator(plan, sums.n)) {
    figure.flags.push_back({.kind = FlagKind::kNotEstimable});
    return figure;
  }
  figure.value = ValueOf(plan, sums.w);
  uncertainty.Fill(plan, sums, &figure);
  if (!calibration.converged) WithdrawErrors(&figure);
  NoteOverfull(plan, calibration, &figure);
  if (figure.n < reporting.flag_below_n) figure.flags.push_back({.kind = FlagKind::kLowN});
  return figure;
}

}  // namespace

struct Estimator::Impl {
  explicit Impl(std::shared_ptr<const wave::Wave> the_wave)
      : wave(std::move(the_wave)),
        plan(MakePlan(*wave)),
        comparisons(*wave, &plan),
        map(*wave),
        calibrator(*wave, map),
        sources(*wave, map, plan),
        uncertainty(*wave, map) {}

  void FillWhole(Estimates* estimates) const;
  // The sums over the assigned sources, with weights those of the variances too.
  void AddUp(const state::Cube& cube, const CalibrationResult& calibration);

  std::shared_ptr<const wave::Wave> wave;
  Plan plan;
  Comparisons comparisons;
  CellMap map;
  Calibrator calibrator;
  Sources sources;
  WeightedSums sums;
  Uncertainty uncertainty;
  CellList list;
  std::vector<double> g;
};

// What concerns all respondents.
void Estimator::Impl::FillWhole(Estimates* estimates) const {
  estimates->n = list.respondents;
  estimates->n_outside_population = list.respondents_outside;
  const double population = calibrator.margins().population;
  if (population > 0) estimates->population = population;
  estimates->cell_n.assign(wave->cells, 0);
  for (std::size_t i = 0; i < list.size(); ++i) estimates->cell_n[list.cells[i]] = list.n[i];
  estimates->flags = estimates->calibration.flags;
  for (const std::vector<Flag>* more :
       {&estimates->calibration.collapsed, &estimates->calibration.sparse,
        &estimates->calibration.overfull}) {
    estimates->flags.insert(estimates->flags.end(), more->begin(), more->end());
  }
  if (estimates->calibration.negative_weights > 0) {
    estimates->flags.push_back({.kind = FlagKind::kNegativeWeights});
  }
  if (estimates->calibration.zero_weights > 0) {
    estimates->flags.push_back({.kind = FlagKind::kZeroWeights});
  }
  estimates->flags.insert(estimates->flags.end(), list.outside_flags.begin(),
                          list.outside_flags.end());
  if (!estimates->calibration.has_weights) return;
  estimates->calibration.g.assign(wave->cells, 0.0);
  double w = 0;
  double q = 0;
  for (std::size_t i = 0; i < list.size(); ++i) {
    estimates->calibration.g[list.cells[i]] = g[i];
    w += g[i] * list.t[i];
    q += g[i] * g[i] * list.q[i];
  }
  if (!(w > 0 && q > 0)) return;
  estimates->n_effective = w * w / q;
  estimates->design_effect = static_cast<double>(list.respondents) * q / (w * w);
}

void Estimator::Impl::AddUp(const state::Cube& cube, const CalibrationResult& calibration) {
  if (!calibration.has_weights) {
    sums.AddUp(sources, list, g);
    return;
  }
  uncertainty.Prepare({.cube = cube,
                       .list = list,
                       .sources = sources,
                       .totals = sums,
                       .g = g,
                       .margins = calibrator.margins()});
}

Estimator::Estimator(std::shared_ptr<const wave::Wave> wave)
    : impl_(std::make_unique<Impl>(std::move(wave))) {}
Estimator::~Estimator() = default;

const std::vector<FigureKey>& Estimator::keys() const { return impl_->plan.keys; }
const wave::Wave& Estimator::wave() const { return *impl_->wave; }

Estimates Estimator::Estimate(const state::Cube& cube) {
  Impl& impl = *impl_;
  Estimates estimates;
  ListCells(*impl.wave, impl.map, cube, &impl.list);
  estimates.calibration = impl.calibrator.Calibrate(impl.list, &impl.g);
  impl.FillWhole(&estimates);
  impl.sources.Assign(cube, impl.list);
  impl.AddUp(cube, estimates.calibration);
  estimates.figures.reserve(impl.plan.keys.size());
  for (const FigurePlan& figure : impl.plan.figures) {
    estimates.figures.push_back(MakeFigure(impl.wave->reporting, figure,
                                           impl.sums.Of(figure.source), estimates.calibration,
                                           impl.uncertainty));
  }
  impl.comparisons.Fill({.sums = impl.sums, .uncertainty = impl.uncertainty}, &estimates);
  return estimates;
}

FigureValue Estimator::EstimateIndicator(const state::Cube& cube) {
  Impl& impl = *impl_;
  ListCells(*impl.wave, impl.map, cube, &impl.list);
  const CalibrationResult calibration = impl.calibrator.Calibrate(impl.list, &impl.g);
  if (!impl.wave->indicator) {
    FigureValue absent;
    absent.n = impl.list.respondents;
    absent.flags.push_back({.kind = FlagKind::kNotEstimable});
    return absent;
  }
  impl.sources.Assign(cube, impl.list, true);
  impl.AddUp(cube, calibration);
  return MakeFigure(impl.wave->reporting, impl.plan.figures.front(), impl.sums.Of(0), calibration,
                    impl.uncertainty);
}

double ScoreFromShares(const wave::Indicator& indicator, const std::vector<double>& shares) {
  std::vector<Term> scores;
  std::vector<std::uint32_t> groups;
  for (std::uint32_t group = 0; group < indicator.groups.size(); ++group) {
    scores.push_back({.entry = group, .y = indicator.groups[group].score});
    groups.push_back(group);
  }
  return RatioOf(shares, scores, groups);
}

}  // namespace panelpuls::estimate
