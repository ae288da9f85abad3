#include "engine/batch.h"

#include <gtest/gtest.h>

#include <array>

#include "engine/fieldwork.h"
#include "wave/record.h"

namespace panelpuls::engine {
namespace {

using testing::AddTo;
using testing::MakeFieldwork;
using testing::MakeResponse;
using testing::Sent;
using testing::TestWave;

identity::DirectoryKey TestKey() {
  std::array<std::byte, 32> bytes{};
  bytes.fill(std::byte{42});
  return identity::DirectoryKey::FromBytes(bytes);
}

TEST(BatchBuilder, EveryRecordHasThePseudonymOfItsOwnId) {
  const auto key = TestKey();
  BatchBuilder builder(TestWave(), key, {});
  identity::Pseudonymizer pseudonymizer(key);
  const std::vector<Sent> records = MakeFieldwork(1, 60);
  builder.Begin();
  AddTo(builder, records);
  const auto batch = builder.Finish(kNoTime, 1);
  std::size_t response = 0;
  std::size_t event = 0;
  for (const Sent& record : records) {
    const identity::Pseudonym expected = pseudonymizer.Make(record.id);
    identity::Pseudonym actual;
    if (record.disposition.empty()) {
      const auto header =
          wave::LoadResponseHeader(batch->responses.data() + response++ * TestWave()->layout.size);
      actual = {header.pseudonym_high, header.pseudonym_low};
    } else {
      actual = {batch->events[event].pseudonym_high, batch->events[event].pseudonym_low};
      ++event;
    }
    EXPECT_EQ(actual, expected) << record.id;
  }
  EXPECT_EQ(response, batch->response_count);
  EXPECT_EQ(event, batch->events.size());
}

TEST(BatchBuilder, RefusedRecordKeepsItsIndexAndLeavesTheOthersUnharmed) {
  const auto key = TestKey();
  BatchBuilder builder(TestWave(), key, {});
  std::mt19937_64 random(3);
  std::vector<Sent> records;
  for (const char* id : {"a", "b", "c"}) records.push_back(MakeResponse(id, random));
  records[1].answers[0].second[0] = "eleven";
  builder.Begin();
  AddTo(builder, records);
  builder.Reject(wave::RecordKind::kResponse, 3, "answers", "is no list");
  const auto batch = builder.Finish(kNoTime, 9);
  EXPECT_EQ(batch->response_count, 2u);
  EXPECT_EQ(batch->response_index, (std::vector<std::uint32_t>{0, 2}));
  EXPECT_EQ(batch->outcome.sequence, 9u);
  ASSERT_EQ(batch->outcome.results().size(), 2u);
  EXPECT_EQ(batch->outcome.results()[0].index, 1u);
  EXPECT_EQ(batch->outcome.results()[1].index, 3u);
  EXPECT_EQ(batch->outcome.counts[static_cast<std::size_t>(wave::Result::kRejected)], 2u);

  identity::Pseudonymizer pseudonymizer(key);
  const auto refusals = builder.TakeRefusals();
  ASSERT_EQ(refusals.size(), 2u);
  EXPECT_EQ(refusals[0].respondent_pseudonym, identity::ToHex(pseudonymizer.Make("b")));
  EXPECT_EQ(refusals[0].channel, records[1].channel);
  EXPECT_NE(refusals[0].reason.find("answers"), std::string::npos);
  EXPECT_EQ(refusals[1].respondent_pseudonym, "");
  EXPECT_TRUE(builder.TakeRefusals().empty());
}

TEST(BatchBuilder, RefusalOfABadIdNamesNoPseudonym) {
  BatchBuilder builder(TestWave(), TestKey(), {});
  std::mt19937_64 random(3);
  builder.Begin();
  AddTo(builder, {MakeResponse("", random), MakeResponse(std::string(65, 'x'), random)});
  const auto refusals = builder.TakeRefusals();
  ASSERT_EQ(refusals.size(), 2u);
  for (const auto& refusal : refusals) EXPECT_EQ(refusal.respondent_pseudonym, "");
}

TEST(BatchBuilder, RefusalsHoldLittleOfWhatWasSentAndEqualOnesAreOne) {
  BatchBuilder builder(TestWave(), TestKey(), {});
  std::mt19937_64 random(3);
  std::vector<Sent> records(3, MakeResponse("a", random));
  for (Sent& record : records) record.channel = "DK-10000001" + std::string(1u << 20, 'x');
  records.push_back(MakeResponse("b", random));
  records.back().answers[0].second[0] = std::string(1u << 20, 'x');
  builder.Begin();
  AddTo(builder, records);
  builder.Reject(wave::RecordKind::kResponse, 4, "answers", std::string(1u << 20, 'x'));
  const auto refusals = builder.TakeRefusals();
  ASSERT_EQ(refusals.size(), 3u);
  EXPECT_EQ(refusals[0].channel, "DK-10000... (1048587 bytes)");
  EXPECT_EQ(refusals[0].count, 3u);
  EXPECT_EQ(refusals[0].reason.find("DK-100000"), std::string::npos);
  EXPECT_EQ(refusals[1].channel, records[3].channel);
  EXPECT_EQ(refusals[1].count, 1u);
  for (const auto& refusal : refusals) EXPECT_LE(refusal.reason.size(), 512u);
}

TEST(BatchBuilder, OfABatchNoMoreRefusalsAreHeldThanTheListKeeps) {
  BatchBuilder builder(TestWave(), TestKey(), {});
  builder.Begin();
  for (std::uint32_t i = 0; i < 10'000; ++i) {
    builder.Reject(wave::RecordKind::kResponse, i, fmt::format("answers[{}]", i), "is no list");
  }
  EXPECT_EQ(builder.TakeRefusals().size(), BatchBuilder::kMaxRefusals);
  EXPECT_EQ(builder.Finish(kNoTime, 1)->outcome.results().size(), 10'000u);
}

TEST(BatchBuilder, UnknownQuestionsAreCountedAndNamedOnce) {
  BatchBuilder builder(TestWave(), TestKey(), {});
  std::mt19937_64 random(3);
  Sent sent = MakeResponse("a", random);
  sent.answers.push_back({"shoe_size", {"44"}});
  builder.Begin();
  AddTo(builder, {sent, sent});
  const auto batch = builder.Finish(kNoTime, 1);
  EXPECT_EQ(batch->response_count, 2u);
  std::uint64_t count = 0;
  EXPECT_EQ(builder.TakeIgnoredQuestions(&count),
            std::vector<std::string>{"shoe_siz... (9 bytes)"});
  EXPECT_EQ(count, 2u);
  EXPECT_TRUE(builder.TakeIgnoredQuestions(&count).empty());
  EXPECT_EQ(count, 0u);
}

TEST(BatchBuilder, BatchThatWasBegunAndNotFinishedIsForgotten) {
  BatchBuilder builder(TestWave(), TestKey(), {});
  std::mt19937_64 random(3);
  builder.Begin();
  AddTo(builder, {MakeResponse("a", random)});
  builder.Begin();
  AddTo(builder, {MakeResponse("b", random), MakeResponse("c", random)});
  EXPECT_EQ(builder.Finish(kNoTime, 1)->response_count, 2u);
}

}  // namespace
}  // namespace panelpuls::engine
