// When the pusher waits over HTTP, for how long, and when it does not.
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>

#include "client/fake_server.h"
#include "client/pusher.h"
#include "server/stream_client.h"

namespace panelpuls::testing {
namespace {

using client::Pusher;
using client::PusherOptions;

const std::string kBusy = "HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n";

// One record was accepted; `fields` end with CRLF each.
std::string Accepted(std::string_view fields = {}) {
  constexpr std::string_view kBody = "{\"accepted\":1}";
  return "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n" + std::string(fields) +
         "Content-Length: " + std::to_string(kBody.size()) + "\r\n\r\n" + std::string(kBody);
}

std::unique_ptr<Pusher> ConnectOrDie(const PusherOptions& options) {
  auto pusher = Pusher::Connect(options);
  if (!pusher.ok()) CheckFailed(pusher.status().ToString().c_str(), __FILE__, __LINE__);
  return *std::move(pusher);
}

absl::Status PushOne(Pusher& pusher) {
  absl::Status status = pusher.AddResponse(ResponseBytes({.id = "U1"}), 1);
  if (status.ok()) status = pusher.Flush();
  return status;
}

TEST(PusherRetries, ProgressBeginsPatienceAndPausesAnew) {
  int requests = 0;
  FakeServer server([&](const std::string&) { return ++requests % 2 == 1 ? kBusy : Accepted(); });
  PusherOptions options;
  options.target = server.url();
  options.first_retry_s = 0.2;
  options.give_up_after_s = 0.9;
  auto pusher = ConnectOrDie(options);
  const auto began = std::chrono::steady_clock::now();
  for (int i = 0; i < 12; ++i) {
    const absl::Status status = PushOne(*pusher);
    ASSERT_TRUE(status.ok()) << i << ": " << status;
  }
  EXPECT_GT(std::chrono::steady_clock::now() - began, std::chrono::milliseconds(900))
      << "too short to tell anything";
}

TEST(PusherRetries, PausesGrow) {
  FakeServer server([&](const std::string&) { return kBusy; });
  PusherOptions options;
  options.target = server.url();
  options.first_retry_s = 0.02;
  options.give_up_after_s = 1;
  auto pusher = ConnectOrDie(options);
  const absl::Status status = PushOne(*pusher);
  EXPECT_TRUE(absl::IsUnavailable(status)) << status;
  // Doubled each time, no more than seven pauses fit; unchanged ones would be fifty and more.
  EXPECT_LE(server.heads().size(), 8u);
  EXPECT_GE(server.heads().size(), 2u);
}

TEST(PusherRetries, AnIdleConnectionThatTheServerClosedIsNoReasonToWait) {
  int requests = 0;
  FakeServer server(
      [&](const std::string&) { return ++requests == 2 ? std::string() : Accepted(); });
  PusherOptions options;
  options.target = server.url();
  options.first_retry_s = 30;  // any pause would be longer than the patience
  options.give_up_after_s = 5;
  auto pusher = ConnectOrDie(options);
  for (int i = 0; i < 2; ++i) {
    const absl::Status status = PushOne(*pusher);
    EXPECT_TRUE(status.ok()) << i << ": " << status;
  }
  EXPECT_EQ(requests, 3);
}

TEST(PusherRetries, AConnectionIsKeptUnlessTheServerSaysClose) {
  for (const bool close : {false, true}) {
    FakeServer server(
        [&](const std::string&) { return Accepted(close ? "Connection: close\r\n" : ""); });
    PusherOptions options;
    options.target = server.url();
    auto pusher = ConnectOrDie(options);
    for (int i = 0; i < 3; ++i) EXPECT_TRUE(PushOne(*pusher).ok());
    EXPECT_EQ(server.connections(), close ? 3u : 1u);
  }
}

TEST(PusherRetries, AProxysPageIsNotShownButAPlainReasonIs) {
  struct Row {
    const char* type;
    bool shown;
  };
  for (const Row& row : {Row{"text/html", false}, Row{"text/plain; charset=utf-8", true},
                         Row{"application/problem+json", true}}) {
    FakeServer server([&](const std::string&) {
      return "HTTP/1.1 400 Bad\r\nContent-Type: " + std::string(row.type) +
             "\r\nContent-Length: 6\r\n\r\nreason";
    });
    PusherOptions options;
    options.target = server.url();
    auto pusher = ConnectOrDie(options);
    const absl::Status status = PushOne(*pusher);
    EXPECT_EQ(status.message().find("reason") != absl::string_view::npos, row.shown)
        << row.type << ": " << status;
  }
}

}  // namespace
}  // namespace panelpuls::testing
