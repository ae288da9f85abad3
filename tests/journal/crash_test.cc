// What was synced is there after anything that may happen, once and unchanged.
#include "journal_fixture.h"

#include <ostream>

namespace panelpuls::journal {
namespace {

using testing::SimulatedFileSystem;

GroupVisitor IgnoreGroups() {
  return [](const GroupView&) { return absl::OkStatus(); };
}

// A life of a journal: what was handed to it, and how much of it was synced.
struct Life {
  std::vector<Group> appended;
  std::size_t synced = 0;

  // Groups that were not synced may be there too, but only the next one, and whole.
  void ExpectSurvived(const std::vector<Group>& found) {
    ASSERT_GE(found.size(), synced);
    ASSERT_LE(found.size(), appended.size());
    for (std::size_t i = 0; i < found.size(); ++i) ASSERT_EQ(found[i], appended[i]) << i;
    appended.resize(found.size());
    synced = found.size();
  }
};

// Reopens and checks. With a group that was found but never synced the life goes on.
std::unique_ptr<Journal> Reopen(SimulatedFileSystem& files, const JournalOptions& options,
                                Life& life) {
  std::vector<Group> found;
  auto journal = Journal::Open(files, kDirectory, options, CollectInto(found), nullptr);
  EXPECT_TRUE(journal.ok()) << journal.status();
  if (!journal.ok()) return nullptr;
  life.ExpectSurvived(found);
  return *std::move(journal);
}

// Appends groups of random sizes until `groups` are there or something fails; syncs most of them.
absl::Status RunLife(Journal& journal, Life& life, std::mt19937_64& random, std::uint64_t groups) {
  for (std::uint64_t i = 0; i < groups; ++i) {
    const std::size_t size = random() % (8 * kBlock - kGroupHeader + 1);
    const Group group = MakeGroup(journal.End() + 1, random() % 3 == 0 ? size : size % 300);
    // Once more before it is known whether Append synced the group before, which it does.
    const std::size_t before = life.appended.size();
    life.appended.push_back(group);
    PP_RETURN_IF_ERROR(
        journal.Append(group.definition_id, group.receipt_time, Payload(group)).status());
    life.synced = before;
    if (random() % 4 == 0) continue;
    PP_RETURN_IF_ERROR(journal.Sync());
    life.synced = life.appended.size();
    if (random() % 4 == 0) PP_RETURN_IF_ERROR(journal.MakeAhead());
  }
  return absl::OkStatus();
}

TEST(Journal, SyncedGroupsSurviveACrashThatForgetsUnsyncedBytes) {
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    SCOPED_TRACE(seed);
    SimulatedFileSystem files(seed);
    ASSERT_TRUE(files.CreateDirectories(kDirectory).ok());
    Life life;
    auto journal = Reopen(files, SmallOptions(), life);
    for (Position position = 1; position <= 12; ++position) {
      const Group group = MakeGroup(position, 2 * kBlock);
      ASSERT_TRUE(journal->Append(group.definition_id, group.receipt_time, Payload(group)).ok());
      ASSERT_TRUE(journal->Sync().ok());
      life.appended.push_back(group);
      life.synced = life.appended.size();
      files.Crash();
      journal = Reopen(files, SmallOptions(), life);
      ASSERT_NE(journal, nullptr);
    }
  }
}

// The same, proven to be able to fail: a disk that only says that it has synced.
TEST(Journal, GroupsAreLostOnADiskThatDoesNotSync) {
  int lost = 0;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    SimulatedFileSystem files(seed);
    ASSERT_TRUE(files.CreateDirectories(kDirectory).ok());
    Life life;
    auto journal = Reopen(files, SmallOptions(), life);
    files.IgnoreDataSyncs(true);
    const Group group = MakeGroup(1, 2 * kBlock);
    ASSERT_TRUE(journal->Append(1, 1, Payload(group)).ok());
    ASSERT_TRUE(journal->Sync().ok());
    files.Crash();
    std::vector<Group> found;
    auto reopened = Journal::Open(files, kDirectory, SmallOptions(), CollectInto(found), nullptr);
    lost += !reopened.ok() || found.empty();
  }
  EXPECT_GT(lost, 0);
}

TEST(Journal, SurvivesManyCrashesAndKillsAtRandomMoments) {
  for (std::uint64_t seed = 1; seed <= 250; ++seed) {
    SCOPED_TRACE(seed);
    SimulatedFileSystem files(seed);
    std::mt19937_64 random(seed * 7919);
    ASSERT_TRUE(files.CreateDirectories(kDirectory).ok());
    Life life;
    for (int crash = 0; crash < 6; ++crash) {
      auto journal = Reopen(files, SmallOptions(), life);
      ASSERT_NE(journal, nullptr);
      // In the middle of a call, or between two.
      if (random() % 2 == 0) {
        files.FailCall(1 + random() % 60, absl::StatusCode::kUnavailable);
      }
      RunLife(*journal, life, random, random() % 12).IgnoreError();
      files.StopFailing();
      if (random() % 3 == 0) {
        files.KillProcess();
      } else {
        files.Crash();
      }
    }
    Reopen(files, SmallOptions(), life);
  }
}

struct FailureRow {
  const char* name;
  absl::StatusCode code;
  bool crash;
};
void PrintTo(const FailureRow& row, std::ostream* out) { *out << row.name; }

class EachCallFails : public ::testing::TestWithParam<FailureRow> {};

// Opening, filling three segments, opening again: each call of it fails once.
TEST_P(EachCallFails, AndNothingSyncedIsLost) {
  for (std::uint64_t n = 1;; ++n) {
    SCOPED_TRACE(n);
    SimulatedFileSystem files(n);
    std::mt19937_64 random(5);
    ASSERT_TRUE(files.CreateDirectories(kDirectory).ok());
    Life life;
    files.FailCall(n, GetParam().code);
    for (int part = 0; part < 2; ++part) {
      std::vector<Group> found;
      auto journal = Journal::Open(files, kDirectory, SmallOptions(), CollectInto(found), nullptr);
      if (!journal.ok()) break;
      life.ExpectSurvived(found);
      if (!RunLife(**journal, life, random, 15).ok()) break;
    }
    const bool fired = files.failure_fired();
    files.StopFailing();
    if (GetParam().crash) {
      files.Crash();
    } else {
      files.KillProcess();
    }
    // What is built on the remains is durable, too.
    auto journal = Reopen(files, SmallOptions(), life);
    ASSERT_NE(journal, nullptr);
    ASSERT_TRUE(RunLife(*journal, life, random, 8).ok());
    files.Crash();
    ASSERT_NE(Reopen(files, SmallOptions(), life), nullptr);
    if (!fired) {
      EXPECT_GT(n, 100u);
      return;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(
    Rows, EachCallFails,
    ::testing::Values(FailureRow{"DiskFullThenCrash", absl::StatusCode::kResourceExhausted, true},
                      FailureRow{"DiskFullThenKill", absl::StatusCode::kResourceExhausted, false},
                      FailureRow{"ErrorThenCrash", absl::StatusCode::kUnavailable, true},
                      FailureRow{"ErrorThenKill", absl::StatusCode::kUnavailable, false}),
    [](const auto& info) { return info.param.name; });

TEST(Journal, AfterAFailedWriteOrSyncEveryCallFails) {
  for (const std::uint64_t n : {1u, 2u}) {  // the write, the sync
    SimulatedFileSystem files;
    ASSERT_TRUE(files.CreateDirectories(kDirectory).ok());
    auto journal = Journal::Open(files, kDirectory, SmallOptions(), IgnoreGroups(), nullptr);
    const Group group = MakeGroup(1, 100);
    files.FailCall(n, absl::StatusCode::kResourceExhausted);
    if ((*journal)->Append(1, 1, Payload(group)).ok()) {
      EXPECT_EQ((*journal)->Sync().code(), absl::StatusCode::kUnavailable);
    }
    ASSERT_TRUE(files.failure_fired());
    const auto calls = files.calls().all;
    EXPECT_EQ((*journal)->Append(1, 1, Payload(group)).status().code(),
              absl::StatusCode::kUnavailable);
    EXPECT_EQ((*journal)->Sync().code(), absl::StatusCode::kUnavailable);
    EXPECT_EQ((*journal)->Reserve(1).code(), absl::StatusCode::kUnavailable);
    EXPECT_EQ((*journal)->MakeAhead().code(), absl::StatusCode::kUnavailable);
    EXPECT_EQ(files.calls().all, calls);  // nothing is tried again
    std::vector<Group> read;
    EXPECT_TRUE((*journal)->Read(1, CollectInto(read)).ok());
    EXPECT_TRUE(read.empty());
  }
}

// A sync that failed leaves the group in the page cache, where the next process reads it; it must
// then be on disk before that process builds on it.
TEST(Journal, AGroupReadAgainAfterAFailedSyncIsDurable) {
  int read_again = 0;
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    SCOPED_TRACE(seed);
    SimulatedFileSystem files(seed);
    ASSERT_TRUE(files.CreateDirectories(kDirectory).ok());
    Life life;
    auto journal = Reopen(files, SmallOptions(), life);
    life.appended.push_back(MakeGroup(1, 3 * kBlock));
    ASSERT_TRUE(journal
                    ->Append(life.appended[0].definition_id, life.appended[0].receipt_time,
                             Payload(life.appended[0]))
                    .ok());
    files.FailCall(1, absl::StatusCode::kUnavailable);
    EXPECT_FALSE(journal->Sync().ok());
    files.KillProcess();
    journal = Reopen(files, SmallOptions(), life);
    read_again += life.synced == 1;
    files.Crash();
    journal = Reopen(files, SmallOptions(), life);
  }
  EXPECT_EQ(read_again, 100);
}

}  // namespace
}  // namespace panelpuls::journal
