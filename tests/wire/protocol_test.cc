// The examples of docs/PROTOCOL.md, byte for byte.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <string>

#include "testing/protocol_text.h"
#include "wire/batch_reader.h"
#include "wire/encode.h"
#include "wire/recording_sink.h"
#include "wire/stream.h"

namespace panelpuls::wire {
namespace {

using panelpuls::testing::ProtocolExample;
using panelpuls::testing::ProtocolHex;

constexpr Micros kTime = 1'759'831'200'000'000;  // 2025-10-07T10:00:00Z
constexpr std::size_t kMaxBytes = 4u << 20;

std::string MessageOf(const std::string& frame_bytes) {
  const Frame frame = NextFrame(frame_bytes, kMaxBytes);
  EXPECT_EQ(frame.state, Frame::kWhole);
  EXPECT_EQ(frame.consumed, frame_bytes.size());
  return std::string(frame.message);
}

// The batch that the document describes in words.
std::string ExampleBatch() {
  wave::RawResponse response;
  response.respondent_id = "A1";
  response.channel = "cati";
  response.revision = 2;
  response.collected_at = kTime;
  response.status = wave::Status::kPartial;
  response.options = {"same", "law", "money"};
  response.answers = {{.question = "revenue", .first_option = 0, .option_count = 1},
                      {.question = "barriers", .first_option = 1, .option_count = 2}};
  response.categories = {{.dimension = "size", .category = "large"}};
  response.base_weight = 1.5;
  std::array<std::string, 1> responses;
  AppendResponse(response, responses[0]);
  std::array<std::string, 1> events;
  AppendCaseEvent(
      {.unit_id = "A2", .channel = "cati", .at = kTime, .disposition = "refusal", .event_id = "e1"},
      events[0]);
  std::string batch;
  AppendBatchBytes({.wave = {}, .sequence = 1, .responses = responses, .case_events = events},
                   batch);
  return batch;
}

TEST(ProtocolExamples, Hello) {
  const std::string bytes = ProtocolHex("stream hello");
  const HelloMessage hello = {.wave = "example", .token = "", .client = "demo 1"};
  std::string written;
  AppendHello(hello, written);
  EXPECT_EQ(written, bytes);
  const auto read = ParseClientMessage(MessageOf(bytes));
  ASSERT_TRUE(read.ok()) << read.status();
  const auto* const parsed = std::get_if<HelloMessage>(&*read);
  ASSERT_NE(parsed, nullptr);
  EXPECT_EQ(parsed->protocol_version, kProtocolVersion);
  EXPECT_EQ(parsed->wave, hello.wave);
  EXPECT_EQ(parsed->client, hello.client);
}

TEST(ProtocolExamples, BatchInAFrame) {
  const std::string bytes = ProtocolHex("stream batch");
  std::string written;
  AppendBatch(ExampleBatch(), written);
  EXPECT_EQ(written, bytes);
  const std::string message = MessageOf(bytes);
  const auto read = ParseClientMessage(message);
  ASSERT_TRUE(read.ok()) << read.status();
  const auto* const parsed = std::get_if<BatchMessage>(&*read);
  ASSERT_NE(parsed, nullptr);
  EXPECT_EQ(parsed->bytes, bytes.substr(3));  // as the document says
}

TEST(ProtocolExamples, BatchInJsonIsTheOneInProtobuf) {
  BatchReader reader({});
  RecordingSink protobuf, json;
  ASSERT_TRUE(
      reader.Read(ProtocolHex("stream batch").substr(3), BatchFormat::kProtobuf, protobuf).ok());
  const absl::Status status = reader.Read(ProtocolExample("batch.json"), BatchFormat::kJson, json);
  ASSERT_TRUE(status.ok()) << status;
  EXPECT_TRUE(protobuf.bad.empty());
  EXPECT_TRUE(json.bad.empty());
  EXPECT_EQ(json.header.sequence, protobuf.header.sequence);
  ASSERT_EQ(protobuf.responses.size(), 1u);
  ASSERT_EQ(json.responses.size(), 1u);
  EXPECT_EQ(json.responses[0].second.DebugString(), protobuf.responses[0].second.DebugString());
  ASSERT_EQ(protobuf.case_events.size(), 1u);
  ASSERT_EQ(json.case_events.size(), 1u);
  EXPECT_EQ(json.case_events[0].second.DebugString(), protobuf.case_events[0].second.DebugString());
}

TEST(ProtocolExamples, Acknowledgement) {
  const std::string bytes = ProtocolHex("stream ack");
  wave::BatchOutcome outcome;
  outcome.sequence = 1;
  outcome.counts[static_cast<std::size_t>(wave::Result::kAccepted)] = 1;
  outcome.counts[static_cast<std::size_t>(wave::Result::kDuplicate)] = 1;
  outcome.Add(wave::RecordKind::kCaseEvent, 0, wave::Result::kDuplicate,
              {.field = {}, .reason = {}, .event_id = "e1"});
  std::string written;
  AppendAck(1, {&outcome}, written);
  EXPECT_EQ(written, bytes);
  const auto read = ParseServerMessage(MessageOf(bytes));
  ASSERT_TRUE(read.ok()) << read.status();
  const auto* const ack = std::get_if<AckMessage>(&*read);
  ASSERT_NE(ack, nullptr);
  EXPECT_EQ(ack->through_sequence, 1u);
  ASSERT_EQ(ack->results.size(), 1u);
  EXPECT_EQ(ack->results[0].counts, outcome.counts);
  ASSERT_EQ(ack->results[0].results().size(), 1u);
  EXPECT_EQ(ack->results[0].Text(ack->results[0].results()[0].event_id), "e1");
}

}  // namespace
}  // namespace panelpuls::wire
