#include "wave/outcome.h"

#include <gtest/gtest.h>

#include <string>

namespace panelpuls::wave {
namespace {

constexpr RecordKind kKind = RecordKind::kResponse;

TEST(BatchOutcome, TextsAreCutAtACharacterAndAnEventIdIsWholeOrNotThere) {
  BatchOutcome outcome;
  std::string reason = std::string(kMaxReasonBytes - 4, 'r') + "æøå";
  outcome.Add(kKind, 7, Result::kRejected,
              {.field = std::string(4u << 20, 'f'),
               .reason = reason,
               .event_id = std::string(kMaxEventIdBytes + 1, 'e')});
  const RecordOutcome& cut = outcome.results()[0];
  EXPECT_EQ(outcome.Text(cut.field), std::string(kMaxFieldBytes - 3, 'f') + "...");
  EXPECT_EQ(outcome.Text(cut.reason), std::string(kMaxReasonBytes - 4, 'r') + "...");
  EXPECT_TRUE(cut.event_id.empty());

  reason.resize(kMaxReasonBytes);  // not one too many
  const std::string event_id(kMaxEventIdBytes, 'e');
  outcome.Add(kKind, 8, Result::kRejected, {.field = {}, .reason = reason, .event_id = event_id});
  const RecordOutcome& whole = outcome.results()[1];
  EXPECT_EQ(outcome.Text(whole.reason), reason);
  EXPECT_EQ(outcome.Text(whole.event_id), event_id);
}

TEST(BatchOutcome, ACutTextIsNotTakenForAWholeOneThatBeginsTheSame) {
  BatchOutcome outcome;
  const std::string whole = std::string(kMaxReasonBytes - 3, 'r') + "end";
  outcome.Add(kKind, 0, Result::kRejected, {.field = {}, .reason = whole, .event_id = {}});
  outcome.Add(kKind, 1, Result::kRejected, {.field = {}, .reason = whole + "less", .event_id = {}});
  EXPECT_EQ(outcome.Text(outcome.results()[0].reason), whole);
  EXPECT_EQ(outcome.Text(outcome.results()[1].reason),
            std::string(kMaxReasonBytes - 3, 'r') + "...");
}

TEST(BatchOutcome, TenThousandRefusalsForOneReasonTakeTheRecordsAlone) {
  BatchOutcome outcome;
  outcome.Reserve(10'000);
  for (std::uint32_t i = 0; i < 10'000; ++i) {
    outcome.Add(
        kKind, i, Result::kRejected,
        {.field = "respondent_id", .reason = "is missing; send 1 to 64 bytes", .event_id = {}});
  }
  EXPECT_LE(outcome.bytes(), 10'000 * sizeof(RecordOutcome) + 256);
  EXPECT_EQ(outcome.Text(outcome.results().back().reason), "is missing; send 1 to 64 bytes");
}

TEST(BatchOutcome, SortingKeepsEachRecordItsTexts) {
  BatchOutcome outcome;
  outcome.Add(RecordKind::kCaseEvent, 0, Result::kDuplicate,
              {.field = {}, .reason = {}, .event_id = "e0"});
  outcome.Add(kKind, 2, Result::kRejected, {.field = "two", .reason = {}, .event_id = {}});
  outcome.Add(kKind, 1, Result::kRejected, {.field = "one", .reason = {}, .event_id = {}});
  outcome.Sort();
  ASSERT_EQ(outcome.results().size(), 3u);
  EXPECT_EQ(outcome.Text(outcome.results()[0].field), "one");
  EXPECT_EQ(outcome.Text(outcome.results()[1].field), "two");
  EXPECT_EQ(outcome.Text(outcome.results()[2].event_id), "e0");
}

}  // namespace
}  // namespace panelpuls::wave
