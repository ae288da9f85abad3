// The TCP stream: greeting, acknowledgements in order, and every way to do it wrong.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <thread>
#include <variant>
#include <vector>

#include "server/raw_connection.h"
#include "server/running_server.h"
#include "server/stream_client.h"

namespace panelpuls::testing {
namespace {

std::uint32_t Count(const wave::BatchOutcome& outcome, wave::Result result) {
  return outcome.counts[static_cast<std::size_t>(result)];
}

bool IsWelcome(const std::optional<wire::ServerMessageView>& message) {
  return message.has_value() && std::holds_alternative<wire::WelcomeMessage>(*message);
}

TEST(TcpStream, WelcomesWithItsLimitsAndAcknowledgesInOrder) {
  ServerSetup setup;
  setup.server.max_in_flight = 7;
  RunningServer server(setup);
  StreamClient client(server.tcp_port());
  const auto welcome = client.Greet();
  ASSERT_TRUE(IsWelcome(welcome));
  EXPECT_EQ(std::get<wire::WelcomeMessage>(*welcome).wave, "cases");
  EXPECT_EQ(std::get<wire::WelcomeMessage>(*welcome).max_in_flight, 7u);
  constexpr std::uint64_t kBatches = 200;  // far more than may be in flight
  for (std::uint64_t i = 1; i <= kBatches; ++i) {
    ASSERT_TRUE(client.SendBatch(BatchBytes({{.id = fmt::format("T{}", i)}}, i)));
  }
  const auto outcomes = client.ReadAcks(kBatches);
  ASSERT_EQ(outcomes.size(), kBatches);
  for (std::uint64_t i = 1; i <= kBatches; ++i) {
    EXPECT_EQ(outcomes[i - 1].sequence, i);
    EXPECT_EQ(Count(outcomes[i - 1], wave::Result::kAccepted), 1u);
  }
  EXPECT_FALSE(server.WaitForRespondents(kBatches).empty());
}

TEST(TcpStream, BadRecordsHoldNothingUp) {
  RunningServer server;
  StreamClient client(server.tcp_port());
  ASSERT_TRUE(IsWelcome(client.Greet()));
  std::vector<ResponseText> batch;
  for (int i = 0; i < 1000; ++i) {
    batch.push_back({.id = fmt::format("P{:04}", i), .revenue = i == 417 ? "upp" : "up"});
  }
  for (std::uint64_t i = 1; i <= 3; ++i) client.SendBatch(BatchBytes(batch, i));
  for (std::uint64_t i = 4; i <= 10; ++i) {
    client.SendBatch(BatchBytes({{.id = fmt::format("Q{}", i)}}, i));
  }
  const auto outcomes = client.ReadAcks(10);
  ASSERT_EQ(outcomes.size(), 10u);
  for (std::size_t i = 0; i < 3; ++i) {
    ASSERT_EQ(Count(outcomes[i], wave::Result::kRejected), 1u) << i;
    EXPECT_EQ(Count(outcomes[i], i == 0 ? wave::Result::kAccepted : wave::Result::kDuplicate),
              999u);
    const auto rejected =
        std::find_if(outcomes[i].results().begin(), outcomes[i].results().end(),
                     [](const auto& record) { return record.result == wave::Result::kRejected; });
    ASSERT_NE(rejected, outcomes[i].results().end());
    EXPECT_EQ(rejected->index, 417u);
    EXPECT_EQ(outcomes[i].Text(rejected->field), "answers[0].options[0]");
  }
  EXPECT_FALSE(server.WaitForRespondents(999 + 7).empty());
}

TEST(TcpStream, WhoFinishesSendingStillGetsTheAcknowledgements) {
  RunningServer server;
  StreamClient client(server.tcp_port());
  std::string hello;
  wire::AppendHello({}, hello);
  client.connection().Send(hello);
  for (std::uint64_t i = 1; i <= 20; ++i) {
    client.SendBatch(BatchBytes({{.id = fmt::format("T{}", i)}}, i));
  }
  client.connection().FinishSending();
  ASSERT_TRUE(IsWelcome(client.Read()));
  EXPECT_EQ(client.ReadAcks(20).size(), 20u);
  EXPECT_TRUE(client.connection().IsClosedByPeer());
}

TEST(TcpStream, AMessageMayArriveByteByByte) {
  RunningServer server;
  StreamClient client(server.tcp_port());
  ASSERT_TRUE(IsWelcome(client.Greet()));
  std::string bytes;
  wire::AppendBatch(BatchBytes({{.id = "T1"}}, 1), bytes);
  client.connection().SendByteByByte(bytes);
  EXPECT_EQ(client.ReadAcks(1).size(), 1u);
}

TEST(TcpStream, MistakesEndItWithTheirNameBehindWhatWasGood) {
  ServerSetup setup;
  setup.server.max_records = 5;
  setup.server.max_body_bytes = 64 * 1024;
  RunningServer server(setup);
  const std::vector<ResponseText> six(6, ResponseText{.id = "X"});
  std::string second_hello;
  wire::AppendHello({}, second_hello);
  std::string wrong_sequence;
  wire::AppendBatch(BatchBytes({{.id = "X"}}, 7), wrong_sequence);
  std::string repeated_sequence;
  wire::AppendBatch(BatchBytes({{.id = "X"}}, 2), repeated_sequence);
  std::string other_wave;
  wire::AppendBatch(BatchBytes({{.id = "X"}}, 3, "other"), other_wave);
  std::string simulated;
  wire::AppendBatch(BatchBytes({{.id = "X"}}, 3, {}, 1), simulated);
  std::string too_many;
  wire::AppendBatch(BatchBytes(six, 3), too_many);
  std::string broken;
  wire::AppendBatch(std::string("\x12\x7f"
                                "short"),
                    broken);
  struct Row {
    const char* name;
    std::string bytes;
    const char* code;
    bool finish = false;
  };
  const std::vector<Row> rows = {
      {"garbage", std::string(100, '\xff'), "bad_frame"},
      {"length beyond the limit", "\xff\xff\xff\xff\x0f", "bad_frame"},
      {"no ClientMessage", std::string("\x03\xff\xff\xff", 4), "bad_message"},
      {"a second hello", second_hello, "bad_message"},
      {"sequence left out", wrong_sequence, "sequence"},
      {"sequence repeated", repeated_sequence, "sequence"},
      {"unknown wave", other_wave, "unknown_wave"},
      {"simulated time", simulated, "simulated_time"},
      {"too many records", too_many, "batch_too_large"},
      {"broken batch", broken, "bad_batch"},
      {"ends inside a message", wrong_sequence.substr(0, 10), "bad_frame", true},
  };
  for (const Row& row : rows) {
    StreamClient client(server.tcp_port());
    ASSERT_TRUE(IsWelcome(client.Greet())) << row.name;
    for (std::uint64_t i = 1; i <= 2; ++i) client.SendBatch(BatchBytes({{.id = "Good"}}, i));
    client.connection().Send(row.bytes);
    if (row.finish) client.connection().FinishSending();
    std::vector<wave::BatchOutcome> acks;
    const auto error = client.ReadError(&acks);
    ASSERT_TRUE(error.has_value()) << row.name;
    EXPECT_EQ(error->code, row.code) << row.name << ": " << error->detail;
    EXPECT_FALSE(error->detail.empty()) << row.name;
    EXPECT_EQ(acks.size(), 2u) << row.name;
    client.connection().FinishSending();
    EXPECT_TRUE(client.connection().IsClosedByPeer()) << row.name;
  }
  EXPECT_FALSE(server.WaitForRespondents(1).empty());
}

TEST(TcpStream, GreetingsThatAreWrongAreToldWhy) {
  ServerSetup setup;
  setup.server.request_timeout_s = 1;
  RunningServer server(setup);
  std::string batch_first;
  wire::AppendBatch(BatchBytes({{.id = "X"}}, 1), batch_first);
  std::string old_version;
  wire::AppendHello({.protocol_version = 99, .wave = {}, .token = {}, .client = {}}, old_version);
  std::string other_wave;
  wire::AppendHello({.protocol_version = 1, .wave = "other", .token = {}, .client = {}},
                    other_wave);
  struct Row {
    const char* name;
    std::string bytes;
    const char* code;
  };
  const std::vector<Row> rows = {
      {"batch first", batch_first, "hello_expected"},
      {"protocol version", old_version, "protocol_version"},
      {"unknown wave", other_wave, "unknown_wave"},
      // 'G' announces a message of 71 bytes.
      {"HTTP", "GET / HTTP/1.1\r\nHost: a\r\nX: " + std::string(100, 'x') + "\r\n\r\n",
       "hello_expected"},
      {"nothing at all", "", "too_slow"},
      {"half a hello", other_wave.substr(0, 4), "too_slow"},
  };
  for (const Row& row : rows) {
    StreamClient client(server.tcp_port());
    client.connection().Send(row.bytes);
    const auto error = client.ReadError();
    ASSERT_TRUE(error.has_value()) << row.name;
    EXPECT_EQ(error->code, row.code) << row.name << ": " << error->detail;
  }
}

TEST(TcpStream, ConnectionsThatBreakOffLeaveTheServerUpAndWhatWasWholeIsKept) {
  RunningServer server;
  std::string batch;
  wire::AppendBatch(BatchBytes({{.id = "T1"}, {.id = "T2"}}, 1), batch);
  for (std::size_t length = 0; length <= batch.size(); length += 5) {
    StreamClient client(server.tcp_port());
    ASSERT_TRUE(IsWelcome(client.Greet()));
    client.connection().Send(std::string_view(batch).substr(0, length));
    client.connection().Reset();
  }
  StreamClient client(server.tcp_port());
  ASSERT_TRUE(IsWelcome(client.Greet()));
  client.SendBatch(BatchBytes({{.id = "T1"}, {.id = "T2"}, {.id = "T3"}}, 1));
  EXPECT_EQ(client.ReadAcks(1).size(), 1u);
  EXPECT_FALSE(server.WaitForRespondents(3).empty());
}

TEST(TcpStream, FullQueuesHoldTheSenderBackAndLoseNothing) {
  ServerSetup setup;
  setup.engine.queue_batches = 1;
  RunningServer server(setup);
  constexpr std::uint64_t kBatches = 300;
  StreamClient client(server.tcp_port());
  ASSERT_TRUE(IsWelcome(client.Greet()));
  for (std::uint64_t i = 1; i <= kBatches; ++i) {
    ASSERT_TRUE(client.SendBatch(BatchBytes({{.id = fmt::format("T{}", i)}}, i)));
  }
  EXPECT_EQ(client.ReadAcks(kBatches).size(), kBatches);
  EXPECT_FALSE(server.WaitForRespondents(kBatches).empty());
}

// Each batch is answered at such length that acknowledgements which nobody reads fill the buffers
// on the way long before the last batch.
TEST(TcpStream, WhoReadsNoAcknowledgementsIsNotReadFurther) {
  ServerSetup setup;
  setup.server.max_in_flight = 4;
  RunningServer server(setup);
  StreamClient client(server.tcp_port());
  client.connection().LimitReceiveBuffer(64 * 1024);
  ASSERT_TRUE(IsWelcome(client.Greet()));
  constexpr std::uint64_t kBatches = 150;
  const std::vector<ResponseText> bad(500, {.id = "B", .revenue = std::string(40, '?')});
  std::thread sender([&] {
    for (std::uint64_t i = 1; i <= kBatches; ++i) client.SendBatch(BatchBytes(bad, i));
  });
  double taken = 0;
  for (int same = 0; same < 10;) {
    std::this_thread::sleep_for(std::chrono::milliseconds(30));
    const double now = server.Metric("panelpuls_batches_total");
    same = now == taken ? same + 1 : 0;
    taken = now;
  }
  EXPECT_LT(taken, kBatches);
  EXPECT_EQ(client.ReadAcks(kBatches).size(), kBatches);
  sender.join();
}

TEST(TcpStream, AStoppingServerSaysSoAndAsksToComeAgain) {
  RunningServer server;
  StreamClient client(server.tcp_port());
  ASSERT_TRUE(IsWelcome(client.Greet()));
  client.SendBatch(BatchBytes({{.id = "T1"}}, 1));
  ASSERT_EQ(client.ReadAcks(1).size(), 1u);
  server.server().Stop();
  const auto error = client.ReadError();
  ASSERT_TRUE(error.has_value());
  EXPECT_EQ(error->code, "stopping");
  EXPECT_TRUE(error->retryable);
}

TEST(TcpStream, HttpAndTcpEndInTheSameState) {
  RunningServer over_http;
  RunningServer over_tcp;
  const std::vector<ResponseText> responses = {
      {.id = "A", .revenue = "up"}, {.id = "B", .revenue = "down"}, {.id = "C", .employees = "up"}};
  ASSERT_EQ(PostJson(over_http.http_port(), BatchJson(responses)).status, 200u);
  StreamClient client(over_tcp.tcp_port());
  ASSERT_TRUE(IsWelcome(client.Greet()));
  client.SendBatch(BatchBytes(responses, 1));
  ASSERT_EQ(client.ReadAcks(1).size(), 1u);
  const std::string one = over_http.WaitForRespondents(3);
  const std::string other = over_tcp.WaitForRespondents(3);
  EXPECT_EQ(MemberText(one, "estimates"), MemberText(other, "estimates"));
  EXPECT_NE(MemberText(one, "estimates"), "");
}

}  // namespace
}  // namespace panelpuls::testing
