// Pushing to real servers, and to proxies and servers that are in the way.
#include "client/pusher.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <atomic>
#include <map>
#include <memory>
#include <numeric>
#include <ostream>
#include <string>
#include <thread>
#include <vector>

#include "client/fake_server.h"
#include "server/raw_connection.h"
#include "server/running_server.h"
#include "server/stream_client.h"
#include "wire/encode.h"

namespace panelpuls::testing {
namespace {

using client::Pusher;
using client::PusherOptions;
using client::PushResult;
using wave::Result;

enum class Over { kHttp, kGzip, kTcp };
void PrintTo(Over over, std::ostream* out) {
  *out << (over == Over::kHttp ? "Http" : over == Over::kGzip ? "Gzip" : "Tcp");
}

PusherOptions OptionsFor(RunningServer& server, Over over) {
  PusherOptions options;
  options.target = over == Over::kTcp ? fmt::format("tcp://127.0.0.1:{}", server.tcp_port())
                                      : fmt::format("http://127.0.0.1:{}", server.http_port());
  options.gzip = over == Over::kGzip;
  options.batch_records = 10;
  options.give_up_after_s = 20;
  options.first_retry_s = 0.01;
  return options;
}

std::unique_ptr<Pusher> ConnectOrDie(const PusherOptions& options) {
  auto pusher = Pusher::Connect(options);
  if (!pusher.ok()) CheckFailed(pusher.status().ToString().c_str(), __FILE__, __LINE__);
  return *std::move(pusher);
}

std::uint64_t Count(const Pusher& pusher, Result result) {
  return pusher.totals().counts[static_cast<std::size_t>(result)];
}

std::uint64_t CountAll(const Pusher& pusher) {
  const auto& counts = pusher.totals().counts;
  return std::accumulate(std::begin(counts), std::end(counts), std::uint64_t{0});
}

class PusherOver : public ::testing::TestWithParam<Over> {};
INSTANTIATE_TEST_SUITE_P(Pusher, PusherOver,
                         ::testing::Values(Over::kHttp, Over::kGzip, Over::kTcp),
                         ::testing::PrintToStringParamName());

TEST_P(PusherOver, EveryRecordGetsItsResultInOrderWithItsTag) {
  RunningServer server;
  auto pusher = ConnectOrDie(OptionsFor(server, GetParam()));
  std::vector<PushResult> results;
  pusher->OnResult([&](const PushResult& result) { results.push_back(result); });
  constexpr int kRecords = 95;
  for (int i = 0; i < kRecords; ++i) {
    const ResponseText response{.id = fmt::format("U{}", i), .revenue = i % 20 == 7 ? "upp" : "up"};
    ASSERT_TRUE(
        pusher->AddResponse(ResponseBytes(response), static_cast<std::uint64_t>(1000 + i)).ok());
  }
  ASSERT_TRUE(pusher->Flush().ok());
  ASSERT_EQ(results.size(), static_cast<std::size_t>(kRecords));
  for (std::size_t i = 0; i < results.size(); ++i) {
    EXPECT_EQ(results[i].tag, 1000 + i);
    EXPECT_EQ(results[i].result, i % 20 == 7 ? Result::kRejected : Result::kAccepted) << i;
    EXPECT_EQ(results[i].field, i % 20 == 7 ? "answers[0].options[0]" : "") << i;
  }
  EXPECT_EQ(Count(*pusher, Result::kAccepted), 90u);
  EXPECT_EQ(Count(*pusher, Result::kRejected), 5u);
  EXPECT_EQ(pusher->totals().sent, 95u);
  EXPECT_EQ(pusher->totals().resent, 0u);
  EXPECT_FALSE(server.WaitForRespondents(90).empty());
}

TEST_P(PusherOver, CaseEventsGoBesideResponses) {
  RunningServer server;
  auto pusher = ConnectOrDie(OptionsFor(server, GetParam()));
  std::map<std::uint64_t, Result> results;
  pusher->OnResult([&](const PushResult& result) { results[result.tag] = result.result; });
  wave::RawCaseEvent event;
  event.unit_id = "U1";
  event.channel = "cati";
  event.at = 1'760'000'000 * kMicrosPerSecond;
  event.disposition = "non_contact";
  std::string good;
  wire::AppendCaseEvent(event, good);
  event.disposition = "abducted";
  std::string bad;
  wire::AppendCaseEvent(event, bad);
  ASSERT_TRUE(pusher->AddCaseEvent(bad, 1).ok());
  ASSERT_TRUE(pusher->AddResponse(ResponseBytes({.id = "U1"}), 2).ok());
  ASSERT_TRUE(pusher->AddCaseEvent(good, 3).ok());
  ASSERT_TRUE(pusher->Flush().ok());
  EXPECT_EQ(results, (std::map<std::uint64_t, Result>{
                         {1, Result::kRejected}, {2, Result::kAccepted}, {3, Result::kAccepted}}));
}

TEST_P(PusherOver, AServerThatRestartsGetsEverythingAndCountsNothingTwice) {
  RunningServer server;
  PusherOptions options = OptionsFor(server, GetParam());
  options.batch_records = 3;
  auto pusher = ConnectOrDie(options);
  // More than the window and what may lie acknowledged in the socket: whoever adds so many has
  // connected anew.
  constexpr std::uint64_t kBetweenRestarts = 200;
  constexpr int kRestarts = 3;
  std::atomic<std::uint64_t> added{0};
  std::atomic<bool> restarted{false}, gave_up{false};
  std::thread restarts([&] {
    for (int restart = 0; restart < kRestarts; ++restart) {
      const std::uint64_t enough = added.load() + kBetweenRestarts;
      while (added.load() < enough && !gave_up) std::this_thread::yield();
      server.Restart();
    }
    restarted = true;
  });
  const auto add = [&](std::uint64_t i) {
    return pusher->AddResponse(ResponseBytes({.id = fmt::format("U{}", i)}), i);
  };
  absl::Status status;
  while (status.ok() && !restarted.load()) status = add(added++);
  for (std::uint64_t i = 0; status.ok() && i < kBetweenRestarts; ++i) status = add(added++);
  if (status.ok()) status = pusher->Flush();
  gave_up = !status.ok();
  restarts.join();
  ASSERT_TRUE(status.ok()) << status;
  const std::uint64_t records = added.load();
  EXPECT_EQ(CountAll(*pusher), records);
  // What was durable when the connection broke, before its acknowledgement arrived, is a duplicate.
  EXPECT_EQ(Count(*pusher, Result::kAccepted) + Count(*pusher, Result::kDuplicate), records);
  EXPECT_GE(pusher->totals().reconnects, std::uint64_t{kRestarts});
  const std::string json = server.WaitForRespondents(records);
  EXPECT_FALSE(json.empty());
}

TEST_P(PusherOver, BatchesThatAreTooLargeForTheServerAreSplit) {
  ServerSetup setup;
  setup.server.max_records = 4;
  setup.server.max_body_bytes = 4096;
  RunningServer server(setup);
  auto pusher = ConnectOrDie(OptionsFor(server, GetParam()));
  std::vector<std::uint64_t> tags;
  std::map<std::uint64_t, PushResult> results;
  pusher->OnResult([&](const PushResult& result) {
    tags.push_back(result.tag);
    results[result.tag] = result;
  });
  std::string huge = ResponseBytes({.id = "Huge"});
  // An unknown field of the length that no limit allows; it does not pack well either.
  std::string noise;
  for (std::uint32_t i = 0, x = 1; i < 9000; ++i) {
    x = x * 1664525u + 1013904223u;
    noise += static_cast<char>('a' + (x >> 24) % 26);
  }
  huge += "\xfa\x3e";  // field 1007, length-delimited
  huge += static_cast<char>(0x80 | (noise.size() & 0x7f));
  huge += static_cast<char>(noise.size() >> 7);
  huge += noise;
  for (std::uint64_t i = 0; i < 30; ++i) {
    const std::string bytes = i == 17 ? huge : ResponseBytes({.id = fmt::format("U{}", i)});
    ASSERT_TRUE(pusher->AddResponse(bytes, i).ok()) << i;
  }
  const absl::Status flushed = pusher->Flush();
  ASSERT_TRUE(flushed.ok()) << flushed;
  EXPECT_EQ(tags.size(), 30u);
  EXPECT_EQ(Count(*pusher, Result::kAccepted), 29u);
  EXPECT_EQ(results[17].result, Result::kRejected);
  EXPECT_NE(results[17].reason.find("larger"), std::string::npos);
  // The greeting says what is too large, so that it is never tried.
  if (GetParam() == Over::kTcp) {
    EXPECT_EQ(pusher->totals().reconnects, 0u);
  }
  EXPECT_FALSE(server.WaitForRespondents(29).empty());
}

TEST_P(PusherOver, AnUnknownWaveIsNotTriedAgain) {
  RunningServer server;
  PusherOptions options = OptionsFor(server, GetParam());
  options.wave = "other";
  auto connected = Pusher::Connect(options);
  absl::Status status = connected.status();
  if (connected.ok()) {
    ASSERT_TRUE((*connected)->AddResponse(ResponseBytes({.id = "U1"}), 1).ok());
    status = (*connected)->Flush();
    EXPECT_EQ((*connected)->AddResponse(ResponseBytes({.id = "U2"}), 2), status);
  }
  EXPECT_TRUE(absl::IsNotFound(status) || absl::IsInvalidArgument(status)) << status;
  EXPECT_NE(status.message().find("other"), absl::string_view::npos) << status;
}

TEST_P(PusherOver, SimulatedTimeGoesWithTheBatchesGatheredUnderIt) {
  ServerSetup setup;
  setup.engine.simulated_clock = true;
  RunningServer server(setup);
  auto pusher = ConnectOrDie(OptionsFor(server, GetParam()));
  constexpr Micros kBegin = 1'760'000'000 * kMicrosPerSecond;
  for (int hour = 0; hour < 3; ++hour) {
    ASSERT_TRUE(pusher->SetSimulatedTime(kBegin + hour * kMicrosPerHour).ok());
    for (int i = 0; i < 4; ++i) {
      const ResponseText response{.id = fmt::format("U{}-{}", hour, i),
                                  .collected_at = Iso(kBegin + hour * kMicrosPerHour)};
      ASSERT_TRUE(pusher->AddResponse(ResponseBytes(response), 1).ok());
    }
  }
  ASSERT_TRUE(pusher->Flush().ok());
  EXPECT_EQ(Count(*pusher, Result::kAccepted), 12u);
  ASSERT_FALSE(server.WaitForRespondents(12).empty());

  RunningServer real_clock;
  auto refused = ConnectOrDie(OptionsFor(real_clock, GetParam()));
  ASSERT_TRUE(refused->SetSimulatedTime(kBegin).ok());
  ASSERT_TRUE(refused->AddResponse(ResponseBytes({.id = "U1"}), 1).ok());
  const absl::Status status = refused->Flush();
  EXPECT_TRUE(absl::IsInvalidArgument(status)) << status;
}

TEST(Pusher, GivesUpWhenNobodyIsThere) {
  std::uint16_t port = 0;
  {
    RunningServer server;
    port = server.tcp_port();
  }
  PusherOptions options;
  options.target = fmt::format("tcp://127.0.0.1:{}", port);
  options.give_up_after_s = 0.2;
  options.first_retry_s = 0.01;
  const auto connected = Pusher::Connect(options);
  EXPECT_TRUE(absl::IsUnavailable(connected.status())) << connected.status();
  options.target = fmt::format("http://127.0.0.1:{}", port);
  auto pusher = ConnectOrDie(options);
  ASSERT_TRUE(pusher->AddResponse(ResponseBytes({.id = "U1"}), 1).ok());
  EXPECT_TRUE(absl::IsUnavailable(pusher->Flush()));
}

TEST(Pusher, TargetsThatAreNoneAreRefused) {
  for (const char* target :
       {"", "127.0.0.1:8080", "ftp://a:1", "https://a:1", "tcp://127.0.0.1", "http://"}) {
    PusherOptions options;
    options.target = target;
    EXPECT_TRUE(absl::IsInvalidArgument(Pusher::Connect(options).status())) << target;
  }
}

TEST(Pusher, AProxysHtml413SplitsTheBatch) {
  RunningServer server;
  FakeServer proxy([&](const std::string& request) {
    if (BodyOf(request).size() <= 300) return Forward(server.http_port(), request);
    return std::string(
        "HTTP/1.1 413 Request Entity Too Large\r\nContent-Type: text/html\r\nContent-Length: "
        "34\r\n\r\n"
        "<html><h1>Too large</h1></html>\r\n\r");
  });
  PusherOptions options = OptionsFor(server, Over::kHttp);
  options.target = proxy.url();
  options.batch_records = 50;
  auto pusher = ConnectOrDie(options);
  for (std::uint64_t i = 0; i < 50; ++i) {
    ASSERT_TRUE(pusher->AddResponse(ResponseBytes({.id = fmt::format("U{}", i)}), i).ok());
  }
  ASSERT_TRUE(pusher->Flush().ok());
  EXPECT_EQ(Count(*pusher, Result::kAccepted), 50u);
  EXPECT_EQ(pusher->totals().sent, 50u);
  EXPECT_GT(pusher->totals().resent, 50u);
  EXPECT_FALSE(server.WaitForRespondents(50).empty());
}

TEST(Pusher, BusyServersAreAskedAgainAndRetryAfterIsKept) {
  RunningServer server;
  int requests = 0;
  FakeServer proxy([&](const std::string& request) {
    switch (++requests) {
      case 1:
        return std::string("HTTP/1.1 503 Busy\r\nRetry-After: 1\r\nContent-Length: 0\r\n\r\n");
      case 2:
        return std::string("HTTP/1.1 429 Too Many\r\nContent-Length: 0\r\n\r\n");
      case 3:
        return std::string();  // closed without an answer
      case 4:
        Forward(server.http_port(), request);  // taken, and the answer lost
        return std::string(
            "HTTP/1.1 504 Gateway Timeout\r\nContent-Type: text/html\r\nContent-Length: 0\r\n\r\n");
      default:
        return Forward(server.http_port(), request);
    }
  });
  PusherOptions options = OptionsFor(server, Over::kHttp);
  options.target = proxy.url();
  auto pusher = ConnectOrDie(options);
  const auto began = std::chrono::steady_clock::now();
  ASSERT_TRUE(pusher->AddResponse(ResponseBytes({.id = "U1"}), 1).ok());
  ASSERT_TRUE(pusher->Flush().ok());
  EXPECT_GE(std::chrono::steady_clock::now() - began, std::chrono::seconds(1));
  EXPECT_EQ(Count(*pusher, Result::kDuplicate), 1u);
  EXPECT_EQ(pusher->totals().resent, 4u);
  EXPECT_FALSE(server.WaitForRespondents(1).empty());
}

TEST(Pusher, WhatWillNeverBeTakenIsNotSentAgain) {
  struct Row {
    const char* answer;
    absl::StatusCode code;
  };
  const std::vector<Row> rows = {
      {"HTTP/1.1 400 Bad\r\nContent-Length: 0\r\n\r\n", absl::StatusCode::kInvalidArgument},
      {"HTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\n", absl::StatusCode::kPermissionDenied},
      {"HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n", absl::StatusCode::kPermissionDenied},
      {"HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n", absl::StatusCode::kNotFound},
      {"HTTP/1.1 500 Oh\r\nContent-Length: 0\r\n\r\n", absl::StatusCode::kInvalidArgument},
      {"HTTP/1.1 301 There\r\nLocation: http://b/\r\nContent-Length: 0\r\n\r\n",
       absl::StatusCode::kInvalidArgument},
      // An outcome that speaks of no record at all.
      {"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}",
       absl::StatusCode::kInvalidArgument},
  };
  for (const Row& row : rows) {
    FakeServer server([&](const std::string&) { return std::string(row.answer); });
    PusherOptions options;
    options.target = server.url();
    auto pusher = ConnectOrDie(options);
    ASSERT_TRUE(pusher->AddResponse(ResponseBytes({.id = "U1"}), 1).ok());
    EXPECT_EQ(pusher->Flush().code(), row.code) << row.answer;
    EXPECT_EQ(server.heads().size(), 1u) << row.answer;
  }
}

TEST(Pusher, SaysWhatItSendsAndKeepsAPrefixOfThePath) {
  FakeServer server(
      [](const std::string&) { return "HTTP/1.1 400 Bad\r\nContent-Length: 0\r\n\r\n"; });
  PusherOptions options;
  options.target = server.url() + "/behind/a/proxy/";
  options.token = "secret";
  options.gzip = true;
  auto pusher = ConnectOrDie(options);
  ASSERT_TRUE(pusher->AddResponse(ResponseBytes({.id = "U1"}), 1).ok());
  EXPECT_FALSE(pusher->Flush().ok());
  ASSERT_EQ(server.heads().size(), 1u);
  const std::string head = server.heads()[0];
  EXPECT_TRUE(head.starts_with("POST /behind/a/proxy/v1/responses HTTP/1.1\r\n")) << head;
  EXPECT_NE(head.find("Content-Type: application/x-protobuf\r\n"), std::string::npos) << head;
  EXPECT_NE(head.find("Content-Encoding: gzip\r\n"), std::string::npos) << head;
  EXPECT_NE(head.find("Authorization: Bearer secret"), std::string::npos) << head;
  EXPECT_NE(head.find(fmt::format("Host: 127.0.0.1:{}\r\n", server.port())), std::string::npos)
      << head;

  options.target = server.url() + "/v1/responses";
  pusher = ConnectOrDie(options);
  ASSERT_TRUE(pusher->AddResponse(ResponseBytes({.id = "U1"}), 1).ok());
  EXPECT_FALSE(pusher->Flush().ok());
  EXPECT_TRUE(server.heads()[1].starts_with("POST /v1/responses HTTP/1.1\r\n"))
      << server.heads()[1];
}

}  // namespace
}  // namespace panelpuls::testing
