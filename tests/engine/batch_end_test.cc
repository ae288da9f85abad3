// What becomes of batches whose shares do not all become durable: a full disk, a stop, a failure.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/clock.h"
#include "engine/completion.h"
#include "engine/engine.h"
#include "engine/fieldwork.h"
#include "engine/harness.h"
#include "testing/simulated_file_system.h"

namespace panelpuls::engine {
namespace {

using panelpuls::testing::SimulatedFileSystem;
using testing::Harness;
using testing::kDirectory;
using testing::kNoon;
using testing::MakeResponse;
using testing::Sent;
using testing::TestOptions;
using testing::TestWave;

constexpr std::chrono::hours kForEver{1};
constexpr std::uint64_t kUnits = 5000;

// More than a partition's segments hold without a new one.
std::vector<Sent> LongBatch() {
  std::mt19937_64 random(1);
  std::vector<Sent> records;
  for (std::uint64_t unit = 0; unit < kUnits; ++unit) {
    records.push_back(MakeResponse("unit " + std::to_string(unit), random));
  }
  return records;
}

std::vector<Sent> ShortBatch(const std::string& name) {
  std::mt19937_64 random(2);
  std::vector<Sent> records;
  for (int unit = 0; unit < 8; ++unit) {
    records.push_back(MakeResponse(name + std::to_string(unit), random));
  }
  return records;
}

std::string SecondPartition() { return std::string(kDirectory) + "/partition-001"; }

EngineOptions TwoPartitions(FileSystem& files, const Clock& clock,
                            std::chrono::milliseconds room_patience) {
  EngineOptions options = TestOptions(files, clock, 2);
  options.room_patience = room_patience;
  return options;
}

// Ends shares of a batch, of which the last gives it back with its end.
struct Share {
  BatchEnd first;
  BatchEnd second;
  BatchEnd of_batch;
};

TEST(BatchEnd, IsTheWorstOfItsShares) {
  constexpr Share kShares[] = {
      {BatchEnd::kDurable, BatchEnd::kDurable, BatchEnd::kDurable},
      {BatchEnd::kDurable, BatchEnd::kNoRoom, BatchEnd::kNoRoom},
      {BatchEnd::kNoRoom, BatchEnd::kDurable, BatchEnd::kNoRoom},
      {BatchEnd::kNoRoom, BatchEnd::kNoRoom, BatchEnd::kNoRoom},
      {BatchEnd::kStopped, BatchEnd::kDurable, BatchEnd::kStopped},
      {BatchEnd::kDurable, BatchEnd::kStopped, BatchEnd::kStopped},
      {BatchEnd::kNoRoom, BatchEnd::kStopped, BatchEnd::kStopped},
      {BatchEnd::kStopped, BatchEnd::kNoRoom, BatchEnd::kStopped},
  };
  for (const Share& share : kShares) {
    auto* const batch = new Batch;
    BeginShares(*batch, 2);
    EXPECT_EQ(EndShare(batch, share.first), nullptr);
    const auto ended = EndShare(batch, share.second);
    ASSERT_NE(ended, nullptr);
    EXPECT_EQ(ended->end, share.of_batch);
  }
}

// The partition with room makes its share durable before or after the other drops its own.
TEST(BatchEnd, ABatchOfWhichOnePartitionFoundNoRoomIsNotAcknowledged) {
  SimulatedFileSystem files;
  ManualClock clock(kNoon);
  Harness harness(TestWave(), TwoPartitions(files, clock, std::chrono::milliseconds(0)));
  files.FillDirectory(SecondPartition());
  ASSERT_EQ(harness.Post(LongBatch()), SubmitResult::kQueued);
  EXPECT_TRUE(harness.WaitForOutcomes(1).empty());
  EXPECT_EQ(harness.ended(BatchEnd::kNoRoom), 1u);
  // What was kept of it counts once.
  files.FillDirectory("");
  while (harness.TryPost(LongBatch()) == SubmitResult::kNoRoom) {
  }
  const auto outcomes = harness.WaitForOutcomes(2);
  ASSERT_EQ(outcomes.size(), 1u);
  EXPECT_GT(outcomes[0].counts[static_cast<std::size_t>(wave::Result::kDuplicate)], 0u);
  EXPECT_GT(outcomes[0].counts[static_cast<std::size_t>(wave::Result::kAccepted)], 0u);
  EXPECT_EQ(harness.Stop()->counters.respondents, kUnits);
}

TEST(BatchEnd, ABatchOfWhichOnePartitionWaitsForRoomIsNotAcknowledgedByAStop) {
  SimulatedFileSystem files;
  ManualClock clock(kNoon);
  std::uint64_t kept = 0;
  {
    Harness harness(TestWave(), TwoPartitions(files, clock, kForEver));
    files.FillDirectory(SecondPartition());
    ASSERT_EQ(harness.Post(LongBatch()), SubmitResult::kQueued);
    kept = harness.Stop()->counters.respondents;
    EXPECT_EQ(harness.acknowledged(), 0u);
    EXPECT_EQ(harness.ended(BatchEnd::kStopped), 1u);
  }
  EXPECT_GT(kept, 0u);
  EXPECT_LT(kept, kUnits);
  files.FillDirectory("");
  Harness again(TestWave(), TwoPartitions(files, clock, kForEver));
  EXPECT_EQ(again.engine().Latest()->counters.respondents, kept);
}

TEST(BatchEnd, BatchesThatWaitedTooLongForRoomEndAndTheEngineGoesOn) {
  SimulatedFileSystem files;
  ManualClock clock(kNoon);
  EngineOptions options = TestOptions(files, clock);
  options.room_patience = std::chrono::milliseconds(100);
  Harness harness(TestWave(), options);
  files.FillDirectory(kDirectory);
  harness.Post(LongBatch());
  const bool second = harness.Post(ShortBatch("waits ")) == SubmitResult::kQueued;
  harness.WaitForOutcomes(second ? 2 : 1);
  EXPECT_GE(harness.ended(BatchEnd::kNoRoom), 1u);
  EXPECT_TRUE(harness.engine().healthy());
  // Readers are served meanwhile, and intake says what is the matter.
  const Micros later = kNoon + 10 * kMicrosPerMinute;
  clock.AdvanceTo(later);
  EXPECT_NE(harness.WaitForSnapshot(
                [](const PublishedSnapshot& snapshot) { return snapshot.clock.now >= later; }),
            nullptr);
  EXPECT_EQ(harness.TryPost(ShortBatch("full ")), SubmitResult::kNoRoom);
  files.FillDirectory("");
  while (harness.TryPost(ShortBatch("room ")) == SubmitResult::kNoRoom) {
  }
  const auto outcomes = harness.WaitForOutcomes(second ? 3 : 2);
  ASSERT_FALSE(outcomes.empty());
  EXPECT_EQ(outcomes.back().counts[static_cast<std::size_t>(wave::Result::kAccepted)], 8u);
}

TEST(BatchEnd, AfterAFailureEveryBatchEndsAndNoneIsAcknowledged) {
  SimulatedFileSystem files;
  ManualClock clock(kNoon);
  Harness harness(TestWave(), TwoPartitions(files, clock, kForEver));
  files.HoldDataSyncs();
  std::size_t posted = 0;
  for (; posted < 5; ++posted) {
    ASSERT_EQ(harness.Post(ShortBatch(std::to_string(posted))), SubmitResult::kQueued);
  }
  files.WaitForHeldSync();
  files.FailCall(1, absl::StatusCode::kUnavailable);
  files.ReleaseDataSyncs();
  harness.WaitForOutcomes(posted);
  EXPECT_EQ(harness.ended(BatchEnd::kDurable) + harness.ended(BatchEnd::kStopped), posted);
  EXPECT_GE(harness.ended(BatchEnd::kStopped), 1u);
  EXPECT_EQ(harness.TryPost(ShortBatch("later")), SubmitResult::kStopped);
}

}  // namespace
}  // namespace panelpuls::engine
