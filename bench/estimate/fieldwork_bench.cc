// What a snapshot says of the fieldwork itself: the cost depends on cells, not on units.
#include <benchmark/benchmark.h>

#include <cmath>
#include <memory>
#include <optional>
#include <random>
#include <vector>

#include "estimate/estimator.h"
#include "estimate/response/fieldwork.h"
#include "estimate/response/guidance.h"
#include "estimate/response/representativity.h"
#include "state/cube.h"
#include "state/panel.h"
#include "state/wide_wave.h"

namespace panelpuls::estimate {
namespace {

using wave::Disposition;

constexpr std::uint64_t kInvited = 18'000;

// Of those who do not answer; not everybody is called yet.
constexpr Disposition kOthers[] = {Disposition::kNone,    Disposition::kInvited,
                                   Disposition::kInvited, Disposition::kDelivered,
                                   Disposition::kRefusal, Disposition::kNonContact};

// A cube of about 4,000 respondents, with a frame of the units invited: who answers differs by
// category.
class Panel {
 public:
  // `times`: how many times the cells of the real wave.
  Panel(std::int64_t times, bool has_frame) {
    auto wave = std::make_shared<wave::Wave>(times == 1 ? *bench::RealWave(kInvited)
                                                        : *bench::WideWave(kInvited));
    wave->has_frame = has_frame;
    wave_ = wave;
    cube_ = std::make_unique<state::Cube>(*wave_);
    const std::vector<std::byte> records = bench::RandomRecords(*wave_, kInvited, 0);
    std::mt19937_64 random(3);
    state::Contribution contribution;
    for (std::uint64_t unit = 0; unit < kInvited; ++unit) {
      state::Contribute(*wave_, records.data() + unit * wave_->layout.size, &contribution);
      const bool responds = random() % 100 < RateOf(contribution.cell);
      if (responds) cube_->Add(contribution);
      if (!has_frame) continue;
      const Disposition disposition =
          responds ? Disposition::kComplete : kOthers[random() % std::size(kOthers)];
      ++cube_->MutableBlock(contribution.cell)[cube_->shape().disposition_offset +
                                               static_cast<std::size_t>(disposition)];
    }
    Estimator estimator(wave_);
    estimates_ = estimator.Estimate(*cube_);
    bench::Require(estimates_.calibration.has_weights, "weights");
  }

  const wave::Wave& wave() const { return *wave_; }
  const state::Cube& cube() const { return *cube_; }
  const Estimates& estimates() const { return estimates_; }

  void Describe(benchmark::State& bench) const {
    double cells = 0;
    for (const std::uint64_t n : estimates_.cell_n) cells += n > 0 ? 1 : 0;
    bench.counters["all_cells"] = static_cast<double>(wave_->cells);
    bench.counters["cells"] = cells;
    bench.counters["n"] = static_cast<double>(estimates_.n);
  }

 private:
  // In hundredths.
  std::uint64_t RateOf(std::uint64_t cell) const {
    std::uint64_t rate = 10;
    for (const wave::Dimension& dimension : wave_->dimensions) {
      rate += 2 * (cell / dimension.cell_stride % dimension.categories.size());
    }
    return rate;
  }

  std::shared_ptr<const wave::Wave> wave_;
  std::unique_ptr<state::Cube> cube_;
  Estimates estimates_;
};

// Arguments: how many times the cells of the real wave; with a frame.
void BM_Fieldwork_All(benchmark::State& bench) {
  const Panel panel(bench.range(0), bench.range(1) == 1);
  Fieldwork fieldwork = MeasureFieldwork(panel.wave(), panel.cube(), panel.estimates());
  bench::Require(fieldwork.guidance.flags.empty(), "gains");
  bench::Require(fieldwork.representativity.whole.cv.has_value() == (bench.range(1) == 1), "cv");
  for (auto _ : bench) {
    fieldwork = MeasureFieldwork(panel.wave(), panel.cube(), panel.estimates());
    benchmark::DoNotOptimize(fieldwork.guidance.cells.data());
  }
  panel.Describe(bench);
}
BENCHMARK(BM_Fieldwork_All)
    ->ArgNames({"times", "frame"})
    ->ArgsProduct({{1, 10}, {0, 1}})
    ->Unit(benchmark::kMicrosecond);

void BM_Fieldwork_Representativity(benchmark::State& bench) {
  const Panel panel(bench.range(0), true);
  const std::vector<CellResponse> responses = ResponsesOf(CountCells(panel.wave(), panel.cube()));
  Representativity result = MeasureRepresentativity(panel.wave(), responses);
  bench::Require(result.slopes.is_known && std::isfinite(*result.whole.r_adjusted), "indicators");
  for (auto _ : bench) {
    result = MeasureRepresentativity(panel.wave(), responses);
    benchmark::DoNotOptimize(result.slopes.falls.data());
  }
  panel.Describe(bench);
  bench.counters["invited_cells"] = static_cast<double>(responses.size());
}
BENCHMARK(BM_Fieldwork_Representativity)
    ->ArgNames({"times"})
    ->Args({1})
    ->Args({10})
    ->Unit(benchmark::kMicrosecond);

void BM_Fieldwork_Guidance(benchmark::State& bench) {
  const Panel panel(bench.range(0), true);
  const std::vector<CellCases> cases = CountCells(panel.wave(), panel.cube());
  const std::vector<std::optional<double>> falls(panel.wave().cells, 1e-5);
  const GuidanceInputs inputs{.wave = panel.wave(),
                              .cube = panel.cube(),
                              .estimates = panel.estimates(),
                              .cases = cases,
                              .falls = falls};
  Guidance guidance = RankInterviews(inputs);
  bench::Require(guidance.cells.size() == kMostGuidedCells, "cells");
  for (auto _ : bench) {
    guidance = RankInterviews(inputs);
    benchmark::DoNotOptimize(guidance.cells.data());
  }
  panel.Describe(bench);
}
BENCHMARK(BM_Fieldwork_Guidance)
    ->ArgNames({"times"})
    ->Args({1})
    ->Args({10})
    ->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace panelpuls::estimate

BENCHMARK_MAIN();
