#include "base/thread_name.h"

#include <gtest/gtest.h>
#include <pthread.h>

#include <array>
#include <string>
#include <thread>

namespace panelpuls {
namespace {

// The name that a thread has after it was given `name`.
std::string Named(const std::string& name) {
  std::string seen;
  std::thread thread([&] {
    NameThisThread(name);
    std::array<char, 16> buffer{};
    pthread_getname_np(pthread_self(), buffer.data(), buffer.size());
    seen = buffer.data();
  });
  thread.join();
  return seen;
}

TEST(ThreadName, IsWhatItWasGiven) { EXPECT_EQ(Named("writer 0"), "writer 0"); }

TEST(ThreadName, IsCutWhereTheKernelHasNoMoreRoom) {
  EXPECT_EQ(Named("a name of 17 byte"), "a name of 17 by");
}

}  // namespace
}  // namespace panelpuls
