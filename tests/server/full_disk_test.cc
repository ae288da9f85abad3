// What senders hear of batches that were taken and found no room on the disk: over loopback, with
// the engine on a disk that is full when a test says so.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

#include "server/raw_connection.h"
#include "server/running_server.h"
#include "server/stream_client.h"
#include "testing/simulated_file_system.h"

namespace panelpuls::testing {
namespace {

constexpr int kRecords = 5000;

class FullDisk : public ::testing::Test {
 protected:
  // Segments that a long batch fills, two of its own and more.
  static ServerSetup SetupOn(SimulatedFileSystem& files, std::chrono::milliseconds room_patience) {
    ServerSetup setup;
    setup.directory = "/data";
    setup.engine.files = &files;
    setup.engine.segment_bytes = 64u << 10;
    setup.engine.max_group_bytes = 16u << 10;
    setup.engine.room_patience = room_patience;
    return setup;
  }
  static std::vector<ResponseText> LongBatch() {
    std::vector<ResponseText> batch;
    for (int unit = 0; unit < kRecords; ++unit) batch.push_back({.id = fmt::format("L{}", unit)});
    return batch;
  }
  // Sends until it is taken, as a sender does that is told to come again.
  static HttpAnswer PostUntilThereIsRoom(std::uint16_t port, const std::string& body) {
    HttpAnswer answer = PostJson(port, body);
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (answer.status == 503 && std::chrono::steady_clock::now() < deadline) {
      answer = PostJson(port, body);
    }
    return answer;
  }

  SimulatedFileSystem files_;
};

TEST_F(FullDisk, ABatchThatWaitsTooLongForRoomGets503AndMayBeSentAgain) {
  RunningServer server(SetupOn(files_, std::chrono::milliseconds(100)));
  files_.FillDirectory("/data");
  const HttpAnswer full = PostJson(server.http_port(), BatchJson(LongBatch()));
  EXPECT_EQ(full.status, 503u);
  EXPECT_EQ(full.Field("retry-after"), "30");
  EXPECT_NE(full.body.find("urn:panelpuls:problem:no_room"), std::string::npos) << full.body;
  EXPECT_NE(full.body.find("part of this batch may have been kept"), std::string::npos)
      << full.body;
  EXPECT_EQ(full.body.find("counts\""), std::string::npos) << "verdicts that are not durable";
  EXPECT_EQ(Get(server.http_port(), "/v1/snapshot").status, 200u);
  files_.FillDirectory("");
  const HttpAnswer taken = PostUntilThereIsRoom(server.http_port(), BatchJson(LongBatch()));
  EXPECT_EQ(taken.status, 200u) << taken.body;
  EXPECT_FALSE(server.WaitForRespondents(kRecords).empty());
}

TEST_F(FullDisk, AStreamIsAcknowledgedUpToTheBatchThatFoundNoRoomAndThenRefused) {
  RunningServer server(SetupOn(files_, std::chrono::milliseconds(100)));
  StreamClient client(server.tcp_port());
  ASSERT_TRUE(client.Greet().has_value());
  files_.FillDirectory("/data");
  ASSERT_TRUE(client.SendBatch(BatchBytes({{.id = "first"}}, 1)));
  ASSERT_TRUE(client.SendBatch(BatchBytes(LongBatch(), 2)));
  std::vector<wave::BatchOutcome> acknowledged;
  const auto error = client.ReadError(&acknowledged);
  ASSERT_TRUE(error.has_value());
  EXPECT_EQ(error->code, "no_room");
  EXPECT_TRUE(error->retryable);
  ASSERT_EQ(acknowledged.size(), 1u);
  EXPECT_EQ(acknowledged[0].sequence, 1u);
  files_.FillDirectory("");
}

// A sender that has nothing more to send still hears that its last batch was not kept.
TEST_F(FullDisk, WhoFinishedSendingIsToldThatTheLastBatchFoundNoRoom) {
  RunningServer server(SetupOn(files_, std::chrono::milliseconds(100)));
  StreamClient client(server.tcp_port());
  ASSERT_TRUE(client.Greet().has_value());
  files_.FillDirectory("/data");
  ASSERT_TRUE(client.SendBatch(BatchBytes(LongBatch(), 1)));
  client.connection().FinishSending();
  std::vector<wave::BatchOutcome> acknowledged;
  const auto error = client.ReadError(&acknowledged);
  ASSERT_TRUE(error.has_value());
  EXPECT_EQ(error->code, "no_room");
  EXPECT_TRUE(acknowledged.empty());
  files_.FillDirectory("");
}

// The engine gives up what it holds; the session that waits for it is answered.
TEST_F(FullDisk, AStopOnAFullDiskAnswersABatchThatWaits) {
  RunningServer server(SetupOn(files_, std::chrono::hours(1)));
  RawConnection connection(server.http_port());
  files_.FillDirectory("/data");
  const std::string body = BatchJson(LongBatch());
  connection.Send(PostHead(fmt::format("Content-Length: {}\r\n", body.size())) + "\r\n" + body);
  // Groups stand still while the batch waits.
  ASSERT_FALSE(server
                   .WaitForSnapshot(
                       [&](const std::string&) { return server.engine().metrics().groups >= 2; })
                   .empty());
  server.engine().Stop();
  const HttpAnswer answer = connection.ReadAnswer();
  EXPECT_EQ(answer.status, 503u);
  EXPECT_NE(answer.body.find("urn:panelpuls:problem:stopping"), std::string::npos) << answer.body;
  files_.FillDirectory("");
}

}  // namespace
}  // namespace panelpuls::testing
