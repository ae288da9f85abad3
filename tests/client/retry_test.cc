// When the pusher waits over HTTP, for how long, and when it does not.
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "client/fake_server.h"
#include "client/patience.h"
#include "client/pusher.h"
#include "client/retry_after.h"
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
  // Doubled each time and shorter again towards the end, a dozen pauses fit; unchanged ones would
  // be fifty and more.
  EXPECT_LE(server.heads().size(), 16u);
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

std::string Answer(std::string_view status, std::string_view fields) {
  return "HTTP/1.1 " + std::string(status) + "\r\n" + std::string(fields) + "\r\n";
}

TEST(PusherRetries, InterimAnswersArePassedOver) {
  for (const std::string interim :
       {"HTTP/1.1 100 Continue\r\n\r\n", "HTTP/1.1 102 Processing\r\n\r\n",
        "HTTP/1.1 103 Early Hints\r\nLink: </a>; rel=preload\r\n\r\n",
        "HTTP/1.1 199 What\r\n\r\n"}) {
    FakeServer server([&](const std::string&) { return interim + interim + Accepted(); });
    PusherOptions options;
    options.target = server.url();
    auto pusher = ConnectOrDie(options);
    for (int i = 0; i < 2; ++i) {
      const absl::Status status = PushOne(*pusher);
      EXPECT_TRUE(status.ok()) << interim << status;
    }
    EXPECT_EQ(server.heads().size(), 2u);
    EXPECT_EQ(server.connections(), 1u);
  }
}

TEST(PusherRetries, AnswersThatAreNoneAreRefusedForGood) {
  struct Row {
    std::string answer;
    const char* says;
  };
  const std::string page = Answer("200 OK", "Content-Type: text/html\r\nContent-Length: 2\r\n");
  const std::string text =
      Answer("200 OK", "Content-Type: application/json\r\nContent-Length: 2\r\n");
  const std::string bytes =
      Answer("200 OK", "Content-Type: application/x-protobuf\r\nContent-Length: 2\r\n");
  std::string long_body =
      Answer("200 OK", "Content-Type: application/x-protobuf\r\nContent-Length: 99999999999\r\n");
  const std::vector<Row> rows = {
      {page + "hi", "Content-Type \"text/html\" is no result of a batch"},
      {Answer("200 OK", "Content-Length: 2\r\n") + "hi", "Content-Type \"\" is no result"},
      {text + "hi", "broken JSON"},
      {text + "[]", "not an object"},
      {bytes + "\x0a\x05", "malformed protobuf"},
      {bytes + "\x08\x07", "batch 7 where a batch without a number was sent"},
      {"SSH-2.0-OpenSSH_9.2\r\n\r\n", "no HTTP"},
      {Answer("101 Switching Protocols", "Upgrade: x\r\n"), "changes to another protocol"},
      {long_body, "longer than 64 MiB"},
      {"HTTP/1.1 200 OK\r\nX: " + std::string(70'000, 'x'), "the head of its answer has no end"},
  };
  for (const Row& row : rows) {
    FakeServer server([&](const std::string&) { return row.answer; });
    PusherOptions options;
    options.target = server.url();
    options.give_up_after_s = 10;
    auto pusher = ConnectOrDie(options);
    const absl::Status status = PushOne(*pusher);
    EXPECT_TRUE(absl::IsInvalidArgument(status)) << row.says << ": " << status;
    EXPECT_NE(status.message().find("breaks the protocol"), absl::string_view::npos) << status;
    EXPECT_NE(status.message().find(row.says), absl::string_view::npos) << row.says << status;
    EXPECT_EQ(server.heads().size(), 1u) << row.says;
    EXPECT_EQ(pusher->totals().unknown, 1u) << row.says;
  }
}

TEST(PusherRetries, AnAnswerThatNobodyAskedForIsNotThatOfTheNextBatch) {
  int requests = 0;
  FakeServer server([&](const std::string&) {
    return ++requests == 1 ? Accepted() + Answer("400 Bad", "Content-Length: 0\r\n") : Accepted();
  });
  PusherOptions options;
  options.target = server.url();
  auto pusher = ConnectOrDie(options);
  for (int i = 0; i < 2; ++i) {
    const absl::Status status = PushOne(*pusher);
    EXPECT_TRUE(status.ok()) << i << ": " << status;
  }
  EXPECT_EQ(server.connections(), 2u);
}

TEST(PusherRetries, ASilentServerIsGivenUpInTime) {
  // Nothing, a head without its end, and a body without its end; the connection stays open.
  for (const std::string beginning :
       {"", "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n",
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: "
        "chunked\r\n\r\n1\r\n{\r\n",
        "HTTP/1.1 100 Continue\r\n\r\n"}) {
    FakeServer server([&](const std::string&) { return beginning; }, true);
    PusherOptions options;
    options.target = server.url();
    options.give_up_after_s = 0.4;
    options.first_retry_s = 0.05;
    auto pusher = ConnectOrDie(options);
    const absl::Status status = PushOne(*pusher);
    EXPECT_TRUE(absl::IsUnavailable(status)) << status;
    EXPECT_NE(status.message().find("gave up after 0.4 s"), absl::string_view::npos) << status;
    EXPECT_EQ(pusher->totals().unknown, 1u);
  }
}

TEST(PusherRetries, AServerThatWantsToBeLeftAloneForLongerThanThereIsTimeIsGivenUpAtOnce) {
  for (const char* field : {"3600", "99999999999999999999999", "Fri, 31 Dec 9999 23:59:59 GMT"}) {
    FakeServer server([&](const std::string&) {
      return "HTTP/1.1 503 Busy\r\nRetry-After: " + std::string(field) +
             "\r\nContent-Length: 0\r\n\r\n";
    });
    PusherOptions options;
    options.target = server.url();
    options.give_up_after_s = 600;
    auto pusher = ConnectOrDie(options);
    const absl::Status status = PushOne(*pusher);
    EXPECT_TRUE(absl::IsUnavailable(status)) << status;
    EXPECT_NE(status.message().find("asks to be left alone for"), absl::string_view::npos)
        << field << status;
    EXPECT_EQ(server.heads().size(), 1u) << field;
  }
}

TEST(PusherRetries, TextsOfAServerAreShownOnOneLineAndCut) {
  FakeServer server([&](const std::string&) {
    const std::string body =
        "\x1b[2Jgone\npanelpuls: 3 records sent\xe2\x80\xae" + std::string(3 << 20, 'x');
    return "HTTP/1.1 400 Bad\r\nContent-Type: text/plain\r\nContent-Length: " +
           std::to_string(body.size()) + "\r\n\r\n" + body;
  });
  PusherOptions options;
  options.target = server.url();
  auto pusher = ConnectOrDie(options);
  const std::string text = PushOne(*pusher).ToString();
  EXPECT_LT(text.size(), 1000u);
  EXPECT_EQ(text.find_first_of("\x1b\n"), std::string::npos) << text;
  EXPECT_EQ(text.find("\xe2\x80\xae"), std::string::npos) << text;
  EXPECT_NE(text.find("\\x1B[2Jgone\\x0Apanelpuls"), std::string::npos) << text;
}

TEST(RetryAfter, IsSecondsOrADateBesideTheAnswersOwn) {
  const std::string date = "Sun, 06 Nov 1994 08:49:37 GMT";
  struct Row {
    const char* field;
    std::optional<int> seconds;
  };
  for (const Row& row :
       {Row{"", std::nullopt}, Row{"0", 0}, Row{"120", 120},
        Row{"99999999999999999999", 1'000'000'000}, Row{"-1", std::nullopt},
        Row{"1.5", std::nullopt}, Row{"soon", std::nullopt},
        Row{"Sun, 06 Nov 1994 08:51:37 GMT", 120}, Row{"Sunday, 06-Nov-94 08:51:37 GMT", 120},
        Row{"Sun Nov  6 08:51:37 1994", 120}, Row{"Sun, 06 Nov 1994 08:00:00 GMT", 0},
        Row{"Fri, 31 Dec 9999 23:59:59 GMT", 1'000'000'000}}) {
    const auto seconds = client::RetryAfter(row.field, date);
    ASSERT_EQ(seconds.has_value(), row.seconds.has_value()) << row.field;
    if (seconds.has_value()) EXPECT_EQ(seconds->count(), *row.seconds) << row.field;
  }
  // Without the answer's date the clock here tells.
  EXPECT_EQ(client::RetryAfter(date, "")->count(), 0);
}

TEST(Patience, CountsTheTimeOfCallsSinceTheLastAcknowledgement) {
  using std::chrono::seconds;
  const client::Patience::Clock::time_point start{};
  client::Patience patience(seconds(10));
  patience.Begin(start);
  EXPECT_EQ(patience.Deadline(), start + seconds(10));
  patience.End(start + seconds(4), false);
  patience.Begin(start + seconds(1000));  // what lay between was not waited for
  EXPECT_EQ(patience.Deadline(), start + seconds(1006));
  EXPECT_EQ(patience.WithoutProgress(start + seconds(1001)), seconds(5));
  patience.Reset(start + seconds(1002));
  EXPECT_EQ(patience.Deadline(), start + seconds(1012));
  patience.End(start + seconds(1005), false);
  patience.Begin(start + seconds(2000));
  EXPECT_EQ(patience.Deadline(), start + seconds(2007));
  patience.End(start + seconds(2001), true);  // everything is acknowledged
  patience.Begin(start + seconds(3000));
  EXPECT_EQ(patience.Deadline(), start + seconds(3010));
}

}  // namespace
}  // namespace panelpuls::testing
