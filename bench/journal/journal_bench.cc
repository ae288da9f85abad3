// The journal against the file system below it. Raw = one write and one fdatasync of the same bytes
// into a file of the same kind (allocated, filled with zeros), in turn with the journal's groups.
// Files are made in the directory for temporary files (TMPDIR); on tmpfs the figures mean nothing.
#include <benchmark/benchmark.h>

#include <chrono>
#include <cstring>
#include <random>

#include "base/file.h"
#include "journal/journal.h"
#include "testing/allocation_count.h"
#include "testing/scratch_directory.h"

namespace panelpuls::journal {
namespace {

using SteadyClock = std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

constexpr std::size_t kGroupHeaderBytes = 64;

std::vector<std::byte> RandomBytes(std::size_t count) {
  std::mt19937_64 random(1);
  std::vector<std::byte> bytes(count);
  for (std::byte& byte : bytes) byte = static_cast<std::byte>(random() & 0xff);
  return bytes;
}

absl::Status IgnoreGroup(const GroupView&) { return absl::OkStatus(); }

std::unique_ptr<Journal> OpenJournal(const std::string& directory) {
  auto journal = Journal::Open(PosixFileSystem(), directory, {}, IgnoreGroup, nullptr);
  PP_CHECK(journal.ok());
  return *std::move(journal);
}

std::unique_ptr<File> RawFile(const std::string& path, std::uint64_t bytes) {
  auto file = PosixFileSystem().Open(path, OpenMode::kCreate);
  PP_CHECK(file.ok() && (*file)->Preallocate(bytes).ok());
  return *std::move(file);
}

template <typename Work>
double SecondsOf(const Work& work) {
  const auto start = SteadyClock::now();
  work();
  return Seconds(SteadyClock::now() - start).count();
}

// Argument: bytes of a group on disk. Time: append, sync, and the journal's share of making
// segments.
void BM_Journal_AppendSync(benchmark::State& state) {
  const auto group_bytes = static_cast<std::size_t>(state.range(0));
  constexpr std::uint64_t kRawBytes = 16 << 20;
  const testing::ScratchDirectory scratch;
  const std::vector<std::byte> random = RandomBytes(group_bytes);
  const BlockBytes bytes(random.begin(), random.end());
  const std::span<const std::byte> payload = std::span(bytes).subspan(kGroupHeaderBytes);
  const auto journal = OpenJournal(scratch.path());
  const auto raw = RawFile(scratch.path() + "/raw", kRawBytes);
  double raw_seconds = 0, journal_seconds = 0, slowest_seconds = 0;
  std::uint64_t allocated = 0, offset = 0;
  for (auto _ : state) {
    raw_seconds +=
        SecondsOf([&] { PP_CHECK(raw->WriteAt(offset, bytes).ok() && raw->DataSync().ok()); });
    offset = (offset + group_bytes) % kRawBytes;
    const std::uint64_t before = testing::AllocationCount();
    const double seconds =
        SecondsOf([&] { PP_CHECK(journal->Append(1, 1, payload).ok() && journal->Sync().ok()); });
    allocated += testing::AllocationCount() - before;
    journal_seconds += seconds;
    slowest_seconds = std::max(slowest_seconds, seconds);
    state.SetIterationTime(seconds);
  }
  const auto groups = static_cast<double>(state.iterations());
  PP_CHECK(journal->End() == static_cast<Position>(state.iterations()));
  state.SetBytesProcessed(state.iterations() * state.range(0));
  state.counters["raw_us"] = raw_seconds / groups * 1e6;
  state.counters["of_raw"] = raw_seconds / journal_seconds;
  state.counters["slowest_ms"] = slowest_seconds * 1e3;
  state.counters["allocations"] = static_cast<double>(allocated) / groups;
}
BENCHMARK(BM_Journal_AppendSync)
    ->ArgName("bytes")
    ->Arg(4 << 10)
    ->Arg(64 << 10)
    ->Arg(1 << 20)
    ->UseManualTime()
    ->Unit(benchmark::kMicrosecond);

// Argument: bytes of a group on disk. Reads from the page cache; check sums are verified.
void BM_Journal_Replay(benchmark::State& state) {
  const auto group_bytes = static_cast<std::size_t>(state.range(0));
  const std::size_t groups = (std::size_t{64} << 20) / group_bytes;
  const testing::ScratchDirectory scratch;
  const std::vector<std::byte> bytes = RandomBytes(group_bytes - kGroupHeaderBytes);
  {
    const auto journal = OpenJournal(scratch.path());
    for (std::size_t i = 0; i < groups; ++i) PP_CHECK(journal->Append(1, 1, bytes).ok());
    PP_CHECK(journal->Sync().ok());
  }
  for (auto _ : state) {
    std::size_t found = 0;
    const auto report =
        ReadJournal(PosixFileSystem(), scratch.path(), {}, [&](const GroupView& group) {
          found += group.payload.size() == bytes.size();
          benchmark::DoNotOptimize(group.payload.data());
          return absl::OkStatus();
        });
    PP_CHECK(report.ok() && found == groups);
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(groups * group_bytes));
}
BENCHMARK(BM_Journal_Replay)
    ->ArgName("bytes")
    ->Arg(64 << 10)
    ->Arg(1 << 20)
    ->Unit(benchmark::kMillisecond);

// Limits of this machine for the two above: what a byte costs to check, and to copy.
void BM_Limit_Crc32c(benchmark::State& state) {
  const std::vector<std::byte> bytes = RandomBytes(1 << 20);
  for (auto _ : state) benchmark::DoNotOptimize(Crc32c(0, bytes));
  state.SetBytesProcessed(state.iterations() * (1 << 20));
}
BENCHMARK(BM_Limit_Crc32c);

void BM_Limit_Memcpy(benchmark::State& state) {
  const std::vector<std::byte> from = RandomBytes(1 << 20);
  std::vector<std::byte> to(from.size());
  for (auto _ : state) {
    std::memcpy(to.data(), from.data(), from.size());
    benchmark::DoNotOptimize(to.data());
    benchmark::ClobberMemory();
  }
  state.SetBytesProcessed(state.iterations() * (1 << 20));
}
BENCHMARK(BM_Limit_Memcpy);

}  // namespace
}  // namespace panelpuls::journal

BENCHMARK_MAIN();
