#include "engine/witness_keeper.h"

#include <algorithm>
#include <mutex>
#include <utility>

namespace panelpuls::engine {

WitnessKeeper::WitnessKeeper(Setup setup) : setup_(std::move(setup)) {}
WitnessKeeper::~WitnessKeeper() { Stop(false); }

absl::Status WitnessKeeper::Begin() { return Write(setup_.marks(), false); }

absl::Status WitnessKeeper::Start() {
  if (setup_.interval.count() == 0) return absl::OkStatus();
  PP_ASSIGN_OR_RETURN(thread_, StartThread("witness", [this] { Run(); }));
  return absl::OkStatus();
}

void WitnessKeeper::Run() {
  std::unique_lock lock(mutex_);
  while (!changed_.wait_for(lock, setup_.interval, [this] { return stopping_; })) {
    if (setup_.failure->failed()) return;
    std::vector<journal::Mark> marks = setup_.marks();
    const bool moved = !std::equal(
        marks.begin(), marks.end(), written_.begin(), written_.end(),
        [](const auto& one, const auto& other) { return one.position == other.position; });
    if (!moved) continue;
    lock.unlock();
    const absl::Status written = Write(std::move(marks), false);
    if (!written.ok()) setup_.failure->Report(written);
    lock.lock();
  }
}

absl::Status WitnessKeeper::Write(std::vector<journal::Mark> marks, bool stopped) {
  written_ = marks;
  return setup_.file->Write(
      {.generation = 0, .at = setup_.clock->Now(), .stopped = stopped, .marks = std::move(marks)});
}

void WitnessKeeper::Stop(bool clean) {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_one();
  if (thread_.joinable()) thread_.join();
  if (!clean) return;
  const absl::Status written = Write(setup_.marks(), true);
  if (!written.ok()) setup_.failure->Report(written);
}

}  // namespace panelpuls::engine
