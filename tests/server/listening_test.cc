// Where a server listens, and what is said when it cannot.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "server/running_server.h"

namespace panelpuls::testing {
namespace {

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

}  // namespace
}  // namespace panelpuls::testing
