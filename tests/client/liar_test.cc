// The pusher against servers of either protocol that lie, babble, or say nothing at all: it ends,
// by the time it was told to, and never takes for acknowledged what was not.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "client/fake_server.h"
#include "client/pusher.h"
#include "client/scripted_stream.h"
#include "server/stream_client.h"

namespace panelpuls::testing {
namespace {

using client::Pusher;
using client::PusherOptions;
using ::testing::HasSubstr;
using wave::Result;

PusherOptions OptionsFor(const std::string& target) {
  PusherOptions options;
  options.target = target;
  options.batch_records = 1;
  options.give_up_after_s = 10;
  options.first_retry_s = 0.01;
  return options;
}

struct Pushed {
  absl::Status status;
  client::PushTotals totals;
  std::uint64_t results = 0;
};

Pushed Push(const PusherOptions& options, int records) {
  Pushed pushed;
  auto pusher = Pusher::Connect(options);
  pushed.status = pusher.status();
  if (!pusher.ok()) return pushed;
  (*pusher)->OnResult([&](const client::PushResult&) { ++pushed.results; });
  for (int i = 0; i < records && pushed.status.ok(); ++i) {
    pushed.status = (*pusher)->AddResponse(ResponseBytes({.id = "U" + std::to_string(i)}), 1);
  }
  if (pushed.status.ok()) pushed.status = (*pusher)->Flush();
  pushed.totals = (*pusher)->totals();
  return pushed;
}

// Beside the test's own thread, which plays the server.
std::future<Pushed> StartPush(const PusherOptions& options, int records) {
  return std::async(std::launch::async, [options, records] { return Push(options, records); });
}

wave::BatchOutcome Outcome(std::uint64_t sequence, std::vector<std::pair<Result, int>> counts,
                           const std::vector<wave::RecordOutcome>& results = {}) {
  wave::BatchOutcome outcome;
  outcome.sequence = sequence;
  for (const auto& [result, count] : counts) {
    outcome.counts[static_cast<std::size_t>(result)] = static_cast<std::uint32_t>(count);
  }
  for (const wave::RecordOutcome& record : results) {
    outcome.Add(record.kind, record.index, record.result, {});
  }
  return outcome;
}

wave::RecordOutcome Listed(std::uint32_t index, Result result,
                           wave::RecordKind kind = wave::RecordKind::kResponse) {
  return {
      .index = index, .kind = kind, .result = result, .field = {}, .reason = {}, .event_id = {}};
}

struct Lie {
  const char* name;
  std::vector<wave::BatchOutcome> outcomes;
  std::uint64_t through;
  const char* says;
};
void PrintTo(const Lie& lie, std::ostream* out) { *out << lie.name; }

// Of a batch with one response, number 1.
const std::vector<Lie>& Lies() {
  static const std::vector<Lie> lies = {
      {"TooFewRecords", {AllAccepted(1, 0)}, 1, "add up to 0 where 1"},
      {"TooManyRecords", {AllAccepted(1, 2)}, 1, "add up to 2 where 1"},
      {"ARecordBehindTheLast",
       {Outcome(1, {{Result::kRejected, 1}}, {Listed(1, Result::kRejected)})},
       1,
       "speaks of record 1 where 1"},
      {"AnEventOfABatchOfResponses",
       {Outcome(1, {{Result::kRejected, 1}},
                {Listed(0, Result::kRejected, wave::RecordKind::kCaseEvent)})},
       1,
       "speaks of record 0 where 0"},
      {"ARecordTwice",
       {Outcome(1, {{Result::kRejected, 2}},
                {Listed(0, Result::kRejected), Listed(0, Result::kRejected)})},
       1,
       "speaks of record 0 twice"},
      {"ARejectionThatIsNotListed",
       {Outcome(1, {{Result::kRejected, 1}})},
       1,
       "counts 0 accepted and lists 1"},
      {"ARejectionThatIsCountedAsAccepted",
       {Outcome(1, {{Result::kAccepted, 1}}, {Listed(0, Result::kRejected)})},
       1,
       "counts 1 accepted and lists 0"},
  };
  return lies;
}

class ServerThatLies : public ::testing::TestWithParam<Lie> {};
INSTANTIATE_TEST_SUITE_P(Lies, ServerThatLies, ::testing::ValuesIn(Lies()),
                         [](const auto& row) { return row.param.name; });

TEST_P(ServerThatLies, OnAStreamIsRefusedForGood) {
  ScriptedStream server;
  auto pushed = StartPush(OptionsFor(server.url()), 1);
  ASSERT_TRUE(server.Welcome(4));
  ASSERT_TRUE(server.ReadBatch().has_value());
  server.SendAck(GetParam().outcomes, GetParam().through);
  const Pushed done = pushed.get();
  EXPECT_TRUE(absl::IsInvalidArgument(done.status)) << done.status;
  EXPECT_THAT(done.status.ToString(), HasSubstr("breaks the protocol"));
  EXPECT_THAT(done.status.ToString(), HasSubstr(GetParam().says));
  EXPECT_EQ(done.results, 0u);
  EXPECT_EQ(done.totals.unknown, 1u);
  EXPECT_EQ(done.totals.resent, 0u);
}

TEST_P(ServerThatLies, OverHttpIsRefusedForGood) {
  wave::BatchOutcome outcome = GetParam().outcomes.front();
  outcome.sequence = 0;
  FakeServer server([&](const std::string&) {
    const std::string body = wire::OutcomeToProtobuf(outcome);
    return "HTTP/1.1 200 OK\r\nContent-Type: application/x-protobuf\r\nContent-Length: " +
           std::to_string(body.size()) + "\r\n\r\n" + body;
  });
  const Pushed done = Push(OptionsFor(server.url()), 1);
  EXPECT_TRUE(absl::IsInvalidArgument(done.status)) << done.status;
  EXPECT_THAT(done.status.ToString(), HasSubstr("breaks the protocol"));
  EXPECT_THAT(done.status.ToString(), HasSubstr(GetParam().says));
  EXPECT_EQ(done.results, 0u);
  EXPECT_EQ(done.totals.unknown, 1u);
  EXPECT_EQ(server.heads().size(), 1u);
}

// Two batches of one record each are on their way, numbers 1 and 2.
const std::vector<Lie>& FalseNumbers() {
  static const std::vector<Lie> lies = {
      {"MoreThanWasSent",
       {AllAccepted(1, 1), AllAccepted(2, 1), AllAccepted(3, 1)},
       3,
       "acknowledges more than was sent: batch 3, where 2 were sent"},
      {"ABatchFarAhead", {AllAccepted(99, 1)}, 99, "more than was sent: batch 99"},
      {"ABatchTwice", {AllAccepted(1, 1), AllAccepted(1, 1)}, 1, "acknowledges batch 1 again"},
      {"TheSecondFirst", {AllAccepted(2, 1)}, 2, "acknowledges batch 2 where batch 1 is due"},
      {"BatchZero", {AllAccepted(0, 1)}, 0, "acknowledges batch 0 again"},
      {"ThroughWhatHasNoResult",
       {AllAccepted(1, 1)},
       2,
       "all through batch 2 with results through"},
      {"ThroughWhatWasNeverSent", {AllAccepted(1, 1)}, 1u << 30, "all through batch 1073741824"},
      {"NothingThroughSomething", {}, 2, "all through batch 2 with results through batch 0"},
  };
  return lies;
}

class StreamWithFalseNumbers : public ::testing::TestWithParam<Lie> {};
INSTANTIATE_TEST_SUITE_P(Lies, StreamWithFalseNumbers, ::testing::ValuesIn(FalseNumbers()),
                         [](const auto& row) { return row.param.name; });

TEST_P(StreamWithFalseNumbers, IsRefusedForGood) {
  ScriptedStream server;
  auto pushed = StartPush(OptionsFor(server.url()), 2);
  ASSERT_TRUE(server.Welcome(4));
  for (int i = 0; i < 2; ++i) ASSERT_TRUE(server.ReadBatch().has_value());
  server.SendAck(GetParam().outcomes, GetParam().through);
  const Pushed done = pushed.get();
  EXPECT_TRUE(absl::IsInvalidArgument(done.status)) << done.status;
  EXPECT_THAT(done.status.ToString(), HasSubstr(GetParam().says));
  EXPECT_EQ(done.results, 0u);
  EXPECT_EQ(done.totals.unknown, 2u);
}

TEST(StreamThatGreetsWrongly, IsRefusedForGood) {
  wire::WelcomeMessage good;
  good.wave = "cases";
  good.max_in_flight = 4;
  struct Row {
    const char* says;
    std::vector<wire::WelcomeMessage> greetings;
  };
  std::vector<Row> rows(4, {.says = "", .greetings = {good}});
  rows[0].says = "speaks version 2 where version 1";
  rows[0].greetings[0].protocol_version = 2;
  rows[1].says = "takes wave oth\\x1Ber where cases was asked for";
  rows[1].greetings[0].wave =
      "oth\x1B"
      "er";
  rows[2].says = "allows no batch";
  rows[2].greetings[0].max_in_flight = 0;
  rows[3].says = "greets twice";
  rows[3].greetings.push_back(good);
  for (const Row& row : rows) {
    ScriptedStream server;
    PusherOptions options = OptionsFor(server.url());
    options.wave = "cases";
    auto pushed = StartPush(options, 1);
    ASSERT_TRUE(server.Accept()) << row.says;
    std::string bytes;
    for (const wire::WelcomeMessage& greeting : row.greetings) wire::AppendWelcome(greeting, bytes);
    server.Send(bytes);
    const Pushed done = pushed.get();
    EXPECT_TRUE(absl::IsInvalidArgument(done.status)) << done.status;
    EXPECT_THAT(done.status.ToString(), HasSubstr(row.says));
  }
}

// The server's part: `serve` plays one connection after the other until the pusher is done.
Pushed PushWhile(const PusherOptions& options, ScriptedStream& server, int* connections,
                 const std::function<void()>& serve) {
  auto pushed = StartPush(options, 1);
  while (pushed.wait_for(std::chrono::seconds(0)) != std::future_status::ready) {
    if (!server.Accept(std::chrono::milliseconds(20))) continue;
    ++*connections;
    serve();
  }
  return pushed.get();
}

TEST(StreamThatRefusesHello, IsAskedAgainWithPausesWhereThatMayHelpAndNotAtAllElse) {
  struct Row {
    const char* code;
    bool retryable;
  };
  for (const Row& row :
       {Row{"overloaded", true}, Row{"stopping", true}, Row{"no_room", true},
        Row{"batch_too_large", false}, Row{"batch_too_large", true},
        Row{"message_too_large", false}, Row{"bad_frame", false}, Row{"protocol_version", false},
        Row{"unknown_wave", false}, Row{"not_allowed", false}, Row{"something new", false}}) {
    ScriptedStream server;
    PusherOptions options = OptionsFor(server.url());
    options.first_retry_s = 0.05;
    options.give_up_after_s = 1;
    int connections = 0;
    const Pushed done = PushWhile(options, server, &connections,
                                  [&] { server.SendError({row.code, "no", row.retryable}); });
    const bool asked_again = row.retryable && std::string(row.code) != "batch_too_large";
    EXPECT_EQ(absl::IsUnavailable(done.status), asked_again) << row.code << ": " << done.status;
    EXPECT_FALSE(done.status.ok());
    // Doubled each time and shorter towards the end no more than a dozen pauses fit.
    EXPECT_LE(connections, asked_again ? 14 : 1) << row.code;
    EXPECT_EQ(done.totals.sent, 0u);
  }
}

TEST(StreamThatFindsEveryRecordTooLarge, IsGivenUpAndNotAskedAtFullSpeed) {
  ScriptedStream server;
  PusherOptions options = OptionsFor(server.url());
  options.first_retry_s = 0.05;
  options.give_up_after_s = 1;
  auto pushed = StartPush(options, 1000);
  int connections = 0;
  while (pushed.wait_for(std::chrono::seconds(0)) != std::future_status::ready) {
    if (!server.Welcome(4, std::chrono::milliseconds(20))) continue;
    ++connections;
    if (server.ReadBatch(std::chrono::milliseconds(200)).has_value()) {
      server.SendError({"batch_too_large", "no", false});
    }
  }
  const Pushed done = pushed.get();
  EXPECT_TRUE(absl::IsUnavailable(done.status)) << done.status;
  EXPECT_LE(connections, 15);
}

// What a server does with a connection instead of answering.
struct Silence {
  const char* name;
  bool greets;
  const char* says;  // once
};
void PrintTo(const Silence& row, std::ostream* out) { *out << row.name; }

class StreamThatDoesNotAnswer : public ::testing::TestWithParam<Silence> {};
INSTANTIATE_TEST_SUITE_P(Silences, StreamThatDoesNotAnswer,
                         ::testing::Values(Silence{"NotEvenAGreeting", false, ""},
                                           Silence{"HalfAGreeting", false, "\x20\x0a"},
                                           Silence{"NoAcknowledgement", true, ""},
                                           Silence{"HalfAnAcknowledgement", true, "\x20\x12"}),
                         [](const auto& row) { return row.param.name; });

TEST_P(StreamThatDoesNotAnswer, IsGivenUpInTime) {
  ScriptedStream server;
  PusherOptions options = OptionsFor(server.url());
  options.give_up_after_s = 0.4;
  auto pushed = StartPush(options, 1);
  if (GetParam().greets) {
    ASSERT_TRUE(server.Welcome(4));
    ASSERT_TRUE(server.ReadBatch().has_value());
  } else {
    ASSERT_TRUE(server.Accept());
  }
  server.Send(GetParam().says);
  const Pushed done = pushed.get();  // the connection stays open meanwhile
  EXPECT_TRUE(absl::IsUnavailable(done.status)) << done.status;
  EXPECT_THAT(done.status.ToString(), HasSubstr("gave up after 0.4 s without progress"));
  EXPECT_THAT(done.status.ToString(), HasSubstr("no answer"));
  EXPECT_EQ(done.totals.unknown, GetParam().greets ? 1u : 0u);
}

TEST(StreamThatDripsBytes, IsGivenUpInTime) {
  ScriptedStream server;
  PusherOptions options = OptionsFor(server.url());
  options.give_up_after_s = 0.5;
  auto pushed = StartPush(options, 1);
  ASSERT_TRUE(server.Welcome(4));
  ASSERT_TRUE(server.ReadBatch().has_value());
  server.Send("\xff\xff\x0f");  // a long message begins
  while (pushed.wait_for(std::chrono::milliseconds(20)) != std::future_status::ready) {
    server.Send("x");
  }
  const Pushed done = pushed.get();
  EXPECT_TRUE(absl::IsUnavailable(done.status)) << done.status;
}

TEST(StreamThatBabbles, IsRefusedForGood) {
  for (const std::string& babble : {"HTTP/1.1 400 Bad Request\r\n" + std::string(200, ' '),
                                    std::string(20, '\xff'), std::string("\x02\x12\x7f")}) {
    ScriptedStream server;
    auto pushed = StartPush(OptionsFor(server.url()), 1);
    ASSERT_TRUE(server.Accept());
    server.Send(babble);
    server.Close();
    const Pushed done = pushed.get();
    EXPECT_TRUE(absl::IsInvalidArgument(done.status)) << babble << ": " << done.status;
    EXPECT_THAT(done.status.ToString(), HasSubstr("no message of the stream"));
  }
}

TEST(Pusher, WaitsAsLongAsItIsToldTo) {
  for (const bool tcp : {true, false}) {
    ScriptedStream stream;
    FakeServer busy([](const std::string&) {
      return "HTTP/1.1 503 Busy\r\nRetry-After: 100\r\nContent-Length: 0\r\n\r\n";
    });
    PusherOptions options = OptionsFor(tcp ? stream.url() : busy.url());
    options.give_up_after_s = 1000;
    std::vector<std::string> reasons;
    options.keep_waiting = [&](const client::PushWait& wait) {
      reasons.emplace_back(wait.reason);
      EXPECT_GE(wait.without_progress_s, 0);
      EXPECT_LE(wait.gives_up_in_s, 1000);
      return tcp ? reasons.size() < 5 : wait.reason.empty();
    };
    const Pushed done = Push(options, 1);
    EXPECT_TRUE(absl::IsCancelled(done.status)) << done.status;
    ASSERT_FALSE(reasons.empty());
    EXPECT_EQ(reasons.back(), tcp ? "" : "HTTP 503 Busy");
  }
}

}  // namespace
}  // namespace panelpuls::testing
