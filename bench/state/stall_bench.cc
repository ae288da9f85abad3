// The longest the writer is held up while a register fills: every response timed on its own, and
// every 1,000 together, from the first unit to the last. The register's pages are taken before, as
// a live engine does.
//
//   stall_bench --benchmark_filter=10000000
//
// On a shared machine other programs hold the writer up, too: undisturbed_* are of the groups in
// which the thread was not switched out, group_cpu_us is the longest group by the thread's CPU
// time.
#include <benchmark/benchmark.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <ctime>
#include <random>

#include "state/panel.h"
#include "state/state.h"

namespace panelpuls::state {
namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr std::uint64_t kGroup = 1000;

double MicrosBetween(SteadyClock::time_point begin, SteadyClock::time_point end) {
  return std::chrono::duration<double, std::micro>(end - begin).count();
}

double ThreadCpuMicros() {
  timespec time{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) * 1e6 + static_cast<double>(time.tv_nsec) * 1e-3;
}

long SwitchedOut() {
  rusage usage{};
  ::getrusage(RUSAGE_THREAD, &usage);
  return usage.ru_nivcsw + usage.ru_nvcsw;
}

struct Longest {
  double call_us = 0;
  double group_us = 0;
  double group_cpu_us = 0;
  double undisturbed_call_us = 0;
  double undisturbed_group_us = 0;
  std::uint64_t calls_over_100_us = 0;  // in undisturbed groups
};

class Filling {
 public:
  explicit Filling(const wave::Wave& wave)
      : size_(wave.layout.size), records_(bench::RandomRecords(wave, kGroup, 0)) {}

  void ApplyGroup(State& state) {
    NewUnits();
    const long switches = SwitchedOut();
    const double cpu_begin = ThreadCpuMicros();
    const auto begin = SteadyClock::now();
    auto before = begin;
    double longest_call = 0;
    std::uint64_t slow = 0;
    for (std::uint64_t place = 0; place < kGroup; ++place) {
      std::byte* const record = records_.data() + place * size_;
      state.LoadAhead({record, (kGroup - place) * size_});
      bench::Require(state.ApplyResponse({record, size_}, 1).journal, "journaled");
      const auto now = SteadyClock::now();
      const double call = MicrosBetween(before, now);
      longest_call = std::max(longest_call, call);
      slow += call > 100 ? 1 : 0;
      before = now;
    }
    const double group = MicrosBetween(begin, before);
    longest_.group_cpu_us = std::max(longest_.group_cpu_us, ThreadCpuMicros() - cpu_begin);
    longest_.call_us = std::max(longest_.call_us, longest_call);
    longest_.group_us = std::max(longest_.group_us, group);
    if (SwitchedOut() != switches) return;
    longest_.undisturbed_call_us = std::max(longest_.undisturbed_call_us, longest_call);
    longest_.undisturbed_group_us = std::max(longest_.undisturbed_group_us, group);
    longest_.calls_over_100_us += slow;
  }
  const Longest& longest() const { return longest_; }

 private:
  void NewUnits() {
    for (std::uint64_t place = 0; place < kGroup; ++place) {
      std::byte* const record = records_.data() + place * size_;
      wave::ResponseHeader header = wave::LoadResponseHeader(record);
      header.pseudonym_high = random_();
      header.pseudonym_low = random_();
      wave::StoreResponseHeader(record, header);
    }
  }

  const std::size_t size_;
  std::vector<std::byte> records_;
  std::mt19937_64 random_{1};
  Longest longest_;
};

void BM_State_Stall(benchmark::State& bench) {
  const auto units = static_cast<std::uint64_t>(bench.range(0));
  bench::Require(::prctl(PR_SET_THP_DISABLE, bench.range(1) == 0 ? 1 : 0, 0, 0, 0) == 0, "prctl");
  const auto wave = bench::RealWave(units);
  Filling filling(*wave);
  for (auto _ : bench) {
    const auto state = State::Create(wave, {}).value();
    state->TakePages({});  // as a live engine does while it opens
    for (std::uint64_t filled = 0; filled < units; filled += kGroup) filling.ApplyGroup(*state);
    bench::Require(state->counters().units == units, "units");
  }
  const Longest& longest = filling.longest();
  bench.SetItemsProcessed(bench.iterations() * bench.range(0));
  bench.counters["call_us"] = longest.call_us;
  bench.counters["group_us"] = longest.group_us;
  bench.counters["group_cpu_us"] = longest.group_cpu_us;
  bench.counters["undisturbed_call_us"] = longest.undisturbed_call_us;
  bench.counters["undisturbed_group_us"] = longest.undisturbed_group_us;
  bench.counters["over_100_us"] = static_cast<double>(longest.calls_over_100_us);
}
BENCHMARK(BM_State_Stall)
    ->ArgNames({"units", "huge"})
    ->ArgsProduct({{10'000, 1'000'000, 10'000'000}, {0, 1}})
    ->Iterations(1)
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace panelpuls::state

BENCHMARK_MAIN();
