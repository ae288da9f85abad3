#include "estimate/comparison/comparisons.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "estimate/comparison/difference.h"
#include "estimate/comparison/domain_others.h"
#include "estimate/comparison/option_pairs.h"
#include "estimate/comparison/rankings.h"

namespace panelpuls::estimate {

Comparisons::Comparisons(const wave::Wave& wave, Plan* plan)
    : wave_(wave), plan_(*plan), comparisons_(MakeComparisonPlan(wave, plan)) {}

void Comparisons::Fill(const Inputs& inputs, Estimates* estimates) const {
  AddWaveFigures(estimates);
  if (!estimates->calibration.has_weights) return;
  estimates->comparison_keys = comparisons_.keys;
  estimates->comparisons.reserve(comparisons_.keys->size());
  CompareDomains(inputs, estimates);
  CompareOthers(inputs, estimates);
  CompareWaves(estimates);
  CompareOptions(inputs, estimates);
  AdjustFamilies(*comparisons_.keys, &estimates->comparisons);
  for (const RankingPlan& ranking : comparisons_.rankings) {
    estimates->rankings.push_back(
        Rank({.plan = plan_,
              .ranking = ranking,
              .sums = inputs.sums,
              .figures = estimates->figures,
              .comparisons = std::span(estimates->comparisons).last(comparisons_.options.size()),
              .level = wave_.reporting.confidence_level}));
  }
}

void Comparisons::AddWaveFigures(Estimates* estimates) const {
  for (const WaveDifference& wave : comparisons_.waves) {
    estimates->figures.push_back(
        FigureAgainst(estimates->figures[wave.figure],
                      {.value = wave.earlier.value, .se = wave.earlier.se, .n = wave.earlier.n},
                      wave_.reporting.confidence_level));
  }
}

void Comparisons::CompareDomains(const Inputs& inputs, Estimates* estimates) const {
  const std::vector<FigureValue>& figures = estimates->figures;
  std::map<std::uint32_t, Influence> influences;
  const auto influence_of = [&](std::uint32_t number) -> const Influence& {
    const auto [found, is_new] = influences.try_emplace(number);
    if (is_new) {
      found->second = inputs.uncertainty.variance().InfluenceOf(
          LinearisedOf(plan_.figures[number], figures[number], inputs.sums));
    }
    return found->second;
  };
  for (const DomainPair& pair : comparisons_.domains) {
    const FigureValue& a = figures[pair.a];
    const FigureValue& b = figures[pair.b];
    DifferenceErrors errors;
    if (IsTestable(a) && IsTestable(b)) {
      const bool has_random_size = inputs.uncertainty.HasRandomSize(plan_.figures[pair.a]) ||
                                   inputs.uncertainty.HasRandomSize(plan_.figures[pair.b]);
      errors = ErrorsOf(inputs.uncertainty.variance().VariancesOfDifference(influence_of(pair.a),
                                                                            influence_of(pair.b)),
                        {.a = a, .b = b, .has_random_size = has_random_size});
    }
    estimates->comparisons.push_back(Compare(a, b, errors, wave_.reporting.confidence_level));
  }
}

void Comparisons::CompareOthers(const Inputs& inputs, Estimates* estimates) const {
  for (const AgainstOthers& pair : comparisons_.others) {
    estimates->comparisons.push_back(CompareWithOthers({.wave = wave_,
                                                        .part = plan_.figures[pair.figure],
                                                        .whole = plan_.wholes[pair.whole],
                                                        .figure = estimates->figures[pair.figure],
                                                        .sums = inputs.sums,
                                                        .uncertainty = inputs.uncertainty}));
  }
}

void Comparisons::CompareWaves(Estimates* estimates) const {
  for (const WaveDifference& wave : comparisons_.waves) {
    const FigureValue& difference = estimates->figures[wave.difference];
    estimates->comparisons.push_back(TestOf(difference));
  }
}

void Comparisons::CompareOptions(const Inputs& inputs, Estimates* estimates) const {
  for (const OptionPair& pair : comparisons_.options) {
    const FigureValue& a = estimates->figures[pair.a];
    const FigureValue& b = estimates->figures[pair.b];
    DifferenceErrors errors;
    const PairOfOptions options{.wave = wave_, .plan = plan_, .pair = pair};
    if (IsTestable(a) && IsTestable(b) && HasTwoDifferences(options, inputs.sums.Of(0).n)) {
      const Contrast contrast =
          ContrastOf(options, LinearisedOf(plan_.figures[pair.a], a, inputs.sums),
                     LinearisedOf(plan_.figures[pair.b], b, inputs.sums));
      const VarianceEstimator& variance = inputs.uncertainty.variance();
      errors = ErrorsOf(variance.VariancesOf(variance.InfluenceOf(contrast)), {.a = a, .b = b});
    }
    estimates->comparisons.push_back(Compare(a, b, errors, wave_.reporting.confidence_level));
  }
}

}  // namespace panelpuls::estimate
