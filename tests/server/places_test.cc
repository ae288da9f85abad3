// Which connection makes room for which when all places are taken.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <string>
#include <variant>
#include <vector>

#include "server/connection/connection_plan.h"
#include "server/raw_connection.h"
#include "server/running_server.h"
#include "server/stream_client.h"

namespace panelpuls::testing {
namespace {

using ::testing::HasSubstr;

constexpr std::size_t kPlaces = 4;

ServerSetup FewPlaces() {
  ServerSetup setup;
  setup.server.max_http_connections = kPlaces;
  setup.server.max_tcp_connections = kPlaces;
  setup.server.max_event_streams = 2;
  return setup;
}

std::string GetText(std::string_view path) {
  return fmt::format("GET {} HTTP/1.1\r\nHost: localhost\r\n\r\n", path);
}

// Batches whose bodies never come: their connections wait for their peers.
std::vector<RawConnection> BegunPosts(std::uint16_t port, std::size_t count) {
  std::vector<RawConnection> begun;
  for (std::size_t i = 0; i < count; ++i) {
    begun.emplace_back(port);
    begun.back().Send(PostHead("Content-Length: 100\r\nExpect: 100-continue\r\n\r\n"));
    while (begun.back().buffer().find("100 Continue") == std::string::npos &&
           begun.back().ReadMore()) {
    }
  }
  return begun;
}

bool WaitUntil(const std::function<bool()>& condition) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (!condition()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
  }
  return true;
}

TEST(Places, WhoHasAskedForNothingMakesRoomFirst) {
  RunningServer server(FewPlaces());
  RawConnection sender(server.http_port());
  sender.Send(GetText("/healthz"));
  ASSERT_EQ(sender.ReadAnswer().status, 200u);
  std::vector<RawConnection> silent;
  for (std::size_t i = 0; i < 10 * kPlaces; ++i) silent.emplace_back(server.http_port());
  RawConnection slow_head(server.http_port());
  slow_head.Send("GET / HTTP/1.1\r\nX: ");
  // The sender keeps its place, and newcomers get one.
  sender.Send(GetText("/v1/snapshot"));
  EXPECT_EQ(sender.ReadAnswer().status, 200u);
  EXPECT_EQ(PostJson(server.http_port(), BatchJson({{.id = "P1"}})).status, 200u);
  EXPECT_TRUE(silent.front().IsClosedByPeer());
  EXPECT_GE(server.Metric("panelpuls_connections_evicted_total{transport=\"http\"}"), 1);
}

TEST(Places, TheLongestIdleMakesRoomNext) {
  RunningServer server(FewPlaces());
  std::vector<RawConnection> idle;
  for (std::size_t i = 0; i < kPlaces; ++i) {
    idle.emplace_back(server.http_port());
    idle.back().Send(GetText("/healthz"));
    ASSERT_EQ(idle.back().ReadAnswer().status, 200u);
  }
  // An idle one is left alone for a second.
  EXPECT_TRUE(WaitUntil(
      [&] { return PostJson(server.http_port(), BatchJson({{.id = "P1"}})).status == 200; }));
  EXPECT_TRUE(idle.front().IsClosedByPeer());
  idle.back().Send(GetText("/healthz"));
  EXPECT_EQ(idle.back().ReadAnswer().status, 200u);
}

TEST(Places, WhoAsksHowTheServerIsIsAnsweredWhenAllAreTaken) {
  RunningServer server(FewPlaces());
  const auto busy = BegunPosts(server.http_port(), kPlaces);
  std::vector<RawConnection> silent;  // far more than the reserve has
  for (std::size_t i = 0; i < 5 * server::kReservedConnections; ++i) {
    silent.emplace_back(server.http_port());
    // Refused, and in no hurry to go.
    silent.emplace_back(server.http_port());
    silent.back().Send(GetText("/"));
  }
  for (const char* path : {"/healthz", "/readyz", "/metrics"}) {
    RawConnection connection(server.http_port());
    connection.Send(GetText(path));
    const HttpAnswer answer = connection.ReadAnswer();
    EXPECT_EQ(answer.status, 200u) << path;
    EXPECT_EQ(answer.Field("connection"), "close") << path;
  }
  for (const char* path : {"/v1/snapshot", "/", "/v1/stream"}) {
    const HttpAnswer answer = Exchange(server.http_port(), GetText(path));
    EXPECT_EQ(answer.status, 503u) << path;
    EXPECT_EQ(answer.Field("retry-after"), "5") << path;
    EXPECT_THAT(answer.body, HasSubstr("problem:overloaded")) << path;
  }
  EXPECT_GE(server.Metric("panelpuls_connections_turned_away_total{transport=\"http\"}"), 3);
}

TEST(Places, WhoGoesLeavesAPlace) {
  RunningServer server(FewPlaces());
  auto busy = BegunPosts(server.http_port(), kPlaces);
  EXPECT_EQ(Get(server.http_port(), "/v1/snapshot").status, 503u);
  busy.front().Reset();
  EXPECT_TRUE(WaitUntil([&] { return Get(server.http_port(), "/v1/snapshot").status == 200; }));
}

TEST(Places, SilentTcpConnectionsMakeRoomForOneThatSends) {
  RunningServer server(FewPlaces());
  std::vector<RawConnection> silent;
  for (std::size_t i = 0; i < 10 * kPlaces; ++i) silent.emplace_back(server.tcp_port());
  StreamClient client(server.tcp_port());
  ASSERT_TRUE(client.Greet().has_value());
  for (std::uint64_t i = 1; i <= 20; ++i) {
    silent.emplace_back(server.tcp_port());
    ASSERT_TRUE(client.SendBatch(BatchBytes({{.id = fmt::format("T{}", i)}}, i)));
    EXPECT_EQ(client.ReadAcks(i).size(), 1u);
  }
  EXPECT_GE(server.Metric("panelpuls_connections_evicted_total{transport=\"tcp\"}"), 20);
}

TEST(Places, ATcpConnectionThatMakesRoomIsToldToComeAgain) {
  RunningServer server(FewPlaces());
  std::vector<StreamClient> idle;
  for (std::size_t i = 0; i < kPlaces; ++i) {
    idle.emplace_back(server.tcp_port());
    ASSERT_TRUE(idle.back().Greet().has_value());
  }
  EXPECT_TRUE(WaitUntil([&] {
    const auto answer = StreamClient(server.tcp_port()).Greet();
    return answer.has_value() && std::holds_alternative<wire::WelcomeMessage>(*answer);
  }));
  const auto error = idle.front().ReadError();
  ASSERT_TRUE(error.has_value());
  EXPECT_EQ(error->code, "idle");
  EXPECT_TRUE(error->retryable);
}

TEST(Places, EventStreamsHaveAShareAndSendersTheRest) {
  RunningServer server(FewPlaces());
  std::vector<RawConnection> streams;
  for (int i = 0; i < 2; ++i) {
    streams.emplace_back(server.http_port());
    streams.back().Send(GetText("/v1/stream"));
    EXPECT_EQ(streams.back().ReadAnswer(true).status, 200u);
  }
  RawConnection third(server.http_port());
  third.Send(GetText("/v1/stream"));
  const HttpAnswer refused = third.ReadAnswer();
  EXPECT_EQ(refused.status, 503u);
  EXPECT_EQ(refused.Field("retry-after"), "10");
  EXPECT_THAT(refused.body, HasSubstr("too_many_streams"));
  // The same connection may ask for something else, and a HEAD takes no share.
  third.Send(GetText("/v1/snapshot"));
  EXPECT_EQ(third.ReadAnswer().status, 200u);
  EXPECT_EQ(
      Exchange(server.http_port(), "HEAD /v1/stream HTTP/1.1\r\nHost: localhost\r\n\r\n").status,
      200u);
  streams.front().Reset();
  PostJson(server.http_port(), BatchJson({{.id = "S1"}}));  // what is sent to it now finds it gone
  EXPECT_TRUE(WaitUntil([&] {
    RawConnection again(server.http_port());
    again.Send(GetText("/v1/stream"));
    return again.ReadAnswer(true).status == 200;
  }));
}

TEST(Places, AreToldInTheMetrics) {
  RunningServer server(FewPlaces());
  EXPECT_EQ(server.Metric("panelpuls_max_connections{transport=\"http\"}"), kPlaces);
  EXPECT_EQ(server.Metric("panelpuls_max_connections{transport=\"tcp\"}"), kPlaces);
  EXPECT_EQ(server.Metric("panelpuls_max_event_streams"), 2);
  EXPECT_EQ(server.Metric("panelpuls_connections{transport=\"http\"}"), 1);
}

TEST(ConnectionPlan, FitsTheLimitsToTheDescriptors) {
  struct Row {
    const char* name;
    std::uint64_t descriptors;
    std::uint32_t partitions;
    bool starts;
    bool whole;
  };
  const std::vector<Row> rows = {
      {"plenty", 1'000'000, 4, true, true}, {"four thousand", 4096, 1, true, true},
      {"the usual", 1024, 1, true, false},  {"few", 256, 1, true, false},
      {"too few", 100, 1, false, false},    {"too few for so many", 1024, 200, false, false},
  };
  for (const Row& row : rows) {
    server::ServerOptions options;
    const auto said =
        server::FitConnections({.most = row.descriptors, .open = 6}, row.partitions, &options);
    ASSERT_EQ(said.ok(), row.starts) << row.name << said.status();
    if (!said.ok()) {
      EXPECT_THAT(std::string(said.status().message()), HasSubstr("raise the hard limit"));
      continue;
    }
    const server::ServerOptions wanted;
    EXPECT_EQ(options.max_http_connections == wanted.max_http_connections, row.whole) << *said;
    EXPECT_EQ(options.max_tcp_connections == wanted.max_tcp_connections, row.whole) << *said;
    EXPECT_GE(options.max_http_connections, 16u) << row.name;
    EXPECT_GE(options.max_tcp_connections, 16u) << row.name;
    EXPECT_LE(options.max_event_streams, options.max_http_connections / 2) << row.name;
    EXPECT_LE(options.max_http_connections + options.max_tcp_connections, row.descriptors - 50);
    EXPECT_EQ(said->find("lowered") == std::string::npos, row.whole) << *said;
  }
}

}  // namespace
}  // namespace panelpuls::testing
