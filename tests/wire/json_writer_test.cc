#include "base/json_writer.h"

#include <google/protobuf/struct.pb.h>
#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <limits>
#include <random>

namespace panelpuls {
namespace {

TEST(JsonWriter, NestsAndSeparates) {
  std::string out = ">";
  JsonWriter json(out);
  json.BeginObject();
  json.Field("text", "a");
  json.Field("number", 1.5);
  json.Field("count", std::uint64_t{18'446'744'073'709'551'615u});
  json.Field("change", -3);
  json.Field("yes", true);
  json.Field("absent", std::optional<double>());
  json.Field("present", std::optional<std::uint32_t>(7));
  json.Key("list");
  json.BeginArray();
  json.BeginObject();
  json.EndObject();
  json.BeginArray();
  json.EndArray();
  json.String("x");
  json.Null();
  json.Raw("[1]");
  json.EndArray();
  json.Field("last", std::string("z"));
  json.EndObject();
  EXPECT_EQ(out, R"(>{"text":"a","number":1.5,"count":18446744073709551615,"change":-3,"yes":true,)"
                 R"("absent":null,"present":7,"list":[{},[],"x",null,[1]],"last":"z"})");
}

TEST(JsonWriter, StringsAreEscapedAndUtf8) {
  const std::pair<std::string, const char*> kRows[] = {
      {"", R"("")"},
      {"plain", R"("plain")"},
      {"a\"b\\c/d", R"("a\"b\\c/d")"},
      {std::string("\n\r\t\0\x1F\x7F", 6), R"("\n\r\t\u0000\u001f\u007f")"},
      {"æ€𝄞", "\"æ€𝄞\""},
      {"\xE6", "\"\xEF\xBF\xBD\""},
      {"a\xC3", "\"a\xEF\xBF\xBD\""},
      {"\xC0\xAF", "\"\xEF\xBF\xBD\xEF\xBF\xBD\""},
      {"\xED\xA0\x80x", "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBDx\""},
      {"\xF5\x80\x80\x80", "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\""},
      {"\xE2\x82z", "\"\xEF\xBF\xBD\xEF\xBF\xBDz\""},
  };
  for (const auto& [text, expected] : kRows) {
    std::string out;
    AppendJsonString(text, out);
    EXPECT_EQ(out, expected);
  }
  EXPECT_EQ(ReplaceInvalidUtf8("\xE6\n\"é"), "\xEF\xBF\xBD\n\"é");
}

TEST(JsonWriter, NumbersReadBackAsTheSameDouble) {
  const std::uint64_t seed = std::random_device{}();
  SCOPED_TRACE(seed);
  std::mt19937_64 random(seed);
  for (int i = 0; i < 10'000; ++i) {
    const double value = std::bit_cast<double>(random());
    if (!std::isfinite(value)) continue;
    std::string out;
    AppendJsonNumber(value, out);
    ASSERT_EQ(std::strtod(out.c_str(), nullptr), value) << out;
  }
  std::string out;
  AppendJsonNumber(0.1, out);
  EXPECT_EQ(out, "0.1");
}

TEST(JsonWriter, WhatIsNoNumberIsNull) {
  for (const double value :
       {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity(),
        -std::numeric_limits<double>::infinity()}) {
    std::string out;
    AppendJsonNumber(value, out);
    EXPECT_EQ(out, "null");
  }
}

TEST(JsonWriter, AnyBytesGiveJsonThatProtobufReads) {
  const std::uint64_t seed = std::random_device{}();
  SCOPED_TRACE(seed);
  std::mt19937_64 random(seed);
  for (int i = 0; i < 2'000; ++i) {
    std::string text;
    for (std::uint64_t length = random() % 12; length > 0; --length) {
      text += static_cast<char>(random());
    }
    std::string out;
    AppendJsonString(text, out);
    google::protobuf::Value value;
    ASSERT_TRUE(google::protobuf::util::JsonStringToMessage(out, &value).ok()) << out;
    ASSERT_EQ(value.string_value(), ReplaceInvalidUtf8(text));
  }
}

TEST(JsonWriterDeathTest, UnbalancedCallsAreMistakes) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  std::string out;
  EXPECT_DEATH({ JsonWriter(out).EndObject(); }, "check failed");
  EXPECT_DEATH(
      {
        JsonWriter json(out);
        json.BeginObject();
        json.String("no key");
      },
      "check failed");
  EXPECT_DEATH(
      {
        JsonWriter json(out);
        json.BeginArray();
        json.Key("k");
      },
      "check failed");
}

}  // namespace
}  // namespace panelpuls
