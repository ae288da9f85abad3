#include "estimate/comparison/domain_others.h"

#include <map>

#include "estimate/comparison/difference.h"
#include "estimate/variance/linearised.h"

namespace panelpuls::estimate {
namespace {

// Sums over those of the whole that are not in the part.
struct Others {
  double n = 0;
  double w = 0;
  double q = 0;
  double above = 0;                     // sum of y W
  std::map<double, double> n_of_score;  // respondents by y; of a share its 1 alone

  explicit Others(const OthersInputs& inputs) {
    Add(inputs.whole, inputs.sums.Of(inputs.whole.source), 1);
    Add(inputs.part, inputs.sums.Of(inputs.part.source), -1);
  }

  bool HasTwoValues(bool is_share) const {
    std::size_t values = 0;
    double counted = 0;
    for (const auto& [score, respondents] : n_of_score) {
      values += respondents > 0 ? 1 : 0;
      counted += respondents;
    }
    if (is_share && counted < n) ++values;
    return values > 1;
  }

 private:
  void Add(const FigurePlan& plan, const SourceSums& sums, double sign) {
    for (const std::uint32_t entry : plan.base) {
      n += sign * sums.n[entry];
      w += sign * sums.w[entry];
      q += sign * sums.q[entry];
    }
    for (const Term& term : plan.numerator) {
      above += sign * term.y * sums.w[term.entry];
      n_of_score[term.y] += sign * sums.n[term.entry];
    }
  }
};

}  // namespace

ComparisonValue CompareWithOthers(const OthersInputs& inputs) {
  const wave::Reporting& reporting = inputs.wave.reporting;
  FigureValue others;
  if (!inputs.figure.value) return Compare(inputs.figure, others, {}, reporting.confidence_level);
  const Others sums(inputs);
  others.n = static_cast<std::uint64_t>(sums.n);
  if (!(others.n > 0 && sums.w > 0 && sums.q > 0)) {
    others.flags.push_back({.kind = FlagKind::kNotEstimable});
    return Compare(inputs.figure, others, {}, reporting.confidence_level);
  }
  if (others.n < reporting.minimum_n) {
    others.flags.push_back({.kind = FlagKind::kNotReportable});
    others.flags.push_back({.kind = FlagKind::kLowN});
    return Compare(inputs.figure, others, {}, reporting.confidence_level);
  }
  others.value = sums.above / sums.w;
  others.n_effective = sums.w * sums.w / sums.q;
  const VarianceEstimator& variance = inputs.uncertainty.variance();
  if (variance.HasNegativeWeights(inputs.whole)) {
    others.flags.push_back({.kind = FlagKind::kNegativeWeights});
  }
  const bool has_random_size = inputs.uncertainty.HasRandomSize(inputs.part);
  Influence influence;
  inputs.uncertainty.FillErrors(
      {.n_effective = *others.n_effective,
       .has_two_values = sums.HasTwoValues(inputs.part.is_share()),
       .has_random_size = has_random_size},
      [&] {
        influence = variance.InfluenceOfRest(
            {.plan = &inputs.whole, .mean = *others.value, .weight = sums.w},
            {.plan = &inputs.part, .mean = *others.value, .weight = sums.w});
        return variance.VariancesOf(influence);
      },
      &others);
  DifferenceErrors errors;
  if (IsTestable(inputs.figure) && IsTestable(others)) {
    const Influence of_part =
        variance.InfluenceOf(LinearisedOf(inputs.part, inputs.figure, inputs.sums));
    errors = ErrorsOf(variance.VariancesOfDifference(of_part, influence),
                      {.a = inputs.figure, .b = others, .has_random_size = has_random_size});
  }
  return Compare(inputs.figure, others, errors, reporting.confidence_level);
}

}  // namespace panelpuls::estimate
