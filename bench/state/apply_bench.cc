// Register and tables: what applying one response costs on the real wave.
#include <benchmark/benchmark.h>

#include "state/panel.h"
#include "state/state.h"
#include "testing/allocation_count.h"

namespace panelpuls::state {
namespace {

void ApplyAll(State& state, std::vector<std::byte>& records, wave::Result expected) {
  const std::size_t size = state.wave().layout.size;
  const std::size_t count = records.size() / size;
  for (std::size_t i = 0; i < count; ++i) {
    state.LoadAhead(std::span(records).subspan(i * size));
    const Applied applied = state.ApplyResponse({records.data() + i * size, size}, 1);
    bench::Require(applied.result == expected, "result");
  }
}

void CheckCube(const State& state, std::uint64_t respondents) {
  const wave::Table& table = state.wave().tables.front();
  std::uint64_t n = 0;
  for (std::uint64_t cell = 0; cell < state.wave().cells; ++cell) {
    for (std::uint32_t row = 0; row < table.rows; ++row) {
      n += state.cube().Block(cell)[table.offset + row];
    }
  }
  bench::Require(n == respondents && state.counters().respondents == respondents, "respondents");
}

enum class Kind { kNew, kDuplicate, kCorrection };

template <Kind kind>
void BM_State_Apply(benchmark::State& bench) {
  const auto units = static_cast<std::uint64_t>(bench.range(0));
  const auto wave = bench::RealWave(units);
  std::vector<std::byte> records = bench::RandomRecords(*wave, units, 0);
  std::uint32_t revision = 0;
  std::unique_ptr<State> state = State::Create(wave, {}).value();
  std::uint64_t allocated = 0;
  if (kind != Kind::kNew) ApplyAll(*state, records, wave::Result::kAccepted);
  for (auto _ : bench) {
    bench.PauseTiming();
    if (kind == Kind::kNew) state = State::Create(wave, {}).value();
    if (kind == Kind::kCorrection) records = bench::RandomRecords(*wave, units, ++revision);
    const std::uint64_t before = testing::AllocationCount();
    bench.ResumeTiming();
    ApplyAll(*state, records,
             kind == Kind::kDuplicate ? wave::Result::kDuplicate : wave::Result::kAccepted);
    bench.PauseTiming();
    allocated += testing::AllocationCount() - before;
    CheckCube(*state, units);
    bench.ResumeTiming();
  }
  const auto items = bench.iterations() * bench.range(0);
  bench.SetItemsProcessed(items);
  bench.SetBytesProcessed(items * static_cast<std::int64_t>(wave->layout.size));
  bench.counters["allocations/item"] = static_cast<double>(allocated) / static_cast<double>(items);
  bench.counters["bytes/unit"] = static_cast<double>(state->memory().bytes_per_unit);
}
BENCHMARK(BM_State_Apply<Kind::kNew>)->Arg(10'000)->Arg(1'000'000)->Unit(benchmark::kMillisecond);
BENCHMARK(BM_State_Apply<Kind::kDuplicate>)
    ->Arg(10'000)
    ->Arg(1'000'000)
    ->Unit(benchmark::kMillisecond);
BENCHMARK(BM_State_Apply<Kind::kCorrection>)
    ->Arg(10'000)
    ->Arg(1'000'000)
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace panelpuls::state

BENCHMARK_MAIN();
