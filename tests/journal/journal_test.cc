#include "journal/journal.h"

#include <atomic>
#include <thread>

#include "journal_fixture.h"
#include "testing/scratch_directory.h"

namespace panelpuls::journal {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST_F(JournalTest, AFreshOneIsEmpty) {
  MustOpen();
  EXPECT_EQ(journal_->End(), 0u);
  EXPECT_EQ(report_.groups, 0u);
  EXPECT_EQ(report_.segments, 1u);
  EXPECT_FALSE(report_.torn_tail);
  EXPECT_THAT(*files_.List(kDirectory), ElementsAre("00000001.segment"));
  EXPECT_EQ(files_.FileContent(SegmentFile(1)).size(), options_.segment_bytes);
}

TEST_F(JournalTest, GivesBackWhatWasAppended) {
  MustOpen();
  Write({0, 1, kBlock - kGroupHeader, kBlock - kGroupHeader + 1, 100});
  MustOpen();
  EXPECT_EQ(groups_, written_);
  EXPECT_EQ(journal_->End(), 5u);
  EXPECT_EQ(report_.groups, 5u);
  Write({7});
  MustOpen();
  EXPECT_EQ(groups_, written_);
}

TEST_F(JournalTest, RollsOverSegments) {
  MustOpen();
  Write(std::vector<std::size_t>(100, 3 * kBlock - kGroupHeader));  // five a segment
  EXPECT_TRUE(files_.Exists(SegmentFile(20)));
  MustOpen();
  EXPECT_EQ(groups_, written_);
  EXPECT_GE(report_.segments, 20u);
}

TEST_F(JournalTest, AGroupThatDoesNotFitGoesToTheNextSegment) {
  MustOpen();
  const std::size_t eight_blocks = 8 * kBlock - kGroupHeader;
  Write({eight_blocks, 10, eight_blocks, 10, 10});
  MustOpen();
  EXPECT_EQ(groups_, written_);
  EXPECT_EQ(files_.FileContent(SegmentFile(2)).substr(kBlock, 4), "PPG1");
}

TEST_F(JournalTest, NeverTwoGroupsAreInFlight) {
  MustOpen();
  ASSERT_TRUE(Append(MakeGroup(1, 10)).ok());
  const auto before = files_.calls();
  ASSERT_TRUE(Append(MakeGroup(2, 10)).ok());
  EXPECT_EQ(files_.calls().data_syncs, before.data_syncs + 1);
}

TEST_F(JournalTest, AGroupCostsOneWriteAndOneSync) {
  MustOpen();
  Write({10, 10});
  while (!files_.Exists(SegmentFile(2))) ASSERT_TRUE(journal_->MakeAhead().ok());
  const auto before = files_.calls();
  Write({10});
  EXPECT_EQ(files_.calls().all, before.all + 2);
  EXPECT_EQ(files_.calls().writes, before.writes + 1);
  EXPECT_EQ(files_.calls().data_syncs, before.data_syncs + 1);
}

TEST_F(JournalTest, NothingOfAnEarlierGroupStandsInThePaddingOfALaterOne) {
  MustOpen();
  Write({2 * kBlock, 10});
  const std::string group = files_.FileContent(SegmentFile(1)).substr(4 * kBlock, kBlock);
  EXPECT_EQ(group.find_first_not_of('\0', kGroupHeader + 10), std::string::npos);
}

TEST_F(JournalTest, SyncWithoutAGroupDoesNothing) {
  MustOpen();
  const auto before = files_.calls();
  EXPECT_TRUE(journal_->Sync().ok());
  EXPECT_EQ(files_.calls().all, before.all);
}

TEST_F(JournalTest, TheNextSegmentIsThereBeforeItIsNeeded) {
  options_.segment_bytes = 1024 * kBlock;
  MustOpen();
  for (int filled = 1; filled <= 512; ++filled) {
    const auto before = files_.calls();
    Write({100});
    EXPECT_LE(files_.calls().preallocations, before.preallocations + 1);
  }
  EXPECT_TRUE(files_.Exists(SegmentFile(2)));
}

TEST_F(JournalTest, AnUnfinishedSegmentIsRemovedAndMadeAgain) {
  options_.segment_bytes = 1024 * kBlock;
  MustOpen();
  Write({100});
  EXPECT_TRUE(files_.Exists(SegmentFile(2) + ".making"));
  MustOpen();
  EXPECT_FALSE(files_.Exists(SegmentFile(2) + ".making"));
  EXPECT_EQ(groups_, written_);
  Write(std::vector<std::size_t>(1500, 100));
  MustOpen();
  EXPECT_EQ(groups_, written_);
}

TEST_F(JournalTest, SegmentsOfSeveralSizesAreReadTogether) {
  MustOpen();
  Write(std::vector<std::size_t>(20, 100));
  options_.segment_bytes = 64 * kBlock;
  options_.max_payload_bytes = 63 * kBlock - kGroupHeader;
  MustOpen();
  Write({63 * kBlock - kGroupHeader, 100, 100});  // does not fit in what was made ahead
  options_ = SmallOptions();
  MustOpen();
  EXPECT_EQ(groups_, written_);
  Write(std::vector<std::size_t>(20, 100));
  MustOpen();
  EXPECT_EQ(groups_, written_);
  std::vector<Group> read;
  EXPECT_TRUE(journal_->Read(1, CollectInto(read)).ok());
  EXPECT_EQ(read, written_);
}

TEST_F(JournalTest, ATooLargeGroupIsRefusedAndTheLogLives) {
  MustOpen();
  Write({5});
  const Group large = MakeGroup(2, options_.max_payload_bytes + 1);
  EXPECT_EQ(Append(large).code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(journal_->Reserve(options_.max_payload_bytes + 1).code(),
            absl::StatusCode::kInvalidArgument);
  Write({options_.max_payload_bytes});
}

TEST_F(JournalTest, OptionsThatCannotWorkAreRefused) {
  options_.max_payload_bytes = 15 * kBlock - kGroupHeader + 1;
  EXPECT_EQ(Open().code(), absl::StatusCode::kInvalidArgument);
  options_.max_payload_bytes -= 1;
  EXPECT_TRUE(Open().ok());
  options_.segment_bytes += 1;
  EXPECT_EQ(Open().code(), absl::StatusCode::kInvalidArgument);
}

TEST_F(JournalTest, MustExistDoesNotStartANewOne) {
  options_.must_exist = true;
  EXPECT_EQ(Open().code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(*files_.List(kDirectory), ElementsAre());
  std::vector<Group> groups;
  EXPECT_EQ(ReadAll(groups).status().code(), absl::StatusCode::kNotFound);
  options_.must_exist = false;
  EXPECT_EQ(ReadAll(groups)->segments, 0u);
  MustOpen();
  options_.must_exist = true;
  MustOpen();
}

TEST_F(JournalTest, ReadsFromAnyPosition) {
  MustOpen();
  Write(std::vector<std::size_t>(40, 2 * kBlock));
  for (Position from = 0; from <= 42; ++from) {
    std::vector<Group> read;
    ASSERT_TRUE(journal_->Read(from, CollectInto(read)).ok());
    const std::size_t first = std::min<std::size_t>(from == 0 ? 0 : from - 1, written_.size());
    EXPECT_EQ(read,
              std::vector(written_.begin() + static_cast<std::ptrdiff_t>(first), written_.end()));
  }
}

TEST_F(JournalTest, ReadShowsDurableGroupsOnly) {
  MustOpen();
  Write({5});
  ASSERT_TRUE(Append(MakeGroup(2, 5)).ok());
  std::vector<Group> read;
  EXPECT_TRUE(journal_->Read(1, CollectInto(read)).ok());
  EXPECT_EQ(read, written_);
  ASSERT_TRUE(journal_->Sync().ok());
  read.clear();
  EXPECT_TRUE(journal_->Read(1, CollectInto(read)).ok());
  EXPECT_EQ(read.size(), 2u);
}

TEST_F(JournalTest, AVisitorEndsTheReading) {
  MustOpen();
  Write({5, 5, 5});
  int visited = 0;
  const GroupVisitor stop_at_two = [&](const GroupView&) {
    return ++visited == 2 ? absl::CancelledError("enough") : absl::OkStatus();
  };
  EXPECT_EQ(journal_->Read(1, stop_at_two), absl::CancelledError("enough"));
  EXPECT_EQ(visited, 2);
  visited = 0;
  EXPECT_EQ(ReadJournal(files_, kDirectory, options_, stop_at_two).status(),
            absl::CancelledError("enough"));
  visited = 0;
  EXPECT_EQ(Journal::Open(files_, kDirectory, options_, stop_at_two, nullptr).status(),
            absl::CancelledError("enough"));
}

// The groups behind are read ahead of the visits, as far as there is room.
TEST_F(JournalTest, AVisitThatFailsEndsAReaderThatIsFarAhead) {
  MustOpen();
  Write(std::vector<std::size_t>(400, 3 * kBlock - kGroupHeader));  // 4.7 MiB
  int visited = 0;
  const GroupVisitor stop_at_one = [&](const GroupView&) {
    ++visited;
    return absl::CancelledError("enough");
  };
  EXPECT_EQ(ReadJournal(files_, kDirectory, options_, stop_at_one).status(),
            absl::CancelledError("enough"));
  EXPECT_EQ(visited, 1);
  std::vector<Group> groups;
  ASSERT_TRUE(ReadAll(groups).ok());
  EXPECT_EQ(groups, written_);
}

TEST_F(JournalTest, AVisitThatFailsStandsBeforeDamageBehindIt) {
  MustOpen();
  Write({5, 5, 5, 5});
  files_.FlipBit(SegmentFile(1), 3 * kBlock + 70, 3);  // group 3
  int visited = 0;
  const auto stop_at = [&](int last) {
    visited = 0;
    return ReadJournal(files_, kDirectory, options_,
                       [&visited, last](const GroupView&) {
                         return ++visited == last ? absl::CancelledError("enough")
                                                  : absl::OkStatus();
                       })
        .status();
  };
  EXPECT_EQ(stop_at(2), absl::CancelledError("enough"));
  ExpectDataLoss(stop_at(3), {"group 3"});
  EXPECT_EQ(visited, 2);
}

// Nothing is written while groups that were found may still be refused.
TEST_F(JournalTest, ATornTailStaysWhenTheLastVisitFails) {
  MustOpen();
  Write({5, 5});
  journal_->Append(1, 1, Payload(MakeGroup(3, 2 * kBlock))).IgnoreError();
  files_.FlipBit(SegmentFile(1), 3 * kBlock + 70, 3);
  journal_.reset();
  const auto before = files_.calls();
  const auto opened = Journal::Open(
      files_, kDirectory, options_,
      [](const GroupView& group) {
        return group.info.position == 2 ? absl::DataLossError("no record") : absl::OkStatus();
      },
      nullptr);
  EXPECT_EQ(opened.status(), absl::DataLossError("no record"));
  EXPECT_EQ(files_.calls().writes, before.writes);
}

TEST_F(JournalTest, ReadNamesTheGroupThatIsDamaged) {
  MustOpen();
  Write({5, 5, 5});
  files_.FlipBit(SegmentFile(1), 2 * kBlock + 70, 3);
  std::vector<Group> read;
  ExpectDataLoss(journal_->Read(1, CollectInto(read)),
                 {SegmentFile(1), "group 2", "offset 8192", "restore"});
}

TEST_F(JournalTest, ReadJournalChangesNothing) {
  MustOpen();
  Write({5, 5});
  journal_->Append(1, 1, Payload(MakeGroup(3, 2 * kBlock))).IgnoreError();
  files_.FlipBit(SegmentFile(1), 3 * kBlock + 70, 3);  // torn
  const auto before = files_.calls();
  std::vector<Group> groups;
  const auto report = ReadAll(groups);
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_TRUE(report->torn_tail);
  EXPECT_EQ(groups, written_);
  EXPECT_EQ(files_.calls().writes, before.writes);
  EXPECT_EQ(files_.calls().data_syncs, before.data_syncs);
}

// Two readers beside a writer, on the real file system.
TEST(Journal, ReadersBesideTheWriterSeeWholeGroupsInOrder) {
  const testing::ScratchDirectory scratch;
  FileSystem& files = PosixFileSystem();
  const JournalOptions options = SmallOptions();
  const auto ignore = [](const GroupView&) { return absl::OkStatus(); };
  auto journal = Journal::Open(files, scratch.path(), options, ignore, nullptr);
  ASSERT_TRUE(journal.ok()) << journal.status();
  constexpr Position kGroups = 300;
  // pairs-with: the reader's load (acquire); it then has seen all groups a last time.
  std::atomic<bool> done{false};
  const auto check = [](const GroupView& view) {
    std::vector<Group> one;
    static_cast<void>(CollectInto(one)(view));
    EXPECT_EQ(one[0], MakeGroup(one[0].position, one[0].position % 9000));
    return absl::OkStatus();
  };
  std::thread inside([&] {
    while (!done.load(std::memory_order_acquire)) {
      EXPECT_TRUE((*journal)->Read(1, check).ok());
    }
  });
  std::thread outside([&] {
    while (!done.load(std::memory_order_acquire)) {
      const auto report = ReadJournal(files, scratch.path(), options, check);
      EXPECT_TRUE(report.ok()) << report.status();
    }
  });
  for (Position position = 1; position <= kGroups; ++position) {
    const Group group = MakeGroup(position, position % 9000);
    ASSERT_TRUE((*journal)->Append(group.definition_id, group.receipt_time, Payload(group)).ok());
    ASSERT_TRUE((*journal)->Sync().ok());
  }
  done.store(true, std::memory_order_release);
  inside.join();
  outside.join();
  EXPECT_EQ(ReadJournal(files, scratch.path(), options, check)->groups, kGroups);
}

}  // namespace
}  // namespace panelpuls::journal
