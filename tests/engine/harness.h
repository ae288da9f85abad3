// An engine as tests use it: batches in, outcomes out, waiting on conditions instead of time.
#pragma once

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
#include "testing/simulated_file_system.h"

namespace panelpuls::engine::testing {

inline constexpr char kDirectory[] = "/data";

// Small segments and no waiting between snapshots.
EngineOptions TestOptions(FileSystem& files, const Clock& clock, std::uint32_t partitions = 1);

class Harness {
 public:
  // Opens; aborts when that fails.
  Harness(std::shared_ptr<const wave::Wave> wave, EngineOptions options);
  ~Harness();

  Engine& engine() { return *engine_; }

  // Sends a batch and returns at once; retries while the queue is full.
  void Post(const std::vector<Sent>& records, Micros simulated_time = kNoTime);
  SubmitResult TryPost(const std::vector<Sent>& records, Micros simulated_time = kNoTime);
  // Outcomes in the order of completion, once `count` batches in all were acknowledged.
  std::vector<wave::BatchOutcome> WaitForOutcomes(std::size_t count);
  std::size_t acknowledged() const;
  // Sends one batch and waits for its outcome.
  wave::BatchOutcome Send(const std::vector<Sent>& records, Micros simulated_time = kNoTime);

  // Waits until a published snapshot fulfils the condition; null after ten seconds.
  SnapshotPointer WaitForSnapshot(const std::function<bool(const PublishedSnapshot&)>& condition);
  std::size_t snapshots_seen() const;

  // Stops the engine and returns its last snapshot.
  SnapshotPointer Stop();

 private:
  std::unique_ptr<Engine> engine_;
  BatchBuilder builder_;
  std::vector<std::unique_ptr<Batch>> unsent_;
  std::size_t posted_ = 0;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<wave::BatchOutcome> outcomes_;
  SnapshotPointer newest_;
  std::size_t snapshots_ = 0;
};

// Splits records into batches of at most `size`.
std::vector<std::vector<Sent>> Batches(const std::vector<Sent>& records, std::size_t size);

// What must be equal after replay, as one text: hours of the history.
std::string HoursText(const wave::Wave& wave, const std::vector<report::HistoryHour>& hours,
                      const state::Counters& counters);

}  // namespace panelpuls::engine::testing
