#include "peers/target.h"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

namespace panelpuls::bench {
namespace {

// What was given and what came back, counted under one lock: the same for peers and engine.
class Flight {
 public:
  // False: failed.
  bool Enter() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return in_flight_ < kInFlight || !failure_.ok(); });
    ++in_flight_;
    return failure_.ok();
  }
  void Leave(std::unique_ptr<engine::Batch> batch) {
    std::lock_guard lock(mutex_);
    --in_flight_;
    back_.push_back(std::move(batch));
    changed_.notify_one();
  }
  void Fail(const absl::Status& status) {
    std::lock_guard lock(mutex_);
    failure_.Update(status);
    changed_.notify_one();
  }
  absl::Status WaitUntilEmpty() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return in_flight_ == 0 || !failure_.ok(); });
    return failure_;
  }
  absl::Status failure() {
    std::lock_guard lock(mutex_);
    return failure_;
  }
  std::unique_ptr<engine::Batch> TakeBack() {
    std::lock_guard lock(mutex_);
    if (back_.empty()) return nullptr;
    auto batch = std::move(back_.back());
    back_.pop_back();
    return batch;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;  // for the submitting thread
  std::size_t in_flight_ = 0;
  std::vector<std::unique_ptr<engine::Batch>> back_;
  absl::Status failure_;
};

class StoreTarget final : public Target {
 public:
  StoreTarget(Store& store, std::size_t max_batches) : store_(store), max_batches_(max_batches) {
    for (int connection = 0; connection < store.connections(); ++connection) {
      threads_.emplace_back([this, connection] { Work(connection); });
    }
  }
  ~StoreTarget() override {
    {
      std::lock_guard lock(mutex_);
      closed_ = true;
    }
    ready_.notify_all();
    for (std::thread& thread : threads_) thread.join();
  }

  absl::Status Submit(std::unique_ptr<engine::Batch> batch) override {
    if (!flight_.Enter()) return flight_.failure();
    {
      std::lock_guard lock(mutex_);
      waiting_.push_back(std::move(batch));
    }
    ready_.notify_one();
    return absl::OkStatus();
  }
  absl::Status Drain() override { return flight_.WaitUntilEmpty(); }
  std::unique_ptr<engine::Batch> TakeBack() override { return flight_.TakeBack(); }
  std::uint64_t commits() const override {
    std::lock_guard lock(mutex_);
    return commits_;
  }

 private:
  void Work(int connection) {
    std::vector<std::unique_ptr<engine::Batch>> taken;
    std::vector<const engine::Batch*> batches;
    while (TakeWaiting(&taken)) {
      batches.clear();
      for (const auto& batch : taken) batches.push_back(batch.get());
      const absl::Status status = store_.Apply(connection, batches);
      if (!status.ok()) return flight_.Fail(status);
      {
        std::lock_guard lock(mutex_);
        ++commits_;
      }
      for (auto& batch : taken) flight_.Leave(std::move(batch));
    }
  }
  // Waits for one at least. False: closed, and none is left.
  bool TakeWaiting(std::vector<std::unique_ptr<engine::Batch>>* taken) {
    std::unique_lock lock(mutex_);
    ready_.wait(lock, [&] { return closed_ || !waiting_.empty(); });
    taken->clear();
    while (!waiting_.empty() && taken->size() < max_batches_) {
      taken->push_back(std::move(waiting_.front()));
      waiting_.pop_front();
    }
    return !taken->empty();
  }

  Store& store_;
  const std::size_t max_batches_;
  Flight flight_;
  mutable std::mutex mutex_;
  std::condition_variable ready_;  // for the workers
  std::deque<std::unique_ptr<engine::Batch>> waiting_;
  std::uint64_t commits_ = 0;
  bool closed_ = false;
  std::vector<std::thread> threads_;
};

class EngineTarget final : public Target {
 public:
  explicit EngineTarget(engine::Engine& engine)
      : engine_(engine), groups_before_(engine.metrics().groups) {}

  absl::Status Submit(std::unique_ptr<engine::Batch> batch) override {
    if (!flight_.Enter()) return flight_.failure();
    // One batch a queue slot at most: Enter waits before the queue is full.
    PP_CHECK(kInFlight <= engine_.options().queue_batches);
    const auto done = [this](std::unique_ptr<engine::Batch> back) {
      if (back->end != engine::BatchEnd::kDurable) {
        flight_.Fail(Unavailable("the engine did not keep a batch"));
      }
      flight_.Leave(std::move(back));
    };
    if (engine_.Submit(batch, done) != engine::SubmitResult::kQueued) {
      return Unavailable("the engine does not take a batch");
    }
    return absl::OkStatus();
  }
  absl::Status Drain() override { return flight_.WaitUntilEmpty(); }
  std::unique_ptr<engine::Batch> TakeBack() override { return flight_.TakeBack(); }
  std::uint64_t commits() const override { return engine_.metrics().groups - groups_before_; }

 private:
  engine::Engine& engine_;
  const std::uint64_t groups_before_;
  Flight flight_;
};

}  // namespace

std::unique_ptr<Target> TargetOf(Store& store, std::size_t max_batches) {
  return std::make_unique<StoreTarget>(store, max_batches);
}
std::unique_ptr<Target> TargetOf(engine::Engine& engine) {
  return std::make_unique<EngineTarget>(engine);
}

}  // namespace panelpuls::bench
