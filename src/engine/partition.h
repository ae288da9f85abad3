// A partition: the writer that owns its state and its journal. Takes all waiting batches, applies
// their records one by one, keeps what must be kept as one group, makes it durable, then hands over
// and completes the batches.
// Threads  the writer it starts; from others only what says so.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "archive/rebuild.h"
#include "base/clock.h"
#include "base/doorbell.h"
#include "base/queue.h"
#include "base/status.h"
#include "base/thread.h"
#include "engine/attention_log.h"
#include "engine/batch.h"
#include "engine/cut.h"
#include "engine/failure.h"
#include "engine/options.h"
#include "journal/journal.h"
#include "state/state.h"

namespace panelpuls::engine {

// Since the process started.
struct PartitionMetrics {
  std::uint64_t results[wave::kResultCount] = {};  // of the batches it completed
  std::uint64_t conflicts_untracked = 0;           // state::Applied::untracked
  std::uint64_t batches = 0;
  std::uint64_t groups = 0;
  std::uint64_t journal_bytes = 0;
  std::uint64_t sync_micros = 0;
  Micros last_sign_of_life = kNoTime;
  journal::Mark durable;  // the last group
};

class Partition {
 public:
  // Views outlive the partition.
  struct Environment {
    std::shared_ptr<const wave::Wave> wave;
    const EngineOptions* options = nullptr;
    const Clock* clock = nullptr;  // the machine's, or the simulated one
    Doorbell* snapshot = nullptr;
    Failure* failure = nullptr;
    AttentionLog* intake = nullptr;  // of what a writer refuses
  };
  Partition(const Environment& environment, std::uint32_t index,
            std::unique_ptr<journal::Journal> journal, std::unique_ptr<state::State> state,
            const archive::PartitionProgress& progress);

  absl::Status Start();
  // Takes no more batches. Any thread.
  void Close() { queue_.Close(); }
  // Waits for the writer, which ends the batches that it has. After Close.
  void Join();

  // Any thread.
  BoundedQueue<Batch*>& queue() { return queue_; }
  bool has_room() const { return has_room_.load(std::memory_order_relaxed); }
  PartitionMetrics metrics() const;

  PartitionPorts& ports() { return ports_; }
  // The writer; or another thread while there is no writer.
  void GiveState();
  // While there is no writer. Journals one group, durable on return. Not for responses.
  absl::Status AppendSetup(std::uint64_t definition_id, Micros receipt_time,
                           std::span<const std::byte> group);
  state::State& state() { return *state_; }

 private:
  void Run();
  // False: the engine is stopping or dead, and some of the batches could not be kept.
  bool ProcessWaiting();
  // As ProcessWaiting, or false: there was no room for too long.
  bool ProcessRun();
  // Batches [begin, end) that share a receipt time; at most about a group's bytes.
  std::size_t EndOfRun(std::size_t begin, Micros* receipt_time, std::size_t* bytes) const;
  bool MakeRoom(std::size_t bytes);
  // False: there was no room for too long, or the engine is stopping or dead.
  bool WaitForRoom(std::size_t bytes);
  void BeginRun(Micros receipt_time);
  // False: the rest of the batch could not be kept; as WaitForRoom.
  bool ApplyBatch(Batch& batch);
  bool ApplyResponses(Batch& batch);
  bool ApplyEvents(Batch& batch);
  void CountUntracked();
  // Begins another group when one more record would not fit. Before that record is applied.
  bool MakeSpace(std::size_t size);
  void Keep(const void* record, std::size_t size);
  bool CommitGroup();
  void PromiseFloor();
  void EndDurable();
  // Of all waiting batches whose share has not ended.
  void DropWaiting(BatchEnd end);
  void End(Batch* batch, BatchEnd end);
  // Drops whatever is and comes, until the queue is closed.
  void DropAll();
  bool IsMine(std::uint64_t pseudonym_high) const;

  const Environment environment_;
  const std::uint32_t index_;
  const std::unique_ptr<journal::Journal> journal_;
  const std::unique_ptr<state::State> state_;
  PartitionPorts ports_;
  BoundedQueue<Batch*> queue_;
  Thread thread_;

  std::vector<Batch*> waiting_;
  std::vector<Batch*> more_;
  std::size_t applied_ = 0;  // of waiting_: applied, durable as soon as the group is
  std::size_t ended_ = 0;    // of waiting_: its share has ended
  std::vector<std::byte> group_;
  Micros receipt_time_ = kNoTime;  // of the run; never decreases
  bool in_run_ = false;
  bool gave_up_ = false;    // there was no room for too long
  Micros floor_ = kNoTime;  // promised to the snapshot thread
  Micros hour_ = kNoTime;   // of the last group
  bool hour_cut_ = false;   // the state at the end of hour_ was given away
  journal::Position position_ = 0;
  std::uint64_t attention_seen_ = ~std::uint64_t{0};
  bool announced_ = false;  // the snapshot thread knows of a change since the last hand-over

  // Whether the next group finds room. A hint that stops intake early; the writer itself reserves
  // before it applies anything.
  // pairs-with: nothing; a late reading only queues or refuses a batch more (relaxed).
  std::atomic<bool> has_room_{true};

  mutable std::mutex metrics_mutex_;
  PartitionMetrics metrics_;
};

}  // namespace panelpuls::engine
