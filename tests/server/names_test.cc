// Which names a request may ask for: a page on another name that resolves to this address reads
// nothing and sends nothing.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include "server/access/served_names.h"
#include "server/raw_connection.h"
#include "server/running_server.h"

namespace panelpuls::testing {
namespace {

using server::Authority;
using server::ParseAuthority;
using server::ServedNames;
using ::testing::HasSubstr;
using ::testing::Not;

ServedNames Names(const std::vector<std::string>& given) {
  auto names = ServedNames::Make(given);
  EXPECT_TRUE(names.ok()) << names.status();
  return *std::move(names);
}

TEST(Names, AreReadWithTheirPortInAnyCase) {
  struct Row {
    const char* text;
    std::optional<Authority> authority;
  };
  const std::vector<Row> rows = {
      {"Panel.Example", Authority{"panel.example", std::nullopt}},
      {"panel.example:8443", Authority{"panel.example", 8443}},
      {"panel.example:", Authority{"panel.example", std::nullopt}},
      {"127.0.0.1:80", Authority{"127.0.0.1", 80}},
      {"[::1]", Authority{"::1", std::nullopt}},
      {"[0:0:0:0:0:0:0:1]:8080", Authority{"::1", 8080}},
      {"", std::nullopt},
      {":80", std::nullopt},
      {"a b", std::nullopt},
      {"a/b", std::nullopt},
      {"user@localhost", std::nullopt},
      {"localhost:http", std::nullopt},
      {"localhost:70000", std::nullopt},
      {"localhost:80:80", std::nullopt},
      {"::1", std::nullopt},
      {"[::1", std::nullopt},
      {"[::1]x", std::nullopt},
      {"[localhost]", std::nullopt},
  };
  for (const Row& row : rows) EXPECT_EQ(ParseAuthority(row.text), row.authority) << row.text;
}

TEST(Names, ThatAreServedAreThoseThatNoPageOfAStrangerHasOrThatWereGiven) {
  struct Row {
    std::vector<std::string> given;
    const char* asked;
    bool served;
  };
  const std::vector<Row> rows = {
      {{}, "127.0.0.1:1", true},
      {{}, "localhost", true},
      {{}, "[::1]:9", true},
      {{}, "panelhost:8080", true},
      {{}, "evil.example", false},
      {{}, "evil.example:8080", false},
      {{}, "localhost.evil.example", false},
      {{}, "127.0.0.1.evil.example", false},
      {{}, "0.0.0.0:8080", false},
      {{}, "192.168.1.1", false},
      {{}, "com.", false},
      {{"panel.example"}, "panel.example:8443", true},
      {{"panel.example"}, "PANEL.example", true},
      {{"panel.example"}, "other.panel.example", false},
      {{"panel.example"}, "panelhost", false},
      {{"panel.example"}, "localhost:8080", true},
      {{"panel.example:8443"}, "panel.example:8443", true},
      {{"panel.example:8443"}, "panel.example", false},
      {{"a.example", "b.example"}, "b.example", true},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(Names(row.given).Serves(*ParseAuthority(row.asked)), row.served) << row.asked;
  }
  EXPECT_THAT(std::string(ServedNames::Make({"http://panel.example"}).status().message()),
              HasSubstr("http://panel.example"));
}

TEST(Names, APageMayChangeWhatItCameFromAndWhatIsGiven) {
  struct Row {
    const char* origin;
    const char* asked;
    bool may;
  };
  const std::vector<Row> rows = {
      {"http://localhost:8080", "localhost:8080", true},
      {"https://panel.example", "panel.example", true},
      {"https://panel.example", "panel.example:443", true},
      {"https://given.example", "localhost:8080", true},
      {"http://localhost:3000", "localhost:8080", false},
      {"http://evil.example", "localhost:8080", false},
      {"http://localhost:8080.evil.example", "localhost:8080", false},
      {"null", "localhost:8080", false},
      {"", "localhost:8080", false},
  };
  const ServedNames names = Names({"given.example"});
  for (const Row& row : rows) {
    EXPECT_EQ(names.MayChange(row.origin, ParseAuthority(row.asked)), row.may) << row.origin;
  }
  EXPECT_FALSE(names.MayChange("http://localhost", std::nullopt));
}

TEST(Names, APageOnAnotherNameReadsNothingAndSendsNothing) {
  RunningServer server;
  ASSERT_FALSE(server.WaitForRespondents(0).empty());
  const std::string body = BatchJson({{.id = "N1"}});
  struct Row {
    const char* name;
    std::string request;
  };
  std::vector<Row> rows;
  for (const char* path :
       {"/", "/page.js", "/v1/snapshot", "/v1/stream", "/v1/history", "/v1/cells", "/v1/attention",
        "/v1/wave", "/v1/guidance", "/v1/export/responses.csv", "/v1/export/figures.csv",
        "/metrics", "/healthz", "/readyz", "/nothing"}) {
    rows.push_back({path, fmt::format("GET {} HTTP/1.1\r\nHost: evil.example\r\n\r\n", path)});
  }
  const std::string rest = fmt::format(
      "Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{}", body.size(), body);
  rows.push_back({"post", "POST /v1/responses HTTP/1.1\r\nHost: evil.example:8080\r\n" + rest});
  rows.push_back(
      {"post, HTTP/1.0", "POST /v1/responses HTTP/1.0\r\nHost: evil.example\r\n" + rest});
  rows.push_back({"the target counts over Host",
                  "POST http://evil.example/v1/responses HTTP/1.1\r\nHost: localhost\r\n" + rest});
  for (const Row& row : rows) {
    const HttpAnswer answer = Exchange(server.http_port(), row.request);
    EXPECT_EQ(answer.status, 421u) << row.name;
    EXPECT_EQ(answer.Field("content-type"), "application/problem+json") << row.name;
    EXPECT_THAT(answer.body, HasSubstr("urn:panelpuls:problem:misdirected")) << row.name;
    EXPECT_THAT(answer.body, HasSubstr("evil.example")) << row.name;
  }
  struct Origin {
    const char* origin;
    unsigned status;
  };
  for (const Origin& row : {Origin{"http://evil.example", 403},
                            {"null", 403},
                            {"http://localhost:3000", 403},
                            {"http://localhost:8080", 200}}) {
    const HttpAnswer answer = Exchange(
        server.http_port(),
        fmt::format("POST /v1/responses HTTP/1.1\r\nHost: localhost:8080\r\nOrigin: {}\r\n",
                    row.origin) +
            rest);
    EXPECT_EQ(answer.status, row.status) << row.origin << answer.body;
    if (row.status == 403) EXPECT_THAT(answer.body, HasSubstr("foreign_origin"));
    if (row.status == 200) EXPECT_EQ(NumberAt(answer.body, {"accepted"}), 1.0) << answer.body;
  }
}

TEST(Names, WhatIsQuotedOfThemIsCutAndEscaped) {
  RunningServer server;
  const std::string name = "evil\x1b[2J" + std::string(3000, 'x') + ".example";
  const HttpAnswer escape = Get(server.http_port(), "/", "");
  EXPECT_NE(escape.status, 421u);
  for (const std::string& host : {name, std::string(3000, 'x') + ".example"}) {
    const HttpAnswer answer =
        Exchange(server.http_port(), fmt::format("GET / HTTP/1.1\r\nHost: {}\r\n\r\n", host));
    EXPECT_TRUE(answer.status == 400 || answer.status == 421) << answer.status;
    EXPECT_LT(answer.body.size(), 500u);
    EXPECT_THAT(answer.body, Not(HasSubstr("\x1b")));
  }
}

TEST(Names, AProxysNameIsServedWhenItIsGiven) {
  ServerSetup setup;
  setup.server.hosts = {"panel.example"};
  RunningServer server(std::move(setup));
  const HttpAnswer answer =
      Exchange(server.http_port(), "GET /healthz HTTP/1.0\r\nHost: panel.example\r\n\r\n");
  EXPECT_EQ(answer.status, 200u);
  server::ServerOptions wrong;
  wrong.http_port = wrong.tcp_port = 0;
  wrong.hosts = {"panel example"};
  EXPECT_EQ(server::Server::Start(server.engine(), wrong).status().code(),
            absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace panelpuls::testing
