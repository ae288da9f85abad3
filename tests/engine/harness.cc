#include "engine/harness.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <thread>
#include <utility>

#include "report/snapshot.h"

namespace panelpuls::engine::testing {
namespace {

std::unique_ptr<Engine> OpenOrDie(std::shared_ptr<const wave::Wave> wave, EngineOptions options) {
  auto engine = Engine::Open(std::move(wave), std::move(options));
  if (!engine.ok()) {
    std::fprintf(stderr, "%s\n", engine.status().ToString().c_str());
    std::abort();
  }
  return *std::move(engine);
}

}  // namespace

EngineOptions TestOptions(FileSystem& files, const Clock& clock, std::uint32_t partitions) {
  EngineOptions options;
  options.directory = kDirectory;
  options.partitions = partitions;
  options.snapshots_per_second = 1000;
  options.max_group_bytes = 16u << 10;
  options.segment_bytes = 64u << 10;
  options.files = &files;
  options.clock = &clock;
  return options;
}

Harness::Harness(std::shared_ptr<const wave::Wave> wave, EngineOptions options)
    : engine_(OpenOrDie(wave, std::move(options))), builder_(std::move(wave), engine_->key(), {}) {
  engine_->OnSnapshot([this](SnapshotPointer snapshot) {
    std::lock_guard lock(mutex_);
    newest_ = std::move(snapshot);
    ++snapshots_;
    changed_.notify_all();
  });
  std::lock_guard lock(mutex_);
  if (newest_ == nullptr) newest_ = engine_->Latest();
}

Harness::~Harness() { engine_->Stop(); }

SubmitResult Harness::TryPost(const std::vector<Sent>& records, Micros simulated_time) {
  builder_.Begin();
  AddTo(builder_, records);
  std::unique_ptr<Batch> batch = builder_.Finish(simulated_time, ++posted_);
  const SubmitResult result = engine_->Submit(batch, [this](std::unique_ptr<Batch> done) {
    std::lock_guard lock(mutex_);
    outcomes_.push_back(done->outcome);
    changed_.notify_all();
  });
  if (result != SubmitResult::kQueued) {
    --posted_;
    builder_.Recycle(std::move(batch));
  }
  return result;
}

void Harness::Post(const std::vector<Sent>& records, Micros simulated_time) {
  while (TryPost(records, simulated_time) == SubmitResult::kFull) {
    std::unique_lock lock(mutex_);
    // A completion makes room.
    changed_.wait_for(lock, std::chrono::milliseconds(1));
  }
}

std::vector<wave::BatchOutcome> Harness::WaitForOutcomes(std::size_t count) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return outcomes_.size() >= count || !engine_->healthy(); });
  return outcomes_;
}

std::size_t Harness::acknowledged() const {
  std::lock_guard lock(mutex_);
  return outcomes_.size();
}

wave::BatchOutcome Harness::Send(const std::vector<Sent>& records, Micros simulated_time) {
  Post(records, simulated_time);
  auto outcomes = WaitForOutcomes(posted_);
  const auto found =
      std::find_if(outcomes.begin(), outcomes.end(),
                   [&](const wave::BatchOutcome& outcome) { return outcome.sequence == posted_; });
  return found != outcomes.end() ? *found : wave::BatchOutcome();
}

SnapshotPointer Harness::WaitForSnapshot(
    const std::function<bool(const PublishedSnapshot&)>& condition) {
  std::unique_lock lock(mutex_);
  const bool fulfilled = changed_.wait_for(
      lock, std::chrono::seconds(10), [&] { return newest_ != nullptr && condition(*newest_); });
  return fulfilled ? newest_ : nullptr;
}

std::size_t Harness::snapshots_seen() const {
  std::lock_guard lock(mutex_);
  return snapshots_;
}

SnapshotPointer Harness::Stop() {
  engine_->Stop();
  return engine_->Latest();
}

std::vector<std::vector<Sent>> Batches(const std::vector<Sent>& records, std::size_t size) {
  std::vector<std::vector<Sent>> batches;
  for (std::size_t begin = 0; begin < records.size(); begin += size) {
    const std::size_t end = std::min(records.size(), begin + size);
    batches.emplace_back(records.begin() + static_cast<std::ptrdiff_t>(begin),
                         records.begin() + static_cast<std::ptrdiff_t>(end));
  }
  return batches;
}

std::string HoursText(const wave::Wave& wave, const std::vector<report::HistoryHour>& hours,
                      const state::Counters& counters) {
  return report::HistoryToJson({.wave = &wave, .hours = hours, .counters = &counters});
}

}  // namespace panelpuls::engine::testing
