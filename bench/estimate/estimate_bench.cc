// Calibration and all figures on the real wave: the cost depends on cells and classes, not on n.
#include <benchmark/benchmark.h>

#include <cmath>

#include "estimate/calibration.h"
#include "estimate/cell_list.h"
#include "estimate/estimates.h"
#include "state/panel.h"
#include "state/state.h"

namespace panelpuls::estimate {
namespace {

std::unique_ptr<state::State> FilledState(std::uint64_t units) {
  const auto wave = bench::RealWave(units);
  std::vector<std::byte> records = bench::RandomRecords(*wave, units, 0);
  auto state = state::State::Create(wave, {}).value();
  const std::size_t size = wave->layout.size;
  for (std::uint64_t unit = 0; unit < units; ++unit) {
    state->ApplyResponse({records.data() + unit * size, size}, 1);
  }
  bench::Require(state->counters().respondents == units, "respondents");
  return state;
}

void BM_Estimate_Rake(benchmark::State& bench) {
  const auto state = FilledState(static_cast<std::uint64_t>(bench.range(0)));
  const CellMap map(state->wave());
  Calibrator calibrator(state->wave(), map);
  CellList list;
  ListCells(state->wave(), map, state->cube(), &list);
  std::vector<double> g;
  CalibrationResult result = calibrator.Calibrate(list, &g);
  bench::Require(result.converged && *result.max_margin_error < kMarginTolerance, "margins");
  for (auto _ : bench) {
    result = calibrator.Calibrate(list, &g);
    benchmark::DoNotOptimize(g.data());
  }
  bench.counters["cells"] = static_cast<double>(list.size());
  bench.counters["sweeps"] = result.iterations;
}
BENCHMARK(BM_Estimate_Rake)->Arg(4000)->Arg(1'000'000)->Unit(benchmark::kMicrosecond);

void BM_Estimate_All(benchmark::State& bench) {
  const auto n = static_cast<std::uint64_t>(bench.range(0));
  const auto state = FilledState(n);
  Estimator estimator(bench::RealWave(n));
  Estimates estimates = estimator.Estimate(state->cube());
  bench::Require(estimates.n == n, "n");
  for (const FigureValue& figure : estimates.figures) {
    bench::Require(!figure.value || std::isfinite(*figure.value), "a finite figure");
  }
  for (auto _ : bench) {
    estimates = estimator.Estimate(state->cube());
    benchmark::DoNotOptimize(estimates.figures.data());
  }
  const std::uint32_t entries = state->wave().block_entries;
  double classes = 0;
  for (std::uint64_t cell = 0; cell < state->wave().cells; ++cell) {
    for (const std::uint32_t count : state->cube().Block(cell).first(entries)) {
      classes += count > 0 ? 1 : 0;
    }
  }
  bench.counters["entries"] = entries;
  bench.counters["classes"] = classes;
  bench.counters["figures"] = static_cast<double>(estimates.figures.size());
  bench.counters["converged"] = estimates.calibration.converged ? 1 : 0;
  bench.counters["sweeps"] = estimates.calibration.iterations;
}
BENCHMARK(BM_Estimate_All)->Arg(60)->Arg(4000)->Arg(1'000'000)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace panelpuls::estimate

BENCHMARK_MAIN();
