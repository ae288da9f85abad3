// Several connections of both kinds at once, with readers, while the server is busy.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

#include "server/raw_connection.h"
#include "server/running_server.h"
#include "server/stream_client.h"

namespace panelpuls::testing {
namespace {

constexpr int kConnections = 4;
constexpr int kBatches = 25;
constexpr int kRecords = 20;

std::vector<ResponseText> Records(int connection, int batch) {
  std::vector<ResponseText> records;
  for (int i = 0; i < kRecords; ++i) {
    records.push_back({.id = fmt::format("S{}-{}-{}", connection, batch, i)});
  }
  return records;
}

void PushOverTcp(std::uint16_t port, int connection) {
  StreamClient client(port);
  ASSERT_TRUE(client.Greet().has_value());
  for (int batch = 0; batch < kBatches; ++batch) {
    client.SendBatch(BatchBytes(Records(connection, batch), static_cast<std::uint64_t>(batch) + 1));
  }
  EXPECT_EQ(client.ReadAcks(kBatches).size(), static_cast<std::size_t>(kBatches));
}

void PushOverHttp(std::uint16_t port, int connection) {
  RawConnection client(port);
  for (int batch = 0; batch < kBatches; ++batch) {
    const std::string body = BatchJson(Records(connection, batch));
    client.Send(PostHead(fmt::format("Content-Length: {}\r\n\r\n", body.size())) + body);
    EXPECT_EQ(client.ReadAnswer().status, 200u);
  }
}

void ReadAll(std::uint16_t port) {
  RawConnection client(port);
  for (int i = 0; i < 20; ++i) {
    for (const char* path :
         {"/v1/snapshot", "/v1/history", "/v1/cells", "/v1/attention", "/metrics"}) {
      client.Send(fmt::format("GET {} HTTP/1.1\r\nHost: a\r\n\r\n", path));
      EXPECT_EQ(client.ReadAnswer().status, 200u) << path;
    }
  }
}

TEST(Stress, FourWritersTwoReadersAndASubscriberLoseNothing) {
  ServerSetup setup;
  setup.server.io_threads = 2;
  setup.engine.partitions = 2;
  setup.engine.snapshots_per_second = 50;
  RunningServer server(setup);
  ASSERT_FALSE(server.WaitForRespondents(0).empty());
  RawConnection subscriber(server.http_port());
  subscriber.Send("GET /v1/stream HTTP/1.1\r\nHost: a\r\n\r\n");
  std::vector<std::thread> threads;
  for (int i = 0; i < kConnections; ++i) {
    threads.emplace_back([&server, i] {
      if (i % 2 == 0) {
        PushOverTcp(server.tcp_port(), i);
      } else {
        PushOverHttp(server.http_port(), i);
      }
    });
  }
  for (int i = 0; i < 2; ++i) threads.emplace_back([&server] { ReadAll(server.http_port()); });
  for (std::thread& thread : threads) thread.join();
  EXPECT_FALSE(server.WaitForRespondents(kConnections * kBatches * kRecords).empty());
  EXPECT_TRUE(subscriber.ReadMore());
}

TEST(Stress, StoppingInTheMiddleOfTrafficNeitherHangsNorLosesWhatWasAcknowledged) {
  for (int round = 0; round < 5; ++round) {
    RunningServer server;
    std::uint64_t acknowledged = 0;
    std::thread writer([&] {
      StreamClient client(server.tcp_port());
      if (!client.Greet().has_value()) return;
      for (std::uint64_t batch = 1; batch <= 1000; ++batch) {
        if (!client.SendBatch(BatchBytes({{.id = fmt::format("S{}", batch)}}, batch))) break;
      }
      std::vector<wave::BatchOutcome> acks;
      client.ReadError(&acks);
      acknowledged = acks.size();
    });
    RawConnection subscriber(server.http_port());
    subscriber.Send("GET /v1/stream HTTP/1.1\r\nHost: a\r\n\r\n");
    subscriber.ReadMore();
    server.server().Stop();
    writer.join();
    server.Restart();
    const std::string json = server.WaitForSnapshot([](const std::string&) { return true; });
    EXPECT_GE(NumberAt(json, {"collection", "respondents"}).value_or(-1),
              static_cast<double>(acknowledged));
  }
}

}  // namespace
}  // namespace panelpuls::testing
