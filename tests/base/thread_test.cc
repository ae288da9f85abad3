#include "base/thread.h"

#include <gtest/gtest.h>
#include <pthread.h>

#include <array>
#include <string>

namespace panelpuls {
namespace {

TEST(Thread, HasItsNameBeforeItRuns) {
  std::array<char, 16> seen{};
  auto thread = StartThread(
      "writer 7", [&seen] { pthread_getname_np(pthread_self(), seen.data(), seen.size()); });
  ASSERT_TRUE(thread.ok()) << thread.status();
  thread->join();
  EXPECT_STREQ(seen.data(), "writer 7");
}

TEST(Thread, OneThatCannotBeMadeIsAStatusThatNamesItAndTheMend) {
  FailThreadStart(2);
  int ran = 0;
  auto first = StartThread("first", [&ran] { ++ran; });
  ASSERT_TRUE(first.ok()) << first.status();
  first->join();
  const auto second = StartThread("second", [&ran] { ++ran; });
  ASSERT_EQ(second.status().code(), absl::StatusCode::kUnavailable);
  const std::string message(ToStd(second.status().message()));
  EXPECT_NE(message.find("\"second\""), std::string::npos) << message;
  EXPECT_NE(message.find("ulimit -u"), std::string::npos) << message;
  auto third = StartThread("third", [&ran] { ++ran; });
  ASSERT_TRUE(third.ok()) << third.status();
  third->join();
  EXPECT_EQ(ran, 2);
}

}  // namespace
}  // namespace panelpuls
