// Requests as bytes: the forms that clients send, and those that must be refused (real sockets).
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "server/gzip_sample.h"
#include "server/raw_connection.h"
#include "server/running_server.h"

namespace panelpuls::testing {
namespace {

const std::string kBody = BatchJson({{.id = "C1"}});

std::string Chunked(std::string_view body, std::size_t step) {
  std::string text;
  for (std::size_t i = 0; i < body.size(); i += step) {
    const std::string_view piece = body.substr(i, step);
    text += fmt::format("{:x}\r\n{}\r\n", piece.size(), piece);
  }
  return text + "0\r\n\r\n";
}

std::string Length(std::string_view body) {
  return fmt::format("Content-Length: {}\r\n\r\n{}", body.size(), body);
}

TEST(Framing, EveryFormThatClientsSendIsAccepted) {
  RunningServer server;
  const std::string packed = GzipSample(kBody);
  struct Row {
    const char* name;
    std::string request;
  };
  const std::vector<Row> rows = {
      {"length", PostHead("") + Length(kBody)},
      {"chunked, one chunk", PostHead("Transfer-Encoding: chunked\r\n\r\n") + Chunked(kBody, 4096)},
      {"chunked, byte by byte", PostHead("Transfer-Encoding: chunked\r\n\r\n") + Chunked(kBody, 1)},
      {"chunked in capitals", PostHead("transfer-encoding: Chunked\r\n\r\n") + Chunked(kBody, 7)},
      {"chunk extension and trailer",
       PostHead("Transfer-Encoding: chunked\r\n\r\n") +
           fmt::format("{:x};name=value\r\n{}\r\n0\r\nX-Trailer: a\r\n\r\n", kBody.size(), kBody)},
      {"gzip, length", PostHead("Content-Encoding: gzip\r\n") + Length(packed)},
      {"gzip, chunked", PostHead("Content-Encoding: GZip\r\nTransfer-Encoding: chunked\r\n\r\n") +
                            Chunked(packed, 3)},
      {"identity", PostHead("Content-Encoding: identity\r\n") + Length(kBody)},
      {"charset",
       "POST /v1/responses HTTP/1.1\r\nHost: a\r\nContent-Type: Application/JSON; "
       "Charset=\"UTF-8\"\r\n" +
           Length(kBody)},
      {"Java's upgrade", PostHead("Connection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: "
                                  "AAEAAEAAAAIAAAABAAMAAABkAAQBAAAAAAUAAEAA\r\n"
                                  "Upgrade: h2c\r\n") +
                             Length(kBody)},
      {"Expect without waiting", PostHead("Expect: 100-Continue\r\n") + Length(kBody)},
      {"wave in the path",
       "POST /v1/waves/cases/responses HTTP/1.1\r\nHost: a\r\nContent-Type: "
       "application/json\r\n" +
           Length(kBody)},
      {"absolute target",
       "POST http://localhost:1/v1/responses HTTP/1.1\r\nHost: proxy.example\r\n"
       "Content-Type: application/json\r\n" +
           Length(kBody)},
      {"a token is ignored", PostHead("Authorization: Bearer secret\r\n") + Length(kBody)},
      {"HTTP/1.0", PostHead("", "1.0") + Length(kBody)},
      {"HTTP/1.0 without Host",
       "POST /v1/responses HTTP/1.0\r\nContent-Type: application/json\r\n" + Length(kBody)},
  };
  bool first = true;
  for (const Row& row : rows) {
    const HttpAnswer answer = Exchange(server.http_port(), row.request);
    EXPECT_EQ(answer.status, 200u) << row.name << ": " << answer.body;
    EXPECT_EQ(NumberAt(answer.body, {first ? "accepted" : "duplicate"}), 1.0)
        << row.name << ": " << answer.body;
    EXPECT_EQ(answer.Field("content-type"), "application/json") << row.name;
    EXPECT_EQ(answer.Field("transfer-encoding"), "") << row.name;
    first = false;
  }
  EXPECT_FALSE(server.WaitForRespondents(1).empty());
}

TEST(Framing, FormsThatTwoReadersCouldReadDifferentlyAreRefusedAndTheConnectionCloses) {
  ServerSetup setup;
  setup.server.max_body_bytes = 64 * 1024;
  RunningServer server(setup);
  const std::string chunked = Chunked(kBody, 4096);
  struct Row {
    const char* name;
    std::string request;
    unsigned status;
  };
  const std::vector<Row> rows = {
      {"both, length first",
       PostHead(
           fmt::format("Content-Length: {}\r\nTransfer-Encoding: chunked\r\n\r\n", kBody.size())) +
           chunked,
       400},
      {"both, length second",
       PostHead(
           fmt::format("Transfer-Encoding: chunked\r\nContent-Length: {}\r\n\r\n", kBody.size())) +
           chunked,
       400},
      {"two transfer encodings",
       PostHead("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n") + chunked, 400},
      {"two codings", PostHead("Transfer-Encoding: gzip, chunked\r\n\r\n") + chunked, 400},
      {"twice in one field", PostHead("Transfer-Encoding: chunked, chunked\r\n\r\n") + chunked,
       400},
      {"something like chunked", PostHead("Transfer-Encoding: xchunked\r\n\r\n") + chunked, 400},
      {"identity", PostHead("Transfer-Encoding: identity\r\n\r\n") + chunked, 400},
      {"two lengths",
       PostHead(fmt::format("Content-Length: {}\r\nContent-Length: 5\r\n\r\n", kBody.size())) +
           kBody,
       400},
      {"the same length twice",
       PostHead(fmt::format("Content-Length: {0}\r\nContent-Length: {0}\r\n\r\n", kBody.size())) +
           kBody,
       400},
      {"length with a sign", PostHead("Content-Length: +5\r\n\r\n12345"), 400},
      {"length that is no number", PostHead("Content-Length: five\r\n\r\n12345"), 400},
      {"two hosts", "POST /v1/responses HTTP/1.1\r\nHost: a\r\nHost: b\r\n" + Length(kBody), 400},
      {"no host",
       "POST /v1/responses HTTP/1.1\r\nContent-Type: application/json\r\n" + Length(kBody), 400},
      {"HTTP/1.0 with Transfer-Encoding",
       PostHead("Transfer-Encoding: chunked\r\n\r\n", "1.0") + chunked, 400},
      {"HTTP/2.0", "GET / HTTP/2.0\r\nHost: a\r\n\r\n", 505},
      {"chunk size is no number", PostHead("Transfer-Encoding: chunked\r\n\r\nzz\r\n"), 400},
      {"chunk too large", PostHead("Transfer-Encoding: chunked\r\n\r\nffffffff\r\n"), 413},
      {"chunk size beyond 64 bits",
       PostHead("Transfer-Encoding: chunked\r\n\r\n") + std::string(40, 'f') + "\r\n", 400},
      {"many chunks too large in all",
       PostHead("Transfer-Encoding: chunked\r\n\r\n") + Chunked(std::string(70'000, ' '), 1000),
       413},
      {"length too large", PostHead("Content-Length: 70000\r\n\r\n"), 413},
      {"chunk extension bomb",
       PostHead("Transfer-Encoding: chunked\r\n\r\n5;x=") + std::string(70'000, 'x') + "\r\n", 400},
      {"trailer bomb",
       PostHead("Transfer-Encoding: chunked\r\n\r\n0\r\nX: ") + std::string(70'000, 'x') +
           "\r\n\r\n",
       400},
      {"many trailers",
       [] {
         std::string text = PostHead("Transfer-Encoding: chunked\r\n\r\n0\r\n");
         for (int i = 0; i < 5000; ++i) text += fmt::format("X-{}: a\r\n", i);
         return text + "\r\n";
       }(),
       400},
      {"head too long", PostHead(fmt::format("X: {}\r\n", std::string(9000, 'x'))) + Length(kBody),
       431},
      {"endless head", "GET / HTTP/1.1\r\nX: " + std::string(70'000, 'x'), 431},
      {"garbage", "\x16\x03\x01\x02 this is TLS\r\n\r\n", 400},
      {"gzip that is none", PostHead("Content-Encoding: gzip\r\n") + Length("no gzip at all"), 400},
      {"gzip bomb",
       PostHead("Content-Encoding: gzip\r\n") + Length(GzipSample(std::string(1u << 20, ' '))),
       413},
      {"gzip cut off",
       PostHead("Content-Encoding: gzip\r\n") +
           Length(std::string_view(GzipSample(kBody)).substr(0, 40)),
       400},
  };
  for (const Row& row : rows) {
    RawConnection connection(server.http_port());
    connection.Send(row.request);
    const HttpAnswer answer = connection.ReadAnswer();
    EXPECT_EQ(answer.status, row.status) << row.name << ": " << answer.body;
    EXPECT_EQ(answer.Field("content-type"), "application/problem+json") << row.name;
    EXPECT_EQ(answer.Field("connection"), "close") << row.name;
    EXPECT_EQ(NumberAt(answer.body, {"status"}), static_cast<double>(row.status)) << row.name;
    connection.FinishSending();
    EXPECT_TRUE(connection.IsClosedByPeer()) << row.name;
    EXPECT_FALSE(connection.was_reset()) << row.name;
  }
  // Nothing of all that was taken for a batch, and the server is still there.
  const HttpAnswer after = PostJson(server.http_port(), kBody);
  EXPECT_EQ(NumberAt(after.body, {"accepted"}), 1.0) << after.body;
}

TEST(Framing, RefusalsOfWholeRequestsKeepTheConnection) {
  RunningServer server;
  RawConnection connection(server.http_port());
  struct Row {
    const char* name;
    std::string request;
    unsigned status;
  };
  const std::vector<Row> rows = {
      {"cut JSON", PostHead("") + Length(kBody.substr(0, kBody.size() / 2)), 400},
      {"empty body", PostHead("") + Length(""), 400},
      {"no such path", "GET /nothing HTTP/1.1\r\nHost: a\r\n\r\n", 404},
      {"wrong method", "GET /v1/responses HTTP/1.1\r\nHost: a\r\n\r\n", 405},
      {"good", PostHead("") + Length(kBody), 200},
  };
  for (const Row& row : rows) {
    connection.Send(row.request);
    const HttpAnswer answer = connection.ReadAnswer();
    EXPECT_EQ(answer.status, row.status) << row.name << ": " << answer.body;
    EXPECT_EQ(answer.Field("connection"), "") << row.name;
  }
}

// A body that is refused before it is read must not be taken for the next request.
TEST(Framing, WhatStandsInABodyThatNobodyReadsIsNoRequest) {
  RunningServer server;
  ASSERT_FALSE(server.WaitForRespondents(0).empty());
  const std::string inner = PostHead("") + Length(kBody);
  const std::vector<std::string> heads = {
      "POST /nothing HTTP/1.1\r\nHost: a\r\n",
      "PUT /v1/responses HTTP/1.1\r\nHost: a\r\n",
      "GET /healthz HTTP/1.1\r\nHost: a\r\n",
      "GET /v1/snapshot HTTP/1.1\r\nHost: a\r\n",
      "GET /v1/export/responses.csv?style=none HTTP/1.1\r\nHost: a\r\n",
      "POST /v1/responses HTTP/1.1\r\nHost: a\r\nContent-Type: text/csv\r\n",
      PostHead("Content-Encoding: br\r\n"),
      PostHead("Expect: a-miracle\r\n"),
  };
  for (const std::string& head : heads) {
    RawConnection connection(server.http_port());
    connection.Send(head + Length(inner));
    EXPECT_EQ(connection.ReadAnswer().Field("connection"), "close") << head;
    connection.FinishSending();
    EXPECT_TRUE(connection.IsClosedByPeer()) << head;
  }
  EXPECT_EQ(NumberAt(PostJson(server.http_port(), kBody).body, {"accepted"}), 1.0);
}

TEST(Framing, RequestsOfOneWriteAreAnsweredInOrder) {
  RunningServer server;
  RawConnection connection(server.http_port());
  connection.Send(PostHead("") + Length(BatchJson({{.id = "L1"}})) +
                  PostHead("Transfer-Encoding: chunked\r\n\r\n") +
                  Chunked(BatchJson({{.id = "L2"}, {.id = "L3"}}), 5) +
                  "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n" + PostHead("Connection: close\r\n") +
                  Length(BatchJson({{.id = "L4"}})));
  EXPECT_EQ(NumberAt(connection.ReadAnswer().body, {"accepted"}), 1.0);
  EXPECT_EQ(NumberAt(connection.ReadAnswer().body, {"accepted"}), 2.0);
  EXPECT_EQ(connection.ReadAnswer().body, "ok\n");
  const HttpAnswer last = connection.ReadAnswer();
  EXPECT_EQ(NumberAt(last.body, {"accepted"}), 1.0);
  EXPECT_EQ(last.Field("connection"), "close");
  EXPECT_TRUE(connection.IsClosedByPeer());
}

TEST(Framing, ARequestMayArriveByteByByte) {
  RunningServer server;
  RawConnection connection(server.http_port());
  connection.SendByteByByte(PostHead("Transfer-Encoding: chunked\r\n\r\n") + Chunked(kBody, 1));
  EXPECT_EQ(NumberAt(connection.ReadAnswer().body, {"accepted"}), 1.0);
}

TEST(Framing, ExpectIsAnsweredBeforeTheBodyComesAndNotForARefusedHead) {
  RunningServer server;
  RawConnection connection(server.http_port());
  connection.Send(
      PostHead(fmt::format("Expect: 100-continue\r\nContent-Length: {}\r\n\r\n", kBody.size())));
  while (connection.buffer().find("100 Continue\r\n\r\n") == std::string::npos) {
    ASSERT_TRUE(connection.ReadMore());
  }
  connection.Send(kBody);
  EXPECT_EQ(NumberAt(connection.ReadAnswer().body, {"accepted"}), 1.0);
  EXPECT_EQ(connection.continues(), 1);

  RawConnection refused(server.http_port());
  refused.Send(
      "POST /v1/responses HTTP/1.1\r\nHost: a\r\nContent-Type: text/csv\r\nContent-Length: 5\r\n"
      "Expect: 100-continue\r\n\r\n");
  EXPECT_EQ(refused.ReadAnswer().status, 415u);
  EXPECT_EQ(refused.continues(), 0);

  RawConnection unknown(server.http_port());
  unknown.Send(PostHead("Expect: a-miracle\r\nContent-Length: 5\r\n\r\n12345"));
  EXPECT_EQ(unknown.ReadAnswer().status, 417u);
}

TEST(Framing, Http10IsAnsweredWithALengthAndClosesUnlessAskedToStay) {
  RunningServer server;
  const HttpAnswer once = Exchange(server.http_port(), "GET /healthz HTTP/1.0\r\n\r\n");
  EXPECT_EQ(once.status, 200u);
  EXPECT_EQ(once.Field("connection"), "close");
  EXPECT_EQ(once.Field("content-length"), "3");
  RawConnection stays(server.http_port());
  for (int i = 0; i < 2; ++i) {
    stays.Send("GET /healthz HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    const HttpAnswer answer = stays.ReadAnswer();
    EXPECT_EQ(answer.body, "ok\n");
    EXPECT_EQ(answer.Field("connection"), "keep-alive");
  }
}

TEST(Framing, WhatComesTooSlowlyIsTold408) {
  ServerSetup setup;
  setup.server.request_timeout_s = 1;
  RunningServer server(setup);
  struct Row {
    const char* name;
    std::string begin;
  };
  const std::vector<Row> rows = {
      {"head", "POST /v1/responses HTTP/1.1\r\nHost: a\r\nX-Slow: "},
      {"body by length", PostHead("Content-Length: 100\r\n\r\n{")},
      {"body in chunks", PostHead("Transfer-Encoding: chunked\r\n\r\n5\r\n{")},
  };
  for (const Row& row : rows) {
    RawConnection connection(server.http_port());
    connection.Send(row.begin);
    const HttpAnswer answer = connection.ReadAnswer();
    EXPECT_EQ(answer.status, 408u) << row.name;
    EXPECT_EQ(answer.Field("connection"), "close") << row.name;
  }
}

TEST(Framing, IdleConnectionsAreClosedWithoutAWord) {
  ServerSetup setup;
  setup.server.idle_timeout_s = 1;
  RunningServer server(setup);
  RawConnection connection(server.http_port());
  EXPECT_TRUE(connection.IsClosedByPeer());
}

TEST(Framing, ConnectionsThatBreakOffLeaveTheServerUp) {
  RunningServer server;
  const std::string request = PostHead("") + Length(kBody);
  for (std::size_t length = 0; length < request.size(); length += 3) {
    RawConnection connection(server.http_port());
    connection.Send(std::string_view(request).substr(0, length));
    if (length % 2 == 0) connection.Reset();
  }
  {
    RawConnection whole(server.http_port());
    whole.Send(request);
    whole.Reset();  // before the answer
  }
  const HttpAnswer after = PostJson(server.http_port(), BatchJson({{.id = "C2"}}));
  EXPECT_EQ(NumberAt(after.body, {"accepted"}), 1.0) << after.body;
}

TEST(Framing, ABodyMayBeAsLongAsTheLimitAndNotLonger) {
  constexpr std::size_t kLimit = 1000;
  ServerSetup setup;
  setup.server.max_body_bytes = kLimit;
  RunningServer server(setup);
  for (const std::size_t size : {kLimit, kLimit + 1}) {
    const std::string body = kBody + std::string(size - kBody.size(), ' ');
    const std::string packed = GzipSample(body);
    struct Row {
      const char* name;
      std::string request;
    };
    const std::vector<Row> rows = {
        {"length", PostHead("") + Length(body)},
        {"chunked", PostHead("Transfer-Encoding: chunked\r\n\r\n") + Chunked(body, 100)},
        {"gzip", PostHead("Content-Encoding: gzip\r\n") + Length(packed)},
    };
    for (const Row& row : rows) {
      EXPECT_EQ(Exchange(server.http_port(), row.request).status, size == kLimit ? 200u : 413u)
          << row.name << " " << size;
    }
  }
}

}  // namespace
}  // namespace panelpuls::testing
