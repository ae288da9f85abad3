// The way of a response without its socket: bytes of a batch in, decoded, resolved, pseudonymised,
// applied, journaled and durable, acknowledged; snapshots run beside. Every response is a new unit.
// Files are made in the directory for temporary files (TMPDIR); on tmpfs the figures mean nothing.
// Counters: CPU time a response by thread (io: decoding and submitting; all: the whole process) and
// allocations a response, of all threads, snapshots included.
#include <benchmark/benchmark.h>
#include <fmt/format.h>
#include <sys/resource.h>

#include <condition_variable>
#include <mutex>
#include <random>
#include <string>
#include <vector>

#include "report/snapshot.h"
#include "server/intake/intake.h"
#include "state/panel.h"
#include "testing/allocation_count.h"
#include "testing/scratch_directory.h"
#include "wire/random_response.h"

namespace panelpuls::server {
namespace {

constexpr std::size_t kBatches = 64;
constexpr std::size_t kResponses = 1000;
constexpr int kIdDigits = 8;
constexpr std::size_t kIdOffset = 2;  // of the digits in a response: tag and length come first

double Seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
}
double CpuSeconds(int who) {
  rusage usage{};
  ::getrusage(who, &usage);
  return Seconds(usage.ru_utime) + Seconds(usage.ru_stime);
}

// A batch as a collector sends it, and where its responses' ids stand.
struct EncodedBatch {
  std::string bytes;
  std::vector<std::size_t> ids;
};

std::vector<EncodedBatch> EncodedBatches(const wave::Wave& wave, bench::Answered answered) {
  std::mt19937_64 random(1);
  std::vector<EncodedBatch> batches(kBatches);
  for (EncodedBatch& batch : batches) {
    for (std::size_t i = 0; i < kResponses; ++i) {
      v1::Batch one;
      *one.add_responses() =
          bench::RandomResponse(wave, std::string(kIdDigits, '0'), random, answered);
      batch.bytes += one.SerializeAsString();
      batch.ids.push_back(batch.bytes.size() - one.responses(0).ByteSizeLong() + kIdOffset);
    }
  }
  return batches;
}

// Gives every response a unit that was not there before.
void Renew(std::vector<EncodedBatch>& batches, std::uint32_t& unit) {
  for (EncodedBatch& batch : batches) {
    for (const std::size_t place : batch.ids) {
      fmt::format_to_n(batch.bytes.data() + place, kIdDigits, "{:08}", unit++);
    }
  }
}

// Batches that came back, for the io thread to recycle.
class Returned {
 public:
  void Put(std::unique_ptr<engine::Batch> batch) {
    std::lock_guard lock(mutex_);
    batches_.push_back(std::move(batch));
    changed_.notify_one();
  }
  // Waits for one at least, or for none when `at_once`.
  void Take(bool at_once, std::vector<std::unique_ptr<engine::Batch>>& out) {
    std::unique_lock lock(mutex_);
    if (!at_once) changed_.wait(lock, [&] { return !batches_.empty(); });
    std::swap(out, batches_);
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::unique_ptr<engine::Batch>> batches_;
};

class Pipeline {
 public:
  explicit Pipeline(engine::Engine& engine)
      : intake_(engine, {.max_records = kResponses, .max_bytes = 4u << 20}) {}

  void Push(const EncodedBatch& encoded) {
    auto decoded = intake_.Decode(encoded.bytes, {});
    PP_CHECK(decoded.ok() && decoded->refusals.empty());
    const auto done = [this](std::unique_ptr<engine::Batch> batch) {
      returned_.Put(std::move(batch));
    };
    while (intake_.Submit(*decoded, done) != engine::SubmitResult::kQueued) Recycle(false);
    ++under_way_;
    Recycle(true);
  }
  void Drain() {
    while (under_way_ > 0) Recycle(false);
  }

 private:
  void Recycle(bool at_once) {
    returned_.Take(at_once, back_);
    for (auto& batch : back_) {
      PP_CHECK(batch->outcome.counts[static_cast<std::size_t>(wave::Result::kAccepted)] ==
               kResponses);
      intake_.Recycle(std::move(batch));
      --under_way_;
    }
    back_.clear();
  }

  Intake intake_;
  Returned returned_;
  std::vector<std::unique_ptr<engine::Batch>> back_;
  std::size_t under_way_ = 0;
};

void BM_Pipeline_NewUnits(benchmark::State& state,
                          std::shared_ptr<const wave::Wave> (*wave)(std::uint64_t max_respondents),
                          bench::Answered answered) {
  const testing::ScratchDirectory directory;
  engine::EngineOptions options;
  options.render = report::RenderSnapshot;
  options.directory = directory.File("data");
  auto engine = engine::Engine::Open(wave(20'000'000), options);
  PP_CHECK(engine.ok());
  std::vector<EncodedBatch> batches = EncodedBatches((*engine)->wave(), answered);
  std::size_t bytes = 0;
  for (const EncodedBatch& batch : batches) bytes += batch.bytes.size();
  std::uint32_t unit = 0;
  Pipeline pipeline(**engine);
  const auto push_all = [&] {
    for (const EncodedBatch& batch : batches) pipeline.Push(batch);
    pipeline.Drain();
  };
  Renew(batches, unit);
  push_all();  // what is recycled is there from now on
  double io_seconds = 0, cpu_seconds = 0;
  std::uint64_t allocated = 0;
  for (auto _ : state) {
    state.PauseTiming();
    Renew(batches, unit);
    const double io_before = CpuSeconds(RUSAGE_THREAD);
    const double cpu_before = CpuSeconds(RUSAGE_SELF);
    const std::uint64_t allocated_before = testing::AllocationCount();
    state.ResumeTiming();
    push_all();
    state.PauseTiming();
    allocated += testing::AllocationCount() - allocated_before;
    io_seconds += CpuSeconds(RUSAGE_THREAD) - io_before;
    cpu_seconds += CpuSeconds(RUSAGE_SELF) - cpu_before;
    state.ResumeTiming();
  }
  (*engine)->Stop();
  PP_CHECK((*engine)->Latest()->counters.units == unit);
  const auto responses = static_cast<double>(state.iterations()) * kBatches * kResponses;
  state.SetItemsProcessed(static_cast<std::int64_t>(responses));
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(bytes));
  state.counters["io_ns"] = io_seconds / responses * 1e9;
  state.counters["cpu_ns"] = cpu_seconds / responses * 1e9;
  state.counters["allocations"] = static_cast<double>(allocated) / responses;
  state.counters["bytes_each"] = static_cast<double>(bytes) / (kBatches * kResponses);
}
BENCHMARK_CAPTURE(BM_Pipeline_NewUnits, panel, bench::RealWave, bench::Answered::kThreeInFour)
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(BM_Pipeline_NewUnits, small, bench::SmallWave, bench::Answered::kAll)
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace panelpuls::server

BENCHMARK_MAIN();
