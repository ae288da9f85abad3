#include "wire/encode.h"

#include <gtest/gtest.h>

#include <array>

#include "panelpuls/v1/batch.pb.h"
#include "wire/recording_sink.h"
#include "wire/sample_batches.h"

namespace panelpuls::wire {
namespace {

// Encodes what the reader gives, again.
class EncodingSink final : public BatchSink {
 public:
  absl::Status OnHeader(const BatchHeader& given) override {
    header = given;
    return absl::OkStatus();
  }
  void OnResponse(std::uint32_t, const wave::RawResponse& response) override {
    AppendResponse(response, responses.emplace_back());
  }
  void OnCaseEvent(std::uint32_t, const wave::RawCaseEvent& event) override {
    AppendCaseEvent(event, case_events.emplace_back());
  }
  void OnBadRecord(wave::RecordKind, std::uint32_t, const RecordFault&) override { ADD_FAILURE(); }
  BatchHeader header;
  std::vector<std::string> responses;
  std::vector<std::string> case_events;
};

TEST(Encode, WhatIsReadAndWrittenAgainIsTheSameBatch) {
  const std::uint64_t seed = std::random_device{}();
  SCOPED_TRACE(seed);
  std::mt19937_64 random(seed);
  BatchReader reader({});
  for (int i = 0; i < 300; ++i) {
    const v1::Batch batch = RandomBatch(random);
    EncodingSink sink;
    ASSERT_TRUE(reader.Read(batch.SerializeAsString(), BatchFormat::kProtobuf, sink).ok());
    std::string bytes;
    AppendBatchBytes({.wave = sink.header.wave,
                      .simulated_time = sink.header.simulated_time,
                      .sequence = sink.header.sequence,
                      .responses = sink.responses,
                      .case_events = sink.case_events},
                     bytes);
    v1::Batch again;
    ASSERT_TRUE(again.ParseFromString(bytes));
    ASSERT_EQ(again.DebugString(), batch.DebugString());
  }
}

TEST(Encode, FirstInstantOf1970IsATimeAndNotAbsent) {
  for (const Micros time : std::array<Micros, 4>{0, -1, 1, -kMicrosPerSecond}) {
    wave::RawCaseEvent event;
    event.at = time;
    std::string bytes;
    AppendCaseEvent(event, bytes);
    v1::CaseEvent message;
    ASSERT_TRUE(message.ParseFromString(bytes));
    ASSERT_TRUE(message.has_at()) << time;
    EXPECT_EQ(message.at().seconds() * kMicrosPerSecond + message.at().nanos() / 1000, time);
    EXPECT_GE(message.at().nanos(), 0);
  }
}

}  // namespace
}  // namespace panelpuls::wire
