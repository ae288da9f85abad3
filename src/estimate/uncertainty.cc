#include "estimate/uncertainty.h"

#include <algorithm>
#include <cmath>

#include "estimate/reportable.h"

namespace panelpuls::estimate {
namespace {

// METHOD M6: fewest respondents on either side of a share's sequence.
constexpr double kFewestOfSequence = 5;

bool Has(const FigureValue& figure, FlagKind kind) {
  return std::any_of(figure.flags.begin(), figure.flags.end(),
                     [kind](const Flag& flag) { return flag.kind == kind; });
}

}  // namespace

struct Uncertainty::Facts {
  const SourceSums& sums;
  double weight = 0;  // W_S
  bool has_two_values = false;
};

Uncertainty::Uncertainty(const wave::Wave& wave, const CellMap& map)
    : wave_(wave),
      sequence_({.planned_n = wave.reporting.sequence_planned_n,
                 .level = wave.reporting.confidence_level}),
      variance_(wave, map) {}

void Uncertainty::Prepare(const VarianceEstimator::Inputs& inputs) {
  margins_ = &inputs.margins;
  respondents_ = static_cast<double>(inputs.list.respondents);
  variance_.Prepare(inputs);
}

bool Uncertainty::HasRandomSize(const FigurePlan& plan) const {
  if (!plan.is_domain) return false;
  if (plan.dimension == wave::kNone) return true;
  for (const Margin& margin : margins_->margins) {
    if (margin.dimension == kJointCell) {
      const std::vector<int>& joint = wave_.weighting.dimensions;
      return std::find(joint.begin(), joint.end(), plan.dimension) == joint.end();
    }
    if (margin.dimension != plan.dimension) continue;
    const std::uint32_t group = margin.group_of[static_cast<std::size_t>(plan.category)];
    return std::count(margin.group_of.begin(), margin.group_of.end(), group) > 1;
  }
  return true;
}

void Uncertainty::NoteNotReportable(FigureValue* figure) const {
  const bool has_few = *figure->n_effective < wave_.reporting.minimum_n_effective;
  const bool is_collapsed = margins_->collapsed_share > kMostCollapsed;
  if (!has_few && !is_collapsed) return;
  figure->flags.push_back({.kind = FlagKind::kNotReportable});
  if (has_few) figure->flags.push_back({.kind = FlagKind::kLowEffectiveN});
  if (is_collapsed) figure->flags.push_back({.kind = FlagKind::kCollapsed});
}

void Uncertainty::Fill(const FigurePlan& plan, const SourceSums& sums, FigureValue* figure) const {
  Facts facts{.sums = sums, .has_two_values = HasTwoValues(plan, sums.n)};
  for (const std::uint32_t entry : plan.base) facts.weight += sums.w[entry];
  NoteNotReportable(figure);
  const auto strata = static_cast<double>(variance_.strata().size());
  const double df = std::min(respondents_ - strata - static_cast<double>(variance_.rank()) + 1,
                             *figure->n_effective - 1);
  if (df >= 1) figure->degrees_of_freedom = df;
  if (!facts.has_two_values) {
    figure->flags.push_back({.kind = FlagKind::kNotEstimable});
  } else if (!variance_.strata().single.empty()) {
    const std::vector<Flag>& single = variance_.strata().single;
    figure->flags.insert(figure->flags.end(), single.begin(), single.end());
  } else {
    FillErrors(plan, facts, figure);
  }
  FillLimits(plan, facts, figure);
  FillSequence(plan, facts, figure);
}

void Uncertainty::FillErrors(const FigurePlan& plan, const Facts& facts,
                             FigureValue* figure) const {
  const Linearised z{.plan = &plan, .mean = *figure->value, .weight = facts.weight};
  const Variances variances = variance_.VariancesOf(z);
  if (variances.is_known) {
    figure->flags.push_back({.kind = FlagKind::kKnownFromRegister});
    return;
  }
  if (variances.has_leverage) figure->flags.push_back({.kind = FlagKind::kLeverage});
  const auto root = [](double v) {
    return v > 0 && std::isfinite(v) ? std::optional(std::sqrt(v)) : std::nullopt;
  };
  figure->se = root(variances.v);
  double v_star = variances.v_star;
  if (HasRandomSize(plan)) {
    const double n = *figure->n_effective;
    v_star *= n > 1 ? n / (n - 1) : 0;
  }
  if (figure->degrees_of_freedom) figure->se_interval = root(v_star);
  if (!figure->se && !figure->se_interval) {
    figure->flags.push_back({.kind = FlagKind::kNotEstimable});
  }
}

void Uncertainty::FillLimits(const FigurePlan& plan, const Facts& facts,
                             FigureValue* figure) const {
  if (!figure->degrees_of_freedom || Has(*figure, FlagKind::kKnownFromRegister)) return;
  const IntervalInputs inputs{.value = *figure->value,
                              .se_interval = figure->se_interval,
                              .degrees_of_freedom = *figure->degrees_of_freedom,
                              .level = wave_.reporting.confidence_level};
  const std::optional<Limits> limits =
      plan.is_share ? ShareInterval(inputs, {.n = static_cast<double>(figure->n),
                                             .n_effective = *figure->n_effective,
                                             .is_at_end = !facts.has_two_values})
                    : MeanInterval(inputs);
  if (!limits) return;
  figure->low = limits->low;
  figure->high = limits->high;
}

void Uncertainty::FillSequence(const FigurePlan& plan, const Facts& facts,
                               FigureValue* figure) const {
  if (!sequence_.is_planned() || !figure->se_interval || Has(*figure, FlagKind::kNotReportable)) {
    return;
  }
  const double half = *figure->se_interval * sequence_.HalfWidth(respondents_);
  figure->sequence_low = *figure->value - half;
  figure->sequence_high = *figure->value + half;
  if (!plan.is_share) return;
  double chosen = 0;
  for (const Term& term : plan.numerator) chosen += facts.sums.n[term.entry];
  if (chosen < kFewestOfSequence || static_cast<double>(figure->n) - chosen < kFewestOfSequence) {
    figure->sequence_low.reset();
    figure->sequence_high.reset();
    return;
  }
  figure->sequence_low = std::max(0.0, *figure->sequence_low);
  figure->sequence_high = std::min(1.0, *figure->sequence_high);
}

}  // namespace panelpuls::estimate
