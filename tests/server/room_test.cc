// Long messages and results share the bytes there are for them: who stands still makes room for who
// waits, and short ones need none.
#include <gtest/gtest.h>

#include <string>

#include "server/raw_connection.h"
#include "server/running_server.h"
#include "server/stream_client.h"

namespace panelpuls::server {
namespace {

using testing::BatchBytes;
using testing::BatchJson;
using testing::HttpAnswer;
using testing::PostHead;
using testing::PostJson;
using testing::RawConnection;
using testing::ResponseText;
using testing::RunningServer;
using testing::ServerSetup;
using testing::StreamClient;

constexpr std::size_t kLongest = 1u << 20;

// Room for one of the longest messages.
ServerSetup RoomForOne() {
  ServerSetup setup;
  setup.server.max_body_bytes = kLongest;
  setup.server.max_buffered_bytes = kBudgetsOfThreads * (kLongest + kMostBesideBody);
  return setup;
}

std::string LongJson(const std::string& id) {
  std::string json = BatchJson({{.id = id}});
  json.resize(kLongest, ' ');
  return json;
}

// A field that the schema does not know is skipped.
std::string LongBatch(const std::string& id) {
  std::string batch = BatchBytes({{.id = id}}, 1);
  const std::string unknown(kLongest - batch.size() - 16, 'x');
  batch += "\x7A";  // field 15, bytes
  for (std::size_t length = unknown.size(); length > 0; length >>= 7) {
    batch += static_cast<char>((length & 0x7F) | (length > 0x7F ? 0x80 : 0));
  }
  return batch + unknown;
}

TEST(Room, BodiesThatStopShortMakeRoomForOthersAndShortOnesNeedNone) {
  RunningServer server(RoomForOne());
  RawConnection stalled(server.http_port());
  const std::string head = PostHead(fmt::format("Content-Length: {}\r\n", kLongest));
  stalled.Send(head + "\r\n" + LongJson("stalled").substr(1));
  // Waits until that one has had its time.
  EXPECT_EQ(PostJson(server.http_port(), LongJson("long")).status, 200u);
  EXPECT_EQ(PostJson(server.http_port(), BatchJson({{.id = "short"}})).status, 200u);
  const HttpAnswer answer = stalled.ReadAnswer();
  EXPECT_EQ(answer.status, 408u);
  EXPECT_NE(answer.body.find("urn:panelpuls:problem:too_slow"), std::string::npos);
  EXPECT_FALSE(server.WaitForRespondents(2).empty());
}

TEST(Room, ChunkedBodiesAskForItWhenTheyHaveBecomeLong) {
  RunningServer server(RoomForOne());
  RawConnection stalled(server.http_port());
  const std::string head = PostHead("Transfer-Encoding: chunked\r\n") + "\r\n";
  const std::string json = LongJson("chunked");
  stalled.Send(head + fmt::format("{:x}\r\n", json.size()) + json.substr(1));
  RawConnection other(server.http_port());
  other.Send(head + fmt::format("{:x}\r\n{}\r\n0\r\n\r\n", json.size(), json));
  EXPECT_EQ(other.ReadAnswer().status, 200u);
  EXPECT_EQ(stalled.ReadAnswer().status, 408u);
}

TEST(Room, MessagesThatStopShortMakeRoomForOthersAndShortOnesNeedNone) {
  RunningServer server(RoomForOne());
  std::string message;
  wire::AppendBatch(LongBatch("stalled"), message);
  StreamClient stalled(server.tcp_port());
  ASSERT_TRUE(stalled.Greet().has_value());
  stalled.connection().Send(std::string_view(message).substr(0, message.size() - 1));

  StreamClient waiting(server.tcp_port());
  ASSERT_TRUE(waiting.Greet().has_value());
  ASSERT_TRUE(waiting.SendBatch(LongBatch("long")));
  StreamClient brief(server.tcp_port());
  ASSERT_TRUE(brief.Greet().has_value());
  ASSERT_TRUE(brief.SendBatch(BatchBytes({{.id = "short"}}, 1)));
  EXPECT_EQ(brief.ReadAcks(1).size(), 1u);
  EXPECT_EQ(waiting.ReadAcks(1).size(), 1u);
  const auto error = stalled.ReadError();
  ASSERT_TRUE(error.has_value());
  EXPECT_EQ(error->code, "too_slow");
  EXPECT_TRUE(error->retryable);
  EXPECT_FALSE(server.WaitForRespondents(2).empty());
}

TEST(Room, WhoReadsNoResultsMakesRoomForOthers) {
  RunningServer server(RoomForOne());
  std::string refused;  // 10,000 records, two bytes each
  for (int i = 0; i < 10'000; ++i) refused += std::string("\x12\x00", 2);
  StreamClient silent(server.tcp_port());
  silent.connection().LimitReceiveBuffer(4096);
  ASSERT_TRUE(silent.Greet().has_value());
  for (char sequence = 1; sequence <= 64; ++sequence) {
    if (!silent.SendBatch(refused + "\x28" + sequence)) break;
  }
  StreamClient other(server.tcp_port());
  ASSERT_TRUE(other.Greet().has_value());
  ASSERT_TRUE(other.SendBatch(refused + "\x28\x01"));
  const auto outcomes = other.ReadAcks(1);
  ASSERT_EQ(outcomes.size(), 1u);
  EXPECT_EQ(outcomes[0].results().size(), 10'000u);
}

TEST(Room, AHelloIsShort) {
  RunningServer server;
  StreamClient client(server.tcp_port());
  wire::HelloMessage hello;
  hello.client = std::string(4096, 'x');
  std::string message;
  wire::AppendHello(hello, message);
  client.connection().Send(message);
  const auto error = client.ReadError();
  ASSERT_TRUE(error.has_value());
  EXPECT_EQ(error->code, "bad_frame");
}

TEST(Room, AServerWithoutRoomForOneMessageIsRefused) {
  ServerSetup setup = RoomForOne();
  RunningServer server(setup);
  ServerOptions options = setup.server;
  options.http_port = options.tcp_port = 0;
  --options.max_buffered_bytes;
  const auto refused = Server::Start(server.engine(), options);
  EXPECT_EQ(refused.status().code(), absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace panelpuls::server
