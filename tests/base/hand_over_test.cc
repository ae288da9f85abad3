#include "base/hand_over.h"

#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <thread>

#include "base/thread.h"

namespace panelpuls {
namespace {

struct Group {
  std::array<std::uint64_t, 64> values{};
};

TEST(HandOver, GivesNothingUntilItIsWanted) {
  HandOver<WaitWord, Group> hand_over;
  EXPECT_FALSE(hand_over.Give([](Group&) { FAIL(); }));
  EXPECT_FALSE(hand_over.Take([](Group&) { FAIL(); }));
  hand_over.Want();
  EXPECT_FALSE(hand_over.Take([](Group&) { FAIL(); }));
  EXPECT_TRUE(hand_over.Give([](Group& group) { group.values[0] = 7; }));
  EXPECT_FALSE(hand_over.Give([](Group&) { FAIL(); }));
  EXPECT_TRUE(hand_over.Take([](Group& group) { EXPECT_EQ(group.values[0], 7u); }));
  EXPECT_FALSE(hand_over.Take([](Group&) { FAIL(); }));
}

// Run under the thread sanitizer this also shows that the plain buffer is never shared.
TEST(HandOver, ReaderSeesWholeGroupsInOrder) {
  constexpr std::uint64_t kTaken = 5000;
  HandOver<WaitWord, Group> hand_over;
  std::atomic<bool> enough{false};
  std::thread writer([&] {
    for (std::uint64_t group = 1; !enough.load(std::memory_order_relaxed); ++group) {
      hand_over.Give([group](Group& buffer) { buffer.values.fill(group); });
    }
  });
  std::uint64_t last = 0;
  std::uint64_t torn = 0;
  hand_over.Want();
  for (std::uint64_t taken = 0; taken < kTaken;) {
    const bool took = hand_over.Take([&](Group& buffer) {
      for (const std::uint64_t value : buffer.values) torn += value != buffer.values[0] ? 1 : 0;
      EXPECT_GT(buffer.values[0], last);
      last = buffer.values[0];
    });
    if (!took) {
      std::this_thread::yield();
      continue;
    }
    ++taken;
    hand_over.Want();
  }
  enough.store(true, std::memory_order_relaxed);
  writer.join();
  EXPECT_EQ(torn, 0u);
}

TEST(HandOver, WriterThatWaitsGivesEveryGroup) {
  constexpr std::uint64_t kGroups = 2000;
  HandOver<WaitWord, Group> hand_over;
  std::thread writer([&] {
    for (std::uint64_t group = 1; group <= kGroups; ++group) {
      hand_over.WaitUntilWanted();
      hand_over.Give([group](Group& buffer) { buffer.values.fill(group); });
    }
  });
  hand_over.Want();
  for (std::uint64_t expected = 1; expected <= kGroups;) {
    const bool took =
        hand_over.Take([&](Group& buffer) { EXPECT_EQ(buffer.values[63], expected); });
    if (!took) {
      std::this_thread::yield();
      continue;
    }
    ++expected;
    hand_over.Want();
  }
  writer.join();
}

}  // namespace
}  // namespace panelpuls
