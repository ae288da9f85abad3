// The tests of other rooms trust this file system to be unkind: here it shows that it is.
#include "testing/simulated_file_system.h"

#include <gtest/gtest.h>

#include <set>
#include <thread>

namespace panelpuls::testing {
namespace {

std::span<const std::byte> Bytes(std::string_view text) { return std::as_bytes(std::span(text)); }

// Makes d/a with 2048 durable 'o' and writes 2048 'n' over it, unsynced.
std::unique_ptr<File> OverwrittenFile(SimulatedFileSystem& files) {
  files.PutFile("d/a", std::string(2048, 'o'));
  auto file = *files.Open("d/a", OpenMode::kReadWrite, 0);
  EXPECT_TRUE(file->WriteAt(0, Bytes(std::string(2048, 'n'))).ok());
  return file;
}

TEST(SimulatedFileSystem, UnsyncedBytesAreKeptDroppedAndTornBySector) {
  std::set<std::string> outcomes;
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    SimulatedFileSystem files(seed);
    const auto file = OverwrittenFile(files);
    files.Crash();
    const std::string content = files.FileContent("d/a");
    std::string sectors;
    for (std::size_t at = 0; at < 2048; at += 512) {
      sectors += content[at];
      EXPECT_EQ(content.substr(at, 512), std::string(512, content[at])) << "seed " << seed;
    }
    outcomes.insert(sectors);
  }
  EXPECT_EQ(outcomes.size(), 16u);  // every combination of old and new sectors
}

TEST(SimulatedFileSystem, SyncedBytesAlwaysSurvive) {
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    SimulatedFileSystem files(seed);
    const auto file = OverwrittenFile(files);
    EXPECT_TRUE(file->DataSync().ok());
    files.Crash();
    EXPECT_EQ(files.FileContent("d/a"), std::string(2048, 'n'));
  }
}

TEST(SimulatedFileSystem, AnIgnoredSyncLosesBytes) {
  int lost = 0;
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    SimulatedFileSystem files(seed);
    files.IgnoreDataSyncs(true);
    const auto file = OverwrittenFile(files);
    EXPECT_TRUE(file->DataSync().ok());
    files.Crash();
    lost += files.FileContent("d/a") != std::string(2048, 'n');
  }
  EXPECT_GT(lost, 0);
}

TEST(SimulatedFileSystem, AFailedSyncIsNotMendedByALaterOne) {
  int lost = 0;
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    SimulatedFileSystem files(seed);
    const auto file = OverwrittenFile(files);
    files.FailCall(1, absl::StatusCode::kUnavailable);
    EXPECT_EQ(file->DataSync().code(), absl::StatusCode::kUnavailable);
    EXPECT_TRUE(files.failure_fired());
    EXPECT_TRUE(file->DataSync().ok());
    EXPECT_EQ(files.FileContent("d/a"), std::string(2048, 'n'));
    files.Crash();
    lost += files.FileContent("d/a") != std::string(2048, 'n');
  }
  EXPECT_GT(lost, 0);
}

TEST(SimulatedFileSystem, AKilledProcessLosesNothingItWrote) {
  SimulatedFileSystem files;
  const auto file = OverwrittenFile(files);
  files.KillProcess();
  EXPECT_EQ(files.FileContent("d/a"), std::string(2048, 'n'));
  EXPECT_FALSE(file->DataSync().ok());
  std::byte byte{};
  EXPECT_FALSE(file->ReadAt(0, std::span(&byte, 1)).ok());
}

TEST(SimulatedFileSystem, NamesMayVanishUntilTheirDirectoryIsSynced) {
  int kept = 0;
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    SimulatedFileSystem files(seed);
    ASSERT_TRUE(files.CreateDirectories("d").ok());
    const auto file = *files.Open("d/a", OpenMode::kCreate, 0644);
    EXPECT_TRUE(file->WriteAt(0, Bytes("x")).ok());
    EXPECT_TRUE(file->DataSync().ok());
    files.Crash();
    kept += files.Exists("d/a");
  }
  EXPECT_GT(kept, 0);
  EXPECT_LT(kept, 50);
}

TEST(SimulatedFileSystem, SyncedNamesSurvive) {
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    SimulatedFileSystem files(seed);
    files.PutFile("d/old", "1");
    files.PutFile("d/gone", "2");
    EXPECT_TRUE(files.Rename("d/old", "d/new").ok());
    EXPECT_TRUE(files.Remove("d/gone").ok());
    EXPECT_TRUE(files.SyncDirectory("d").ok());
    files.Crash();
    EXPECT_TRUE(files.Exists("d/new") && !files.Exists("d/old") && !files.Exists("d/gone"));
  }
}

TEST(SimulatedFileSystem, AtomicWritesGiveOldOrNewContentWhateverCallFailsAndHoweverItCrashes) {
  for (std::uint64_t n = 1; n < 30; ++n) {
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
      SimulatedFileSystem files(seed);
      files.PutFile("d/a", "old");
      files.FailCall(n, absl::StatusCode::kUnavailable);
      const bool ok = WriteFileAtomically(files, "d/a", "new content").ok();
      files.StopFailing();
      files.Crash();
      const std::string content = *ReadWholeFile(files, "d/a");
      EXPECT_TRUE(content == "new content" || (!ok && content == "old"))
          << content << " n " << n << " seed " << seed;
      if (!files.failure_fired()) return;
    }
  }
  FAIL() << "the failure fired every time";
}

TEST(SimulatedFileSystem, TheNthCallFailsOnceWithTheGivenCode) {
  SimulatedFileSystem files;
  files.PutFile("d/a", "x");
  files.FailCall(2, absl::StatusCode::kResourceExhausted);
  EXPECT_TRUE(files.List("d").ok());
  EXPECT_FALSE(files.failure_fired());
  EXPECT_EQ(files.List("d").status().code(), absl::StatusCode::kResourceExhausted);
  EXPECT_TRUE(files.failure_fired());
  EXPECT_TRUE(files.List("d").ok());
  EXPECT_EQ(files.calls().all, 3u);
}

TEST(SimulatedFileSystem, AFullDiskTakesNoMore) {
  SimulatedFileSystem files;
  files.PutFile("d/a", std::string(600, 'x'));
  files.SetCapacityBytes(1000);
  EXPECT_EQ(*files.FreeBytes("d"), 400u);
  const auto file = *files.Open("d/b", OpenMode::kCreate, 0644);
  EXPECT_EQ(file->Preallocate(401).code(), absl::StatusCode::kResourceExhausted);
  EXPECT_TRUE(file->Preallocate(400).ok());
  EXPECT_TRUE(file->WriteAt(0, Bytes("into allocated room")).ok());
  EXPECT_EQ(file->WriteAt(400, Bytes("x")).code(), absl::StatusCode::kResourceExhausted);
  files.SetCapacityBytes(std::nullopt);
  EXPECT_TRUE(file->WriteAt(400, Bytes("x")).ok());
}

TEST(SimulatedFileSystem, AFlippedBitShowsAtOnceAndAfterACrash) {
  SimulatedFileSystem files;
  files.PutFile("d/a", "aaa");
  files.FlipBit("d/a", 1, 1);
  EXPECT_EQ(files.FileContent("d/a"), "aca");
  files.Crash();
  EXPECT_EQ(files.FileContent("d/a"), "aca");
}

TEST(SimulatedFileSystem, LocksEndWithTheProcess) {
  SimulatedFileSystem files;
  ASSERT_TRUE(files.CreateDirectories("d").ok());
  auto first = files.Lock("d");
  files.KillProcess();
  auto second = files.Lock("d");
  EXPECT_TRUE(second.ok());
  first->reset();
  EXPECT_FALSE(files.Lock("d").ok());
}

TEST(SimulatedFileSystem, AHeldSyncWaitsUntilReleased) {
  SimulatedFileSystem files;
  const auto file = OverwrittenFile(files);
  files.HoldDataSyncs();
  std::thread syncing([&] { EXPECT_TRUE(file->DataSync().ok()); });
  files.WaitForHeldSync();
  EXPECT_EQ(files.calls().data_syncs, 0u);
  files.ReleaseDataSyncs();
  syncing.join();
  EXPECT_EQ(files.calls().data_syncs, 1u);
}

}  // namespace
}  // namespace panelpuls::testing
