#include "engine/harness.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <thread>
#include <utility>

#include "report/snapshot.h"
#include "snapshot/contents.h"

namespace panelpuls::engine::testing {
EngineOptions TestOptions(FileSystem& files, const Clock& clock, std::uint32_t partitions) {
  EngineOptions options;
  options.directory = kDirectory;
  options.partitions = partitions;
  options.snapshots_per_second = 1000;
  options.max_group_bytes = 16u << 10;
  options.segment_bytes = 64u << 10;
  options.witness_interval = std::chrono::milliseconds(0);  // no calls but those of the test
  options.files = &files;
  options.clock = &clock;
  options.render = report::RenderSnapshot;
  return options;
}

absl::Status OpenOnABadDay(std::shared_ptr<const wave::Wave> wave, EngineOptions options) {
  options.on_fatal = [](const absl::Status&) {};
  return Engine::Open(std::move(wave), std::move(options)).status();
}

Harness::Harness(std::shared_ptr<const wave::Wave> wave, EngineOptions options) {
  const absl::Status status = Open(std::move(wave), std::move(options));
  if (status.ok()) return;
  std::fprintf(stderr, "%s\n", status.ToString().c_str());
  std::abort();
}

absl::StatusOr<std::unique_ptr<Harness>> Harness::TryOpen(std::shared_ptr<const wave::Wave> wave,
                                                          EngineOptions options) {
  std::unique_ptr<Harness> harness(new Harness());
  PP_RETURN_IF_ERROR(harness->Open(std::move(wave), std::move(options)));
  return harness;
}

absl::Status Harness::Open(std::shared_ptr<const wave::Wave> wave, EngineOptions options) {
  PP_ASSIGN_OR_RETURN(engine_, Engine::Open(wave, WithFailureNoted(std::move(options))));
  builder_ =
      std::make_unique<BatchBuilder>(std::move(wave), engine_->key(), wave::ResolveOptions());
  engine_->OnSnapshot([this](SnapshotPointer snapshot) {
    std::lock_guard lock(mutex_);
    newest_ = std::move(snapshot);
    ++snapshots_;
    changed_.notify_all();
  });
  std::lock_guard lock(mutex_);
  if (newest_ == nullptr) newest_ = engine_->Latest();
  return absl::OkStatus();
}

EngineOptions Harness::WithFailureNoted(EngineOptions options) {
  options.on_fatal = [this](const absl::Status&) {
    std::lock_guard lock(mutex_);
    ++failures_;
    changed_.notify_all();
  };
  return options;
}

Harness::~Harness() {
  if (engine_ == nullptr) return;
  engine_->Stop();
  std::lock_guard lock(mutex_);
  PP_CHECK(ended_ == posted_);  // every batch that was taken, once
}

SubmitResult Harness::TryPost(const std::vector<Sent>& records, Micros simulated_time) {
  builder_->Begin();
  AddTo(*builder_, records);
  std::unique_ptr<Batch> batch = builder_->Finish(simulated_time, ++posted_);
  const SubmitResult result = engine_->Submit(batch, [this](std::unique_ptr<Batch> done) {
    std::size_t count = 0;
    {
      std::lock_guard lock(mutex_);
      ++ended_;
      ++ends_[static_cast<std::size_t>(done->end)];
      if (done->end == BatchEnd::kDurable) {
        outcomes_.push_back(done->outcome);
        count = outcomes_.size();
      }
      changed_.notify_all();
    }
    if (count > 0 && on_acknowledged_) on_acknowledged_(count);
  });
  if (result != SubmitResult::kQueued) {
    --posted_;
    builder_->Recycle(std::move(batch));
  }
  return result;
}

SubmitResult Harness::Post(const std::vector<Sent>& records, Micros simulated_time) {
  SubmitResult result = TryPost(records, simulated_time);
  while (result == SubmitResult::kFull) {
    {
      std::unique_lock lock(mutex_);
      // A completion makes room.
      changed_.wait_for(lock, std::chrono::milliseconds(1));
    }
    result = TryPost(records, simulated_time);
  }
  return result;
}

std::vector<wave::BatchOutcome> Harness::WaitForOutcomes(std::size_t count) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return ended_ >= count; });
  return outcomes_;
}

std::size_t Harness::failures() const {
  std::lock_guard lock(mutex_);
  return failures_;
}

std::size_t Harness::ended(BatchEnd end) const {
  std::lock_guard lock(mutex_);
  return ends_[static_cast<std::size_t>(end)];
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

void Harness::OnAcknowledged(std::function<void(std::size_t)> listener) {
  on_acknowledged_ = std::move(listener);
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

std::string HoursText(const wave::Wave& wave, const std::vector<snapshot::HistoryHour>& hours,
                      const state::Counters& counters) {
  return report::HistoryToJson({.wave = &wave, .hours = hours, .counters = &counters});
}

}  // namespace panelpuls::engine::testing
