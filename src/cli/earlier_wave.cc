#include "cli/earlier_wave.h"
#include "snapshot/contents.h"

#include <utility>

namespace panelpuls::cli {

EarlierWave::EarlierWave(offline::Survey& later, offline::Survey& earlier)
    : wave_(later.state().wave()) {
  const std::vector<estimate::WaveUnit> later_units = later.Units();
  const std::vector<estimate::WaveUnit> earlier_units = earlier.Units();
  differences_ = estimate::CompareWaves(
      {.wave = later.wave(), .cube = &later.state().cube(), .units = later_units},
      {.wave = earlier.wave(), .cube = &earlier.state().cube(), .units = earlier_units});
  AddComparison(earlier.Estimate());
}

void EarlierWave::AddComparison(const snapshot::Contents& earlier) {
  wave::Comparison& comparison = wave_.comparisons.emplace_back();
  comparison.id = earlier.wave->id;
  comparison.label = earlier.wave->title;
  for (std::size_t i = 0; i < earlier.keys->size(); ++i) {
    const estimate::FigureKey& key = (*earlier.keys)[i];
    const estimate::FigureValue& value = earlier.estimates->figures[i];
    if (!key.against.empty() || !value.value) continue;
    comparison.figures.push_back({.statistic = key.statistic,
                                  .of = key.of,
                                  .domain = key.domain,
                                  .value = *value.value,
                                  .se = value.se,
                                  .n = value.n});
  }
}

snapshot::Contents EarlierWave::AddTo(const snapshot::Contents& later) {
  keys_ = *later.keys;
  estimates_ = *later.estimates;
  keys_.insert(keys_.end(), differences_.keys.begin(), differences_.keys.end());
  estimates_.figures.insert(estimates_.figures.end(), differences_.figures.begin(),
                            differences_.figures.end());
  auto comparison_keys =
      estimates_.comparison_keys
          ? std::make_shared<std::vector<estimate::ComparisonKey>>(*estimates_.comparison_keys)
          : std::make_shared<std::vector<estimate::ComparisonKey>>();
  comparison_keys->insert(comparison_keys->end(), differences_.comparison_keys.begin(),
                          differences_.comparison_keys.end());
  estimates_.comparison_keys = std::move(comparison_keys);
  estimates_.comparisons.insert(estimates_.comparisons.end(), differences_.comparisons.begin(),
                                differences_.comparisons.end());
  snapshot::Contents inputs = later;
  inputs.wave = &wave_;
  inputs.keys = &keys_;
  inputs.estimates = &estimates_;
  return inputs;
}

}  // namespace panelpuls::cli
