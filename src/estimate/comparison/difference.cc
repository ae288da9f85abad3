#include "estimate/comparison/difference.h"

#include <algorithm>
#include <cmath>

#include "estimate/numeric/distributions.h"
#include "estimate/numeric/holm.h"
#include "estimate/numeric/interval.h"

namespace panelpuls::estimate {
namespace {

bool Has(const std::vector<Flag>& flags, FlagKind kind) {
  return std::any_of(flags.begin(), flags.end(),
                     [kind](const Flag& flag) { return flag.kind == kind; });
}

std::optional<double> RootOf(double v) {
  return v > 0 && std::isfinite(v) ? std::optional(std::sqrt(v)) : std::nullopt;
}

std::optional<double> Smaller(const std::optional<double>& a, const std::optional<double>& b) {
  if (!a || !b) return std::nullopt;
  return std::min(*a, *b);
}

// That few respondents answered is said of the figures themselves.
void AddFlags(const FigureValue& figure, std::vector<Flag>* flags) {
  for (const Flag& flag : figure.flags) {
    if (flag.kind == FlagKind::kLowN) continue;
    if (std::find(flags->begin(), flags->end(), flag) == flags->end()) flags->push_back(flag);
  }
}

// p of a difference with se* and degrees of freedom, unless a flag forbids it.
void Test(ComparisonValue* value) {
  if (!value->difference || !value->se_interval || !value->degrees_of_freedom) return;
  for (const FlagKind kind :
       {FlagKind::kNotReportable, FlagKind::kNotEstimable, FlagKind::kKnownFromRegister}) {
    if (Has(value->flags, kind)) return;
  }
  const double p =
      StudentTwoSided(*value->difference / *value->se_interval, *value->degrees_of_freedom);
  if (std::isfinite(p)) value->p = p;
}

}  // namespace

Linearised LinearisedOf(const FigurePlan& plan, const FigureValue& figure,
                        const WeightedSums& sums) {
  return LinearisedOf(plan, *figure.value, sums.Of(plan.source).w);
}

bool IsTestable(const FigureValue& figure) { return figure.value && figure.se; }

DifferenceErrors ErrorsOf(const Variances& variances, const ComparedFigures& figures) {
  DifferenceErrors errors;
  errors.is_known = variances.is_known;
  if (variances.is_known) return errors;
  errors.se = RootOf(variances.v);
  errors.degrees_of_freedom = Smaller(figures.a.degrees_of_freedom, figures.b.degrees_of_freedom);
  if (!errors.degrees_of_freedom) return errors;
  double v_star = variances.v_star;
  if (figures.has_random_size) {
    const double n = std::min(*figures.a.n_effective, *figures.b.n_effective);
    v_star *= n > 1 ? n / (n - 1) : 0;
  }
  errors.se_interval = RootOf(v_star);
  return errors;
}

ComparisonValue Compare(const FigureValue& a, const FigureValue& b, const DifferenceErrors& errors,
                        double level) {
  ComparisonValue value;
  if (a.value && b.value) value.difference = *a.value - *b.value;
  AddFlags(a, &value.flags);
  AddFlags(b, &value.flags);
  if (!value.difference) return value;
  if (errors.is_known) value.flags.push_back({.kind = FlagKind::kKnownFromRegister});
  if (IsTestable(a) && IsTestable(b) && !errors.is_known && !errors.se) {
    value.flags.push_back({.kind = FlagKind::kNotEstimable});
  }
  value.se = errors.se;
  value.se_interval = errors.se_interval;
  value.degrees_of_freedom = errors.degrees_of_freedom;
  if (!value.se_interval) return value;
  const std::optional<Limits> limits =
      MeanInterval({.value = *value.difference,
                    .se_interval = value.se_interval,
                    .degrees_of_freedom = *value.degrees_of_freedom,
                    .level = level});
  if (limits) {
    value.low = limits->low;
    value.high = limits->high;
  }
  Test(&value);
  return value;
}

ComparisonValue TestOf(const FigureValue& difference) {
  ComparisonValue value;
  value.difference = difference.value;
  value.se = difference.se;
  value.se_interval = difference.se_interval;
  value.degrees_of_freedom = difference.degrees_of_freedom;
  value.low = difference.low;
  value.high = difference.high;
  value.flags = difference.flags;
  Test(&value);
  return value;
}

void AdjustFamilies(const std::vector<ComparisonKey>& keys,
                    std::vector<ComparisonValue>* comparisons) {
  std::vector<std::size_t> tested;
  std::vector<double> p;
  for (std::size_t i = 0; i < keys.size(); ++i) {
    if ((*comparisons)[i].p) {
      tested.push_back(i);
      p.push_back(*(*comparisons)[i].p);
    }
    if (i + 1 < keys.size() && keys[i + 1].family == keys[i].family) continue;
    const std::vector<double> adjusted = HolmAdjusted(p);
    for (std::size_t t = 0; t < tested.size(); ++t) {
      (*comparisons)[tested[t]].p_adjusted = adjusted[t];
    }
    tested.clear();
    p.clear();
  }
}

FigureValue FigureAgainst(const FigureValue& now, const EarlierFigure& earlier, double level) {
  FigureValue figure;
  figure.n = now.n;
  figure.n_effective = now.n_effective;
  figure.flags = now.flags;
  if (!now.value) return figure;
  figure.value = *now.value - earlier.value;
  if (!earlier.se || !(*earlier.se > 0)) {
    figure.flags.push_back({.kind = FlagKind::kNotComputed});
    return figure;
  }
  if (!now.se) return figure;
  figure.flags.push_back({.kind = FlagKind::kAssumesIndependentSamples});
  figure.se = std::hypot(*now.se, *earlier.se);
  if (!now.se_interval || !now.degrees_of_freedom) return figure;
  figure.se_interval = std::hypot(*now.se_interval, *earlier.se);
  double df = *now.degrees_of_freedom;
  if (earlier.n && *earlier.n > 1) df = std::min(df, static_cast<double>(*earlier.n - 1));
  figure.degrees_of_freedom = df;
  const std::optional<Limits> limits = MeanInterval({.value = *figure.value,
                                                     .se_interval = figure.se_interval,
                                                     .degrees_of_freedom = df,
                                                     .level = level});
  if (limits) {
    figure.low = limits->low;
    figure.high = limits->high;
  }
  return figure;
}

}  // namespace panelpuls::estimate
