#include "server/connection/byte_budget.h"

#include <gtest/gtest.h>

#include <memory>
#include <optional>

namespace panelpuls::server {
namespace {

struct Session {
  Session(ByteBudget& budget, asio::io_context& context) : share(budget), wake(context) {}
  void WaitFor(std::size_t bytes) { waiter.emplace(share, bytes, wake); }

  ByteBudget::Share share;
  Wakeup wake;
  std::optional<ByteBudget::Waiter> waiter;
};

class Budget : public ::testing::Test {
 protected:
  asio::io_context context;
  ByteBudget budget{100};
  Session a{budget, context};
  Session b{budget, context};
  Session c{budget, context};
};

TEST_F(Budget, IsSharedUntilItIsUsedUpAndGivenBack) {
  EXPECT_TRUE(a.share.TryTake(60));
  EXPECT_FALSE(b.share.TryTake(41));
  EXPECT_TRUE(b.share.TryTake(40));
  EXPECT_EQ(budget.used(), 100u);
  a.share.Set(0);
  EXPECT_TRUE(c.share.TryTake(60));
}

TEST_F(Budget, WhatIsThereAlreadyIsCountedBeyondTheLimit) {
  a.share.Set(150);
  EXPECT_EQ(budget.used(), 150u);
  EXPECT_FALSE(b.share.TryTake(1));
  a.share.Set(99);
  EXPECT_TRUE(b.share.TryTake(1));
}

TEST_F(Budget, GoesToTheSmallestThatWaitsAndToEqualOnesInTheirOrder) {
  a.share.Set(100);
  b.WaitFor(60);
  c.WaitFor(50);
  Session d{budget, context};
  d.WaitFor(50);
  EXPECT_TRUE(budget.pressed());
  a.share.Set(45);
  EXPECT_TRUE(c.waiter->has_taken());
  EXPECT_FALSE(d.waiter->has_taken());
  EXPECT_FALSE(b.waiter->has_taken());
  a.share.Set(0);
  EXPECT_TRUE(d.waiter->has_taken());
  EXPECT_FALSE(b.waiter->has_taken());
  c.share.Set(0);
  d.share.Set(0);
  EXPECT_TRUE(b.waiter->has_taken());
  EXPECT_EQ(b.share.bytes(), 60u);
  EXPECT_FALSE(budget.pressed());
}

TEST_F(Budget, NobodyPassesThoseWhoWait) {
  a.share.Set(90);
  b.WaitFor(20);
  EXPECT_FALSE(c.share.TryTake(5));
  b.waiter.reset();
  EXPECT_TRUE(c.share.TryTake(5));
}

TEST_F(Budget, WhoGivesUpWaitingLetsTheNextOnePass) {
  a.share.Set(50);
  b.WaitFor(60);
  c.WaitFor(70);
  a.share.Set(35);
  EXPECT_TRUE(b.waiter->has_taken());
  EXPECT_FALSE(c.waiter->has_taken());
  Session d{budget, context};
  d.WaitFor(10);
  EXPECT_FALSE(d.waiter->has_taken());  // 5 are left
  d.waiter.reset();
  b.share.Set(0);
  EXPECT_FALSE(c.waiter->has_taken());
  a.share.Set(30);
  EXPECT_TRUE(c.waiter->has_taken());
}

TEST_F(Budget, WhatIsLargerThanAllOfItWaitsUntilAllOfItIsFree) {
  a.share.Set(1);
  b.WaitFor(1'000);
  EXPECT_FALSE(b.waiter->has_taken());
  a.share.Set(0);
  EXPECT_TRUE(b.waiter->has_taken());
}

TEST_F(Budget, IsGivenBackWhenASessionEnds) {
  {
    Session gone{budget, context};
    gone.share.Set(100);
    b.WaitFor(100);
  }
  EXPECT_TRUE(b.waiter->has_taken());
}

TEST_F(Budget, RemembersItsPeakUntilItIsAsked) {
  a.share.Set(80);
  a.share.Set(10);
  EXPECT_EQ(budget.TakePeak(), 80u);
  EXPECT_EQ(budget.TakePeak(), 10u);
}

}  // namespace
}  // namespace panelpuls::server
