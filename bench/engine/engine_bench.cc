// The engine in process, no sockets: from a built batch to its acknowledgement, durable, while
// snapshots run. In turn with the same number of groups of the same size written raw: one write and
// one fdatasync each into an allocated file. of_raw = raw seconds / engine seconds. Files are made
// in the directory for temporary files (TMPDIR); on tmpfs the figures mean nothing.
#include <benchmark/benchmark.h>
#include <sys/resource.h>

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <random>
#include <string>
#include <vector>

#include "base/file.h"
#include "engine/engine.h"
#include "report/snapshot.h"
#include "testing/scratch_directory.h"
#include "wave/definition.h"
#include "wave/record.h"

namespace panelpuls::engine {
namespace {

using SteadyClock = std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

constexpr std::uint32_t kUnits = 20'000;

std::shared_ptr<const wave::Wave> PanelWave() {
  const std::string path =
      std::string(PANELPULS_SOURCE_DIR) + "/waves/virksomhedspanel-2025-efteraar.textproto";
  auto wave = wave::LoadWave(PosixFileSystem(), path);
  PP_CHECK(wave.ok());
  return *std::move(wave);
}

// A response with every question answered and every category given.
void Fill(const wave::Wave& wave, std::mt19937_64& random, wave::RawResponse* response) {
  response->Clear();
  response->channel = wave.channels[random() % wave.channels.size()].code;
  response->collected_at = wave.fieldwork_start_time + kMicrosPerHour;
  response->revision = 1;
  for (const wave::Question& question : wave.questions) {
    response->answers.push_back(
        {.question = question.id,
         .first_option = static_cast<std::uint32_t>(response->options.size()),
         .option_count = 1});
    response->options.push_back(question.options[random() % question.options.size()].code);
  }
  for (const wave::Dimension& dimension : wave.dimensions) {
    response->categories.push_back(
        {dimension.id, dimension.categories[random() % dimension.categories.size()].code});
  }
}

std::vector<std::unique_ptr<Batch>> MakeBatches(const Engine& engine, std::uint32_t batch_size,
                                                std::uint32_t batches) {
  std::mt19937_64 random(1);
  BatchBuilder builder(engine.shared_wave(), engine.key(), {});
  std::vector<std::unique_ptr<Batch>> made;
  wave::RawResponse response;
  std::uint32_t unit = 0;
  for (std::uint32_t number = 0; number < batches; ++number) {
    builder.Begin();
    for (std::uint32_t index = 0; index < batch_size; ++index) {
      Fill(engine.wave(), random, &response);
      const std::string id = std::to_string(10'000'000 + unit++ % kUnits);
      response.respondent_id = id;
      builder.AddResponse(index, response);
    }
    made.push_back(builder.Finish(kNoTime, number));
  }
  return made;
}

// Makes each response of the batch a newer version, so that every round is applied and journaled.
void Renew(const wave::Wave& wave, std::uint32_t revision, Batch& batch) {
  for (std::uint32_t place = 0; place < batch.response_count; ++place) {
    std::byte* const record = batch.responses.data() + place * wave.layout.size;
    wave::ResponseHeader header = wave::LoadResponseHeader(record);
    header.revision = revision;
    wave::StoreResponseHeader(record, header);
  }
  batch.outcome.Clear();
}

// Submits all batches and waits for the last acknowledgement.
double Round(Engine& engine, std::vector<std::unique_ptr<Batch>>& batches) {
  std::mutex mutex;
  std::condition_variable changed;
  std::vector<std::unique_ptr<Batch>> done;
  const std::size_t count = batches.size();
  const auto begin = SteadyClock::now();
  for (auto& batch : batches) {
    const auto completed = [&](std::unique_ptr<Batch> back) {
      PP_CHECK(back->end == BatchEnd::kDurable);
      std::lock_guard lock(mutex);
      done.push_back(std::move(back));
      changed.notify_one();
    };
    while (engine.Submit(batch, completed) == SubmitResult::kFull) {
      std::unique_lock lock(mutex);
      changed.wait_for(lock, std::chrono::milliseconds(1));
    }
  }
  std::unique_lock lock(mutex);
  changed.wait(lock, [&] { return done.size() == count; });
  const double seconds = Seconds(SteadyClock::now() - begin).count();
  batches = std::move(done);
  return seconds;
}

double RawSeconds(const std::string& path, std::uint64_t groups, std::uint64_t bytes) {
  constexpr std::uint64_t kBlock = 4096;
  bytes = std::max(kBlock, (bytes + kBlock - 1) / kBlock * kBlock);
  auto file = PosixFileSystem().Open(path, OpenMode::kCreate);
  PP_CHECK(file.ok() && (*file)->Preallocate(groups * bytes).ok());
  const BlockBytes group(bytes, std::byte{7});
  const auto begin = SteadyClock::now();
  for (std::uint64_t number = 0; number < groups; ++number) {
    PP_CHECK((*file)->WriteAt(number * bytes, group).ok() && (*file)->DataSync().ok());
  }
  const double seconds = Seconds(SteadyClock::now() - begin).count();
  PP_CHECK(PosixFileSystem().Remove(path).ok());
  return seconds;
}

double CpuSeconds() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

void BM_Engine_Submit(benchmark::State& state) {
  const auto batch_size = static_cast<std::uint32_t>(state.range(0));
  const std::uint32_t batch_count = batch_size == 1 ? 200 : 50;
  const testing::ScratchDirectory directory;
  EngineOptions options;
  options.render = report::RenderSnapshot;
  options.directory = directory.File("data");
  auto engine = Engine::Open(PanelWave(), options);
  PP_CHECK(engine.ok());
  auto batches = MakeBatches(**engine, batch_size, batch_count);
  std::uint32_t revision = 1;
  double engine_seconds = 0;
  double raw_seconds = 0;
  double cpu_seconds = 0;
  EngineMetrics before = (*engine)->metrics();
  for (auto _ : state) {
    ++revision;
    for (auto& batch : batches) Renew((*engine)->wave(), revision, *batch);
    const double cpu_before = CpuSeconds();
    const double seconds = Round(**engine, batches);
    cpu_seconds += CpuSeconds() - cpu_before;
    state.SetIterationTime(seconds);
    engine_seconds += seconds;
    const EngineMetrics after = (*engine)->metrics();
    const std::uint64_t groups = after.groups - before.groups;
    raw_seconds += RawSeconds(directory.File("raw"), groups,
                              (after.journal_bytes - before.journal_bytes) / groups);
    before = after;
  }
  (*engine)->Stop();
  const auto units = std::min<std::uint64_t>(kUnits, std::uint64_t{batch_size} * batch_count);
  PP_CHECK((*engine)->Latest()->counters.units == units);
  const auto responses =
      static_cast<double>(state.iterations()) * static_cast<double>(batch_size * batch_count);
  const EngineMetrics metrics = (*engine)->metrics();
  state.SetItemsProcessed(static_cast<std::int64_t>(responses));
  state.SetBytesProcessed(static_cast<std::int64_t>(metrics.journal_bytes));
  state.counters["of_raw"] = raw_seconds / engine_seconds;
  state.counters["cpu_ns"] = cpu_seconds / responses * 1e9;
  state.counters["per_group"] = responses / static_cast<double>(metrics.groups);
  state.counters["sync_us"] =
      static_cast<double>(metrics.sync_micros) / static_cast<double>(metrics.groups);
}
BENCHMARK(BM_Engine_Submit)
    ->ArgName("batch")
    ->Arg(1)
    ->Arg(1000)
    ->UseManualTime()
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace panelpuls::engine

BENCHMARK_MAIN();
