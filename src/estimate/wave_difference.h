// Differences between two waves from the records of both, so that units that answered in both count
// once: METHOD M3, Waves. Each wave is calibrated to its own margins; the waves' definitions may
// differ.
// Formula  v_i = w_2i e_2i - w_1i e_1i over the distinct units, V = n/(n-1) sum (v_i - vbar)^2, by
//          stratum where a definition has strata; se* with each e over sqrt(1 - h) (M5).
// Cost     O(units * (entries of a respondent + figures)).
// Threads  pure.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "estimate/figures/estimates.h"
#include "state/cube.h"
#include "wave/wave.h"

namespace panelpuls::estimate {

// A respondent; equal keys in both waves are one unit.
struct WaveUnit {
  std::uint64_t key_high = 0;
  std::uint64_t key_low = 0;
  state::Contribution contribution;
};

struct WaveRecords {
  std::shared_ptr<const wave::Wave> wave;
  const state::Cube* cube = nullptr;  // what the units' contributions add up to
  std::span<const WaveUnit> units;
};

struct WaveDifferences {
  std::uint64_t units = 0;         // distinct, in the population of their wave
  std::uint64_t common_units = 0;  // in both waves
  // Of every mean and share that both definitions have: statistic "difference", against the earlier
  // wave. n and n_effective are the later wave's. Without common units each has the flag
  // no_common_unit.
  std::vector<FigureKey> keys;
  std::vector<FigureValue> figures;
  // Their tests, family by family.
  std::vector<ComparisonKey> comparison_keys;
  std::vector<ComparisonValue> comparisons;
};
WaveDifferences CompareWaves(const WaveRecords& later, const WaveRecords& earlier);

}  // namespace panelpuls::estimate
