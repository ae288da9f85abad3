// Header fields, paths and bodies, without a socket.
#include <gtest/gtest.h>
#include <zlib.h>

#include <string>
#include <vector>

#include "server/access/access.h"
#include "server/gzip_sample.h"
#include "server/http/body.h"
#include "server/http/http_target.h"
#include "server/http/media_type.h"
#include "server/http/routes.h"
#include "server/options.h"

namespace panelpuls::server {
namespace {

TEST(MediaType, IsComparedWithoutCaseAndParameters) {
  struct Row {
    const char* name;
    const char* field;
    MediaType type;
  };
  const std::vector<Row> rows = {
      {"plain", "application/json", MediaType::kJson},
      {"as .NET sends it", "application/json; charset=utf-8", MediaType::kJson},
      {"case and quotes", "Application/JSON; Charset=\"UTF-8\"", MediaType::kJson},
      {"blank before the semicolon", "application/json ; a=b", MediaType::kJson},
      {"protobuf", "application/x-protobuf", MediaType::kProtobuf},
      {"protobuf with a message name", "application/x-protobuf; proto=panelpuls.v1.Batch",
       MediaType::kProtobuf},
      {"form, as curl sends it", "application/x-www-form-urlencoded", MediaType::kOther},
      {"longer name", "application/jsonx", MediaType::kOther},
      {"absent", "", MediaType::kNone},
  };
  for (const Row& row : rows) EXPECT_EQ(ParseMediaType(row.field), row.type) << row.name;
}

TEST(Accept, PrefersTheHigherQualityThenTheMoreSpecificRange) {
  struct Row {
    const char* name;
    const char* field;
    MediaType type;
  };
  const std::vector<Row> rows = {
      {"absent", "", MediaType::kJson},
      {"anything", "*/*", MediaType::kJson},
      {"a browser", "text/html,application/xhtml+xml,*/*;q=0.8", MediaType::kJson},
      {"protobuf", "application/x-protobuf", MediaType::kProtobuf},
      {"protobuf rather", "application/json;q=0.5, application/x-protobuf", MediaType::kProtobuf},
      {"json rather", "application/json, application/x-protobuf;q=0.9", MediaType::kJson},
      {"protobuf or anything", "application/x-protobuf, */*;q=0.1", MediaType::kProtobuf},
      {"specific before range", "*/*, application/x-protobuf", MediaType::kProtobuf},
      {"anything but json", "*/*, application/json;q=0", MediaType::kProtobuf},
      {"neither", "text/plain", MediaType::kJson},
      {"bad quality", "application/x-protobuf;q=abc", MediaType::kJson},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(PreferredType(row.field, MediaType::kJson), row.type) << row.name;
  }
}

TEST(AcceptEncoding, GzipIsTakenWhereItIsWantedAtLeastAsMuch) {
  struct Row {
    const char* field;
    bool gzip;
  };
  for (const Row& row :
       {Row{"", false}, Row{"gzip", true}, Row{"gzip, deflate, br, zstd", true},
        Row{"deflate, br", false}, Row{"X-GZIP", true}, Row{"*", true}, Row{"gzip;q=0", false},
        Row{"*, gzip;q=0", false}, Row{"*;q=0", false}, Row{"br;q=1, gzip ; q=0.2", true},
        Row{"gzip;q=0.5, identity", false}, Row{"gzip;q=1.0, identity;q=0.5", true},
        Row{"identity", false}, Row{"identity;q=0, *;q=0.1", true}, Row{"gzipped", false}}) {
    EXPECT_EQ(AcceptsGzip(row.field), row.gzip) << row.field;
  }
}

TEST(Etag, MatchesInListsWeaklyAndByStar) {
  EXPECT_TRUE(MatchesEtag("\"a-1\"", "\"a-1\""));
  EXPECT_TRUE(MatchesEtag("\"x\", \"a-1\"", "\"a-1\""));
  EXPECT_TRUE(MatchesEtag("W/\"a-1\"", "\"a-1\""));
  EXPECT_TRUE(MatchesEtag("*", "\"a-1\""));
  EXPECT_TRUE(MatchesEtag("\"with, comma\" , \"a-1\"", "\"a-1\""));
  EXPECT_FALSE(MatchesEtag("\"a-2\"", "\"a-1\""));
  EXPECT_FALSE(MatchesEtag("a-1", "\"a-1\""));
  EXPECT_FALSE(MatchesEtag("", "\"a-1\""));
}

TEST(BearerToken, IsWhatStandsBehindTheSchemeInAnyCase) {
  EXPECT_EQ(BearerToken("Bearer abc"), "abc");
  EXPECT_EQ(BearerToken("bearer  abc "), "abc");
  EXPECT_EQ(BearerToken("Basic abc"), "");
  EXPECT_EQ(BearerToken(""), "");
}

TEST(Target, IsDecodedSegmentBySegment) {
  using Segments = std::vector<std::string>;
  EXPECT_EQ(PathSegments("/"), Segments{""});
  EXPECT_EQ(PathSegments("/v1/wave?x=1"), (Segments{"v1", "wave"}));
  EXPECT_EQ(PathSegments("/v1/waves/a%2Fb/wave"), (Segments{"v1", "waves", "a/b", "wave"}));
  EXPECT_EQ(PathSegments("http://elsewhere:1/v1/wave"), (Segments{"v1", "wave"}));
  EXPECT_EQ(PathSegments("*"), std::nullopt);
  EXPECT_EQ(PathSegments("/a%zz"), std::nullopt);
}

TEST(Routes, NameEachResourceWithAndWithoutItsWave) {
  struct Row {
    std::vector<std::string> segments;
    Resource resource;
  };
  const std::vector<Row> rows = {
      {{"v1", "responses"}, Resource::kResponses},
      {{"v1", "waves", "w", "responses"}, Resource::kResponses},
      {{"v1", "waves", "w", "stream"}, Resource::kStream},
      {{"v1", "snapshot"}, Resource::kSnapshot},
      {{"v1", "nothing"}, Resource::kNone},
      {{"v1", "waves", "w"}, Resource::kNone},
      {{"v1"}, Resource::kNone},
      {{"metrics"}, Resource::kMetrics},
      {{"healthz"}, Resource::kHealth},
      {{"readyz"}, Resource::kReady},
      {{""}, Resource::kPage},
      {{"page.css"}, Resource::kPage},
  };
  for (const Row& row : rows) {
    const Route route = FindRoute(row.segments);
    EXPECT_EQ(route.resource, row.resource) << route.page_path;
    EXPECT_EQ(route.wave.has_value(), row.segments.size() == 4 && row.segments[1] == "waves");
  }
}

TEST(Access, OnlyLoopbackIsListenedOn) {
  EXPECT_TRUE(CheckLoopback("127.0.0.1").ok());
  EXPECT_TRUE(CheckLoopback("127.0.0.2").ok());
  EXPECT_TRUE(CheckLoopback("::1").ok());
  for (const char* address : {"0.0.0.0", "::", "192.168.1.1", "10.0.0.1", "localhost", ""}) {
    const absl::Status status = CheckLoopback(address);
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << address;
  }
}

BodyState Decode(BodyDecoder& body, std::string_view bytes, std::size_t step) {
  for (std::size_t i = 0; i < bytes.size(); i += step) {
    const BodyState state = body.Add(bytes.substr(i, step));
    if (state != BodyState::kOk) return state;
  }
  return body.End();
}

TEST(Body, GzipUnpacksHoweverItIsCut) {
  std::string text;
  for (int i = 0; i < 5000; ++i) text += std::to_string(i * 7919);
  const std::string packed = testing::GzipSample(text);
  const std::string two_members = testing::GzipSample("first, ") + testing::GzipSample("second");
  BodyDecoder body;
  for (const std::size_t step :
       {std::size_t{1}, std::size_t{7}, std::size_t{1000}, packed.size()}) {
    body.Begin({.gzip = true, .max_bytes = 1u << 20});
    ASSERT_EQ(Decode(body, packed, step), BodyState::kOk) << step;
    EXPECT_EQ(body.bytes(), text);
    EXPECT_EQ(body.arrived(), packed.size());
    body.Begin({.gzip = true, .max_bytes = 1u << 20});
    ASSERT_EQ(Decode(body, two_members, step), BodyState::kOk) << step;
    EXPECT_EQ(body.bytes(), "first, second");
  }
}

TEST(Body, GzipThatIsCutOffOrDamagedIsCorrupt) {
  const std::string packed = testing::GzipSample(std::string(1000, 'a') + "b");
  BodyDecoder body;
  for (std::size_t length = 0; length < packed.size(); ++length) {
    body.Begin({.gzip = true, .max_bytes = 1u << 20});
    EXPECT_EQ(Decode(body, std::string_view(packed).substr(0, length), 5), BodyState::kCorrupt)
        << length;
  }
  std::string damaged = packed;
  damaged[packed.size() - 6] = static_cast<char>(damaged[packed.size() - 6] ^ 1);  // its checksum
  body.Begin({.gzip = true, .max_bytes = 1u << 20});
  EXPECT_EQ(Decode(body, damaged, 100), BodyState::kCorrupt);
  body.Begin({.gzip = true, .max_bytes = 1u << 20});
  EXPECT_EQ(Decode(body, packed + "trailing", 100), BodyState::kCorrupt);
}

TEST(Body, TakesNoMoreRoomThanItSays) {
  struct Row {
    const char* name;
    BodyDecoder::Options options;
    std::string bytes;
  };
  const std::string text(1u << 20, 'a');
  const Row rows[] = {
      {"announced", {.max_bytes = 4u << 20, .known_bytes = text.size()}, text},
      {"not announced", {.max_bytes = text.size()}, text},
      {"gzip", {.gzip = true, .max_bytes = text.size()}, testing::GzipSample(text)},
  };
  for (const Row& row : rows) {
    BodyDecoder body;
    body.Begin(row.options);
    ASSERT_EQ(Decode(body, row.bytes, 1000), BodyState::kOk) << row.name;
    EXPECT_EQ(body.bytes(), text) << row.name;
    EXPECT_LE(body.held_bytes(), BodyDecoder::MostRoom(row.options)) << row.name;
    body.Release();
    EXPECT_LE(body.held_bytes(), kOwnBytes) << row.name;
  }
}

TEST(Body, IsCountedBeforeAndAfterUnpacking) {
  BodyDecoder body;
  body.Begin({.max_bytes = 10});
  EXPECT_EQ(Decode(body, "0123456789", 3), BodyState::kOk);
  body.Begin({.max_bytes = 10});
  EXPECT_EQ(Decode(body, "0123456789a", 3), BodyState::kTooLarge);
  const std::string bomb = testing::GzipSample(std::string(10u << 20, 'a'));
  body.Begin({.gzip = true, .max_bytes = 1u << 20});
  EXPECT_EQ(Decode(body, bomb, 64), BodyState::kTooLarge);
}

}  // namespace
}  // namespace panelpuls::server
