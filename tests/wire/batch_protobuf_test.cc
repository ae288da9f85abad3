#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "wire/batch_reader.h"
#include "wire/recording_sink.h"
#include "wire/sample_batches.h"

namespace panelpuls::wire {
namespace {

using testing::HasSubstr;

std::string Bytes(std::initializer_list<int> bytes) {
  std::string text;
  for (const int byte : bytes) text += static_cast<char>(byte);
  return text;
}

// protobuf's parser tells stderr of each string that is not UTF-8; here there are thousands.
class QuietProtobuf : public testing::Environment {
 public:
  void SetUp() override { google::protobuf::SetLogHandler(nullptr); }
};
[[maybe_unused]] const auto* const kQuiet = testing::AddGlobalTestEnvironment(new QuietProtobuf);

// A batch of one response that is `record`.
std::string BatchOf(const std::string& record) {
  v1::Batch batch;
  std::string bytes;
  bytes += Bytes({0x12, static_cast<int>(record.size())});
  return bytes + record;
}

TEST(ProtobufBatch, EveryFieldReachesTheSink) {
  const v1::Batch batch = SmallBatch();
  BatchReader reader({});
  RecordingSink sink;
  ASSERT_TRUE(reader.Read(batch.SerializeAsString(), BatchFormat::kProtobuf, sink).ok());
  EXPECT_EQ(sink.header.wave, "w");
  EXPECT_EQ(sink.header.sequence, 9u);
  EXPECT_EQ(sink.header.simulated_time, 7 * kMicrosPerSecond);
  ASSERT_EQ(sink.responses.size(), 1u);
  ASSERT_EQ(sink.case_events.size(), 1u);
  v1::Response expected = batch.responses(0);
  expected.mutable_collected_at()->set_nanos(1'000);  // cut to microseconds
  EXPECT_EQ(sink.responses[0].second.DebugString(), expected.DebugString());
  EXPECT_EQ(sink.case_events[0].second.DebugString(), batch.case_events(0).DebugString());
}

TEST(ProtobufBatch, EmptyBatchIsASignOfLife) {
  BatchReader reader({});
  RecordingSink sink;
  EXPECT_TRUE(reader.Read("", BatchFormat::kProtobuf, sink).ok());
  EXPECT_EQ(sink.headers, 1);
  EXPECT_EQ(sink.header.simulated_time, kNoTime);
  EXPECT_TRUE(sink.indices.empty());
}

TEST(ProtobufBatch, HeaderComesFirstWhereverItStands) {
  v1::Batch records = PlainBatch(2);
  records.clear_wave();
  v1::Batch header;
  header.set_wave("late");
  BatchReader reader({});
  RecordingSink sink;
  const std::string bytes = records.SerializeAsString() + header.SerializeAsString();
  ASSERT_TRUE(reader.Read(bytes, BatchFormat::kProtobuf, sink).ok());
  EXPECT_EQ(sink.header.wave, "late");
  EXPECT_FALSE(sink.header_was_late);
  EXPECT_EQ(sink.responses.size(), 2u);
}

TEST(ProtobufBatch, RefusedHeaderEndsTheReading) {
  BatchReader reader({});
  RecordingSink sink;
  sink.header_status = NotFound("no such wave");
  const absl::Status status =
      reader.Read(PlainBatch(2).SerializeAsString(), BatchFormat::kProtobuf, sink);
  EXPECT_EQ(status, sink.header_status);
  EXPECT_TRUE(sink.indices.empty());
}

struct BadRecordRow {
  const char* name;
  std::string record;
  const char* field;
  const char* reason;
};

TEST(ProtobufBatch, BadRecordIsRefusedByFieldAndReason) {
  const BadRecordRow kRows[] = {
      {"number for a string", Bytes({0x08, 0x01}), "respondent_id", "wire type 0"},
      {"string for a number", Bytes({0x1A, 0x01, 'x'}), "revision", "uint32"},
      {"id not UTF-8", Bytes({0x0A, 0x01, 0xFF}), "respondent_id", "UTF-8"},
      {"channel not UTF-8", Bytes({0x12, 0x02, 0xC3, 'x'}), "channel", "UTF-8"},
      {"surrogate", Bytes({0x0A, 0x03, 0xED, 0xA0, 0x80}), "respondent_id", "UTF-8"},
      {"revision of 33 bits", Bytes({0x18, 0x80, 0x80, 0x80, 0x80, 0x10}), "revision", "range"},
      {"status 4", Bytes({0x28, 0x04}), "status", "COMPLETE"},
      {"negative status", Bytes({0x28, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01}),
       "status", "COMPLETE"},
      {"nanos of a second", Bytes({0x22, 0x06, 0x10, 0x80, 0x94, 0xEB, 0xDC, 0x03}),
       "collected_at.nanos", "999999999"},
      {"year 10000", Bytes({0x22, 0x07, 0x08, 0x80, 0x83, 0xD1, 0xFF, 0xAF, 0x07}),
       "collected_at.seconds", "9999"},
      {"time as fixed64", Bytes({0x22, 0x09, 0x09, 1, 2, 3, 4, 5, 6, 7, 8}), "collected_at.seconds",
       "wire type 1"},
      {"option not UTF-8", Bytes({0x32, 0x06, 0x12, 0x01, 'a', 0x12, 0x01, 0xFF}),
       "answers[0].options[1]", "UTF-8"},
      {"second answer cut short", Bytes({0x32, 0x00, 0x32, 0x02, 0x0A, 0x05}), "answers[1]",
       "malformed"},
      {"category as a number", Bytes({0x3A, 0x02, 0x10, 0x01}), "categories[0].category",
       "wire type 0"},
      {"float for a double", Bytes({0x45, 0, 0, 0, 0}), "base_weight", "double"},
      {"field 0", Bytes({0x02, 0x00}), "", "malformed"},
      {"wire type 7", Bytes({0x7F}), "", "malformed"},
      {"length beyond the record", Bytes({0x12, 0x7F, 'x'}), "channel", "malformed"},
      {"length of 33 bits", Bytes({0x12, 0x81, 0x80, 0x80, 0x80, 0x10, 'x'}), "channel",
       "malformed"},
      {"open group", Bytes({0x7B}), "", "malformed"},
      {"group closed by another", Bytes({0x7B, 0x74}), "", "malformed"},
  };
  for (const BadRecordRow& row : kRows) {
    SCOPED_TRACE(row.name);
    BatchReader reader({});
    RecordingSink sink;
    const std::string bytes = BatchOf(row.record) + PlainBatch(1).SerializeAsString();
    ASSERT_TRUE(reader.Read(bytes, BatchFormat::kProtobuf, sink).ok());
    ASSERT_EQ(sink.bad.size(), 1u);
    EXPECT_EQ(sink.bad[0].index, 0u);
    EXPECT_EQ(sink.bad[0].field, row.field);
    EXPECT_THAT(sink.bad[0].reason, HasSubstr(row.reason));
    EXPECT_EQ(sink.responses.size(), 1u);  // the other one is unharmed
  }
}

TEST(ProtobufBatch, LastOfAFieldWinsAndTimestampsMerge) {
  const std::string record =
      Bytes({0x18, 0x80, 0x80, 0x80, 0x80, 0x10}) +  // out of range, overridden
      Bytes({0x22, 0x02, 0x08, 0x05, 0x22, 0x03, 0x10, 0xD0, 0x0F}) +
      Bytes({0x0A, 0x01, 'a', 0x0A, 0x01, 'b', 0x18, 0x07});
  BatchReader reader({});
  RecordingSink sink;
  ASSERT_TRUE(reader.Read(BatchOf(record), BatchFormat::kProtobuf, sink).ok());
  ASSERT_EQ(sink.responses.size(), 1u);
  const v1::Response& response = sink.responses[0].second;
  EXPECT_EQ(response.respondent_id(), "b");
  EXPECT_EQ(response.revision(), 7u);
  EXPECT_EQ(response.collected_at().seconds(), 5);
  EXPECT_EQ(response.collected_at().nanos(), 2'000);
}

TEST(ProtobufBatch, UnknownFieldsAreCountedAndListedByNumber) {
  // A response with field 17, an answer with field 3, a time with field 9; an event with field 6;
  // a batch with field 15.
  const std::string answer = std::string("\x32\x06\x0A\x01q\x1A\x01x", 8);
  const std::string time = std::string("\x22\x04\x08\x01\x48\x01", 6);
  const std::string response = "\x0A\x01" + std::string("a") + std::string("\x88\x01\x01", 3) +
                               answer + time + std::string("\x88\x01\x02", 3);
  const std::string event = std::string(
      "\x0A\x01"
      "a\x30\x01",
      5);
  const std::string batch = "\x12" + std::string(1, static_cast<char>(response.size())) + response +
                            "\x1A" + std::string(1, static_cast<char>(event.size())) + event +
                            std::string("\x78\x01", 2);
  BatchReader reader({});
  RecordingSink sink;
  ASSERT_TRUE(reader.Read(batch, BatchFormat::kProtobuf, sink).ok());
  EXPECT_EQ(sink.bad.size(), 0u);
  std::uint64_t count = 0;
  EXPECT_EQ(reader.TakeIgnoredFields(&count),
            (std::vector<std::string>{"batch.field 15", "field 17", "answers.field 3",
                                      "collected_at.field 9", "case_events.field 6"}));
  EXPECT_EQ(count, 6u);
  EXPECT_TRUE(reader.TakeIgnoredFields(&count).empty());
}

TEST(ProtobufBatch, UnknownFieldsAndGroupsAreSkipped) {
  const std::string record = Bytes({0x7B, 0x78, 0x01, 0x73, 0x74, 0x7C}) +  // nested groups
                             Bytes({0xF8, 0x07, 0x01}) + Bytes({0x0A, 0x01, 'a'});
  BatchReader reader({});
  RecordingSink sink;
  ASSERT_TRUE(reader.Read(BatchOf(record), BatchFormat::kProtobuf, sink).ok());
  ASSERT_EQ(sink.responses.size(), 1u);
  EXPECT_EQ(sink.responses[0].second.respondent_id(), "a");
}

TEST(ProtobufBatch, BrokenFramingRefusesTheBatch) {
  const std::pair<const char*, std::string> kRows[] = {
      {"record longer than the batch", Bytes({0x12, 0x10, 0x0A})},
      {"wave as a number", Bytes({0x08, 0x01})},
      {"responses as a number", Bytes({0x10, 0x01})},
      {"wave not UTF-8", Bytes({0x0A, 0x01, 0xFF})},
      {"simulated time out of range", Bytes({0x22, 0x06, 0x10, 0x80, 0x94, 0xEB, 0xDC, 0x03})},
      {"JSON", "{\"responses\": []}"},
  };
  for (const auto& [name, bytes] : kRows) {
    SCOPED_TRACE(name);
    BatchReader reader({});
    RecordingSink sink;
    const absl::Status status = reader.Read(bytes, BatchFormat::kProtobuf, sink);
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << status;
    EXPECT_TRUE(sink.indices.empty());
  }
}

TEST(ProtobufBatch, LimitsAreNamed) {
  const std::string bytes = PlainBatch(3).SerializeAsString();
  RecordingSink sink;
  BatchReader few({.max_records = 2});
  const absl::Status records = few.Read(bytes, BatchFormat::kProtobuf, sink);
  EXPECT_EQ(records.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_THAT(records.ToString(), HasSubstr("more than 2 records"));
  BatchReader exact({.max_records = 3, .max_bytes = bytes.size()});
  EXPECT_TRUE(exact.Read(bytes, BatchFormat::kProtobuf, sink).ok());
  BatchReader small({.max_bytes = bytes.size() - 1});
  EXPECT_EQ(small.Read(bytes, BatchFormat::kProtobuf, sink).code(),
            absl::StatusCode::kResourceExhausted);
}

TEST(ProtobufBatch, OneRecordCannotFillTheMemory) {
  constexpr int kMost = 16'384;
  v1::Response options, spread, answers, categories;
  for (int i = 0; i < kMost; ++i) {
    if (i == 0) options.add_answers();
    options.mutable_answers(0)->add_options("");
    answers.add_answers();
    categories.add_categories();
  }
  // An option beside its question is read on a shorter way, when another answer has the others.
  spread = options;
  const auto add_beyond = [](v1::Response& response) {
    v1::Answer& answer = *response.add_answers();
    answer.set_question("q");
    answer.add_options("o");
  };
  struct Row {
    const char* name;
    v1::Response good, bad;
    const char* field;
  };
  std::vector<Row> rows = {{"options", options, options, "answers[0].options"},
                           {"options of two answers", spread, spread, "answers[1].options"},
                           {"answers", answers, answers, "answers"},
                           {"categories", categories, categories, "categories"}};
  rows[0].bad.mutable_answers(0)->add_options("");
  add_beyond(rows[1].bad);
  rows[2].bad.add_answers();
  rows[3].bad.add_categories();
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    v1::Batch batch;
    *batch.add_responses() = row.good;
    *batch.add_responses() = row.bad;
    BatchReader reader({});
    RecordingSink sink;
    ASSERT_TRUE(reader.Read(batch.SerializeAsString(), BatchFormat::kProtobuf, sink).ok());
    EXPECT_EQ(sink.responses.size(), 1u);
    ASSERT_EQ(sink.bad.size(), 1u);
    EXPECT_EQ(sink.bad[0].index, 1u);
    EXPECT_EQ(sink.bad[0].field, row.field);
    EXPECT_THAT(sink.bad[0].reason, HasSubstr("more than 16384"));
  }
}

TEST(ProtobufBatch, GroupsInOneAnotherAreSkippedDownTo32) {
  const auto groups = [](std::size_t opened, std::size_t closed) {
    return std::string(opened, '\x7B') + std::string(closed, '\x7C');
  };
  const std::pair<std::string, bool> kRows[] = {
      {groups(32, 32), true}, {groups(33, 33), false}, {groups(33, 32), false}};
  for (const auto& [record, good] : kRows) {
    BatchReader reader({});
    RecordingSink sink;
    ASSERT_TRUE(reader.Read(BatchOf(record), BatchFormat::kProtobuf, sink).ok());
    EXPECT_EQ(sink.responses.size(), good ? 1u : 0u) << record.size();
  }
}

TEST(ProtobufBatch, AgreesWithGeneratedClassesOnEveryPrefix) {
  const std::string bytes = SmallBatch().SerializeAsString();
  BatchReader reader({});
  for (std::size_t length = 0; length <= bytes.size(); ++length) {
    // Of its own size, so that a sanitizer sees a read beyond the end.
    const std::vector<char> prefix(bytes.begin(),
                                   bytes.begin() + static_cast<std::ptrdiff_t>(length));
    EXPECT_EQ(CompareWithGenerated(reader, {prefix.data(), prefix.size()}), "") << length;
  }
}

TEST(ProtobufBatch, AgreesWithGeneratedClassesOnEveryByteChanged) {
  const std::string bytes = SmallBatch().SerializeAsString();
  BatchReader reader({});
  int refused = 0;
  for (std::size_t place = 0; place < bytes.size(); ++place) {
    for (int value = 0; value < 256; ++value) {
      std::string changed = bytes;
      changed[place] = static_cast<char>(value);
      ASSERT_EQ(CompareWithGenerated(reader, changed), "") << place << " to " << value;
      RecordingSink sink;
      const absl::Status status = reader.Read(changed, BatchFormat::kProtobuf, sink);
      refused += !status.ok() || !sink.bad.empty() ? 1 : 0;
    }
  }
  EXPECT_GT(refused, 1000);  // the table reaches the refusals at all
}

TEST(ProtobufBatch, AgreesWithGeneratedClassesOnRandomBatches) {
  const std::uint64_t seed = std::random_device{}();
  SCOPED_TRACE(seed);
  std::mt19937_64 random(seed);
  BatchReader reader({});
  for (int i = 0; i < 500; ++i) {
    ASSERT_EQ(CompareWithGenerated(reader, RandomBatch(random).SerializeAsString()), "");
  }
}

}  // namespace
}  // namespace panelpuls::wire
