// Register and tables: what applying one response costs on the real wave.
#include <benchmark/benchmark.h>

#include "state/panel.h"
#include "state/state.h"
#include "state/wide_wave.h"
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

// What the writer lists for a cut, by the conflicts that are open.
void BM_State_ListAttention(benchmark::State& bench) {
  constexpr std::uint64_t kUnits = 1'000'000;  // a hundredth of them may be in conflict
  const auto conflicts = static_cast<std::size_t>(bench.range(0));
  const auto wave = bench::RealWave(kUnits);
  const std::size_t size = wave->layout.size;
  const std::unique_ptr<State> state = State::Create(wave, {}).value();
  std::vector<std::byte> records = bench::RandomRecords(*wave, conflicts, 0);
  ApplyAll(*state, records, wave::Result::kAccepted);
  const wave::Field& answer = wave->layout.answers.front();
  for (std::size_t i = 0; i < conflicts; ++i) {
    std::byte* const record = records.data() + i * size;
    wave::StoreField(record, answer, wave::LoadField(record, answer) == 1 ? 2 : 1);
    state->ApplyResponse({record, size}, static_cast<Micros>(i));
  }
  bench::Require(state->counters().conflicts_open == conflicts, "open conflicts");
  std::vector<AttentionEntry> listed;
  for (auto _ : bench) state->ListAttention(1000, &listed);
  bench::Require(listed.size() == std::min<std::size_t>(conflicts, 1000), "listed");
}
BENCHMARK(BM_State_ListAttention)->Arg(100)->Arg(10'000)->Unit(benchmark::kMicrosecond);

// What a correction costs by the size of the wave.
void BM_State_Correct_Shape(benchmark::State& bench) {
  constexpr std::uint64_t kUnits = 100'000;
  const auto wave = bench::WideWave(
      kUnits, {.regions = static_cast<int>(bench.range(0)), .more_tables = bench.range(1) != 0});
  const std::unique_ptr<State> state = State::Create(wave, {}).value();
  std::uint32_t revision = 0;
  std::vector<std::byte> records = bench::RandomRecords(*wave, kUnits, revision);
  ApplyAll(*state, records, wave::Result::kAccepted);
  for (auto _ : bench) {
    bench.PauseTiming();
    records = bench::RandomRecords(*wave, kUnits, ++revision);
    bench.ResumeTiming();
    ApplyAll(*state, records, wave::Result::kAccepted);
  }
  CheckCube(*state, kUnits);
  bench.SetItemsProcessed(bench.iterations() * static_cast<std::int64_t>(kUnits));
  bench.counters["cells"] = static_cast<double>(wave->cells);
  bench.counters["entries"] = wave->block_entries;
  bench.counters["cube_bytes"] = static_cast<double>(state->memory().cube_bytes);
}
BENCHMARK(BM_State_Correct_Shape)
    ->ArgNames({"regions", "more_tables"})
    ->ArgsProduct({{1, 4}, {0, 1}})
    ->Args({10, 0})
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace panelpuls::state

BENCHMARK_MAIN();
