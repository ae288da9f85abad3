#include "base/queue.h"

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <thread>

namespace panelpuls {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;

TEST(BoundedQueue, GivesItemsInOrderAllAtOnce) {
  BoundedQueue<int> queue(3);
  EXPECT_TRUE(queue.TryPush(1));
  EXPECT_TRUE(queue.TryPush(2));
  std::vector<int> out = {9};
  EXPECT_TRUE(queue.PopAll(out, hours(1)));
  EXPECT_EQ(out, (std::vector<int>{1, 2}));
  EXPECT_EQ(queue.size(), 0u);
}

TEST(BoundedQueue, RefusesWhenFullAndLeavesTheItem) {
  BoundedQueue<std::unique_ptr<int>> queue(1);
  EXPECT_TRUE(queue.TryPush(std::make_unique<int>(1)));
  auto item = std::make_unique<int>(2);
  EXPECT_FALSE(queue.TryPush(std::move(item)));
  ASSERT_NE(item, nullptr);
  EXPECT_EQ(*item, 2);
  std::vector<std::unique_ptr<int>> out;
  EXPECT_TRUE(queue.PopAll(out, hours(1)));
  EXPECT_TRUE(queue.TryPush(std::move(item)));
}

TEST(BoundedQueue, ReturnsEmptyAfterTheTimeoutOrAWake) {
  BoundedQueue<int> queue(1);
  std::vector<int> out;
  EXPECT_TRUE(queue.PopAll(out, milliseconds(1)));
  EXPECT_TRUE(out.empty());
  queue.Wake();
  EXPECT_TRUE(queue.PopAll(out, hours(1)));
  EXPECT_TRUE(out.empty());
}

TEST(BoundedQueue, AWakeIsUsedUpByOnePop) {
  BoundedQueue<int> queue(1);
  std::vector<int> out;
  queue.Wake();
  EXPECT_TRUE(queue.PopAll(out, hours(1)));
  const auto start = std::chrono::steady_clock::now();
  EXPECT_TRUE(queue.PopAll(out, milliseconds(5)));
  EXPECT_GE(std::chrono::steady_clock::now() - start, milliseconds(5));
}

TEST(BoundedQueue, ClosedIsDrainedFirstAndTakesNothingNew) {
  BoundedQueue<int> queue(2);
  EXPECT_TRUE(queue.TryPush(1));
  queue.Close();
  EXPECT_FALSE(queue.TryPush(2));
  std::vector<int> out;
  EXPECT_TRUE(queue.PopAll(out, hours(1)));
  EXPECT_EQ(out, std::vector<int>{1});
  EXPECT_FALSE(queue.PopAll(out, hours(1)));
}

TEST(BoundedQueue, EveryItemOfSeveralProducersArrivesOnceAndInTheOrderOfItsProducer) {
  constexpr int kProducers = 4, kItems = 5000;
  BoundedQueue<std::pair<int, int>> queue(64);
  std::vector<std::thread> producers;
  for (int producer = 0; producer < kProducers; ++producer) {
    producers.emplace_back([&queue, producer] {
      for (int item = 0; item < kItems; ++item) {
        while (!queue.TryPush({producer, item})) std::this_thread::yield();
      }
    });
  }
  std::thread closer([&] {
    for (std::thread& thread : producers) thread.join();
    queue.Close();
  });
  std::vector<int> next(kProducers, 0);
  std::vector<std::pair<int, int>> out;
  while (queue.PopAll(out, hours(1))) {
    EXPECT_LE(out.size(), queue.capacity());
    for (const auto& [producer, item] : out) {
      EXPECT_EQ(item, next[static_cast<std::size_t>(producer)]++);
    }
  }
  closer.join();
  EXPECT_EQ(next, std::vector<int>(kProducers, kItems));
}

}  // namespace
}  // namespace panelpuls
