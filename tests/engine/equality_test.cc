// Equal responses give equal bytes: in any order, repeated, in any number of partitions, replayed.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "archive/replay.h"
#include "archive/verify.h"
#include "base/clock.h"
#include "engine/engine.h"
#include "engine/fieldwork.h"
#include "engine/harness.h"
#include "engine/verified.h"
#include "report/snapshot.h"
#include "snapshot/rendered.h"
#include "testing/simulated_file_system.h"

namespace panelpuls::engine {
namespace {

using panelpuls::testing::SimulatedFileSystem;
using testing::Batches;
using testing::Harness;
using testing::HoursText;
using testing::IsSound;
using testing::kDirectory;
using testing::kNoon;
using testing::MakeFieldwork;
using testing::MakeResponse;
using testing::Sent;
using testing::TestOptions;
using testing::TestWave;

// Sends all, and returns the estimates at the end.
std::string EstimatesOf(const std::vector<std::vector<Sent>>& batches, std::uint32_t partitions) {
  SimulatedFileSystem files;
  ManualClock clock(kNoon);
  Harness harness(TestWave(), TestOptions(files, clock, partitions));
  for (const auto& batch : batches) harness.Post(batch);
  harness.WaitForOutcomes(batches.size());
  return std::string(harness.Stop()->rendered.json.estimates());
}

TEST(Equality, OrderRepetitionAndPartitionsDoNotMatter) {
  for (std::uint64_t seed = 1; seed <= 4; ++seed) {
    SCOPED_TRACE(::testing::Message() << "seed " << seed);
    const std::vector<Sent> records = MakeFieldwork(seed, 120);
    const std::string expected = EstimatesOf(Batches(records, 1000), 1);
    EXPECT_NE(expected.find("\"n\":"), std::string::npos);
    std::mt19937_64 random(seed);
    for (const std::uint32_t partitions : {1u, 2u, 7u}) {
      std::vector<Sent> shuffled = records;
      for (std::size_t copies = records.size() / 3; copies > 0; --copies) {
        shuffled.push_back(records[random() % records.size()]);
      }
      std::shuffle(shuffled.begin(), shuffled.end(), random);
      EXPECT_EQ(EstimatesOf(Batches(shuffled, 1 + random() % 40), partitions), expected)
          << partitions << " partitions";
    }
  }
}

TEST(Equality, OneResponseMoreChangesTheEstimates) {
  std::vector<Sent> records = MakeFieldwork(1, 60);
  const std::string before = EstimatesOf(Batches(records, 50), 2);
  std::mt19937_64 random(77);
  records.push_back(MakeResponse("one more", random));
  EXPECT_NE(EstimatesOf(Batches(records, 50), 2), before);
}

// As if each record were a group of its own.
TEST(Equality, VersionsOfOneUnitInOneGroupGiveTheResultsOfOneRecordGroups) {
  // Responses first: an outcome counts each kind by itself.
  std::vector<Sent> records;
  const std::vector<Sent> fieldwork = MakeFieldwork(5, 40);
  for (const bool event : {false, true}) {
    std::copy_if(fieldwork.begin(), fieldwork.end(), std::back_inserter(records),
                 [event](const Sent& record) { return record.disposition.empty() != event; });
  }
  for (const std::uint32_t partitions : {1u, 2u}) {
    SimulatedFileSystem files;
    ManualClock clock(kNoon);
    Harness alone(TestWave(), TestOptions(files, clock, partitions));
    std::vector<wave::Result> expected;
    for (const Sent& record : records) {
      const wave::BatchOutcome outcome = alone.Send({record});
      expected.push_back(outcome.results().empty() ? wave::Result::kAccepted
                                                   : outcome.results()[0].result);
    }
    SimulatedFileSystem other_files;
    Harness together(TestWave(), TestOptions(other_files, clock, partitions));
    const wave::BatchOutcome outcome = together.Send(records);
    std::vector<wave::Result> actual(records.size(), wave::Result::kAccepted);
    const auto responses = static_cast<std::size_t>(
        std::count_if(records.begin(), records.end(),
                      [](const Sent& record) { return record.disposition.empty(); }));
    for (const wave::RecordOutcome& record : outcome.results()) {
      actual[record.index + (record.kind == wave::RecordKind::kCaseEvent ? responses : 0)] =
          record.result;
    }
    EXPECT_EQ(actual, expected) << partitions << " partitions";
    EXPECT_TRUE(std::find(expected.begin(), expected.end(), wave::Result::kConflict) !=
                expected.end());
  }
}

struct Parts {
  std::string estimates, collection, hours;
  friend bool operator==(const Parts&, const Parts&) = default;
};
void PrintTo(const Parts& parts, std::ostream* out) {
  *out << parts.estimates << "\n" << parts.collection << "\n" << parts.hours;
}

Parts PartsOf(const PublishedSnapshot& snapshot) {
  return {.estimates = std::string(snapshot.rendered.json.estimates()),
          .collection = std::string(snapshot.rendered.json.collection()),
          .hours = HoursText(*snapshot.wave, *snapshot.hours, snapshot.counters)};
}

Parts PartsOf(const archive::Replayed& replayed) {
  const snapshot::Json json = report::SnapshotToJson(replayed.Inputs());
  return {.estimates = std::string(json.estimates()),
          .collection = std::string(json.collection()),
          .hours = HoursText(*replayed.wave, replayed.hours, replayed.counters)};
}

// A fieldwork over two days of receipt, in which some hours are empty.
Parts RunTwoDays(SimulatedFileSystem& files, std::uint64_t seed, std::uint32_t partitions) {
  ManualClock clock(kNoon);
  Harness harness(TestWave(), TestOptions(files, clock, partitions));
  std::mt19937_64 random(seed);
  std::size_t sent = 0;
  for (const auto& batch : Batches(MakeFieldwork(seed, 150), 5)) {
    harness.Post(batch);
    harness.WaitForOutcomes(++sent);
    if (random() % 2 == 0)
      clock.AdvanceTo(clock.Now() + static_cast<Micros>(random() % 90) * kMicrosPerMinute);
  }
  return PartsOf(*harness.Stop());
}

TEST(Equality, ReplayGivesTheSameEstimatesCollectionAndHistory) {
  for (const std::uint32_t partitions : {1u, 2u, 7u}) {
    for (std::uint64_t seed = 1; seed <= 3; ++seed) {
      SCOPED_TRACE(::testing::Message() << partitions << " partitions, seed " << seed);
      SimulatedFileSystem files;
      const Parts live = RunTwoDays(files, seed, partitions);
      EXPECT_GT(std::count(live.hours.begin(), live.hours.end(), '{'), 12);
      const auto replayed = archive::Replay(files, kDirectory, std::nullopt);
      ASSERT_TRUE(replayed.ok()) << replayed.status();
      EXPECT_EQ(PartsOf(*replayed), live);
      EXPECT_TRUE(IsSound(archive::Verify(files, kDirectory)));
    }
  }
}

TEST(Equality, RestartUnderAClockTwoYearsOnGivesTheSame) {
  for (const std::uint32_t partitions : {1u, 2u, 7u}) {
    SimulatedFileSystem files;
    const Parts live = RunTwoDays(files, 11, partitions);
    ManualClock later(kNoon + 730 * 24 * kMicrosPerHour);
    Harness harness(TestWave(), TestOptions(files, later, partitions));
    EXPECT_EQ(PartsOf(*harness.engine().Latest()), live) << partitions << " partitions";
  }
}

}  // namespace
}  // namespace panelpuls::engine
