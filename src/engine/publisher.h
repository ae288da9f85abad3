// The snapshot thread: asks the writers for their state, merges it, estimates, renders every
// representation once, publishes a pointer.
// Threads  the one it starts; Latest, OnSnapshot, metrics: any.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "archive/historian.h"
#include "base/clock.h"
#include "base/doorbell.h"
#include "base/status.h"
#include "base/thread.h"
#include "engine/cut.h"
#include "engine/failure.h"
#include "engine/published_snapshot.h"
#include "estimate/estimator.h"
#include "snapshot/contents.h"
#include "snapshot/rendered.h"
#include "state/cube.h"

namespace panelpuls::engine {

class Publisher {
 public:
  struct Setup {
    std::shared_ptr<const wave::Wave> wave;
    std::string directory_id;
    const std::vector<wave::DefinitionVersion>* definitions = nullptr;
    double snapshots_per_second = 10;
    const Failure* failure = nullptr;
    Doorbell* signal = nullptr;
    std::vector<PartitionPorts*> ports;  // a partition
    std::function<void(std::size_t partition)> wake;
    // Now, and what the process counted; called on the thread that publishes.
    std::function<snapshot::ClockPart()> clock;
    snapshot::Render render;  // empty: snapshots have no text
  };
  struct Metrics {
    std::uint64_t snapshots = 0;
    std::uint64_t snapshot_micros = 0;  // sum: merging, estimating and rendering
    std::uint64_t version = 0;
  };

  Publisher(Setup setup, std::unique_ptr<archive::Historian> historian);
  ~Publisher();

  absl::Status Start();
  // Ends the thread; hours that a writer waits to hand over are taken until then.
  void Join();

  // While there is neither this thread nor a writer: `give` makes partition i hand over.
  void PublishNow(const std::function<void(std::size_t partition)>& give);

  SnapshotPointer Latest() const;
  void OnSnapshot(std::function<void(SnapshotPointer)> listener);
  Metrics metrics() const;

 private:
  struct Mirror;  // what is known of a partition

  void Run();
  void Ask();
  void TakeHours();
  // True when every partition that was asked has answered.
  bool TakeStates();
  void TakeState(std::uint32_t partition, const StateCut& cut);
  void CopyBlock(std::uint32_t partition, const StateCut& cut, std::size_t place);
  void PassHours();
  bool MinuteChanged() const;
  void Publish();
  void Estimate();
  std::shared_ptr<const std::vector<snapshot::HistoryHour>> Hours() const;
  std::shared_ptr<const std::vector<state::AttentionEntry>> Attention() const;
  state::Counters MergedCounters() const;

  const Setup setup_;
  Thread thread_;

  estimate::Estimator estimator_;
  std::unique_ptr<archive::Historian> historian_;
  std::vector<Mirror> mirrors_;
  state::Cube merged_;
  std::vector<bool> answered_;
  std::uint64_t version_ = 0;
  std::shared_ptr<const estimate::Estimates> estimates_;
  std::shared_ptr<const estimate::Fieldwork> fieldwork_;
  std::uint64_t estimated_version_ = 0;
  Micros published_minute_ = kNoTime;
  std::size_t published_hours_ = 0;

  mutable std::mutex mutex_;
  SnapshotPointer latest_;
  std::function<void(SnapshotPointer)> listener_;
  Metrics metrics_;
};

}  // namespace panelpuls::engine
