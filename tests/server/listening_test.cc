// Where a server listens, and what is said when it cannot.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "base/thread.h"
#include "server/raw_connection.h"
#include "server/running_server.h"

namespace panelpuls::testing {
namespace {

using ::testing::HasSubstr;

TEST(Listening, BeyondLoopbackIsRefusedWithTheReason) {
  RunningServer running;
  server::ServerOptions options;
  options.address = "0.0.0.0";
  options.http_port = options.tcp_port = 0;
  const auto refused = server::Server::Start(running.engine(), options);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_NE(refused.status().message().find("access control"), absl::string_view::npos);
}

TEST(Listening, APortThatIsTakenIsNamed) {
  RunningServer running;
  server::ServerOptions options;
  options.http_port = running.http_port();
  options.tcp_port = 0;
  const auto refused = server::Server::Start(running.engine(), options);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.status().code(), absl::StatusCode::kUnavailable);
  EXPECT_NE(refused.status().message().find(std::to_string(running.http_port())),
            absl::string_view::npos);
}

TEST(Listening, TheSamePortsAreThereAgainAfterARestart) {
  RunningServer running;
  const std::uint16_t port = running.http_port();
  running.Restart();
  EXPECT_EQ(running.http_port(), port);
  EXPECT_FALSE(running.WaitForRespondents(0).empty());
}

// What was begun is stopped and joined, or this would not end.
TEST(Listening, AThreadThatCannotBeMadeIsNamed) {
  RunningServer running;
  server::ServerOptions options;
  options.http_port = options.tcp_port = 0;
  options.io_threads = 2;
  bool started = false;
  for (std::uint64_t nth = 1; !started && nth < 20; ++nth) {
    FailThreadStart(nth);
    const auto server = server::Server::Start(running.engine(), options);
    FailThreadStart(0);
    started = server.ok();
    if (started) {
      EXPECT_EQ(nth, 5u);
      EXPECT_EQ(Get((*server)->http_port(), "/healthz").status, 200u);
    } else {
      EXPECT_EQ(server.status().code(), absl::StatusCode::kUnavailable);
      EXPECT_THAT(std::string(server.status().message()), HasSubstr("ulimit -u"));
    }
  }
  EXPECT_TRUE(started);
}

}  // namespace
}  // namespace panelpuls::testing
