#include "estimate/variance/uncertainty.h"

#include <algorithm>
#include <cmath>

#include "estimate/figures/reportable.h"

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
  bool has_two_values = false;
  double chosen = 0;  // respondents of the numerator, where it is of a share or total
};

Uncertainty::Uncertainty(const wave::Wave& wave, const CellMap& map)
    : wave_(wave),
      sequence_({.planned_n = wave.reporting.sequence_planned_n,
                 .level = wave.reporting.confidence_level}),
      variance_(wave, map) {}

void Uncertainty::Prepare(const VarianceEstimator::Inputs& inputs) {
  margins_ = &inputs.margins;
  respondents_ = static_cast<double>(inputs.list.respondents);
  weight_ = 0;
  double q = 0;
  for (std::size_t i = 0; i < inputs.list.size(); ++i) {
    weight_ += inputs.g[i] * inputs.list.t[i];
    q += inputs.g[i] * inputs.g[i] * inputs.list.q[i];
  }
  effective_ = q > 0 ? weight_ * weight_ / q : 0;
  variance_.Prepare(inputs);
}

bool Uncertainty::HasRandomSize(const FigurePlan& plan) const {
  // A total is no quotient by the size of its domain.
  if (!plan.is_domain || plan.kind == FigureKind::kTotal) return false;
  if (plan.is_by_variable) return true;
  for (const Margin& margin : margins_->margins) {
    if (margin.dimension == kJointCell) {
      const std::vector<int>& joint = wave_.weighting.dimensions;
      return !std::all_of(plan.within.begin(), plan.within.end(), [&joint](const InCategory& in) {
        return std::find(joint.begin(), joint.end(), in.dimension) != joint.end();
      });
    }
    const InCategory& in = plan.within.front();
    if (plan.within.size() > 1 || margin.dimension != in.dimension) continue;
    const std::uint32_t group = margin.group_of[static_cast<std::size_t>(in.category)];
    return std::count(margin.group_of.begin(), margin.group_of.end(), group) > 1;
  }
  return true;
}

// That a total rests on: it is of all respondents, those outside its domain with 0.
double Uncertainty::EffectiveOf(const FigurePlan& plan, const FigureValue& figure) const {
  return plan.kind == FigureKind::kTotal ? effective_ : *figure.n_effective;
}

bool Uncertainty::IsPossible(const FigurePlan& plan, double value) const {
  switch (plan.kind) {
    case FigureKind::kMean:
      return std::any_of(plan.numerator.begin(), plan.numerator.end(),
                         [value](const Term& term) { return term.y <= value; }) &&
             std::any_of(plan.numerator.begin(), plan.numerator.end(),
                         [value](const Term& term) { return term.y >= value; });
    case FigureKind::kShare:
      return value >= 0 && value <= 1;
    case FigureKind::kTotal:
      return value >= 0 && value <= weight_;
    case FigureKind::kRatio:
      break;
  }
  return value >= 0;
}

void Uncertainty::NoteNegativeWeights(const FigurePlan& plan, FigureValue* figure) const {
  if (!variance_.HasNegativeWeights(plan)) return;
  if (!IsPossible(plan, *figure->value)) {
    figure->flags.push_back({.kind = FlagKind::kNotReportable});
  }
  figure->flags.push_back({.kind = FlagKind::kNegativeWeights});
}

void Uncertainty::NoteNotReportable(FigureValue* figure) const {
  const bool has_few = *figure->n_effective < wave_.reporting.minimum_n_effective;
  const bool is_collapsed = margins_->collapsed_share > kMostCollapsed;
  if (!has_few && !is_collapsed) return;
  if (!Has(*figure, FlagKind::kNotReportable)) {
    figure->flags.push_back({.kind = FlagKind::kNotReportable});
  }
  if (has_few) figure->flags.push_back({.kind = FlagKind::kLowEffectiveN});
  if (is_collapsed) figure->flags.push_back({.kind = FlagKind::kCollapsed});
}

void Uncertainty::Begin(double n_effective, FigureValue* figure) const {
  NoteNotReportable(figure);
  const auto strata = static_cast<double>(variance_.strata().size());
  const double df =
      std::min(respondents_ - strata - static_cast<double>(variance_.rank()) + 1, n_effective - 1);
  if (df >= 1) figure->degrees_of_freedom = df;
}

void Uncertainty::Fill(const FigurePlan& plan, const SourceSums& sums, FigureValue* figure) const {
  Facts facts{.sums = sums, .has_two_values = HasTwoValues(plan, sums.n)};
  for (const Term& term : plan.numerator) facts.chosen += sums.n[term.entry];
  NoteNegativeWeights(plan, figure);
  FillErrors(
      {.n_effective = EffectiveOf(plan, *figure),
       .has_two_values = facts.has_two_values,
       .has_random_size = HasRandomSize(plan)},
      [&] { return variance_.VariancesOf(LinearisedOf(plan, *figure->value, sums.w)); }, figure);
  FillLimits(plan, facts, figure);
  FillSequence(plan, facts, figure);
}

void Uncertainty::SetErrors(const Variances& variances, bool has_random_size, FigureValue* figure) {
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
  if (has_random_size) {
    const double n = *figure->n_effective;
    v_star *= n > 1 ? n / (n - 1) : 0;
  }
  if (figure->degrees_of_freedom) figure->se_interval = root(v_star);
  if (!figure->se && !figure->se_interval) {
    figure->flags.push_back({.kind = FlagKind::kNotEstimable});
  } else if (!figure->degrees_of_freedom && !Has(*figure, FlagKind::kLowEffectiveN)) {
    figure->flags.push_back({.kind = FlagKind::kLowEffectiveN});
  }
}

void Uncertainty::FillLimits(const FigurePlan& plan, const Facts& facts,
                             FigureValue* figure) const {
  if (!figure->degrees_of_freedom || Has(*figure, FlagKind::kKnownFromRegister)) return;
  const std::optional<Limits> limits = LimitsOf(plan, facts, *figure);
  if (!limits) return;
  figure->low = limits->low;
  figure->high = limits->high;
}

std::optional<Limits> Uncertainty::LimitsOf(const FigurePlan& plan, const Facts& facts,
                                            const FigureValue& figure) const {
  IntervalInputs inputs{.value = *figure.value,
                        .se_interval = figure.se_interval,
                        .degrees_of_freedom = *figure.degrees_of_freedom,
                        .level = wave_.reporting.confidence_level};
  switch (plan.kind) {
    case FigureKind::kMean:
      break;
    case FigureKind::kShare:
      return ShareInterval(inputs, {.n = static_cast<double>(figure.n),
                                    .n_effective = *figure.n_effective,
                                    .is_at_end = !facts.has_two_values});
    case FigureKind::kTotal: {
      if (margins_->margins.empty()) break;
      // Of a population of known size it is a share of all.
      inputs.value /= weight_;
      if (inputs.se_interval) *inputs.se_interval /= weight_;
      const std::optional<Limits> share =
          ShareInterval(inputs, {.n = respondents_,
                                 .n_effective = effective_,
                                 .is_at_end = facts.chosen == 0 || facts.chosen == respondents_});
      if (!share) return std::nullopt;
      return Limits{.low = share->low * weight_, .high = share->high * weight_};
    }
    case FigureKind::kRatio:
      return RatioInterval(inputs);
  }
  return MeanInterval(inputs);
}

void Uncertainty::FillSequence(const FigurePlan& plan, const Facts& facts,
                               FigureValue* figure) const {
  if (!sequence_.is_planned() || !figure->se_interval || plan.kind == FigureKind::kRatio ||
      Has(*figure, FlagKind::kNotReportable)) {
    return;
  }
  const double half = *figure->se_interval * sequence_.HalfWidth(respondents_);
  figure->sequence_low = *figure->value - half;
  figure->sequence_high = *figure->value + half;
  if (plan.kind == FigureKind::kMean) return;
  const bool is_total = plan.kind == FigureKind::kTotal;
  const double others = (is_total ? respondents_ : static_cast<double>(figure->n)) - facts.chosen;
  if (facts.chosen < kFewestOfSequence || others < kFewestOfSequence) {
    figure->sequence_low.reset();
    figure->sequence_high.reset();
    return;
  }
  figure->sequence_low = std::max(0.0, *figure->sequence_low);
  if (is_total && margins_->margins.empty()) return;
  figure->sequence_high = std::min(is_total ? weight_ : 1.0, *figure->sequence_high);
}

}  // namespace panelpuls::estimate
