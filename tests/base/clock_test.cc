#include "base/clock.h"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace panelpuls {
namespace {

TEST(SystemClock, TellsMicrosecondsOfThisCentury) {
  constexpr Micros kYear2020 = 1'577'836'800'000'000;
  constexpr Micros kYear2100 = 4'102'444'800'000'000;
  const Micros now = SystemClock().Now();
  EXPECT_GT(now, kYear2020);
  EXPECT_LT(now, kYear2100);
}

TEST(ManualClock, AdvanceToNeverMovesBack) {
  ManualClock clock(100);
  clock.AdvanceTo(90);
  EXPECT_EQ(clock.Now(), 100);
  clock.AdvanceTo(110);
  EXPECT_EQ(clock.Now(), 110);
  clock.Set(5);
  EXPECT_EQ(clock.Now(), 5);
}

TEST(ManualClock, EndsAtTheLatestTimeOfSeveralThreads) {
  ManualClock clock(0);
  std::vector<std::thread> threads;
  for (Micros first = 1; first <= 4; ++first) {
    threads.emplace_back([&clock, first] {
      for (Micros time = first; time <= 4000; time += 4) {
        clock.AdvanceTo(time);
        EXPECT_GE(clock.Now(), time);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(clock.Now(), 4000);
}

}  // namespace
}  // namespace panelpuls
