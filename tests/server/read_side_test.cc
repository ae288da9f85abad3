// What GET answers: representations, validators, the page, health and metrics.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "server/gzip_sample.h"
#include "server/handlers/views.h"
#include "server/raw_connection.h"
#include "server/running_server.h"
#include "server/stream_client.h"
#include "testing/simulated_file_system.h"
#include "wire/stream.h"

namespace panelpuls::testing {
namespace {

TEST(ReadSide, EveryResourceIsThereWithAndWithoutItsWave) {
  RunningServer server;
  ASSERT_EQ(PostJson(server.http_port(), BatchJson({{.id = "R1"}})).status, 200u);
  ASSERT_FALSE(server.WaitForRespondents(1).empty());
  for (const char* name : {"snapshot", "history", "cells", "attention", "wave"}) {
    for (const char* prefix : {"/v1/", "/v1/waves/cases/"}) {
      const HttpAnswer answer = Get(server.http_port(), fmt::format("{}{}", prefix, name));
      EXPECT_EQ(answer.status, 200u) << prefix << name;
      EXPECT_EQ(answer.Field("content-type"), "application/json") << name;
      EXPECT_EQ(answer.Field("server"), "panelpuls");
      EXPECT_EQ(answer.Field("x-content-type-options"), "nosniff");
      EXPECT_EQ(answer.Field("access-control-allow-origin"), "");
      EXPECT_TRUE(answer.Field("date").ends_with(" GMT")) << answer.Field("date");
      EXPECT_EQ(answer.body.find("127.0.0.1"), std::string::npos) << name;
    }
    const HttpAnswer unknown = Get(server.http_port(), fmt::format("/v1/waves/other/{}", name));
    EXPECT_EQ(unknown.status, 404u) << name;
    EXPECT_EQ(unknown.Field("content-type"), "application/problem+json") << name;
  }
}

TEST(ReadSide, ASnapshotTheClientHasIsNotSentAgain) {
  RunningServer server;
  ASSERT_EQ(PostJson(server.http_port(), BatchJson({{.id = "R1"}})).status, 200u);
  ASSERT_FALSE(server.WaitForRespondents(1).empty());
  // The tag names the minute, which may end between two requests.
  for (int attempt = 0;; ++attempt) {
    const std::string etag = Get(server.http_port(), "/v1/snapshot").Field("etag");
    ASSERT_TRUE(etag.starts_with('"') && etag.ends_with('"')) << etag;
    const std::vector<std::string> fields = {etag, "W/" + etag, "\"x\", " + etag, "*"};
    std::vector<unsigned> statuses;
    for (const std::string& field : fields) {
      const HttpAnswer answer =
          Get(server.http_port(), "/v1/snapshot", "If-None-Match: " + field + "\r\n");
      statuses.push_back(answer.status);
      EXPECT_EQ(answer.body, answer.status == 304 ? "" : answer.body);
    }
    if (Get(server.http_port(), "/v1/snapshot").Field("etag") != etag && attempt < 3) continue;
    EXPECT_EQ(statuses, std::vector<unsigned>(4, 304));
    const HttpAnswer other =
        Get(server.http_port(), "/v1/snapshot", "If-None-Match: \"other\"\r\n");
    EXPECT_EQ(other.status, 200u);
    break;
  }
  const std::string old_etag = Get(server.http_port(), "/v1/snapshot").Field("etag");
  ASSERT_EQ(PostJson(server.http_port(), BatchJson({{.id = "R2"}})).status, 200u);
  ASSERT_FALSE(server.WaitForRespondents(2).empty());
  const HttpAnswer newer =
      Get(server.http_port(), "/v1/snapshot", "If-None-Match: " + old_etag + "\r\n");
  EXPECT_EQ(newer.status, 200u);
}

TEST(ReadSide, ASnapshotIsPackedForWhoTakesGzip) {
  RunningServer server;
  ASSERT_EQ(PostJson(server.http_port(), BatchJson({{.id = "R1"}})).status, 200u);
  ASSERT_FALSE(server.WaitForRespondents(1).empty());
  constexpr std::string_view kGzip = "Accept-Encoding: gzip\r\n";
  // A minute may end between the requests.
  for (int attempt = 0;; ++attempt) {
    const HttpAnswer plain = Get(server.http_port(), "/v1/snapshot");
    const HttpAnswer packed = Get(server.http_port(), "/v1/snapshot", kGzip);
    const std::string etag = packed.Field("etag");
    const HttpAnswer known = Get(server.http_port(), "/v1/snapshot",
                                 fmt::format("{}If-None-Match: {}\r\n", kGzip, etag));
    if (Get(server.http_port(), "/v1/snapshot").Field("etag") != plain.Field("etag") &&
        attempt < 3) {
      continue;
    }
    EXPECT_EQ(plain.Field("content-encoding"), "");
    EXPECT_EQ(packed.Field("content-encoding"), "gzip");
    for (const HttpAnswer& answer : {plain, packed}) {
      EXPECT_EQ(answer.Field("vary"), "Accept, Accept-Encoding");
      EXPECT_EQ(answer.Field("content-type"), "application/json");
    }
    EXPECT_LT(packed.body.size(), plain.body.size());
    GzipReader reader;
    EXPECT_EQ(reader.Take(packed.body), plain.body);
    EXPECT_TRUE(reader.ended());
    EXPECT_NE(etag, plain.Field("etag"));
    EXPECT_EQ(known.status, 304u);
    EXPECT_EQ(known.Field("etag"), etag);
    EXPECT_EQ(known.Field("content-encoding"), "");
    break;
  }
  const HttpAnswer protobuf = Get(server.http_port(), "/v1/snapshot",
                                  fmt::format("{}Accept: application/x-protobuf\r\n", kGzip));
  EXPECT_EQ(protobuf.Field("content-encoding"), "");
  EXPECT_EQ(protobuf.Field("content-type"), "application/x-protobuf");
}

TEST(ReadSide, WhatIsRenderedOnRequestFollowsTheSnapshot) {
  RunningServer server;
  for (int i = 1; i <= 2; ++i) {
    ASSERT_EQ(PostJson(server.http_port(), BatchJson({{.id = fmt::format("R{}", i)}})).status,
              200u);
    ASSERT_FALSE(server.WaitForRespondents(static_cast<std::uint64_t>(i)).empty());
    const std::string cells = Get(server.http_port(), "/v1/cells").body;
    EXPECT_NE(cells.find(fmt::format("\"n\":{},", i)), std::string::npos) << cells;
    const std::string guidance = Get(server.http_port(), "/v1/guidance").body;
    EXPECT_NE(guidance.find(fmt::format("\"n\":{},", i)), std::string::npos) << guidance;
    const std::string history = Get(server.http_port(), "/v1/history").body;
    EXPECT_NE(history.find(fmt::format("\"respondents\":{},", i)), std::string::npos) << history;
  }
}

TEST(Views, AnOlderSnapshotDoesNotReplaceANewerOne) {
  const auto snapshot_of = [](std::uint64_t version) {
    auto snapshot = std::make_shared<engine::PublishedSnapshot>();
    snapshot->version = version;
    return snapshot;
  };
  server::Views views;
  views.Publish(snapshot_of(2));
  views.Publish(snapshot_of(1));
  views.Publish(nullptr);
  ASSERT_NE(views.snapshot(), nullptr);
  EXPECT_EQ(views.snapshot()->version, 2u);
  const auto same_version = snapshot_of(2);  // another minute of the clock
  views.Publish(same_version);
  EXPECT_EQ(views.snapshot(), same_version);
}

TEST(ReadSide, RepresentationsHaveTagsOfTheirOwn) {
  RunningServer server;
  ASSERT_FALSE(server.WaitForRespondents(0).empty());
  const HttpAnswer json = Get(server.http_port(), "/v1/snapshot");
  const HttpAnswer protobuf =
      Get(server.http_port(), "/v1/snapshot", "Accept: application/x-protobuf\r\n");
  EXPECT_EQ(protobuf.Field("content-type"), "application/x-protobuf");
  EXPECT_NE(protobuf.Field("etag"), json.Field("etag"));
  EXPECT_EQ(json.Field("vary"), "Accept, Accept-Encoding");
  EXPECT_EQ(protobuf.Field("vary"), "Accept, Accept-Encoding");
  EXPECT_FALSE(protobuf.body.empty());
  EXPECT_EQ(Get(server.http_port(), "/v1/cells", "Accept: application/x-protobuf\r\n")
                .Field("content-type"),
            "application/x-protobuf");
}

TEST(ReadSide, HeadSaysWhatGetWouldWithoutTheBody) {
  RunningServer server;
  ASSERT_FALSE(server.WaitForRespondents(0).empty());
  RawConnection connection(server.http_port());
  for (const char* path : {"/v1/wave", "/v1/snapshot", "/"}) {
    connection.Send(fmt::format("HEAD {} HTTP/1.1\r\nHost: a\r\n\r\n", path));
    const HttpAnswer head = connection.ReadAnswer(true);
    EXPECT_EQ(head.status, 200u) << path;
    EXPECT_GT(std::stoul(head.Field("content-length")), 10u) << path;
  }
  // Nothing of a body stands between the answers.
  connection.Send("GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_EQ(connection.ReadAnswer().body, "ok\n");
}

TEST(ReadSide, WrongMethodsAndPathsAreTold) {
  RunningServer server;
  const HttpAnswer get = Get(server.http_port(), "/v1/responses");
  EXPECT_EQ(get.status, 405u);
  EXPECT_EQ(get.Field("allow"), "POST");
  const HttpAnswer post = PostJson(server.http_port(), "{}", "/v1/snapshot");
  EXPECT_EQ(post.status, 405u);
  EXPECT_EQ(post.Field("allow"), "GET, HEAD");
  for (const char* path : {"/v1", "/v1/", "/v1/export/other.csv", "/nothing", "/../etc/passwd",
                           "/%2e%2e/etc/passwd", "//"}) {
    EXPECT_EQ(Get(server.http_port(), path).status, 404u) << path;
  }
}

TEST(ReadSide, ThePageComesWithItsFilesAndStrictHeaders) {
  RunningServer server;
  const HttpAnswer page = Get(server.http_port(), "/");
  EXPECT_EQ(page.status, 200u);
  EXPECT_TRUE(page.Field("content-type").starts_with("text/html")) << page.Field("content-type");
  EXPECT_NE(page.Field("content-security-policy").find("default-src 'self'"), std::string::npos);
  EXPECT_NE(page.Field("content-security-policy").find("frame-ancestors 'none'"),
            std::string::npos);
  EXPECT_EQ(page.Field("referrer-policy"), "no-referrer");
  EXPECT_EQ(page.body.find("127.0.0.1"), std::string::npos);
  const HttpAnswer again =
      Get(server.http_port(), "/", "If-None-Match: " + page.Field("etag") + "\r\n");
  EXPECT_EQ(again.status, 304u);
}

TEST(ReadSide, HealthAndReadinessFollowTheEngine) {
  RunningServer server;
  EXPECT_EQ(Get(server.http_port(), "/healthz").status, 200u);
  ASSERT_FALSE(server.WaitForRespondents(0).empty());
  EXPECT_EQ(Get(server.http_port(), "/readyz").status, 200u);
  server.engine().Stop();
  const HttpAnswer refused = PostJson(server.http_port(), BatchJson({{.id = "R1"}}));
  EXPECT_EQ(refused.status, 503u);
  EXPECT_NE(refused.Field("retry-after"), "");
  // What was last known can still be read.
  EXPECT_EQ(Get(server.http_port(), "/v1/snapshot").status, 200u);
}

TEST(ReadSide, AnEngineThatCanWriteNothingIsNeitherHealthyNorReady) {
  SimulatedFileSystem files;
  ServerSetup setup;
  setup.engine.files = &files;
  setup.engine.on_fatal = [](const absl::Status&) {};
  setup.directory = "data";
  RunningServer server(setup);
  ASSERT_FALSE(server.WaitForRespondents(0).empty());
  EXPECT_EQ(server.Metric("panelpuls_healthy"), 1);
  files.FailCall(1, absl::StatusCode::kUnavailable);
  const std::string batch = BatchJson({{.id = "R1"}});
  RawConnection unanswered(server.http_port());
  unanswered.Send(PostHead(fmt::format("Content-Length: {}\r\n\r\n", batch.size())) + batch);
  ASSERT_TRUE(server.WaitForMetric("panelpuls_healthy", 0));
  EXPECT_EQ(Get(server.http_port(), "/healthz").status, 503u);
  EXPECT_EQ(Get(server.http_port(), "/readyz").status, 503u);
  EXPECT_EQ(Get(server.http_port(), "/v1/snapshot").status, 200u);
}

TEST(ReadSide, MetricsAreNumbersWithNames) {
  RunningServer server;
  ASSERT_EQ(
      PostJson(server.http_port(), BatchJson({{.id = "R1"}, {.id = "R2", .revenue = "?"}})).status,
      200u);
  const std::string text = Get(server.http_port(), "/metrics").body;
  for (const char* name :
       {"panelpuls_records_total{result=\"accepted\"} 1",
        "panelpuls_records_total{result=\"rejected\"} 1", "panelpuls_conflicts_untracked_total 0",
        "panelpuls_batches_total 1", "panelpuls_groups_total", "panelpuls_journal_bytes_total",
        "panelpuls_sync_seconds_total", "panelpuls_snapshot_seconds_total",
        "panelpuls_connections{transport=\"http\"} 1",
        "panelpuls_http_requests_total{code=\"200\"} 1"}) {
    EXPECT_NE(text.find(name), std::string::npos) << name << "\n" << text;
  }
  EXPECT_EQ(text.find("NaN"), std::string::npos);
  EXPECT_EQ(text.find("nan"), std::string::npos);
}

TEST(ReadSide, MetricsCountWhatEachTransportReceivedAndRefused) {
  RunningServer server;
  const std::string good = BatchJson({{.id = "R1"}});
  ASSERT_EQ(PostJson(server.http_port(), good).status, 200u);
  ASSERT_EQ(PostJson(server.http_port(), "{\"responses\":").status, 400u);
  EXPECT_EQ(server.Metric("panelpuls_received_bytes_total{transport=\"http\"}"),
            static_cast<double>(good.size() + 13));
  EXPECT_EQ(server.Metric("panelpuls_refused_batches_total{transport=\"http\"}"), 1);
  EXPECT_EQ(server.Metric("panelpuls_received_bytes_total{transport=\"tcp\"}"), 0);

  std::string stream;
  wire::AppendHello({}, stream);
  wire::AppendBatch(BatchBytes({{.id = "R2"}}, 1), stream);
  wire::AppendBatch("\x12\x7f", stream);
  StreamClient client(server.tcp_port());
  client.connection().Send(stream);
  ASSERT_TRUE(client.Read().has_value());
  ASSERT_TRUE(client.ReadError().has_value());
  EXPECT_EQ(server.Metric("panelpuls_received_bytes_total{transport=\"tcp\"}"),
            static_cast<double>(stream.size()));
  EXPECT_EQ(server.Metric("panelpuls_refused_batches_total{transport=\"tcp\"}"), 1);
  EXPECT_EQ(server.Metric("panelpuls_refused_batches_total{transport=\"http\"}"), 1);
}

TEST(ReadSide, AttentionShowsNoIdThatStandsInAWrongField) {
  RunningServer server;
  ResponseText response{.id = "A1"};
  response.channel = "DK-10000001";
  const std::string sender = PostJson(server.http_port(), BatchJson({response})).body;
  EXPECT_NE(sender.find("'DK-10000001' is no channel"), std::string::npos) << sender;
  const std::string others = Get(server.http_port(), "/v1/attention").body;
  EXPECT_NE(others.find("'DK-10000... (11 bytes)' is no channel"), std::string::npos) << others;
  EXPECT_EQ(others.find("DK-100000"), std::string::npos) << others;
}

TEST(Readiness, SaysThatThereIsNoRoomWhileTheDiskIsFull) {
  SimulatedFileSystem files;
  ServerSetup setup;
  setup.engine.files = &files;
  setup.directory = "data";
  RunningServer server(setup);
  ASSERT_FALSE(server.WaitForRespondents(0).empty());
  EXPECT_EQ(Get(server.http_port(), "/readyz").status, 200u);
  EXPECT_EQ(server.Metric("panelpuls_has_room"), 1);
  files.SetCapacityBytes(1);  // no further segment
  StreamClient client(server.tcp_port());
  ASSERT_TRUE(client.Greet().has_value());
  std::vector<ResponseText> responses(2000);
  for (std::uint64_t batch = 1; batch <= 40; ++batch) {
    for (std::size_t i = 0; i < responses.size(); ++i) {
      responses[i].id = fmt::format("D{}", i);
      responses[i].revision = static_cast<int>(batch);
    }
    if (!client.SendBatch(BatchBytes(responses, batch))) break;
  }
  ASSERT_TRUE(server.WaitForMetric("panelpuls_has_room", 0));
  const HttpAnswer full = Get(server.http_port(), "/readyz");
  EXPECT_EQ(full.status, 503u);
  EXPECT_NE(full.body.find("no room"), std::string::npos) << full.body;
  files.SetCapacityBytes(std::nullopt);
  ASSERT_TRUE(server.WaitForMetric("panelpuls_has_room", 1));
  EXPECT_EQ(Get(server.http_port(), "/readyz").status, 200u);
}

}  // namespace
}  // namespace panelpuls::testing
