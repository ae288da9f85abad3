// How fast a directory opens (Restart) and replays (Replay), and what memory a respondent takes
// meanwhile. Beside them, on the same directory, the two things that bound them: reading the
// journal with its check sums and doing nothing (Read), and applying the same records from memory
// (Apply). cold: the segments are not in the page cache; without it they are.
//
//   replay_bench --respondents=10000000 --partitions=2     (default: 1,000,000 and 1)
//
// The directory is made where temporary files are (TMPDIR), and takes about 55 bytes a respondent.
#include <benchmark/benchmark.h>
#include <fcntl.h>
#include <unistd.h>

#include <charconv>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

#include "archive/directory.h"
#include "archive/rebuild.h"
#include "archive/replay.h"
#include "base/file.h"
#include "engine/panel_directory.h"
#include "state/panel.h"
#include "testing/scratch_directory.h"
#include "wave/record.h"

namespace panelpuls::engine {
namespace {

using bench::PanelDirectory;
using bench::Require;

std::uint64_t KilobytesInStatus(std::string_view field) {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with(field)) return std::stoull(line.substr(field.size()));
  }
  return 0;
}

// The highest that the process's memory rises above where it stood.
class MemoryPeak {
 public:
  MemoryPeak() {
    std::ofstream("/proc/self/clear_refs") << 5;  // begins a new high-water mark
    before_ = KilobytesInStatus("VmRSS:");
  }
  double Bytes() const { return static_cast<double>(KilobytesInStatus("VmHWM:") - before_) * 1024; }

 private:
  std::uint64_t before_ = 0;
};

void DropFromPageCache(const std::string& directory) {
  for (const auto& entry : std::filesystem::recursive_directory_iterator(directory)) {
    const int file = ::open(entry.path().c_str(), O_RDONLY | O_CLOEXEC);
    Require(file >= 0, "open");
    (void)::posix_fadvise(file, 0, 0, POSIX_FADV_DONTNEED);
    ::close(file);
  }
}

// Times `work` in rounds, each with the page cache as the benchmark's argument says; `after` checks
// and tidies up outside the time.
template <typename Work, typename After>
void Time(benchmark::State& state, const PanelDirectory& panel, const Work& work,
          const After& after) {
  double peak = 0;
  for (auto _ : state) {
    state.PauseTiming();
    if (state.range(0) != 0) DropFromPageCache(panel.options.directory);
    const MemoryPeak memory;
    state.ResumeTiming();
    auto result = work();
    state.PauseTiming();
    peak = std::max(peak, memory.Bytes());
    after(std::move(result));
    state.ResumeTiming();
  }
  const auto items =
      static_cast<double>(state.iterations()) * static_cast<double>(panel.respondents);
  state.SetItemsProcessed(static_cast<std::int64_t>(items));
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(panel.journal_bytes));
  state.counters["peak_bytes/unit"] = peak / static_cast<double>(panel.respondents);
}

void Restart(benchmark::State& state, const PanelDirectory& panel) {
  Time(
      state, panel, [&] { return Engine::Open(panel.wave, panel.options).value(); },
      [&](std::unique_ptr<Engine> engine) {
        Require(engine->Latest()->counters.respondents == panel.respondents, "respondents");
        engine->Stop();
      });
}

void ReplayAll(benchmark::State& state, const PanelDirectory& panel) {
  Time(
      state, panel,
      [&] {
        return archive::Replay(PosixFileSystem(), panel.options.directory, std::nullopt).value();
      },
      [&](const archive::Replayed& replayed) {
        Require(replayed.counters.respondents == panel.respondents, "respondents");
      });
}

// Visits all groups, partition by partition.
template <typename Visit>
void ReadAll(const PanelDirectory& panel, const Visit& visit) {
  const auto info = archive::ReadDirectory(PosixFileSystem(), panel.options.directory).value();
  for (std::uint32_t index = 0; index < info.partitions; ++index) {
    const auto report = journal::ReadJournal(
        PosixFileSystem(), archive::PartitionPath(panel.options.directory, index),
        archive::JournalOptionsFor(info, index), [&](const journal::GroupView& group) {
          visit(group);
          return absl::OkStatus();
        });
    Require(report.ok(), "journal");
  }
}

void Read(benchmark::State& state, const PanelDirectory& panel) {
  Time(
      state, panel,
      [&] {
        std::uint64_t bytes = 0;
        ReadAll(panel, [&](const journal::GroupView& group) { bytes += group.payload.size(); });
        return bytes;
      },
      [&](std::uint64_t bytes) { Require(bytes == panel.journal_bytes, "bytes"); });
}

void Apply(benchmark::State& state, const PanelDirectory& panel) {
  std::vector<std::byte> records;
  records.reserve(panel.journal_bytes);
  const std::size_t size = panel.wave->layout.size;
  ReadAll(panel, [&](const journal::GroupView& group) {
    if (static_cast<wave::RecordType>(group.payload[0]) != wave::RecordType::kResponse) return;
    records.insert(records.end(), group.payload.begin(), group.payload.end());
  });
  const std::size_t count = records.size() / size;
  Time(
      state, panel,
      [&] {
        auto register_and_cube = state::State::Create(panel.wave, {}).value();
        for (std::size_t place = 0; place < count; ++place) {
          std::byte* const record = records.data() + place * size;
          register_and_cube->LoadAhead({record, (count - place) * size});
          register_and_cube->ApplyResponse({record, size}, 0);
        }
        return register_and_cube;
      },
      [&](const std::unique_ptr<state::State>& applied) {
        Require(applied->counters().respondents == panel.respondents, "respondents");
      });
}

// Takes "--name=NUMBER" out of the command line.
std::uint64_t TakeNumber(std::string_view name, std::uint64_t otherwise, int* argc, char** argv) {
  for (int place = 1; place < *argc; ++place) {
    const std::string_view argument = argv[place];
    if (!argument.starts_with(name)) continue;
    const std::string_view digits = argument.substr(name.size());
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    Require(error == std::errc() && end == digits.data() + digits.size() && number > 0, "number");
    std::copy(argv + place + 1, argv + *argc, argv + place);
    --*argc;
    return number;
  }
  return otherwise;
}

int Main(int argc, char** argv) {
  const bench::PanelSize size{
      .respondents = TakeNumber("--respondents=", 1'000'000, &argc, argv),
      .partitions = static_cast<std::uint32_t>(TakeNumber("--partitions=", 1, &argc, argv))};
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
  const testing::ScratchDirectory scratch;
  const PanelDirectory panel = bench::MakePanelDirectory(scratch.File("data"), size);
  const auto add = [&](const char* name, void (*run)(benchmark::State&, const PanelDirectory&)) {
    const std::string full =
        fmt::format("BM_{}/respondents:{}/partitions:{}", name, size.respondents, size.partitions);
    return benchmark::RegisterBenchmark(
               full.c_str(), [run, &panel](benchmark::State& state) { run(state, panel); })
        ->ArgName("cold")
        ->Unit(benchmark::kMillisecond)
        ->MeasureProcessCPUTime()
        ->UseRealTime();
  };
  add("Restart", Restart)->Arg(0)->Arg(1);
  add("Replay", ReplayAll)->Arg(0);
  add("Read", Read)->Arg(0)->Arg(1);
  add("Apply", Apply)->Arg(0);
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}

}  // namespace
}  // namespace panelpuls::engine

int main(int argc, char** argv) { return panelpuls::engine::Main(argc, argv); }
