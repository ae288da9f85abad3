// What a Wave is made of. Internal to the room.
// Threads  builder under builder_mutex; what is below `mutex` under it; else any.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/file.h"
#include "embed/figures_impl.h"
#include "engine/batch.h"
#include "engine/engine.h"
#include "panelpuls/panelpuls.h"

namespace panelpuls {
inline namespace abi0 {

struct __attribute__((visibility("hidden"))) Wave::Impl {
  // `files` is where the directory is; the definition and what it names are the machine's files.
  static Result<std::unique_ptr<Wave>> Open(FileSystem& files, const std::string& wave_file,
                                            const std::string& directory, const Options& options);

  // What intake saw of a batch, noted once the engine has taken it.
  struct Seen {
    std::vector<engine::BatchBuilder::Refusal> refusals;
    std::vector<std::string> ignored_questions;
    std::uint64_t ignored_answers = 0;
  };
  std::unique_ptr<engine::Batch> Build(const Batch& batch, Seen* seen);
  Status Submit(const Batch& batch, std::function<void(const BatchResult&)> done);
  BatchResult ResultOf(const engine::Batch& ended, std::size_t responses,
                       std::size_t case_events) const;
  Status StatusOfSubmission(engine::SubmitResult result) const;
  Status StatusOfEnd(engine::BatchEnd end) const;

  void NoteFailure(const absl::Status& status);
  Status Failed() const;
  Status Stopped() const;  // kFailed where that is why
  Status NoRoom() const;
  Figures Latest() const;
  Figures Await(std::uint64_t newer_than, std::chrono::milliseconds timeout) const;
  Status Stop();

  std::string directory;
  std::shared_ptr<const FigureNames> names;
  std::mutex builder_mutex;
  std::unique_ptr<engine::BatchBuilder> builder;

  mutable std::mutex mutex;
  mutable std::condition_variable changed;  // a snapshot, a failure, the end of Stop
  std::string failure;
  bool stopping = false;
  bool stopped = false;

  // Last, so that its threads end before what their callbacks use.
  std::unique_ptr<engine::Engine> engine;
};

// Whether this thread is in a callback of some wave, where waiting for one would wait for ever.
bool IsInCallback();

}  // namespace abi0
}  // namespace panelpuls
