// Batches over HTTP: per-record results, conflicts, clocks, and what refuses a batch as a whole.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <string>
#include <thread>
#include <vector>

#include "server/raw_connection.h"
#include "server/running_server.h"
#include "server/stream_client.h"
#include "wire/stream.h"

namespace panelpuls::testing {
namespace {

std::vector<ResponseText> Thousand(bool bad_417) {
  std::vector<ResponseText> responses;
  for (int i = 0; i < 1000; ++i) {
    responses.push_back(
        {.id = fmt::format("P{:04}", i), .revenue = bad_417 && i == 417 ? "upp" : "up"});
  }
  return responses;
}

HttpAnswer PostProtobuf(std::uint16_t port, const std::string& body, std::string_view more = {}) {
  return Exchange(port, fmt::format("POST /v1/responses HTTP/1.1\r\nHost: a\r\nContent-Type: "
                                    "application/x-protobuf\r\n{}Content-Length: {}\r\n\r\n{}",
                                    more, body.size(), body));
}

TEST(Ingest, OneBadRecordInAThousandRefusesItselfAlone) {
  RunningServer server;
  const std::string batch = BatchJson(Thousand(true));
  HttpAnswer answer = PostJson(server.http_port(), batch);
  ASSERT_EQ(answer.status, 200u);
  EXPECT_EQ(NumberAt(answer.body, {"accepted"}), 999.0);
  EXPECT_EQ(NumberAt(answer.body, {"rejected"}), 1.0);
  const std::string results = MemberText(answer.body, "results");
  EXPECT_NE(results.find("\"index\":417"), std::string::npos) << results;
  EXPECT_NE(results.find("answers[0].options[0]"), std::string::npos) << results;
  EXPECT_NE(results.find("upp"), std::string::npos) << results;

  for (int again = 0; again < 2; ++again) {
    answer = PostJson(server.http_port(), batch);
    EXPECT_EQ(answer.status, 200u);
    EXPECT_EQ(NumberAt(answer.body, {"duplicate"}), 999.0);
    EXPECT_EQ(NumberAt(answer.body, {"rejected"}), 1.0);
  }
  ASSERT_FALSE(server.WaitForRespondents(999).empty());
  EXPECT_EQ(server.Metric("panelpuls_records_total{result=\"rejected\"}"), 3);

  const HttpAnswer cut = PostJson(server.http_port(), batch.substr(0, 50'000));
  EXPECT_EQ(cut.status, 400u);
  EXPECT_EQ(cut.Field("content-type"), "application/problem+json");

  std::vector<ResponseText> all_bad = Thousand(false);
  for (ResponseText& response : all_bad) response.revenue = "upp";
  answer = PostJson(server.http_port(), BatchJson(all_bad));
  EXPECT_EQ(answer.status, 200u);
  EXPECT_EQ(NumberAt(answer.body, {"rejected"}), 1000.0);
  EXPECT_EQ(server.Metric("panelpuls_records_total{result=\"rejected\"}"), 1003);
  EXPECT_EQ(server.Metric("panelpuls_records_total{result=\"accepted\"}"), 999);

  answer = PostJson(server.http_port(), BatchJson({Thousand(false)[417]}));
  EXPECT_EQ(NumberAt(answer.body, {"accepted"}), 1.0);
  ASSERT_FALSE(server.WaitForRespondents(1000).empty());

  // The manager's list says each reason once, with a count.
  const std::string attention = Get(server.http_port(), "/v1/attention").body;
  const std::string key = "\"rejected\"";
  std::size_t entries = 0;
  for (std::size_t at = attention.find(key); at != std::string::npos;
       at = attention.find(key, at + 1)) {
    ++entries;
  }
  EXPECT_EQ(entries, 1000u) << attention.substr(0, 600);
  EXPECT_NE(attention.find("\"count\":4"), std::string::npos);
}

TEST(Ingest, TheAnswerIsInTheRequestsTypeUnlessAcceptPrefersTheOther) {
  RunningServer server;
  const std::string batch = BatchBytes({{.id = "A1"}}, 0);
  HttpAnswer answer = PostProtobuf(server.http_port(), batch);
  EXPECT_EQ(answer.status, 200u) << answer.body;
  EXPECT_EQ(answer.Field("content-type"), "application/x-protobuf");
  const auto outcome = wire::OutcomeFromProtobuf(answer.body);
  ASSERT_TRUE(outcome.ok());
  EXPECT_EQ(outcome->counts[0], 1u);

  answer = PostProtobuf(server.http_port(), batch, "Accept: application/json\r\n");
  EXPECT_EQ(answer.Field("content-type"), "application/json");
  EXPECT_EQ(NumberAt(answer.body, {"duplicate"}), 1.0);
}

TEST(Ingest, WhatRefusesABatchAsAWholeIsSaidOnceAndForAll) {
  ServerSetup setup;
  setup.server.max_records = 3;
  RunningServer server(setup);
  const std::string good = ResponseJson({.id = "B1"});
  struct Row {
    const char* name;
    std::string path;
    std::string type;
    std::string body;
    unsigned status;
    const char* says;
  };
  const std::string four = "{\"responses\":[" + good + "," + good + "," + good + "," + good + "]}";
  const std::vector<Row> rows = {
      {"unknown wave", "/v1/responses", "application/json",
       "{\"wave\":\"other\",\"responses\":[" + good + "]}", 400, "other"},
      {"unknown wave in the path", "/v1/waves/other/responses", "application/json",
       "{\"responses\":[" + good + "]}", 404, "other"},
      {"another wave than the path's", "/v1/waves/cases/responses", "application/json",
       "{\"wave\":\"other\",\"responses\":[" + good + "]}", 400, "other"},
      {"simulated time", "/v1/responses", "application/json",
       "{\"simulatedTime\":\"2025-10-07T10:00:00Z\",\"responses\":[" + good + "]}", 400,
       "simulated"},
      {"too many records", "/v1/responses", "application/json", four, 413, "3"},
      {"an array", "/v1/responses", "application/json", "[]", 400, ""},
      {"garbage", "/v1/responses", "application/json", "\xff\xfe{}", 400, ""},
      {"garbage as protobuf", "/v1/responses", "application/x-protobuf", "\xff\xff\xff", 400, ""},
      {"CSV", "/v1/responses", "text/csv", "a,b", 415, "application/json"},
      {"no type", "/v1/responses", "", "{}", 415, "application/json"},
  };
  for (const Row& row : rows) {
    const std::string type = row.type.empty() ? "" : "Content-Type: " + row.type + "\r\n";
    const HttpAnswer answer =
        Exchange(server.http_port(),
                 fmt::format("POST {} HTTP/1.1\r\nHost: a\r\n{}Content-Length: {}\r\n\r\n{}",
                             row.path, type, row.body.size(), row.body));
    EXPECT_EQ(answer.status, row.status) << row.name << ": " << answer.body;
    EXPECT_EQ(answer.Field("content-type"), "application/problem+json") << row.name;
    EXPECT_NE(answer.body.find(row.says), std::string::npos) << row.name << ": " << answer.body;
  }
  const HttpAnswer coding =
      Exchange(server.http_port(), PostHead("Content-Encoding: br\r\nContent-Length: 2\r\n\r\n{}"));
  EXPECT_EQ(coding.status, 415u);
  EXPECT_EQ(coding.Field("accept-encoding"), "gzip, identity");
  EXPECT_FALSE(server.WaitForRespondents(0).empty());
}

TEST(Ingest, SimulatedTimeIsTakenOnlyByAServerWithASimulatedClock) {
  ServerSetup setup;
  setup.engine.simulated_clock = true;
  RunningServer server(setup);
  const HttpAnswer answer =
      PostJson(server.http_port(), "{\"simulatedTime\":\"2025-10-07T10:00:00Z\",\"responses\":[" +
                                       ResponseJson({.id = "B1"}) + "]}");
  EXPECT_EQ(answer.status, 200u) << answer.body;
  EXPECT_EQ(NumberAt(answer.body, {"accepted"}), 1.0);
}

TEST(Ingest, QuestionsThatTheWaveDoesNotListAreCountedAndNamed) {
  RunningServer server;
  const std::string response = ResponseJson({.id = "Q1"});
  const std::size_t answers = response.find("\"answers\":[") + 11;
  const HttpAnswer answer =
      PostJson(server.http_port(), "{\"responses\":[" + response.substr(0, answers) +
                                       "{\"question\":\"weather\",\"options\":[\"fine\"]}," +
                                       response.substr(answers) + "]}");
  EXPECT_EQ(NumberAt(answer.body, {"accepted"}), 1.0) << answer.body;
  EXPECT_EQ(server.Metric("panelpuls_ignored_questions_total"), 1);
  EXPECT_NE(Get(server.http_port(), "/v1/attention").body.find("weather"), std::string::npos);
}

TEST(Ingest, FieldsThatTheSchemaDoesNotHaveAreCountedAndNamed) {
  RunningServer server;
  const std::string response = ResponseJson({.id = "Q1"});
  const HttpAnswer answer =
      PostJson(server.http_port(), "{\"response\":[],\"responses\":[{\"state\":\"partial\"," +
                                       response.substr(1) + "]}");
  EXPECT_EQ(NumberAt(answer.body, {"accepted"}), 1.0) << answer.body;
  EXPECT_EQ(server.Metric("panelpuls_ignored_fields_total"), 2);
  const std::string attention = Get(server.http_port(), "/v1/attention").body;
  EXPECT_NE(attention.find("\"kind\":\"ignored_field\""), std::string::npos);
  EXPECT_NE(attention.find("\"reason\":\"state\""), std::string::npos);
  EXPECT_NE(attention.find("\"reason\":\"batch.response\""), std::string::npos);
}

TEST(Ingest, AnEmptyBatchIsTaken) {
  RunningServer server;
  const HttpAnswer answer = PostJson(server.http_port(), "{}");
  EXPECT_EQ(answer.status, 200u) << answer.body;
  EXPECT_EQ(NumberAt(answer.body, {"accepted"}).value_or(0), 0.0);
}

// The same version with other content: one of the two wins by its bytes, in every order.
const ResponseText kVersionA{.id = "D1", .revenue = "up"};
const ResponseText kVersionB{.id = "D1", .revenue = "down"};

// The larger by its bytes: options have numbers in the definition's order.
const std::string kCounting = "down";

std::string EstimatesAfter(RunningServer& server, double respondents, double conflicts) {
  const std::string json = server.WaitForSnapshot([&](const std::string& snapshot) {
    return NumberAt(snapshot, {"collection", "respondents"}) == respondents &&
           NumberAt(snapshot, {"collection", "conflicts_open"}) == conflicts;
  });
  EXPECT_FALSE(json.empty()) << Get(server.http_port(), "/v1/snapshot").body;
  return MemberText(json, "estimates");
}

std::string EstimatesOfConflict(const std::vector<ResponseText>& order) {
  RunningServer server;
  for (std::size_t i = 0; i < order.size(); ++i) {
    const HttpAnswer answer = PostJson(server.http_port(), BatchJson({order[i]}));
    EXPECT_EQ(answer.status, 200u);
    EXPECT_EQ(NumberAt(answer.body, {i == 0 ? "accepted" : "conflict"}), 1.0) << i << answer.body;
    if (i == 0) continue;
    EXPECT_NE(answer.body.find(order[i].revenue == kCounting ? "this content counts now"
                                                             : "the content that was there counts"),
              std::string::npos)
        << answer.body;
  }
  return EstimatesAfter(server, 1, 1);
}

TEST(Ingest, TheSameVersionWithOtherContentWinsByItsBytesInEveryOrder) {
  const std::string one = EstimatesOfConflict({kVersionA, kVersionB});
  const std::string other = EstimatesOfConflict({kVersionB, kVersionA});
  EXPECT_EQ(one, other);
  EXPECT_NE(one, "");
}

TEST(Ingest, ConflictsFromTwoConnectionsAtOnceEndTheSame) {
  const std::string expected = EstimatesOfConflict({kVersionA, kVersionB});
  RunningServer server;
  auto push = [&](int parity) {
    for (int i = 0; i < 50; ++i) {
      const bool first = (i + parity) % 2 == 0;
      const HttpAnswer answer =
          PostJson(server.http_port(), BatchJson({first ? kVersionA : kVersionB}));
      EXPECT_EQ(answer.status, 200u);
    }
  };
  std::thread other([&] { push(1); });
  push(0);
  other.join();
  EXPECT_EQ(EstimatesAfter(server, 1, 1), expected);
  const std::string attention = Get(server.http_port(), "/v1/attention").body;
  const std::size_t at = attention.find("\"conflict\"");
  ASSERT_NE(at, std::string::npos) << attention;
  EXPECT_EQ(attention.find("\"conflict\"", at + 1), std::string::npos) << attention;
}

TEST(Ingest, AConflictInABatchLeavesTheOthersAcceptedAndAHigherRevisionSettlesIt) {
  RunningServer server;
  PostJson(server.http_port(), BatchJson({kVersionA}));
  std::vector<ResponseText> batch = Thousand(false);
  batch[500] = kVersionB;
  HttpAnswer answer = PostJson(server.http_port(), BatchJson(batch));
  EXPECT_EQ(answer.status, 200u);
  EXPECT_EQ(NumberAt(answer.body, {"accepted"}), 999.0);
  EXPECT_EQ(NumberAt(answer.body, {"conflict"}), 1.0);
  ResponseText settled = kVersionA;
  settled.revision = 2;
  answer = PostJson(server.http_port(), BatchJson({settled}));
  EXPECT_EQ(NumberAt(answer.body, {"accepted"}), 1.0);
  EstimatesAfter(server, 1000, 0);
}

// Clocks that are wrong: a year ahead, a day back, at the epoch, a minute and a half ahead.
struct ClockBatches {
  std::array<std::string, 3> batches;
};

ClockBatches ClockCase() {
  const Micros now = SystemClock().Now();
  const Micros day = 24 * kMicrosPerHour;
  ClockBatches made;
  made.batches[0] =
      BatchJson({{.id = "K1", .revenue = "up", .collected_at = Iso(now + 365 * day)}});
  made.batches[1] = BatchJson(
      {{.id = "K2", .revenue = "same", .collected_at = Iso(now - day)},
       {.id = "K3", .revenue = "same", .collected_at = "1970-01-01T00:00:00Z"},
       {.id = "K4", .revenue = "same", .collected_at = Iso(now + 90 * kMicrosPerSecond)}});
  made.batches[2] =
      BatchJson({{.id = "K1", .revenue = "down", .channel = "eboks", .collected_at = Iso(now)}});
  return made;
}

TEST(Ingest, ATabletAYearAheadDoesNotBeatTheCorrectionInAnyOrderNorAfterARestart) {
  const ClockBatches made = ClockCase();
  std::array<std::size_t, 3> order = {0, 1, 2};
  std::string expected;
  do {
    RunningServer server;
    for (const std::size_t i : order) {
      const HttpAnswer answer = PostJson(server.http_port(), made.batches[i]);
      ASSERT_EQ(answer.status, 200u);
      EXPECT_EQ(NumberAt(answer.body, {"accepted"}), i == 1 ? 3.0 : 1.0) << answer.body;
    }
    const std::string json = server.WaitForSnapshot([](const std::string& snapshot) {
      return NumberAt(snapshot, {"collection", "respondents"}) == 4.0 &&
             NumberAt(snapshot, {"collection", "version"}) >= 4.0 &&
             IndicatorOf(snapshot) == -12.5;  // -50 of K1, 0 of three
    });
    ASSERT_FALSE(json.empty()) << Get(server.http_port(), "/v1/snapshot").body;
    const std::string estimates = MemberText(json, "estimates");
    if (expected.empty()) expected = estimates;
    EXPECT_EQ(estimates, expected);

    const std::string history = Get(server.http_port(), "/v1/history").body;
    const std::string next_year = Iso(SystemClock().Now() + 360 * 24 * kMicrosPerHour).substr(0, 4);
    EXPECT_EQ(history.find("\"date\":\"" + next_year), std::string::npos) << history;
    EXPECT_EQ(history.find("\"date\":\"1970"), std::string::npos) << history;

    server.Restart();
    const std::string again = server.WaitForRespondents(4);
    EXPECT_EQ(MemberText(again, "estimates"), expected);
    EXPECT_EQ(MemberText(again, "collection"), MemberText(json, "collection"));
    EXPECT_EQ(Get(server.http_port(), "/v1/history").body, history);
  } while (std::next_permutation(order.begin(), order.end()));
}

}  // namespace
}  // namespace panelpuls::testing
