// What docs/PROTOCOL.md says of fields that stand twice, go on in the next line or are written
// oddly, sentence by sentence, and of empty lines between requests (RFC 9110 5.3, RFC 9112 2.2, 5).
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "server/raw_connection.h"
#include "server/running_server.h"

namespace panelpuls::testing {
namespace {

using ::testing::HasSubstr;

const std::string kBody = BatchJson({{.id = "F1"}});

// A POST with these fields besides Host and Content-Type, unless `fields` has them.
std::string Post(std::string_view fields) {
  std::string head = "POST /v1/responses HTTP/1.1\r\n";
  if (fields.find("Host") == std::string_view::npos) head += "Host: localhost\r\n";
  if (fields.find("Content-Type") == std::string_view::npos) {
    head += "Content-Type: application/json\r\n";
  }
  head += fields;
  if (fields.find("Content-Length") == std::string_view::npos &&
      fields.find("Transfer-Encoding") == std::string_view::npos) {
    head += fmt::format("Content-Length: {}\r\n", kBody.size());
  }
  return head + "\r\n" + kBody;
}

struct Row {
  const char* name;
  std::string request;
  unsigned status;
  const char* type;  // of the problem; empty: none
};

void Expect(const std::vector<Row>& rows) {
  RunningServer server;
  for (const Row& row : rows) {
    RawConnection connection(server.http_port());
    connection.Send(row.request);
    const HttpAnswer answer = connection.ReadAnswer();
    EXPECT_EQ(answer.status, row.status) << row.name << ": " << answer.body;
    if (row.status != 200) {
      EXPECT_THAT(answer.body, HasSubstr(fmt::format("problem:{}\"", row.type))) << row.name;
    }
    if (row.status == 400) EXPECT_EQ(answer.Field("connection"), "close") << row.name;
  }
}

TEST(Fields, ThatSayOneThingAreRefusedWhenTheyStandTwice) {
  const std::string length = fmt::format("Content-Length: {}\r\n", kBody.size());
  Expect({
      {"Host", Post("Host: localhost\r\nHost: localhost\r\n"), 400, "bad_framing"},
      {"Content-Length", Post(length + length), 400, "bad_framing"},
      {"Content-Length, others", Post(length + "Content-Length: 1\r\n"), 400, "bad_framing"},
      {"Content-Length as a list", Post(fmt::format("Content-Length: {0}, {0}\r\n", kBody.size())),
       400, "bad_framing"},
      {"Transfer-Encoding", Post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"),
       400, "bad_framing"},
      {"length and coding", Post(length + "Transfer-Encoding: chunked\r\n"), 400, "bad_framing"},
      {"Content-Type", Post("Content-Type: application/json\r\nContent-Type: text/csv\r\n"), 400,
       "bad_framing"},
      {"Content-Type, alike",
       Post("Content-Type: application/json\r\nContent-Type: application/json\r\n"), 400,
       "bad_framing"},
      {"Authorization", Post("Authorization: Bearer a\r\nAuthorization: Bearer b\r\n"), 400,
       "bad_framing"},
      {"Origin", Post("Origin: http://localhost\r\nOrigin: http://localhost\r\n"), 400,
       "bad_framing"},
  });
}

TEST(Fields, ThatAreListsMayStandTwiceAndMeanOneList) {
  Expect({
      {"Accept", Post("Accept: text/html\r\nAccept: application/json\r\n"), 200, ""},
      {"Accept-Encoding", Post("Accept-Encoding: br\r\nAccept-Encoding: gzip\r\n"), 200, ""},
      {"Content-Encoding, two codings",
       Post("Content-Encoding: gzip\r\nContent-Encoding: gzip\r\n"), 415, "content_encoding"},
      {"Expect, two", Post("Expect: 100-continue\r\nExpect: 100-continue\r\n"), 417, "expect"},
      {"unknown", Post("X-A: 1\r\nX-A: 2\r\n"), 200, ""},
  });
}

TEST(Fields, ThatGoOnInTheNextLineAreRefused) {
  Expect({
      {"any field", Post("X-A: 1\r\n 2\r\n"), 400, "bad_framing"},
      {"by a tab", Post("X-A: 1\r\n\t2\r\n"), 400, "bad_framing"},
      {"the coding", Post("Transfer-Encoding:\r\n chunked\r\n"), 400, "bad_framing"},
      {"Host", Post("Host:\r\n localhost\r\n"), 400, "bad_framing"},
      {"the type", Post("Content-Type: application/json;\r\n charset=utf-8\r\n"), 400,
       "bad_framing"},
      {"the last", Post("X-A: 1\r\n \r\n"), 400, "bad_framing"},
      {"before the first", "GET / HTTP/1.1\r\n X: a\r\nHost: localhost\r\n\r\n", 400,
       "bad_framing"},
  });
}

TEST(Fields, ThatAreFoldedByteByByteAreRefusedToo) {
  RunningServer server;
  RawConnection connection(server.http_port());
  connection.SendByteByByte(Post("X-A: 1\r\n 2\r\n"));
  EXPECT_EQ(connection.ReadAnswer().status, 400u);
}

TEST(Fields, AreWrittenWithoutBlanksBeforeTheColonAndWithWholeLineEnds) {
  Expect({
      {"blank before the colon", Post("X-A : 1\r\n"), 400, "bad_request"},
      {"tab before the colon", Post("Content-Length\t: 1\r\n"), 400, "bad_request"},
      {"no name", Post(": 1\r\n"), 400, "bad_request"},
      {"no colon", Post("X-A\r\n"), 400, "bad_request"},
      {"a line feed alone", Post("X-A: 1\nX-B: 2\r\n"), 400, "bad_request"},
      {"a carriage return alone", Post("X-A: 1\rX-B: 2\r\n"), 400, "bad_request"},
      {"NUL", Post(std::string("X-A: 1\0\r\n", 9)), 400, "bad_request"},
      {"blanks around the value", Post("X-A: \t 1 \t\r\n"), 200, ""},
      {"no value", Post("X-A:\r\n"), 200, ""},
      {"no host's name", Post("Host: \r\n"), 400, "bad_framing"},
      {"two blanks in the request line", "GET  / HTTP/1.1\r\nHost: localhost\r\n\r\n", 400,
       "bad_request"},
      {"another version", "GET / HTTP/2\r\nHost: localhost\r\n\r\n", 505, "http_version"},
      {"request line with a line feed alone", "GET / HTTP/1.1\nHost: localhost\n\n", 400,
       "bad_request"},
  });
}

TEST(EmptyLines, BeforeARequestAreSkippedAFewOfThem) {
  RunningServer server;
  RawConnection connection(server.http_port());
  const std::string request = "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n";
  for (const std::string before : {"\r\n", "\r\n\r\n", "\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n"}) {
    connection.Send(before + request);
    EXPECT_EQ(connection.ReadAnswer().status, 200u) << before.size();
  }
  connection.SendByteByByte("\r\n" + request);
  EXPECT_EQ(connection.ReadAnswer().status, 200u);
  // Behind a body, as clients do that end it with a line end.
  const std::string post = Post("");
  connection.Send(post + "\r\n" + post + "\r\n" + request);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(connection.ReadAnswer().status, 200u);
  std::string many;
  for (int i = 0; i < 9; ++i) many += "\r\n";
  connection.Send(many + request);
  EXPECT_EQ(connection.ReadAnswer().status, 400u);
}

TEST(EmptyLines, AreNoRequestThatIsLate) {
  ServerSetup setup;
  setup.server.request_timeout_s = 1;
  setup.server.idle_timeout_s = 2;
  RunningServer server(std::move(setup));
  RawConnection connection(server.http_port());
  connection.Send("\r\n");
  EXPECT_TRUE(connection.IsClosedByPeer());  // as one that is idle: without a word
}

}  // namespace
}  // namespace panelpuls::testing
