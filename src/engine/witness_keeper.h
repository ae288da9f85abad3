// Keeps the witness of a running engine: a thread that looks once in an interval how far the
// journals are durable, and writes that down when it has moved.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <vector>

#include "archive/witness.h"
#include "base/clock.h"
#include "base/status.h"
#include "base/thread.h"
#include "engine/failure.h"
#include "journal/journal.h"

namespace panelpuls::engine {

class WitnessKeeper {
 public:
  struct Setup {
    std::unique_ptr<archive::WitnessFile> file;
    std::chrono::milliseconds interval{1000};  // 0: only at the begin and at the stop
    // [partition] what is durable; on the keeper's thread and the one that stops it.
    std::function<std::vector<journal::Mark>()> marks;
    const Clock* clock = nullptr;
    Failure* failure = nullptr;
  };
  explicit WitnessKeeper(Setup setup);
  ~WitnessKeeper();

  // Writes where the journals stand, as of an engine that runs. Before anything is acknowledged.
  absl::Status Begin();
  // Unavailable: no thread can be had.
  absl::Status Start();
  // Ends the thread. clean: all is durable, and nothing more will be acknowledged: writes so.
  void Stop(bool clean);

 private:
  void Run();
  absl::Status Write(std::vector<journal::Mark> marks, bool stopped);

  const Setup setup_;
  std::vector<journal::Mark> written_;  // the keeper's thread; else who begins and stops
  Thread thread_;
  Mutex mutex_;  // guards what follows
  Condition changed_;
  bool stopping_ = false;
};

}  // namespace panelpuls::engine
