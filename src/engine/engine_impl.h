// What an engine is made of; shared by opening (engine_open.cc) and running (engine.cc) one.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "archive/directory.h"
#include "archive/historian.h"
#include "archive/rebuild.h"
#include "archive/witness.h"
#include "base/doorbell.h"
#include "engine/attention_log.h"
#include "engine/engine.h"
#include "engine/failure.h"
#include "engine/partition.h"
#include "engine/publisher.h"
#include "engine/witness_keeper.h"
#include "snapshot/contents.h"
#include "wave/changes.h"

namespace panelpuls::engine {

struct Engine::Impl {
  Impl(std::shared_ptr<const wave::Wave> wave, EngineOptions options);
  ~Impl();

  // Opening.
  absl::Status Open();
  absl::Status OpenDirectoryAndKey();
  absl::StatusOr<std::vector<archive::PartitionReplay>> ReplayJournals(
      std::vector<std::unique_ptr<journal::Journal>>* journals, archive::Historian& historian);
  absl::Status ReadFrame();
  absl::Status BringInFrame(Micros receipt_time);
  absl::Status ReadWitness();
  absl::Status BeginWitness();
  void MakePartitions(std::vector<archive::PartitionReplay> replays,
                      std::vector<std::unique_ptr<journal::Journal>> journals);
  // Into the partitions that have another one as their last, and beside them as a text.
  absl::Status JournalDefinition(const std::vector<bool>& has_definition, Micros receipt_time);
  absl::Status StartPublishing(std::unique_ptr<archive::Historian> historian);
  journal::JournalOptions JournalOptions(std::uint32_t partition) const;

  // Running.
  SubmitResult SubmitTo(std::span<const std::uint32_t> targets, std::unique_ptr<Batch>& batch);
  // Why a queue did not take a batch.
  SubmitResult NotTaken();
  snapshot::ClockPart ClockPart() const;
  Micros Now() const { return clock->Now(); }
  void Stop();

  const std::shared_ptr<const wave::Wave> wave;
  const EngineOptions options;
  FileSystem& files;
  ManualClock simulated_clock{0};  // the latest simulated time that any batch had
  const Clock* const clock;        // the machine's, or the simulated one
  Failure failure;
  Doorbell snapshot_signal;
  std::unique_ptr<DirectoryLock> lock;
  archive::DirectoryInfo directory;
  std::optional<identity::DirectoryKey> key;
  std::optional<std::vector<wave::FrameUnit>> frame;  // while it opens: read, if it is needed
  std::vector<journal::RecoveryReport> recovery;
  std::vector<wave::DefinitionVersion> definitions;  // that were in force, the present one last
  AttentionLog intake;
  std::vector<std::unique_ptr<Partition>> partitions;
  archive::Witness witness;               // as it was when the directory was opened
  std::string witness_loss;               // why it knows nothing, where that was accepted
  std::unique_ptr<WitnessKeeper> keeper;  // of the partitions above
  std::unique_ptr<Publisher> publisher;

  // With several partitions, who pushes and who closes their queues holds it: a batch goes to all
  // of its partitions or to none.
  Mutex submit_mutex;
  // pairs-with: nothing; counts for metrics (relaxed).
  std::atomic<std::uint64_t> queue_full{0};
  // pairs-with: Submit (acquire) of any thread; what slips through meets a closed queue.
  std::atomic<bool> stopping{false};
  Mutex stop_mutex;
  bool stopped = false;
};

}  // namespace panelpuls::engine
