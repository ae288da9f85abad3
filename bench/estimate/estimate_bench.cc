// Calibration and all figures on the real wave: the cost depends on cells and classes, not on n.
#include <benchmark/benchmark.h>

#include <cmath>
#include <fstream>
#include <string>

#include "estimate/estimator.h"
#include "estimate/plan/cell_list.h"
#include "estimate/weighting/calibration.h"
#include "state/panel.h"
#include "state/state.h"
#include "state/wide_wave.h"

namespace panelpuls::estimate {
namespace {

std::shared_ptr<const wave::Wave> WaveOf(const benchmark::State& bench) {
  const auto units = static_cast<std::uint64_t>(bench.range(0));
  return bench.range(1) == 1 ? bench::RealWave(units) : bench::WideWave(units);
}

std::unique_ptr<state::State> FilledState(const std::shared_ptr<const wave::Wave>& wave,
                                          std::uint64_t units) {
  std::vector<std::byte> records = bench::RandomRecords(*wave, units, 0);
  auto state = state::State::Create(wave, {}).value();
  const std::size_t size = wave->layout.size;
  for (std::uint64_t unit = 0; unit < units; ++unit) {
    state->ApplyResponse({records.data() + unit * size, size}, 1);
  }
  bench::Require(state->counters().respondents == units, "respondents");
  return state;
}

// Cells with respondents, entries of a cell, and classes: the entries with respondents of all
// cells.
void Describe(const state::Cube& cube, const wave::Wave& wave, benchmark::State& bench) {
  double cells = 0;
  double classes = 0;
  for (std::uint64_t cell = 0; cell < wave.cells; ++cell) {
    double used = 0;
    for (const std::uint32_t count : cube.Block(cell).first(wave.block_entries)) {
      used += count > 0 ? 1 : 0;
    }
    classes += used;
    cells += used > 0 ? 1 : 0;
  }
  bench.counters["all_cells"] = static_cast<double>(wave.cells);
  bench.counters["cells"] = cells;
  bench.counters["entries"] = wave.block_entries;
  bench.counters["classes"] = classes;
}

void BM_Estimate_Rake(benchmark::State& bench) {
  const auto state = FilledState(WaveOf(bench), static_cast<std::uint64_t>(bench.range(0)));
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
  Describe(state->cube(), state->wave(), bench);
  bench.counters["sweeps"] = result.iterations;
}
// Respondents; how many times the cells of the real wave.
BENCHMARK(BM_Estimate_Rake)
    ->Args({4000, 1})
    ->Args({1'000'000, 1})
    ->Args({4000, 10})
    ->Args({100'000, 10})
    ->Unit(benchmark::kMicrosecond);

void BM_Estimate_All(benchmark::State& bench) {
  const auto n = static_cast<std::uint64_t>(bench.range(0));
  const auto wave = WaveOf(bench);
  const auto state = FilledState(wave, n);
  Estimator estimator(wave);
  Estimates estimates = estimator.Estimate(state->cube());
  bench::Require(estimates.n == n, "n");
  double errors = 0;
  for (const FigureValue& figure : estimates.figures) {
    bench::Require(!figure.value || std::isfinite(*figure.value), "a finite figure");
    errors += figure.se && figure.se_interval ? 1 : 0;
  }
  for (auto _ : bench) {
    estimates = estimator.Estimate(state->cube());
    benchmark::DoNotOptimize(estimates.figures.data());
  }
  Describe(state->cube(), *wave, bench);
  bench.counters["figures"] = static_cast<double>(estimates.figures.size());
  bench.counters["with_se"] = errors;
  bench.counters["converged"] = estimates.calibration.converged ? 1 : 0;
  bench.counters["sweeps"] = estimates.calibration.iterations;
}
BENCHMARK(BM_Estimate_All)
    ->Args({60, 1})
    ->Args({4000, 1})
    ->Args({1'000'000, 1})
    ->Args({4000, 10})
    ->Args({100'000, 10})
    ->Unit(benchmark::kMicrosecond);

// The options that a record's bits or number name, of a multiple choice one a bit.
std::string AnswerOf(const wave::Question& question, std::uint64_t value) {
  if (!question.multiple) return value == 0 ? "" : question.options[value - 1].code;
  std::string text;
  for (std::size_t option = 0; option < question.options.size(); ++option) {
    if ((value >> option & 1) == 0) continue;
    text += (text.empty() ? "" : "|") + question.options[option].code;
  }
  return text;
}

// The responses of the benchmark's cube, for those who measure the same on respondents (peer.R).
void WriteResponses(const std::string& path, std::uint64_t units) {
  const auto wave = bench::RealWave(units);
  const std::vector<std::byte> records = bench::RandomRecords(*wave, units, 0);
  std::ofstream stream(path);
  for (const wave::Dimension& dimension : wave->dimensions) stream << dimension.id << ',';
  for (const wave::Question& question : wave->questions) stream << question.id << ',';
  stream << "unit\n";
  for (std::uint64_t unit = 0; unit < units; ++unit) {
    const std::byte* record = records.data() + unit * wave->layout.size;
    for (std::size_t d = 0; d < wave->dimensions.size(); ++d) {
      const std::uint64_t category = wave::LoadField(record, wave->layout.categories[d]);
      stream << wave->dimensions[d].categories[category - 1].code << ',';
    }
    for (std::size_t q = 0; q < wave->questions.size(); ++q) {
      stream << AnswerOf(wave->questions[q], wave::LoadField(record, wave->layout.answers[q]))
             << ',';
    }
    stream << unit << '\n';
  }
  bench::Require(stream.good(), "a written file");
}

}  // namespace
}  // namespace panelpuls::estimate

// --responses=FILE writes the 4,000 responses and ends.
int main(int argc, char** argv) {
  const std::string option = "--responses=";
  if (argc == 2 && std::string(argv[1]).starts_with(option)) {
    panelpuls::estimate::WriteResponses(std::string(argv[1]).substr(option.size()), 4000);
    return 0;
  }
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
