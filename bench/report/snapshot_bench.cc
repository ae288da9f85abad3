// What a snapshot costs to render: the panel's definition, with a full set of figures.
#include <benchmark/benchmark.h>

#include "panelpuls/v1/snapshot.pb.h"
#include "report/sample.h"
#include "snapshot/contents.h"

namespace panelpuls::report {
namespace {

// Figures with everything a later variance adds, so that the cost does not flatter.
void FillUncertainty(estimate::Estimates& estimates) {
  for (estimate::FigureValue& figure : estimates.figures) {
    const double value = figure.value.value_or(0.1);
    figure.flags.clear();
    figure.n_effective = 0.87 * static_cast<double>(figure.n) + 0.123456789;
    figure.se = value / 7;
    figure.se_interval = value / 6.9;
    figure.low = value - value / 3.5;
    figure.high = value + value / 3.5;
    figure.sequence_low = value - value / 2.3;
    figure.sequence_high = value + value / 2.3;
    figure.degrees_of_freedom = static_cast<double>(figure.n) - 19;
  }
}

// Argument: 1 with the figures of a variance, 0 with point estimates alone.
template <typename Render>
void Run(benchmark::State& state, Render render) {
  Sample sample(kPanel, 4000);
  if (state.range(0) == 1) FillUncertainty(sample.estimates());
  const snapshot::Contents inputs = sample.Inputs();
  v1::Snapshot check;
  if (!check.ParseFromString(SnapshotToProtobuf(inputs)) ||
      check.estimates().figures_size() != static_cast<int>(sample.keys().size())) {
    state.SkipWithError("the snapshot does not hold its figures");
    return;
  }
  std::size_t bytes = 0;
  for (auto _ : state) {
    const auto text = render(inputs);
    bytes = text.size();
    benchmark::DoNotOptimize(text.data());
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(bytes));
  state.counters["figures"] = static_cast<double>(sample.keys().size());
  state.counters["bytes"] = static_cast<double>(bytes);
}

void BM_Snapshot_Json(benchmark::State& state) {
  Run(state, [](const snapshot::Contents& inputs) { return SnapshotToJson(inputs).whole; });
}
BENCHMARK(BM_Snapshot_Json)->ArgName("intervals")->Arg(0)->Arg(1)->Unit(benchmark::kMicrosecond);

void BM_Snapshot_Protobuf(benchmark::State& state) {
  Run(state, [](const snapshot::Contents& inputs) { return SnapshotToProtobuf(inputs); });
}
BENCHMARK(BM_Snapshot_Protobuf)
    ->ArgName("intervals")
    ->Arg(0)
    ->Arg(1)
    ->Unit(benchmark::kMicrosecond);

void BM_Snapshot_Csv(benchmark::State& state) {
  Run(state, [](const snapshot::Contents& inputs) { return FiguresToCsv(inputs); });
}
BENCHMARK(BM_Snapshot_Csv)->ArgName("intervals")->Arg(0)->Arg(1)->Unit(benchmark::kMicrosecond);

void BM_Snapshot_Text(benchmark::State& state) {
  Run(state, [](const snapshot::Contents& inputs) { return SnapshotToText(inputs); });
}
BENCHMARK(BM_Snapshot_Text)->ArgName("intervals")->Arg(0)->Arg(1)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace panelpuls::report

BENCHMARK_MAIN();
