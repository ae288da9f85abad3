// The records of docs/PROTOCOL.md, byte for byte.
#include <gtest/gtest.h>

#include <cstring>
#include <string>
#include <vector>

#include "testing/protocol_text.h"
#include "testing/small_wave.h"
#include "wave/resolver.h"

namespace panelpuls::wave {
namespace {

using panelpuls::testing::ProtocolHex;

constexpr Micros kTime = 1'759'831'200'000'000;  // 2025-10-07T10:00:00Z
constexpr std::uint64_t kHigh = 0x0102030405060708;
constexpr std::uint64_t kLow = 0x1112131415161718;

std::shared_ptr<const Wave> ExampleWave() {
  return panelpuls::testing::WaveFromText(panelpuls::testing::ProtocolExample("definition"));
}

std::string Text(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

TEST(ProtocolExamples, ResponseRecord) {
  const auto wave = ExampleWave();
  RawResponse raw;
  raw.respondent_id = "A1";
  raw.channel = "cati";
  raw.revision = 2;
  raw.collected_at = kTime;
  raw.status = Status::kPartial;
  raw.options = {"same", "law", "money"};
  raw.answers = {{.question = "revenue", .first_option = 0, .option_count = 1},
                 {.question = "barriers", .first_option = 1, .option_count = 2}};
  raw.categories = {{.dimension = "size", .category = "large"}};
  raw.base_weight = 1.5;
  std::vector<std::byte> record(wave->layout.size);
  Rejection rejection;
  Resolver resolver(wave, {});
  ASSERT_TRUE(resolver.Resolve(raw, record, &rejection)) << rejection.field << rejection.reason;
  ResponseHeader header = LoadResponseHeader(record.data());
  header.pseudonym_high = kHigh;
  header.pseudonym_low = kLow;
  StoreResponseHeader(record.data(), header);

  const std::string bytes = ProtocolHex("response record");
  EXPECT_EQ(Text(record), bytes);
  EXPECT_EQ(RecordLength(*wave, std::as_bytes(std::span(bytes))), bytes.size());
}

TEST(ProtocolExamples, CaseEventRecord) {
  const auto wave = ExampleWave();
  CaseEventRecord record;
  Rejection rejection;
  Resolver resolver(wave, {});
  ASSERT_TRUE(resolver.Resolve(RawCaseEvent{.unit_id = "A2",
                                            .channel = "cati",
                                            .at = kTime,
                                            .disposition = "refusal",
                                            .event_id = "e1"},
                               &record, &rejection))
      << rejection.field << rejection.reason;
  record.pseudonym_high = kHigh;
  record.pseudonym_low = kLow;

  const std::string bytes = ProtocolHex("case event record");
  EXPECT_EQ(Text(std::as_bytes(std::span(&record, 1))), bytes);
  EXPECT_EQ(RecordLength(*wave, std::as_bytes(std::span(bytes))), bytes.size());
}

}  // namespace
}  // namespace panelpuls::wave
