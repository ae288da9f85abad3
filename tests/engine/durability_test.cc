// What was acknowledged is there after a crash, once; nothing is acknowledged or shown before.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "archive/replay.h"
#include "base/clock.h"
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

using Stream = std::vector<std::vector<Sent>>;

// One response a unit, in batches of 1 to 4; some batches are sent twice in a row.
Stream MakeStream(std::uint64_t seed, int batches) {
  std::mt19937_64 random(seed);
  Stream stream;
  int unit = 0;
  for (int number = 0; number < batches; ++number) {
    std::vector<Sent> batch;
    for (std::uint64_t left = 1 + random() % 4; left > 0; --left) {
      batch.push_back(MakeResponse("unit " + std::to_string(unit++), random));
    }
    stream.push_back(batch);
    if (random() % 4 == 0) stream.push_back(batch);
  }
  return stream;
}

EngineOptions SmallGroups(FileSystem& files, const Clock& clock, std::uint32_t partitions) {
  EngineOptions options = TestOptions(files, clock, partitions);
  options.max_group_bytes = 300;  // four records
  options.room_patience = std::chrono::hours(1);
  return options;
}

// Sends the stream, sometimes waiting for what was sent; returns the batches that were
// acknowledged.
std::set<std::size_t> SendUntilItEnds(Harness& harness, const Stream& stream, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::size_t posted = 0;
  for (const auto& batch : stream) {
    if (harness.failures() > 0 || harness.TryPost(batch) != SubmitResult::kQueued) break;
    ++posted;
    if (random() % 4 == 0) harness.WaitForOutcomes(posted);
  }
  std::set<std::size_t> acknowledged;
  for (const wave::BatchOutcome& outcome : harness.WaitForOutcomes(posted)) {
    acknowledged.insert(outcome.sequence - 1);
  }
  return acknowledged;
}

// Findings about a directory in which the batches `acknowledged` must be.
std::vector<std::string> FindLosses(SimulatedFileSystem& files, const Stream& stream,
                                    const std::set<std::size_t>& acknowledged,
                                    std::uint32_t partitions) {
  std::vector<std::string> findings;
  ManualClock clock(kNoon);
  Harness harness(TestWave(), SmallGroups(files, clock, partitions));
  const state::Counters recovered = harness.engine().Latest()->counters;
  std::uint64_t accepted = 0;
  for (const auto& channel : recovered.channels) accepted += channel.accepted;
  if (accepted != recovered.respondents) findings.push_back("a response was kept twice");
  for (const std::size_t number : acknowledged) {
    const wave::BatchOutcome outcome = harness.Send(stream[number]);
    const auto duplicates = outcome.counts[static_cast<std::size_t>(wave::Result::kDuplicate)];
    if (duplicates == stream[number].size()) continue;
    findings.push_back("batch " + std::to_string(number) + " was acknowledged and is lost");
  }
  return findings;
}

struct CrashPlan {
  std::uint64_t at_call = 0;           // by a thread that watches the file system
  std::size_t at_acknowledgement = 0;  // 0: not; on the writer's thread, as soon as it is given
};

// Runs until the crash; returns the acknowledged batches.
std::set<std::size_t> RunAndCrash(SimulatedFileSystem& files, const Stream& stream,
                                  std::uint64_t seed, std::uint32_t partitions,
                                  const CrashPlan& plan) {
  ManualClock clock(kNoon);
  std::set<std::size_t> acknowledged;
  std::atomic<bool> over{false};
  EngineOptions options = SmallGroups(files, clock, partitions);
  // A witness that is ahead of what is durable would refuse the next start.
  options.witness_interval = std::chrono::milliseconds(1);
  Harness harness(TestWave(), options);
  harness.OnAcknowledged([&](std::size_t count) {
    if (count == plan.at_acknowledgement) files.Crash();
  });
  std::thread power([&] {
    if (plan.at_acknowledgement > 0) return;
    while (files.calls().all < plan.at_call && !over.load(std::memory_order_acquire)) {
      std::this_thread::yield();
    }
    files.Crash();
  });
  acknowledged = SendUntilItEnds(harness, stream, seed);
  over.store(true, std::memory_order_release);
  power.join();
  files.Crash();
  return acknowledged;
}

std::uint64_t CallsOfAWholeRun(const Stream& stream, std::uint64_t seed, std::uint32_t partitions,
                               std::uint64_t* at_open) {
  SimulatedFileSystem files(seed);
  ManualClock clock(kNoon);
  Harness harness(TestWave(), SmallGroups(files, clock, partitions));
  *at_open = files.calls().all;
  SendUntilItEnds(harness, stream, seed);
  return files.calls().all;
}

TEST(Durability, EveryAcknowledgedResponseSurvivesACrashOnce) {
  std::uint64_t acknowledged_in_all = 0;
  std::uint64_t cut_short = 0;
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    SCOPED_TRACE(::testing::Message() << "seed " << seed);
    const std::uint32_t partitions = seed % 3 == 0 ? 2 : 1;
    const Stream stream = MakeStream(seed, 30);
    std::uint64_t at_open = 0;
    const std::uint64_t calls = CallsOfAWholeRun(stream, seed, partitions, &at_open);
    std::mt19937_64 random(seed);
    SimulatedFileSystem files(seed);
    CrashPlan plan;
    plan.at_call = at_open + random() % (calls - at_open + 1);
    if (seed % 2 == 0) plan.at_acknowledgement = 1 + random() % (stream.size() - 1);
    const auto acknowledged = RunAndCrash(files, stream, seed, partitions, plan);
    EXPECT_EQ(FindLosses(files, stream, acknowledged, partitions), std::vector<std::string>{});
    acknowledged_in_all += acknowledged.size();
    cut_short += acknowledged.size() < stream.size() ? 1 : 0;
  }
  // Otherwise nothing was tried.
  EXPECT_GT(acknowledged_in_all, 100u);
  EXPECT_GT(cut_short, 20u);
}

// The test above can fail: with a disk that does not sync, it finds losses.
TEST(Durability, ADiskThatOnlyPretendsToSyncIsFoundOut) {
  std::size_t losses = 0;
  for (std::uint64_t seed = 1; seed <= 20 && losses == 0; ++seed) {
    const Stream stream = MakeStream(seed, 30);
    SimulatedFileSystem files(seed);
    ManualClock clock(kNoon);
    {
      Harness made(TestWave(), SmallGroups(files, clock, 1));
    }
    files.IgnoreDataSyncs(true);
    std::set<std::size_t> acknowledged;
    {
      Harness harness(TestWave(), SmallGroups(files, clock, 1));
      acknowledged = SendUntilItEnds(harness, stream, seed);
      files.Crash();
    }
    files.IgnoreDataSyncs(false);
    auto damaged = archive::Replay(files, kDirectory, std::nullopt);
    losses += damaged.ok() ? FindLosses(files, stream, acknowledged, 1).size() : 1;
  }
  EXPECT_GT(losses, 0u);
}

TEST(Durability, NothingIsAcknowledgedOrShownBeforeItIsSynced) {
  SimulatedFileSystem files;
  ManualClock clock(kNoon);
  Harness harness(TestWave(), TestOptions(files, clock));
  std::mt19937_64 random(1);
  const Sent sent = MakeResponse("a", random);
  files.HoldDataSyncs();
  harness.Post({sent});
  files.WaitForHeldSync();
  harness.Post({sent});  // a duplicate of what is not durable
  // Another minute asks for another snapshot; the writer is in its sync and cannot answer.
  clock.AdvanceTo(kNoon + 5 * kMicrosPerMinute);
  EXPECT_EQ(harness.acknowledged(), 0u);
  EXPECT_EQ(harness.engine().Latest()->counters.respondents, 0u);
  files.ReleaseDataSyncs();
  const auto outcomes = harness.WaitForOutcomes(2);
  EXPECT_EQ(outcomes[1].counts[static_cast<std::size_t>(wave::Result::kDuplicate)], 1u);
  ASSERT_NE(harness.WaitForSnapshot([](const PublishedSnapshot& snapshot) {
    return snapshot.counters.respondents == 1;
  }),
            nullptr);
}

TEST(Durability, NothingIsAcknowledgedAfterAFailedSync) {
  SimulatedFileSystem files;
  ManualClock clock(kNoon);
  Harness harness(TestWave(), TestOptions(files, clock));
  std::mt19937_64 random(1);
  harness.Send({MakeResponse("a", random)});
  ASSERT_NE(harness.WaitForSnapshot([](const PublishedSnapshot& snapshot) {
    return snapshot.counters.respondents == 1;
  }),
            nullptr);
  files.HoldDataSyncs();
  harness.Post({MakeResponse("b", random)});
  files.WaitForHeldSync();
  harness.Post({MakeResponse("c", random)});
  files.Crash();
  files.ReleaseDataSyncs();
  harness.WaitForOutcomes(3);
  EXPECT_EQ(harness.failures(), 1u);
  EXPECT_FALSE(harness.engine().healthy());
  EXPECT_EQ(harness.TryPost({MakeResponse("d", random)}), SubmitResult::kStopped);
  EXPECT_EQ(harness.Stop()->counters.respondents, 1u);
  EXPECT_EQ(harness.acknowledged(), 1u);
}

// Fails the nth call of everything, opening included, for n = 1, 2, ... until none fires.
void FailEveryCall(absl::StatusCode code, std::uint32_t partitions) {
  const Stream stream = MakeStream(4, 6);
  bool fired = true;
  std::uint64_t opened = 0;
  for (std::uint64_t n = 1; fired; ++n) {
    SCOPED_TRACE(::testing::Message() << "call " << n);
    SimulatedFileSystem files(n);
    ManualClock clock(kNoon);
    files.FailCall(n, code);
    std::set<std::size_t> acknowledged;
    if (auto harness = Harness::TryOpen(TestWave(), SmallGroups(files, clock, partitions));
        harness.ok()) {
      ++opened;
      acknowledged = SendUntilItEnds(**harness, stream, n);
    }
    fired = files.failure_fired();
    files.StopFailing();
    if (n % 2 == 0) {
      files.Crash();
    } else {
      files.KillProcess();
    }
    EXPECT_EQ(FindLosses(files, stream, acknowledged, partitions), std::vector<std::string>{});
  }
  EXPECT_GT(opened, 5u);
}

TEST(Durability, EachFailingCallLosesNothingAcknowledged) {
  FailEveryCall(absl::StatusCode::kUnavailable, 1);
  FailEveryCall(absl::StatusCode::kUnavailable, 2);
}

TEST(Durability, EachCallOnAFullDiskLosesNothingAcknowledged) {
  FailEveryCall(absl::StatusCode::kResourceExhausted, 1);
}

// As many batches of new units as it takes until intake says that there is no room.
std::size_t FillDisk(Harness& harness) {
  std::mt19937_64 random(1);
  for (std::size_t posted = 0; posted < 4000; ++posted) {
    const auto result = harness.Post({MakeResponse("unit " + std::to_string(posted), random)});
    if (result == SubmitResult::kNoRoom) return posted;
    if (result != SubmitResult::kQueued) break;
  }
  ADD_FAILURE() << "the disk was never full";
  return 0;
}

TEST(Durability, FullDiskRefusesBatchesWhileSnapshotsGoOn) {
  SimulatedFileSystem files;
  ManualClock clock(kNoon);
  Harness harness(TestWave(), SmallGroups(files, clock, 1));
  // The journal leaves 64 MiB free; it may have a few segments more.
  files.SetCapacityBytes((64u << 20) + (512u << 10));
  const std::size_t posted = FillDisk(harness);
  const Micros later = kNoon + 10 * kMicrosPerMinute;
  clock.AdvanceTo(later);
  EXPECT_NE(harness.WaitForSnapshot(
                [](const PublishedSnapshot& snapshot) { return snapshot.clock.now >= later; }),
            nullptr);
  EXPECT_TRUE(harness.engine().healthy());
  files.SetCapacityBytes(std::nullopt);
  // What was taken is completed, and intake goes on by itself.
  EXPECT_EQ(harness.WaitForOutcomes(posted).size(), posted);
  std::mt19937_64 random(2);
  SubmitResult result = SubmitResult::kNoRoom;
  while (result == SubmitResult::kNoRoom) result = harness.TryPost({MakeResponse("last", random)});
  EXPECT_EQ(result, SubmitResult::kQueued);
  harness.WaitForOutcomes(posted + 1);
  EXPECT_EQ(harness.Stop()->counters.respondents, posted + 1);
}

TEST(Durability, StoppingOnAFullDiskAcknowledgesNothingMore) {
  SimulatedFileSystem files;
  ManualClock clock(kNoon);
  std::size_t acknowledged = 0;
  {
    Harness harness(TestWave(), SmallGroups(files, clock, 1));
    files.SetCapacityBytes((64u << 20) + (512u << 10));
    FillDisk(harness);
    EXPECT_EQ(harness.Stop()->counters.respondents, harness.acknowledged());
    acknowledged = harness.acknowledged();
  }
  files.SetCapacityBytes(std::nullopt);
  Harness again(TestWave(), SmallGroups(files, clock, 1));
  EXPECT_EQ(again.engine().Latest()->counters.respondents, acknowledged);
}

TEST(Durability, FullQueueSaysSoAndTakesNothing) {
  SimulatedFileSystem files;
  ManualClock clock(kNoon);
  for (const std::uint32_t partitions : {1u, 2u}) {
    EngineOptions options = TestOptions(files, clock, partitions);
    options.directory = "/data" + std::to_string(partitions);
    options.queue_batches = 3;
    Harness harness(TestWave(), options);
    std::mt19937_64 random(1);
    const std::vector<Sent> batch = {MakeResponse("a", random), MakeResponse("b", random),
                                     MakeResponse("c", random), MakeResponse("d", random)};
    files.HoldDataSyncs();
    // After the first refusal the writer may still make room, until it waits for the held sync.
    std::size_t posted = 0;
    std::size_t refused = 0;
    while (refused < 2) {
      const SubmitResult result = harness.TryPost(batch);
      ASSERT_TRUE(result == SubmitResult::kQueued || result == SubmitResult::kFull);
      (result == SubmitResult::kQueued ? posted : refused) += 1;
    }
    EXPECT_GE(posted, 3u);
    EXPECT_GE(harness.engine().metrics().queue_full, 2u);
    files.ReleaseDataSyncs();
    EXPECT_EQ(harness.WaitForOutcomes(posted).size(), posted);
    EXPECT_EQ(harness.TryPost(batch), SubmitResult::kQueued);
    harness.WaitForOutcomes(posted + 1);
    EXPECT_EQ(harness.Stop()->counters.respondents, 4u);
  }
}

}  // namespace
}  // namespace panelpuls::engine
