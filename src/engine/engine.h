// The engine of one wave in one directory: partitions with one writer each, their journals, the
// snapshot thread. Embeddable: no sockets, no Asio; the caller brings the batches.
//
// Threads it owns: a witness (waits for its interval and for its fdatasync), a writer a partition
// (waits for its queue, for fdatasync, and under a simulated clock for the snapshot thread to take
// an hour's cut) and one snapshot thread (waits for its next tick or a change).
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/file.h"
#include "base/status.h"
#include "engine/batch.h"
#include "estimate/estimates.h"
#include "identity/pseudonym.h"
#include "journal/journal.h"
#include "report/snapshot.h"
#include "state/state.h"
#include "wave/changes.h"
#include "wave/frame.h"
#include "wave/wave.h"

namespace panelpuls::engine {

inline constexpr std::uint32_t kMaxPartitions = 256;
inline constexpr double kMinSnapshotsPerSecond = 0.01;
inline constexpr double kMaxSnapshotsPerSecond = 1000;

struct EngineOptions {
  std::string directory;    // made when it does not exist
  bool must_exist = false;  // NotFound where there is no data directory; none is made
  // Fixed when the directory is made, another number later is refused; 1 to kMaxPartitions.
  std::uint32_t partitions = 1;
  bool simulated_clock = false;      // group time = max(last, the batches' simulated_time)
  double snapshots_per_second = 10;  // kMin- to kMaxSnapshotsPerSecond
  std::size_t queue_batches = 256;   // a partition; full means back-pressure
  std::size_t max_group_bytes = 4u << 20;
  std::uint64_t segment_bytes = 16u << 20;
  // How long batches that were taken wait for room on a full disk before they end with kNoRoom.
  std::chrono::milliseconds room_patience{5000};
  // Reads the sample frame of a wave that has one: asked, on the thread that opens, while it is not
  // whole in the journals. An import that broke off goes on with the same frame only.
  std::function<absl::StatusOr<std::vector<wave::FrameUnit>>()> read_frame;
  // Goes on where journals end before what the witness knows to have been durable, or where the
  // witness is missing; recovery() says what was lost.
  bool accept_loss = false;
  // The witness is at most so far behind; 0: it is written at the start and at the stop alone.
  std::chrono::milliseconds witness_interval{1000};
  FileSystem* files = nullptr;   // null: the real one
  const Clock* clock = nullptr;  // null: the machine's; outlives the engine
  // A failed write or fsync: called once, on the thread it happened on; nothing is acknowledged
  // afterwards. Default: prints the status and ends the process at once.
  std::function<void(const absl::Status&)> on_fatal;
};

// What the snapshot thread publishes: immutable, rendered once per version and minute.
struct PublishedSnapshot {
  std::shared_ptr<const wave::Wave> wave;
  std::uint64_t version = 0;
  std::vector<journal::Position> positions;  // [partition] whose sum the version is; all durable
  std::string etag_stem;  // directory id, build, definition id, version, minute; no quotes
  report::SnapshotJson json;
  std::string protobuf;
  // For what is rendered on request (cells, CSV, history, attention).
  const std::vector<estimate::FigureKey>* keys = nullptr;  // lives as long as the engine
  std::shared_ptr<const estimate::Estimates> estimates;
  std::shared_ptr<const estimate::Fieldwork> fieldwork;
  std::shared_ptr<const std::vector<report::HistoryHour>> hours;
  std::shared_ptr<const std::vector<state::AttentionEntry>> attention;
  state::Counters counters;
  std::vector<std::uint64_t> category_respondents;  // as in the collection part
  report::ClockPart clock;
  const std::vector<wave::DefinitionVersion>* definitions = nullptr;  // lives as long as the engine
};
using SnapshotPointer = std::shared_ptr<const PublishedSnapshot>;

// Since the process started; a consistent enough copy for metrics.
struct EngineMetrics {
  std::uint64_t results[wave::kResultCount] = {};  // records by result
  std::uint64_t conflicts_untracked = 0;           // found the table of conflicts full
  std::uint64_t batches = 0;
  std::uint64_t groups = 0;
  std::uint64_t journal_bytes = 0;
  std::uint64_t sync_micros = 0;  // sum over groups
  std::uint64_t queue_full = 0;   // batches not taken
  std::uint64_t snapshots = 0;
  std::uint64_t snapshot_micros = 0;
  std::uint64_t ignored_questions = 0;
  std::uint64_t ignored_fields = 0;
  std::uint64_t version = 0;
};

enum class SubmitResult { kQueued, kFull, kNoRoom, kStopped };

// Whether a data directory was made there.
bool HoldsDirectory(FileSystem& files, const std::string& directory);

class Engine {
 public:
  // Replays the journal, then starts the threads. `wave` is the definition now given. It may be
  // another one than the journal's last: all figures are computed by it, and it is journaled and
  // kept as a text beside the journals. FailedPrecondition: it changes what records hold
  // (wave/changes.h); CheckDefinition says so beforehand.
  // Unavailable when a thread cannot be made; after any error nothing runs any more, and the
  // directory can be opened again.
  // The report of what recovery found is in recovery().
  static absl::StatusOr<std::unique_ptr<Engine>> Open(std::shared_ptr<const wave::Wave> wave,
                                                      EngineOptions options);
  // Stops and drains.
  ~Engine();

  // Hands a batch to its writers. Only kQueued takes it; `done` is then called once, whatever
  // became of it: Batch::end says so, and only kDurable may be acknowledged. On a writer's thread,
  // never inside Submit, and not after Stop has returned; it must not block. A simulated_time is
  // allowed only with a simulated clock (the caller refuses it before). kFull: queues full, try
  // again; kNoRoom: the disk is full; kStopped: stopping or failed.
  SubmitResult Submit(std::unique_ptr<Batch>& batch,
                      std::function<void(std::unique_ptr<Batch>)> done);

  // Never null: the first one is published before Open returns. Any thread.
  SnapshotPointer Latest() const;
  // Called on the snapshot thread with every published snapshot; must not block. Set before
  // traffic.
  void OnSnapshot(std::function<void(SnapshotPointer)> listener);

  // What intake saw and no journal keeps: refused records, ignored questions and fields
  // (1,000 distinct).
  void NoteRefusals(std::vector<BatchBuilder::Refusal> refusals);
  void NoteIgnoredQuestions(const std::vector<std::string>& codes, std::uint64_t count);
  void NoteIgnoredFields(const std::vector<std::string>& names, std::uint64_t count);
  std::vector<report::IntakeAttention> intake_attention() const;
  std::uint64_t intake_attention_changes() const;  // counts up with every change of it

  const wave::Wave& wave() const;
  std::shared_ptr<const wave::Wave> shared_wave() const;
  // All definitions that were in force, the present one last; as long as the engine.
  const std::vector<wave::DefinitionVersion>& definitions() const;
  const identity::DirectoryKey& key() const;
  const EngineOptions& options() const;
  EngineMetrics metrics() const;
  state::StateMemory memory() const;                          // of all partitions
  std::span<const journal::RecoveryReport> recovery() const;  // a partition
  std::string directory_id() const;
  // No longer takes batches, ends those it has (those that find no room on a full disk with
  // kStopped), publishes a last snapshot, joins its threads. Not from a callback.
  void Stop();
  bool healthy() const;   // false after a fatal error
  bool has_room() const;  // false while the disk is full: no batch is taken

 private:
  struct Impl;
  explicit Engine(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace panelpuls::engine
