// Several connections of both kinds at once, with readers, while the server is busy.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
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

// Whether the kernel holds nothing that was sent to the port and not read.
bool IsRead(std::uint16_t port) {
  std::ifstream sockets("/proc/self/net/tcp");
  const std::string local = fmt::format(":{:04X} ", port);
  for (std::string line; std::getline(sockets, line);) {
    const std::size_t address = line.find(local);
    // sl: local remote state tx_queue:rx_queue ...; the listening socket is in state 0A.
    if (address == std::string::npos || address > line.find(' ', line.find(": ") + 2)) continue;
    if (line.find(" 01 ") == std::string::npos) continue;
    const std::size_t queues = line.find(':', line.find(" 01 "));
    if (line.compare(queues + 1, 8, "00000000") != 0) return false;
  }
  return true;
}

// The last bytes of long batches come at once, and a reader's request right behind them: how many
// of the batches the server has looked at when it answers the reader. All are broken at their end,
// so that looking at one is all there is to do, and is counted.
double LookedAtBeforeTheReader(RunningServer& server) {
  constexpr int kSenders = 12;
  constexpr const char* kLookedAt = "panelpuls_refused_batches_total{transport=\"http\"}";
  static const std::string body = [] {
    std::vector<ResponseText> records(3000);
    for (std::size_t i = 0; i < records.size(); ++i) records[i].id = fmt::format("L{}", i);
    std::string broken = BatchJson(records);
    broken.back() = 'x';
    return broken;
  }();
  const double before = server.Metric(kLookedAt);
  std::vector<RawConnection> senders;
  for (int i = 0; i < kSenders; ++i) {
    RawConnection& sender = senders.emplace_back(server.http_port());
    sender.Send(PostHead(fmt::format("Content-Length: {}\r\n\r\n", body.size())));
    sender.Send(std::string_view(body).substr(0, body.size() - 1));
  }
  RawConnection reader(server.http_port());
  while (!IsRead(server.http_port())) std::this_thread::yield();
  for (RawConnection& sender : senders) sender.Send("x");
  reader.Send("GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n");
  const double looked_at = MetricIn(reader.ReadAnswer().body, kLookedAt) - before;
  for (RawConnection& sender : senders) EXPECT_EQ(sender.ReadAnswer().status, 400u);
  return looked_at;
}

TEST(Stress, AReaderWaitsForAFewLongBatchesAndNotForAllThatAreThere) {
  ServerSetup setup;
  setup.server.io_threads = 1;
  RunningServer server(setup);
  double fewest = 12;
  // More than once, since this thread may lose the processor before the reader's request is sent.
  for (int i = 0; i < 20 && fewest > 3; ++i) {
    fewest = std::min(fewest, LookedAtBeforeTheReader(server));
  }
  EXPECT_LE(fewest, 3);
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
