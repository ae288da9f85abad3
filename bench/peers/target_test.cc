// What a store is given: what waits, as far as its rule allows.
#include "peers/target.h"

#include <gtest/gtest.h>

#include <condition_variable>
#include <mutex>

namespace panelpuls::bench {
namespace {

// Holds its first transaction until it is let go, and notes how many batches each took.
class HeldStore final : public Store {
 public:
  std::string Description() override { return "held"; }
  absl::StatusOr<std::string> Durability() override { return "none"; }
  absl::Status Apply(int, Batches batches) override {
    std::unique_lock lock(mutex_);
    taken_.push_back(batches.size());
    changed_.notify_all();
    changed_.wait(lock, [&] { return released_; });
    return fails_ ? Internal("the disk is gone") : absl::OkStatus();
  }
  absl::StatusOr<Totals> ReadBack() override { return Totals(); }

  void WaitUntilHeld() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return !taken_.empty(); });
  }
  void Release() {
    std::lock_guard lock(mutex_);
    released_ = true;
    changed_.notify_all();
  }
  void FailFromNowOn() {
    std::lock_guard lock(mutex_);
    fails_ = true;
  }
  std::vector<std::size_t> taken() {
    std::lock_guard lock(mutex_);
    return taken_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::size_t> taken_;
  bool released_ = false;
  bool fails_ = false;
};

// Submits one batch, and so many more while the store is busy with it.
std::vector<std::size_t> TakenOf(std::size_t more, std::size_t max_batches) {
  HeldStore store;
  const std::unique_ptr<Target> target = TargetOf(store, max_batches);
  EXPECT_TRUE(target->Submit(std::make_unique<engine::Batch>()).ok());
  store.WaitUntilHeld();
  for (std::size_t i = 0; i < more; ++i) {
    EXPECT_TRUE(target->Submit(std::make_unique<engine::Batch>()).ok());
  }
  store.Release();
  EXPECT_TRUE(target->Drain().ok());
  EXPECT_EQ(target->commits(), store.taken().size());
  std::size_t back = 0;
  while (target->TakeBack() != nullptr) ++back;
  EXPECT_EQ(back, 1 + more);
  return store.taken();
}

using Sizes = std::vector<std::size_t>;

TEST(StoreTarget, ATransactionTakesWhatWaitsUpToItsLimit) {
  EXPECT_EQ(TakenOf(10, 64), Sizes({1, 10}));
  EXPECT_EQ(TakenOf(100, 64), Sizes({1, 64, 36}));
}

TEST(StoreTarget, ATransactionABatchTakesOne) { EXPECT_EQ(TakenOf(3, 1), Sizes({1, 1, 1, 1})); }

TEST(StoreTarget, AFailedTransactionIsToldToWhoSubmits) {
  HeldStore store;
  const std::unique_ptr<Target> target = TargetOf(store, 64);
  store.FailFromNowOn();
  store.Release();
  EXPECT_TRUE(target->Submit(std::make_unique<engine::Batch>()).ok());
  EXPECT_EQ(target->Drain().message(), "the disk is gone");
  EXPECT_EQ(target->commits(), 0u);
}

}  // namespace
}  // namespace panelpuls::bench
