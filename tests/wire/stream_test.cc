#include "wire/stream.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "panelpuls/v1/stream.pb.h"

namespace panelpuls::wire {
namespace {

using testing::HasSubstr;

constexpr std::size_t kMaxBytes = 1 << 20;

std::string MessageOf(const std::string& framed) {
  const Frame frame = NextFrame(framed, kMaxBytes);
  EXPECT_EQ(frame.state, Frame::kWhole);
  EXPECT_EQ(frame.consumed, framed.size());
  return std::string(frame.message);
}

void AddRejected(wave::BatchOutcome& outcome, std::uint32_t index, std::string_view field,
                 std::string_view reason) {
  outcome.Add(wave::RecordKind::kResponse, index, wave::Result::kRejected,
              {.field = field, .reason = reason, .event_id = {}});
}

wave::BatchOutcome MixedOutcome() {
  wave::BatchOutcome outcome;
  outcome.sequence = 18'446'744'073'709'551'615u;
  for (std::uint32_t i = 0; i < wave::kResultCount; ++i) outcome.counts[i] = i * 1000;
  AddRejected(outcome, 417, "answers[0].options[0]", "\"upp\" is unknown;\nknown: up, same");
  outcome.Add(wave::RecordKind::kCaseEvent, 0, wave::Result::kRegisterFull,
              {.field = {}, .reason = {}, .event_id = "æ1"});
  return outcome;
}

void ExpectEqual(const wave::BatchOutcome& actual, const wave::BatchOutcome& expected) {
  EXPECT_EQ(actual.sequence, expected.sequence);
  EXPECT_EQ(actual.counts, expected.counts);
  ASSERT_EQ(actual.results().size(), expected.results().size());
  for (std::size_t i = 0; i < actual.results().size(); ++i) {
    const wave::RecordOutcome& one = actual.results()[i];
    const wave::RecordOutcome& other = expected.results()[i];
    EXPECT_EQ(one.kind, other.kind);
    EXPECT_EQ(one.index, other.index);
    EXPECT_EQ(one.result, other.result);
    EXPECT_EQ(actual.Text(one.field), expected.Text(other.field));
    EXPECT_EQ(actual.Text(one.reason), expected.Text(other.reason));
    EXPECT_EQ(actual.Text(one.event_id), expected.Text(other.event_id));
  }
}

TEST(Frame, WholeMessageIsGivenAndTheRestLeft) {
  std::string bytes;
  AppendDelimited("first", bytes);
  AppendDelimited(std::string(300, 'x'), bytes);
  AppendDelimited("", bytes);
  std::string_view rest = bytes;
  for (const std::size_t length : {5u, 300u, 0u}) {
    const Frame frame = NextFrame(rest, 300);
    ASSERT_EQ(frame.state, Frame::kWhole);
    EXPECT_EQ(frame.message.size(), length);
    rest.remove_prefix(frame.consumed);
  }
  EXPECT_TRUE(rest.empty());
}

TEST(Frame, EveryPrefixAsksForMoreAndNeverForTooMuch) {
  std::string bytes;
  AppendDelimited(std::string(300, 'x'), bytes);
  for (std::size_t length = 0; length < bytes.size(); ++length) {
    const Frame frame = NextFrame(std::string_view(bytes).substr(0, length), kMaxBytes);
    ASSERT_EQ(frame.state, Frame::kNeedMore) << length;
    ASSERT_GE(frame.needed, 1u);
    ASSERT_LE(length + frame.needed, bytes.size());
  }
}

TEST(Frame, BadPrefixIsNamed) {
  const std::pair<std::string, const char*> kRows[] = {
      {"\x65", "longer than the limit of 100"},
      {std::string(9, '\xFF') + '\x01', "longer than the limit of 100"},
      {"\x85\x80\x80\x80\x10", "message of 4294967301 bytes"},
      {std::string(10, '\x80'), "more than 10 bytes"},
      {"GET / HTTP/1.1", ""},  // 71 bytes announced: is caught when it is parsed
  };
  for (const auto& [bytes, error] : kRows) {
    const Frame frame = NextFrame(bytes, 100);
    EXPECT_EQ(frame.state, *error == 0 ? Frame::kNeedMore : Frame::kBad);
    EXPECT_THAT(frame.error, HasSubstr(error));
  }
}

TEST(ClientMessage, HelloComesBack) {
  std::string bytes;
  AppendHello({.protocol_version = 3, .wave = "w", .token = "t", .client = "push 1"}, bytes);
  const auto message = ParseClientMessage(MessageOf(bytes));
  ASSERT_TRUE(message.ok()) << message.status();
  const auto* const hello = std::get_if<HelloMessage>(&*message);
  ASSERT_NE(hello, nullptr);
  EXPECT_EQ(hello->protocol_version, 3u);
  EXPECT_EQ(hello->wave, "w");
  EXPECT_EQ(hello->token, "t");
  EXPECT_EQ(hello->client, "push 1");
}

TEST(ClientMessage, BatchIsAViewAndMayBeEmpty) {
  for (const std::string& batch :
       {std::string(), std::string("\x0A\x01w"), std::string(500, 'x')}) {
    std::string bytes;
    AppendBatch(batch, bytes);
    const std::string message = MessageOf(bytes);
    const auto parsed = ParseClientMessage(message);
    ASSERT_TRUE(parsed.ok()) << parsed.status();
    EXPECT_EQ(std::get<BatchMessage>(*parsed).bytes, batch);
  }
}

TEST(ClientMessage, BatchIsWhatTheGeneratedClassesRead) {
  v1::Batch batch;
  batch.set_sequence(7);
  std::string bytes;
  AppendBatch(batch.SerializeAsString(), bytes);
  v1::ClientMessage message;
  ASSERT_TRUE(message.ParseFromString(MessageOf(bytes)));
  EXPECT_EQ(message.batch().sequence(), 7u);
}

TEST(ClientMessage, AnythingElseIsRefused) {
  const std::pair<const char*, std::string> kRows[] = {
      {"empty", ""},
      {"unknown message only", "\x1A\x01x"},
      {"number for a batch", std::string("\x10\x01")},
      {"cut", "\x12\x05w"},
      {"two messages", std::string("\x0A\x00\x12\x00", 4)},
      {"hello not UTF-8", "\x0A\x03\x12\x01\xFF"},
      {"HTTP", "GET / HTTP/1.1\r\n\r\n"},
  };
  google::protobuf::SetLogHandler(nullptr);
  for (const auto& [name, message] : kRows) {
    const auto parsed = ParseClientMessage(message);
    EXPECT_EQ(parsed.status().code(), absl::StatusCode::kInvalidArgument) << name;
  }
}

TEST(ServerMessage, WelcomeAndErrorComeBack) {
  std::string bytes;
  AppendWelcome({.wave = "w", .max_message_bytes = 1, .max_records = 2, .max_in_flight = 3}, bytes);
  const auto welcome = ParseServerMessage(MessageOf(bytes));
  ASSERT_TRUE(welcome.ok());
  EXPECT_EQ(std::get<WelcomeMessage>(*welcome).protocol_version, kProtocolVersion);
  EXPECT_EQ(std::get<WelcomeMessage>(*welcome).max_in_flight, 3u);
  bytes.clear();
  AppendError({.code = "bad_frame", .detail = "why", .retryable = true}, bytes);
  const auto error = ParseServerMessage(MessageOf(bytes));
  ASSERT_TRUE(error.ok());
  EXPECT_EQ(std::get<ErrorMessage>(*error).code, "bad_frame");
  EXPECT_TRUE(std::get<ErrorMessage>(*error).retryable);
}

TEST(ServerMessage, AckComesBackWithEmptyOutcomesToo) {
  wave::BatchOutcome plain;
  plain.sequence = 5;
  plain.counts[0] = 1000;
  const wave::BatchOutcome empty;
  const wave::BatchOutcome mixed = MixedOutcome();
  std::string bytes = "before";
  AppendAck(7, {&plain, &empty, &mixed}, bytes);
  const auto message = ParseServerMessage(MessageOf(bytes.substr(6)));
  ASSERT_TRUE(message.ok()) << message.status();
  const AckMessage& ack = std::get<AckMessage>(*message);
  EXPECT_EQ(ack.through_sequence, 7u);
  ASSERT_EQ(ack.results.size(), 3u);
  ExpectEqual(ack.results[0], plain);
  ExpectEqual(ack.results[1], empty);
  ExpectEqual(ack.results[2], mixed);
  bytes.clear();
  AppendAck(0, {}, bytes);
  EXPECT_TRUE(ParseServerMessage(MessageOf(bytes)).ok());
}

TEST(ServerMessage, UnknownResultIsRefused) {
  v1::ServerMessage message;
  v1::RecordResult& record = *message.mutable_ack()->add_results()->add_results();
  record.set_kind("response");
  record.set_result("postponed");
  EXPECT_THAT(ParseServerMessage(message.SerializeAsString()).status().ToString(),
              HasSubstr("\"postponed\" is unknown"));
}

TEST(Outcome, ComesBackFromProtobufAndJson) {
  const wave::BatchOutcome outcome = MixedOutcome();
  const auto from_protobuf = OutcomeFromProtobuf(OutcomeToProtobuf(outcome));
  ASSERT_TRUE(from_protobuf.ok());
  ExpectEqual(*from_protobuf, outcome);
  const auto from_json = OutcomeFromJson(OutcomeToJson(outcome));
  ASSERT_TRUE(from_json.ok()) << from_json.status();
  ExpectEqual(*from_json, outcome);
}

TEST(Outcome, JsonHasEveryCountAndTheNamesOfTheSchema) {
  wave::BatchOutcome outcome;
  EXPECT_EQ(OutcomeToJson(outcome),
            R"({"sequence":0,"accepted":0,"duplicate":0,"superseded":0,"conflict":0,"erased":0,)"
            R"("rejected":0,"register_full":0,"results":[]})");
  outcome.counts[5] = 1;
  AddRejected(outcome, 3, "status", "is \"odd\"");
  EXPECT_THAT(OutcomeToJson(outcome),
              HasSubstr(R"("results":[{"kind":"response","index":3,"result":"rejected",)"
                        R"("field":"status","reason":"is \"odd\""}]})"));
}

TEST(Outcome, ReasonThatQuotesBadBytesIsStillUtf8) {
  wave::BatchOutcome outcome;
  AddRejected(outcome, 0, "", "\"\xE6\" is unknown");
  const auto read = OutcomeFromProtobuf(OutcomeToProtobuf(outcome));
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(read->Text(read->results()[0].reason), "\"\xEF\xBF\xBD\" is unknown");
  EXPECT_TRUE(OutcomeFromJson(OutcomeToJson(outcome)).ok());
}

TEST(Outcome, BrokenJsonIsRefused) {
  for (const char* const json :
       {"", "[]", "{\"accepted\":-1}", "{\"accepted\":\"x\"}", "{\"results\":{}}",
        "{\"results\":[1]}", "{\"results\":[{\"kind\":\"visit\"}]}", "{\"sequence\":1.5}"}) {
    EXPECT_EQ(OutcomeFromJson(json).status().code(), absl::StatusCode::kInvalidArgument) << json;
  }
}

}  // namespace
}  // namespace panelpuls::wire
