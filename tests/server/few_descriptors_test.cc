// A server is started by a process that has hardly any descriptors left.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <string>

#include "server/running_server.h"

namespace panelpuls::testing {
namespace {

using ::testing::HasSubstr;

TEST(Listening, WithoutDescriptorsTheStartIsRefusedWithTheMend) {
  RunningServer running;
  server::ServerOptions options;
  options.http_port = options.tcp_port = 0;
  rlimit usual{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &usual), 0);
  int refused = 0;
  bool started = false;
  for (rlim_t more = 0; !started && more < 30; ++more) {
    const int next = ::dup(0);
    ASSERT_GE(next, 0);
    ::close(next);
    rlimit few = usual;
    few.rlim_cur = static_cast<rlim_t>(next) + more;
    ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &few), 0);
    const auto server = server::Server::Start(running.engine(), options);
    ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &usual), 0);
    started = server.ok();
    if (started) continue;
    ++refused;
    EXPECT_EQ(server.status().code(), absl::StatusCode::kUnavailable);
    EXPECT_THAT(std::string(server.status().message()), HasSubstr("ulimit -n")) << more;
  }
  EXPECT_TRUE(started);
  EXPECT_GE(refused, 6);
}

}  // namespace
}  // namespace panelpuls::testing
