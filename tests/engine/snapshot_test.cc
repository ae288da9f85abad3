#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "base/clock.h"
#include "engine/attention_log.h"
#include "engine/engine.h"
#include "engine/fieldwork.h"
#include "engine/harness.h"
#include "identity/pseudonym.h"
#include "snapshot/contents.h"
#include "testing/scratch_directory.h"
#include "testing/simulated_file_system.h"

namespace panelpuls::engine {
namespace {

using panelpuls::testing::ScratchDirectory;
using panelpuls::testing::SimulatedFileSystem;
using testing::Harness;
using testing::kNoon;
using testing::MakeResponse;
using testing::Sent;
using testing::TestOptions;
using testing::TestWave;

std::size_t Count(const wave::BatchOutcome& outcome, wave::Result result) {
  return outcome.counts[static_cast<std::size_t>(result)];
}

TEST(Snapshot, StandsAlreadyWhenTheEngineIsOpen) {
  SimulatedFileSystem files;
  ManualClock clock(kNoon);
  Harness harness(TestWave(), TestOptions(files, clock));
  const SnapshotPointer snapshot = harness.engine().Latest();
  ASSERT_NE(snapshot, nullptr);
  EXPECT_EQ(snapshot->version, 1u) << "the definition is the first group";
  EXPECT_EQ(snapshot->counters.respondents, 0u);
  EXPECT_TRUE(snapshot->hours->empty());
  EXPECT_EQ(snapshot->rendered.json.whole.front(), '{');
}

// Default settings and the machine's clock and files. The median, since one wait may meet a busy
// machine.
TEST(Snapshot, ResponseIsVisibleWithin120Milliseconds) {
  ScratchDirectory scratch;
  EngineOptions options;
  options.directory = scratch.File("data");
  Harness harness(TestWave(), options);
  std::mt19937_64 random(1);
  std::vector<std::chrono::steady_clock::duration> waits;
  for (std::uint64_t unit = 1; unit <= 9; ++unit) {
    const auto begin = std::chrono::steady_clock::now();
    harness.Send({MakeResponse("unit " + std::to_string(unit), random)});
    ASSERT_NE(harness.WaitForSnapshot([unit](const PublishedSnapshot& snapshot) {
      return snapshot.counters.respondents == unit;
    }),
              nullptr);
    waits.push_back(std::chrono::steady_clock::now() - begin);
  }
  std::sort(waits.begin(), waits.end());
  EXPECT_LE(std::chrono::duration_cast<std::chrono::milliseconds>(waits[waits.size() / 2]).count(),
            120);
}

TEST(Snapshot, AnotherMinuteIsRenderedAlthoughNothingCame) {
  SimulatedFileSystem files;
  ManualClock clock(kNoon);
  Harness harness(TestWave(), TestOptions(files, clock, 2));
  const SnapshotPointer before = harness.engine().Latest();
  clock.AdvanceTo(kNoon + kMicrosPerMinute);
  const SnapshotPointer after = harness.WaitForSnapshot([](const PublishedSnapshot& snapshot) {
    return snapshot.clock.now >= kNoon + kMicrosPerMinute;
  });
  ASSERT_NE(after, nullptr);
  EXPECT_EQ(after->version, before->version);
  EXPECT_EQ(after->rendered.json.estimates(), before->rendered.json.estimates());
  EXPECT_EQ(after->rendered.json.collection(), before->rendered.json.collection());
  EXPECT_NE(after->rendered.json.clock(), before->rendered.json.clock());
  EXPECT_NE(after->etag_stem, before->etag_stem);
}

TEST(Snapshot, NothingIsRenderedWhileVersionAndMinuteStand) {
  SimulatedFileSystem files;
  ManualClock clock(kNoon);
  Harness harness(TestWave(), TestOptions(files, clock));
  std::mt19937_64 random(1);
  const Sent sent = MakeResponse("a", random);
  harness.Send({sent});
  ASSERT_NE(harness.WaitForSnapshot(
                [](const PublishedSnapshot& snapshot) { return snapshot.version == 2; }),
            nullptr);
  const std::size_t before = harness.snapshots_seen();
  for (int copy = 0; copy < 50; ++copy) {
    EXPECT_EQ(Count(harness.Send({sent}), wave::Result::kDuplicate), 1u);
  }
  // The next minute is the next snapshot, and it has seen the duplicates.
  clock.AdvanceTo(kNoon + kMicrosPerMinute);
  const SnapshotPointer after = harness.WaitForSnapshot(
      [](const PublishedSnapshot& snapshot) { return snapshot.clock.now > kNoon; });
  ASSERT_NE(after, nullptr);
  EXPECT_EQ(harness.snapshots_seen(), before + 1);
  EXPECT_EQ(after->version, 2u);
  EXPECT_EQ(after->clock.process.duplicate, 50u);
  EXPECT_EQ(after->clock.process.received, 51u);
}

// Each batch brings two units, or takes both back; a snapshot with an odd number saw half a batch.
TEST(Snapshot, ReaderAlwaysSeesWholeGroups) {
  SimulatedFileSystem files;
  ManualClock clock(kNoon);
  Harness harness(TestWave(), TestOptions(files, clock));
  std::mt19937_64 random(1);
  std::size_t posted = 0;
  std::size_t odd = 0;
  std::set<std::uint64_t> seen;
  // On until several snapshots were seen, however fast the writer is.
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  const auto enough = [&] {
    return seen.size() > 4 || std::chrono::steady_clock::now() > deadline;
  };
  for (std::uint32_t round = 1; round <= 150 || !enough() || round % 2 == 0; ++round) {
    for (const char* unit : {"a", "b", "c"}) {
      Sent first = MakeResponse(std::string("1 ") + unit, random);
      Sent second = MakeResponse(std::string("2 ") + unit, random);
      for (Sent* sent : {&first, &second}) {
        sent->channel = "web";
        sent->revision = round;
        if (round % 2 == 0) sent->status = wave::Status::kWithdrawn;
      }
      harness.Post({first, second});
      ++posted;
      const SnapshotPointer snapshot = harness.engine().Latest();
      odd += snapshot->counters.respondents % 2;
      odd += snapshot->estimates->n % 2;
      seen.insert(snapshot->version);
    }
  }
  harness.WaitForOutcomes(posted);
  EXPECT_EQ(odd, 0u);
  EXPECT_GT(seen.size(), 4u);
  EXPECT_EQ(harness.Stop()->counters.respondents, 0u);
}

TEST(Snapshot, EtagNamesDirectoryDefinitionAndVersion) {
  SimulatedFileSystem files;
  ManualClock clock(kNoon);
  Harness harness(TestWave(), TestOptions(files, clock));
  std::mt19937_64 random(1);
  const std::string before = harness.engine().Latest()->etag_stem;
  EXPECT_EQ(before.find('"'), std::string::npos);
  EXPECT_EQ(before.substr(0, 8), harness.engine().directory_id().substr(0, 8));
  harness.Send({MakeResponse("a", random)});
  const std::string after = harness.Stop()->etag_stem;
  EXPECT_NE(after, before);
}

TEST(Snapshot, ConflictsAndMarkedVersionsAreListedForAttention) {
  for (const std::uint32_t partitions : {1u, 2u}) {
    SimulatedFileSystem files;
    ManualClock clock(kNoon);
    Harness harness(TestWave(), TestOptions(files, clock, partitions));
    std::mt19937_64 random(1);
    Sent first = MakeResponse("a", random);
    Sent other = first;
    other.answers[0].second[0] = first.answers[0].second[0] == "1" ? "2" : "1";
    Sent early = MakeResponse("b", random);
    early.at = kNoon + kMicrosPerHour;
    const wave::BatchOutcome outcome = harness.Send({first, other, early});
    EXPECT_EQ(Count(outcome, wave::Result::kConflict), 1u);
    const auto attention = harness.Stop()->attention;
    identity::Pseudonymizer pseudonymizer(harness.engine().key());
    ASSERT_EQ(attention->size(), 2u);
    EXPECT_EQ((*attention)[0].kind, state::AttentionEntry::kConflict);
    EXPECT_EQ((*attention)[0].pseudonym_high, pseudonymizer.Make("a").high);
    EXPECT_EQ((*attention)[1].kind, state::AttentionEntry::kMarkedVersion);
    EXPECT_EQ((*attention)[1].pseudonym_high, pseudonymizer.Make("b").high);
  }
}

TEST(Engine, OutcomeCountsEveryRecordAndSortsWhatWasNotAccepted) {
  SimulatedFileSystem files;
  ManualClock clock(kNoon);
  Harness harness(TestWave(), TestOptions(files, clock, 7));
  std::mt19937_64 random(1);
  std::vector<Sent> records;
  for (int unit = 0; unit < 40; ++unit) {
    records.push_back(MakeResponse("unit " + std::to_string(unit), random));
    records.push_back(records.back());
    if (unit % 10 == 0) {
      records.push_back(records.back());
      records.back().channel = "pigeon";
    }
  }
  const wave::BatchOutcome outcome = harness.Send(records);
  EXPECT_EQ(Count(outcome, wave::Result::kAccepted), 40u);
  EXPECT_EQ(Count(outcome, wave::Result::kDuplicate), 40u);
  EXPECT_EQ(Count(outcome, wave::Result::kRejected), 4u);
  ASSERT_EQ(outcome.results().size(), 44u);
  for (std::size_t place = 1; place < outcome.results().size(); ++place) {
    EXPECT_LT(outcome.results()[place - 1].index, outcome.results()[place].index);
  }
  EXPECT_EQ(harness.engine().metrics().results[static_cast<std::size_t>(wave::Result::kRejected)],
            4u);
}

TEST(Engine, BatchWithoutAnyGoodRecordIsAnsweredToo) {
  SimulatedFileSystem files;
  ManualClock clock(kNoon);
  Harness harness(TestWave(), TestOptions(files, clock, 2));
  std::mt19937_64 random(1);
  Sent bad = MakeResponse("a", random);
  bad.channel = "pigeon";
  EXPECT_EQ(Count(harness.Send({bad}), wave::Result::kRejected), 1u);
  EXPECT_EQ(harness.Send({}).results().size(), 0u);
}

TEST(Engine, StopCompletesWhatItHasAndTakesNoMore) {
  SimulatedFileSystem files;
  ManualClock clock(kNoon);
  Harness harness(TestWave(), TestOptions(files, clock, 2));
  std::mt19937_64 random(1);
  for (int unit = 0; unit < 100; ++unit) {
    harness.Post({MakeResponse("unit " + std::to_string(unit), random)});
  }
  EXPECT_EQ(harness.Stop()->counters.respondents, 100u);
  EXPECT_EQ(harness.acknowledged(), 100u);
  EXPECT_EQ(harness.TryPost({MakeResponse("late", random)}), SubmitResult::kStopped);
}

TEST(Engine, FullRegisterIsSaidPerRecord) {
  SimulatedFileSystem files;
  ManualClock clock(kNoon);
  const auto wave = testing::LoadText(
      testing::Replaced(testing::WaveText(), "max_respondents: 5000", "max_respondents: 3"));
  Harness harness(wave, TestOptions(files, clock));
  std::mt19937_64 random(1);
  std::vector<Sent> records;
  for (const char* id : {"a", "b", "c", "d"}) records.push_back(MakeResponse(id, random));
  const wave::BatchOutcome outcome = harness.Send(records);
  EXPECT_EQ(Count(outcome, wave::Result::kRegisterFull), 1u);
  EXPECT_EQ(outcome.results().at(0).index, 3u);
  EXPECT_EQ(harness.Stop()->counters.respondents, 3u);
}

TEST(AttentionLog, CountsEqualRefusalsAndForgetsTheOldest) {
  AttentionLog log;
  const auto refusal = [](int revision) {
    return BatchBuilder::Refusal{.respondent_pseudonym = "ab",
                                 .channel = "web",
                                 .revision = static_cast<std::uint32_t>(revision),
                                 .reason = "channel: unknown"};
  };
  for (int revision = 0; revision < 1000; ++revision) log.NoteRefusals({refusal(revision)}, 10);
  log.NoteRefusals({refusal(0)}, 20);
  log.NoteRefusals({refusal(5000)}, 30);
  const auto entries = log.entries();
  ASSERT_EQ(entries.size(), 1000u);
  EXPECT_EQ(entries.front().revision, 2u) << "1 was the oldest, since 0 came again";
  EXPECT_EQ(entries[998].revision, 0u);
  EXPECT_EQ(entries[998].count, 2u);
  EXPECT_EQ(entries[998].first, 10);
  EXPECT_EQ(entries[998].last, 20);
  EXPECT_EQ(entries.back().revision, 5000u);
}

TEST(AttentionLog, IgnoredFieldsAreCountedByName) {
  AttentionLog log;
  log.NoteIgnoredFields({"state"}, 5, 1);
  log.NoteIgnoredQuestions({"state"}, 2, 2);
  const auto entries = log.entries();
  ASSERT_EQ(entries.size(), 2u);
  EXPECT_EQ(entries[0].kind, snapshot::IntakeNote::kIgnoredField);
  EXPECT_EQ(entries[0].count, 5u);
  EXPECT_EQ(log.ignored_fields(), 5u);
  EXPECT_EQ(log.ignored_questions(), 2u);
}

TEST(AttentionLog, IgnoredQuestionsAreCountedByCode) {
  AttentionLog log;
  log.NoteIgnoredQuestions({"shoe_size"}, 5, 1);
  log.NoteIgnoredQuestions({"shoe_size", "hat_size"}, 5, 2);
  const auto entries = log.entries();
  ASSERT_EQ(entries.size(), 2u);
  EXPECT_EQ(entries[0].count + entries[1].count, 10u);
  EXPECT_EQ(log.ignored_questions(), 10u);
}

}  // namespace
}  // namespace panelpuls::engine
