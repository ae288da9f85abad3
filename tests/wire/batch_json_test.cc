#include <gmock/gmock.h>
#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>

#include <functional>

#include "wire/batch_reader.h"
#include "wire/recording_sink.h"
#include "wire/sample_batches.h"

namespace panelpuls::wire {
namespace {

using testing::HasSubstr;

struct Reading {
  absl::Status status;
  RecordingSink sink;
};

Reading ReadJson(std::string_view json, const BatchLimits& limits = {}) {
  Reading reading;
  BatchReader reader(limits);
  reading.status = reader.Read(json, BatchFormat::kJson, reading.sink);
  return reading;
}

// A batch whose first response is `record` and whose second is plain.
Reading ReadRecord(const std::string& record) {
  return ReadJson(R"({"responses":[)" + record + R"(,{"respondentId":"good"}]})");
}

std::string ToJson(const v1::Batch& batch, bool proto_names = false) {
  google::protobuf::util::JsonPrintOptions options;
  options.preserve_proto_field_names = proto_names;
  std::string json;
  EXPECT_TRUE(google::protobuf::util::MessageToJsonString(batch, &json, options).ok());
  return json;
}

bool FromJson(const std::string& json, v1::Batch& batch) {
  google::protobuf::util::JsonParseOptions options;
  options.ignore_unknown_fields = true;
  options.case_insensitive_enum_parsing = true;
  return google::protobuf::util::JsonStringToMessage(json, &batch, options).ok();
}

// What a reading gave, put together again.
v1::Batch ToBatch(const RecordingSink& sink) {
  v1::Batch batch;
  batch.set_wave(sink.header.wave);
  batch.set_sequence(sink.header.sequence);
  if (sink.header.simulated_time != kNoTime) {
    wave::RawCaseEvent event;
    event.at = sink.header.simulated_time;
    *batch.mutable_simulated_time() = ToMessage(event).at();
  }
  for (const auto& [index, response] : sink.responses) *batch.add_responses() = response;
  for (const auto& [index, event] : sink.case_events) *batch.add_case_events() = event;
  return batch;
}

TEST(JsonBatch, WhatProtobufPrintsIsReadBack) {
  const std::uint64_t seed = std::random_device{}();
  SCOPED_TRACE(seed);
  std::mt19937_64 random(seed);
  for (int i = 0; i < 300; ++i) {
    const v1::Batch batch = RandomBatch(random);
    const Reading reading = ReadJson(ToJson(batch, i % 2 == 1));
    ASSERT_TRUE(reading.status.ok()) << reading.status;
    ASSERT_TRUE(reading.sink.bad.empty()) << reading.sink.bad[0].reason;
    ASSERT_FALSE(reading.sink.header_was_late);
    ASSERT_EQ(ToBatch(reading.sink).DebugString(), batch.DebugString());
  }
}

// Documents on which our rules and protobuf's are the same.
constexpr const char* kGoodDocuments[] = {
    R"({})",
    R"(  {"responses": [ ] , "caseEvents" : [] }  )",
    R"({"responses": null, "wave": null, "sequence": null, "simulatedTime": null})",
    R"({"responses":[{}]})",
    R"({"responses":[{"respondent_id":"a"}], "case_events":[{"unit_id":"u","event_id":"e"}]})",
    R"({"responses":[{"respondentId":"\u00e6\ud834\udd1e\n"}]})",
    R"({"responses":[{"revision":7},{"revision":"7"},{"revision":7.0},{"revision":7e0},{"revision":0.7e1}]})",
    R"({"responses":[{"revision":4294967295},{"revision":"4294967295"}]})",
    R"({"responses":[{"status":"PARTIAL"},{"status":"withdrawn"},{"status":3},{"status":null}]})",
    R"({"responses":[{"baseWeight":1.5},{"base_weight":"1.5"},{"baseWeight":2},{"baseWeight":null}]})",
    R"({"responses":[{"baseWeight":"NaN"},{"baseWeight":"Infinity"},{"baseWeight":"-Infinity"}]})",
    R"({"responses":[{"baseWeight":0.1},{"baseWeight":1e-300},{"baseWeight":123456789.123456789}]})",
    R"({"responses":[{"collectedAt":"2025-10-07T10:00:00Z"}]})",
    R"({"responses":[{"collectedAt":"2025-10-07T12:00:00.25+02:00"}]})",
    R"({"responses":[{"collectedAt":"1969-12-31T23:59:59.999999Z"}]})",
    R"({"responses":[{"answers":null,"categories":null}]})",
    R"({"responses":[{"answers":[{"question":"q"},{"options":["a","b"]},{}]}]})",
    R"({"responses":[{"categories":[{"dimension":"d","category":"c"},{}]}]})",
    R"({"responses":[{"unknown":{"deep":[1,{"x":null}]},"respondentId":"a"}],"unknown":[[]]})",
    R"({"wave":"w","sequence":18446744073709551615})",
    R"({"wave":"w","sequence":"18446744073709551615","simulatedTime":"2025-10-07T10:00:00Z"})",
};

TEST(JsonBatch, AgreesWithProtobufOnGoodDocuments) {
  for (const char* const json : kGoodDocuments) {
    SCOPED_TRACE(json);
    v1::Batch expected;
    ASSERT_TRUE(FromJson(json, expected));
    const Reading reading = ReadJson(json);
    ASSERT_TRUE(reading.status.ok()) << reading.status;
    ASSERT_TRUE(reading.sink.bad.empty()) << reading.sink.bad[0].reason;
    EXPECT_EQ(ToBatch(reading.sink).SerializeAsString(), expected.SerializeAsString())
        << ToBatch(reading.sink).DebugString() << expected.DebugString();
  }
}

struct BadRow {
  const char* record;
  const char* field;
  const char* reason;
  bool looser_in_protobuf = false;  // protobuf's reader takes it
};

TEST(JsonBatch, BadRecordIsRefusedByFieldAndReason) {
  const BadRow kRows[] = {
      {R"(7)", "", "is a number; write an object"},
      {R"([])", "", "is an array", true},
      {R"(null)", "", "is null", true},
      {R"("x")", "", "is a string"},
      {R"({"respondentId":7})", "respondent_id", "is a number; write a string"},
      {R"({"respondent_id":{}})", "respondent_id", "is an object"},
      {R"({"channel":true})", "channel", "is a boolean"},
      {R"({"revision":-1})", "revision", "whole number"},
      {R"({"revision":1.5})", "revision", "whole number"},
      {R"({"revision":4294967296})", "revision", "4294967295"},
      {R"({"revision":"1x"})", "revision", "whole number"},
      {R"({"revision":" 1"})", "revision", "whole number"},
      {R"({"revision":""})", "revision", "whole number"},
      {R"({"revision":[1]})", "revision", "is an array; write a whole number"},
      {R"({"status":"DONE"})", "status", "COMPLETE", true},
      {R"({"status":4})", "status", "COMPLETE", true},
      {R"({"status":-1})", "status", "COMPLETE", true},
      {R"({"status":0.5})", "status", "COMPLETE"},
      {R"({"status":true})", "status", "is a boolean"},
      {R"({"collectedAt":"yesterday"})", "collected_at", "2025-10-07T10:00:00Z"},
      {R"({"collectedAt":"2025-10-07T10:00:00"})", "collected_at", "offset"},
      {R"({"collectedAt":1759831200})", "collected_at", "is a number; write a time"},
      {R"({"collectedAt":{"seconds":1}})", "collected_at", "is an object", true},
      {R"({"baseWeight":"1e999"})", "base_weight", "number"},
      {R"({"baseWeight":false})", "base_weight", "is a boolean"},
      {R"({"answers":{}})", "answers", "is an object; write an array", true},
      {R"({"answers":[{},7]})", "answers[1]", "is a number"},
      {R"({"answers":[{"question":1}]})", "answers[0].question", "is a number"},
      {R"({"answers":[{"options":"up"}]})", "answers[0].options", "array of option codes", true},
      {R"({"answers":[{"options":[7]}]})", "answers[0].options[0]", "is a number; write a string"},
      {R"({"answers":[{},{"options":["a",null]}]})", "answers[1].options[1]", "is null", true},
      {R"({"categories":[{"category":[]}]})", "categories[0].category", "is an array"},
      {R"({"baseWeight":1e999})", "base_weight", "'1e999' is beyond the range of a double"},
      {R"({"revision":99999999999999999999999})", "revision",
       "'99999999999999999999999' is beyond the range"},
      {R"({"revision":01})", "revision", "'01' is a malformed number"},
      {R"({"r\u0065vision":1e999})", "revision", "'1e999'"},
      {R"({"answers":[{},{"options":["a",-1e999]}]})", "answers[1].options[1]", "'-1e999'"},
      {R"({"categories":[{"category":-99999999999999999999}]})", "categories[0].category",
       "beyond the range"},
      {R"(1e999)", "", "beyond the range"},
      {R"({"x":[{"y":01}]})", "x[0].y", "'01' is a malformed number"},
      {R"({"revision":4294967297})", "revision", "'4294967297' is out of range"},
      {R"({"baseWeight":"1,5"})", "base_weight", "'1,5' is not a number"},
      {R"({"status":"done"})", "status", "'done' is unknown", true},
  };
  for (const BadRow& row : kRows) {
    SCOPED_TRACE(row.record);
    const Reading reading = ReadRecord(row.record);
    ASSERT_TRUE(reading.status.ok()) << reading.status;
    ASSERT_EQ(reading.sink.bad.size(), 1u);
    EXPECT_EQ(reading.sink.bad[0].index, 0u);
    EXPECT_EQ(reading.sink.bad[0].field, row.field);
    EXPECT_THAT(reading.sink.bad[0].reason, HasSubstr(row.reason));
    ASSERT_EQ(reading.sink.responses.size(), 1u);
    EXPECT_EQ(reading.sink.responses[0].first, 1u);
    v1::Batch parsed;
    const std::string json =
        std::string(R"({"responses":[)") + row.record + R"(,{"respondentId":"good"}]})";
    EXPECT_EQ(FromJson(json, parsed), row.looser_in_protobuf);
  }
}

// Whatever stands in a field that nobody reads refuses nothing, as long as it is JSON.
TEST(JsonBatch, ANumberInAnUnknownFieldRefusesNothing) {
  for (const char* const number :
       {"99999999999999999999", "-99999999999999999999", "18446744073709551616", "1e999", "-1e400",
        "123456789012345678901234567890.5"}) {
    SCOPED_TRACE(number);
    const std::string json = fmt::format(
        R"({{"internal":{0},"more":[{0},{{"a":{0}}}],"responses":[{{"respondentId":"a","serial":{0},)"
        R"("meta":{{"n":[{0}]}},"answers":[{{"question":"q","options":["x"],"ms":{0}}}]}},)"
        R"({{"respondentId":"b"}}],"caseEvents":[{{"unitId":"u","nr":{0}}}]}})",
        number);
    const Reading reading = ReadJson(json);
    ASSERT_TRUE(reading.status.ok()) << reading.status;
    EXPECT_TRUE(reading.sink.bad.empty());
    ASSERT_EQ(reading.sink.responses.size(), 2u);
    EXPECT_EQ(reading.sink.responses[0].second.ShortDebugString(),
              "respondent_id: \"a\" answers { question: \"q\" options: \"x\" }");
    EXPECT_EQ(reading.sink.case_events.size(), 1u);
  }
}

TEST(JsonBatch, ARefusedNumberLeavesItsNeighboursAlone) {
  const Reading reading = ReadJson(
      R"({"responses":[{"respondentId":"a"},{"revision":1e999,"x":1e999},{"respondentId":"c"}],)"
      R"("caseEvents":[{"unitId":"u"},{"at":1e999}]})");
  ASSERT_TRUE(reading.status.ok()) << reading.status;
  ASSERT_EQ(reading.sink.bad.size(), 2u);
  EXPECT_EQ(reading.sink.bad[0].index, 1u);
  EXPECT_EQ(reading.sink.bad[0].field, "revision");
  EXPECT_EQ(reading.sink.bad[1].kind, wave::RecordKind::kCaseEvent);
  EXPECT_EQ(reading.sink.bad[1].field, "at");
  EXPECT_EQ(reading.sink.responses.size(), 2u);
  // Of two arrays of one name the last counts.
  const Reading twice =
      ReadJson(R"({"responses":[{"revision":1e999}],"responses":[{"respondentId":"a"}]})");
  ASSERT_TRUE(twice.status.ok()) << twice.status;
  EXPECT_TRUE(twice.sink.bad.empty());
  EXPECT_EQ(twice.sink.responses.size(), 1u);
}

TEST(JsonBatch, UnknownFieldsAreCountedAndListed) {
  BatchReader reader({});
  const auto read = [&](const char* json) {
    RecordingSink sink;
    EXPECT_TRUE(reader.Read(json, BatchFormat::kJson, sink).ok());
    std::uint64_t count = 0;
    std::vector<std::string> names = reader.TakeIgnoredFields(&count);
    return std::pair(count, names);
  };
  EXPECT_EQ(read(R"({"responses":[{"respondentId":"a"}]})").first, 0u);
  EXPECT_EQ(read(R"({"response":[],"responses":[{"state":"partial","answers":[{"question":"q",)"
                 R"("option":["x"]}],"categories":[{"code":"x"}]},{"state":"partial"}],)"
                 R"("caseEvents":[{"state":1}]})"),
            std::pair(std::uint64_t{6},
                      std::vector<std::string>{"batch.response", "state", "answers.option",
                                               "categories.code", "case_events.state"}));
  EXPECT_EQ(read(R"({"responses":[{"state":1}]})").first, 1u);
  EXPECT_EQ(read(R"({})").first, 0u);
}

TEST(JsonBatch, BadCaseEventIsRefusedAlone) {
  const Reading reading = ReadJson(
      R"({"caseEvents":[{"unitId":"a","at":"x"},{"unitId":"b","disposition":"refusal"}]})");
  ASSERT_TRUE(reading.status.ok());
  ASSERT_EQ(reading.sink.bad.size(), 1u);
  EXPECT_EQ(reading.sink.bad[0].kind, wave::RecordKind::kCaseEvent);
  EXPECT_EQ(reading.sink.bad[0].field, "at");
  ASSERT_EQ(reading.sink.case_events.size(), 1u);
  EXPECT_EQ(reading.sink.case_events[0].second.unit_id(), "b");
}

TEST(JsonBatch, BrokenDocumentIsRefusedWhole) {
  const struct {
    const char* name;
    const char* json;
    bool looser_in_protobuf = false;  // protobuf's reader takes it
  } kRows[] = {
      {"empty", ""},
      {"blank", "  "},
      {"not an object", "[]"},
      {"scalar", "7"},
      {"cut", R"({"responses":[{"respondentId":"a"},{"resp)"},
      {"cut between records", R"({"responses":[{"respondentId":"a"},)"},
      {"missing comma", R"({"responses":[{"respondentId":"a"} {}]})"},
      {"trailing comma", R"({"responses":[{},]})", true},
      {"bad literal in a record", R"({"responses":[{"respondentId":nul}]})"},
      {"bad literal in an unknown field", R"({"x":tru,"responses":[]})"},
      {"bad escape", R"({"responses":[{"respondentId":"\q"}]})", true},
      {"lone surrogate", R"({"responses":[{"respondentId":"\ud834"}]})"},
      {"not UTF-8", "{\"responses\":[{\"respondentId\":\"\xFF\"}]}"},
      {"control character", "{\"responses\":[{\"respondentId\":\"\n\"}]}", true},
      {"two documents", R"({} {})"},
      {"responses an object", R"({"responses":{}})", true},
      {"wave a number", R"({"wave":1})"},
      {"sequence negative", R"({"sequence":-1})"},
      {"sequence beyond a double", R"({"sequence":1e999})"},
      {"sequence of 2^64", R"({"sequence":18446744073709551616})"},
      {"sequence of 2^64 as a double", R"({"sequence":18446744073709551616.0})"},
      {"simulated time a word", R"({"simulatedTime":"now"})"},
      {"number beyond a double and cut", R"({"responses":[{"revision":1e999},{"resp)"},
      {"number beyond a double and broken", R"({"responses":[{"revision":1e999},{"x":nul}]})"},
  };
  for (const auto& [name, json, looser_in_protobuf] : kRows) {
    SCOPED_TRACE(name);
    const Reading reading = ReadJson(json);
    EXPECT_EQ(reading.status.code(), absl::StatusCode::kInvalidArgument) << reading.status;
    EXPECT_TRUE(reading.sink.indices.empty());
    EXPECT_THAT(reading.status.ToString(), HasSubstr("batch: "));
    v1::Batch parsed;
    EXPECT_EQ(FromJson(json, parsed), looser_in_protobuf);
  }
}

TEST(JsonBatch, BrokenDocumentNamesThePlace) {
  const Reading reading = ReadJson(R"({"responses":[{"respondentId":"a"},{"channel":nul}]})");
  EXPECT_THAT(reading.status.ToString(), HasSubstr("near byte 46 of 52")) << reading.status;
}

TEST(JsonBatch, DeepNestingIsBounded) {
  const auto nested = [](int depth) {
    return R"({"x":)" + std::string(static_cast<std::size_t>(depth), '[') +
           std::string(static_cast<std::size_t>(depth), ']') + "}";
  };
  EXPECT_TRUE(ReadJson(nested(50)).status.ok());
  EXPECT_FALSE(ReadJson(nested(70)).status.ok());
  EXPECT_FALSE(ReadJson(nested(1'000'000)).status.ok());
  EXPECT_FALSE(ReadJson(std::string(1'000'000, '[')).status.ok());
}

// One reader, longest first: behind each document stands what is left of the one before.
TEST(JsonBatch, DocumentThatEndsOpenIsRefused) {
  BatchReader reader({});
  for (const char* open : {"[", "{\"a\":", "[{\"a\":", "[1,"}) {
    for (int depth = 200; depth > 0; --depth) {
      std::string json;
      for (int i = 0; i < depth; ++i) json += open;
      for (const char* rest : {"", "1", "\"", "[]", "}", "]"}) {
        RecordingSink sink;
        EXPECT_FALSE(reader.Read(json + rest, BatchFormat::kJson, sink).ok()) << json << rest;
      }
    }
  }
}

TEST(JsonBatch, OneRecordCannotFillTheMemory) {
  const auto list = [](int count, const std::string& item) {
    std::string text = "[" + item;
    for (int i = 1; i < count; ++i) text += "," + item;
    return text + "]";
  };
  const auto answers = [&](int count) { return "{\"answers\":" + list(count, "{}") + "}"; };
  const auto categories = [&](int count) { return "{\"categories\":" + list(count, "{}") + "}"; };
  const auto options = [&](int count) {
    return "{\"answers\":[{\"options\":" + list(count, "\"\"") + "}]}";
  };
  constexpr int kMost = 16'384;
  const std::pair<std::function<std::string(int)>, const char*> kRows[] = {
      {answers, "answers"}, {categories, "categories"}, {options, "answers[0].options"}};
  for (const auto& [record, field] : kRows) {
    SCOPED_TRACE(field);
    EXPECT_EQ(ReadRecord(record(kMost)).sink.responses.size(), 2u);
    const Reading beyond = ReadRecord(record(kMost + 1));
    ASSERT_TRUE(beyond.status.ok()) << beyond.status;
    ASSERT_EQ(beyond.sink.bad.size(), 1u);
    EXPECT_EQ(beyond.sink.bad[0].field, field);
    EXPECT_THAT(beyond.sink.bad[0].reason, HasSubstr("more than 16384"));
  }
}

TEST(JsonBatch, ABadNumberIsForgottenWithItsBatch) {
  BatchReader reader({});
  for (const char* revision : {"1e999", "1", "1e999"}) {
    RecordingSink sink;
    const std::string json =
        std::string(R"({"responses":[{"respondentId":"a","revision":)") + revision + "}]}";
    ASSERT_TRUE(reader.Read(json, BatchFormat::kJson, sink).ok());
    EXPECT_EQ(sink.bad.size(), std::string_view(revision) == "1" ? 0u : 1u) << revision;
  }
}

TEST(JsonBatch, LastOfTwoNamesCounts) {
  const Reading reading = ReadJson(
      R"({"responses":[{"revision":1e999},7],"wave":"a","wave":"b","responses":[
          {"channel":"x","channel":"y","answers":[{"question":"p"}],"answers":[{"question":"q"}]}]})");
  ASSERT_TRUE(reading.status.ok()) << reading.status;
  EXPECT_TRUE(reading.sink.bad.empty());
  EXPECT_EQ(reading.sink.header.wave, "b");
  ASSERT_EQ(reading.sink.responses.size(), 1u);
  EXPECT_EQ(reading.sink.responses[0].second.channel(), "y");
  ASSERT_EQ(reading.sink.responses[0].second.answers_size(), 1);
  EXPECT_EQ(reading.sink.responses[0].second.answers(0).question(), "q");
}

TEST(JsonBatch, ByteOrderMarkIsSkipped) {
  EXPECT_TRUE(ReadJson("\xEF\xBB\xBF{\"wave\":\"w\"}").status.ok());
}

TEST(JsonBatch, LimitsAreNamed) {
  const std::string json = ToJson(PlainBatch(3));
  EXPECT_EQ(ReadJson(json, {.max_records = 2}).status.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_TRUE(ReadJson(json, {.max_records = 3}).status.ok());
  EXPECT_EQ(ReadJson(json, {.max_bytes = json.size() - 1}).status.code(),
            absl::StatusCode::kResourceExhausted);
}

TEST(JsonBatch, OneBadRecordInAThousandLeavesTheOthers) {
  std::string json = ToJson(PlainBatch(1000));
  const std::size_t place = json.find("\"up\"", json.find("P0417"));
  const std::pair<const char*, const char*> kRows[] = {{"7", "answers[0].options[0]"},
                                                       {"9e999", "answers[0].options[0]"}};
  for (const auto& [text, field] : kRows) {
    SCOPED_TRACE(text);
    std::string changed = json;
    changed.replace(place, 4, text);
    const Reading reading = ReadJson(changed);
    ASSERT_TRUE(reading.status.ok()) << reading.status;
    EXPECT_EQ(reading.sink.responses.size(), 999u);
    ASSERT_EQ(reading.sink.bad.size(), 1u);
    EXPECT_EQ(reading.sink.bad[0].index, 417u);
    EXPECT_EQ(reading.sink.bad[0].field, field);
  }
}

TEST(JsonBatch, EveryPrefixIsRefused) {
  const std::string json = ToJson(SmallBatch());
  BatchReader reader({});
  for (std::size_t length = 0; length < json.size(); ++length) {
    const std::vector<char> prefix(json.begin(),
                                   json.begin() + static_cast<std::ptrdiff_t>(length));
    RecordingSink sink;
    EXPECT_FALSE(reader.Read({prefix.data(), prefix.size()}, BatchFormat::kJson, sink).ok())
        << length;
    EXPECT_TRUE(sink.indices.empty());
  }
}

// What our reader takes whole, protobuf takes too and reads the same, whichever byte is changed.
TEST(JsonBatch, AgreesWithProtobufOnEveryByteChanged) {
  const std::string json = ToJson(SmallBatch());
  BatchReader reader({});
  int taken = 0;
  for (std::size_t place = 0; place < json.size(); ++place) {
    for (const char value : std::string("\"\\{}[],:0x \x80\x01")) {
      std::string changed = json;
      changed[place] = value;
      RecordingSink sink;
      if (!reader.Read(changed, BatchFormat::kJson, sink).ok() || !sink.bad.empty()) continue;
      ++taken;
      v1::Batch expected;
      ASSERT_TRUE(FromJson(changed, expected)) << changed;
      for (v1::Response& response : *expected.mutable_responses()) {
        if (!response.has_collected_at()) continue;
        response.mutable_collected_at()->set_nanos(response.collected_at().nanos() / 1000 * 1000);
      }
      ASSERT_EQ(ToBatch(sink).DebugString(), expected.DebugString()) << changed;
    }
  }
  EXPECT_GT(taken, 100);
}

TEST(JsonBatch, PaddedBytesAreNotCopiedAndReadTheSame) {
  std::string json = ToJson(PlainBatch(10));
  const std::size_t size = json.size();
  json.append(64, 'x');
  BatchReader reader({});
  RecordingSink sink;
  ASSERT_TRUE(reader.Read({json.data(), size}, BatchFormat::kJson, sink, true).ok());
  EXPECT_EQ(sink.responses.size(), 10u);
}

}  // namespace
}  // namespace panelpuls::wire
