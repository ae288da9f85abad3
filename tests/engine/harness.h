// An engine as tests use it: batches in, outcomes out, waiting on conditions instead of time.
#pragma once

#include <array>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "engine/engine.h"
#include "engine/fieldwork.h"
#include "snapshot/contents.h"
#include "testing/simulated_file_system.h"

namespace panelpuls::engine::testing {

inline constexpr char kDirectory[] = "/data";

// Small segments and no waiting between snapshots.
EngineOptions TestOptions(FileSystem& files, const Clock& clock, std::uint32_t partitions = 1);
// Opens and stops an engine whose disk fails on purpose, at its stop too.
absl::Status OpenOnABadDay(std::shared_ptr<const wave::Wave> wave, EngineOptions options);

class Harness {
 public:
  // Opens; aborts when that fails. A fatal error of the engine is counted and ends all waiting.
  Harness(std::shared_ptr<const wave::Wave> wave, EngineOptions options);
  static absl::StatusOr<std::unique_ptr<Harness>> TryOpen(std::shared_ptr<const wave::Wave> wave,
                                                          EngineOptions options);
  ~Harness();

  Engine& engine() { return *engine_; }

  // Sends a batch and does not wait for its outcome; retries while the queue is full, so never
  // kFull.
  SubmitResult Post(const std::vector<Sent>& records, Micros simulated_time = kNoTime);
  SubmitResult TryPost(const std::vector<Sent>& records, Micros simulated_time = kNoTime);
  // Outcomes of those that were acknowledged, in the order of completion, once `count` batches in
  // all have ended.
  std::vector<wave::BatchOutcome> WaitForOutcomes(std::size_t count);
  std::size_t acknowledged() const;
  // Batches that ended so.
  std::size_t ended(BatchEnd end) const;
  std::size_t failures() const;
  // Sends one batch and waits for its outcome.
  wave::BatchOutcome Send(const std::vector<Sent>& records, Micros simulated_time = kNoTime);

  // Called on the writer's thread after each acknowledgement with their number. Set before sending.
  void OnAcknowledged(std::function<void(std::size_t)> listener);

  // Waits until a published snapshot fulfils the condition; null after ten seconds.
  SnapshotPointer WaitForSnapshot(const std::function<bool(const PublishedSnapshot&)>& condition);
  std::size_t snapshots_seen() const;

  // Stops the engine and returns its last snapshot.
  SnapshotPointer Stop();

 private:
  Harness() = default;
  absl::Status Open(std::shared_ptr<const wave::Wave> wave, EngineOptions options);
  EngineOptions WithFailureNoted(EngineOptions options);

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<wave::BatchOutcome> outcomes_;
  std::array<std::size_t, 3> ends_{};  // [BatchEnd]
  SnapshotPointer newest_;
  std::size_t snapshots_ = 0;
  std::size_t failures_ = 0;
  std::size_t posted_ = 0;
  std::size_t ended_ = 0;
  std::function<void(std::size_t)> on_acknowledged_;
  std::unique_ptr<Engine> engine_;
  std::unique_ptr<BatchBuilder> builder_;
};

// Splits records into batches of at most `size`.
std::vector<std::vector<Sent>> Batches(const std::vector<Sent>& records, std::size_t size);

// What must be equal after replay, as one text: hours of the history.
std::string HoursText(const wave::Wave& wave, const std::vector<snapshot::HistoryHour>& hours,
                      const state::Counters& counters);

}  // namespace panelpuls::engine::testing
