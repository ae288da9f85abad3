// The engine of one wave in one directory: partitions with one writer each, their journals, the
// snapshot thread. Embeddable: no sockets, no Asio; the caller brings the batches.
//
// Threads it owns: a witness (waits for its interval and for its fdatasync), a writer a partition
// (waits for its queue, for fdatasync, and under a simulated clock for the snapshot thread to take
// an hour's cut) and one snapshot thread (waits for its next tick or a change).
#pragma once

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
#include "engine/metrics.h"
#include "engine/options.h"
#include "engine/published_snapshot.h"
#include "identity/pseudonym.h"
#include "journal/journal.h"
#include "snapshot/contents.h"
#include "state/state.h"
#include "wave/changes.h"
#include "wave/wave.h"

namespace panelpuls::engine {

enum class SubmitResult { kQueued, kFull, kNoRoom, kStopped };

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
  std::vector<snapshot::IntakeNote> intake_attention() const;
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
