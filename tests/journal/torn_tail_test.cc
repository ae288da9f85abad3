#include "journal_fixture.h"

namespace panelpuls::journal {
namespace {

class TornTail : public JournalTest {
 protected:
  // Puts the segment back with the bytes [from, to) as they were before.
  void Undo(const std::string& old_content, std::size_t from, std::size_t to) {
    std::string content = files_.FileContent(SegmentFile(1));
    content.replace(from, to - from, old_content, from, to - from);
    files_.PutFile(SegmentFile(1), content);
  }
  bool ZerosFrom(std::size_t offset) {
    return files_.FileContent(SegmentFile(1)).find_first_not_of('\0', offset) == std::string::npos;
  }
};

TEST_F(TornTail, IsCutAndReportedWhereverTheLastGroupEnds) {
  MustOpen();
  Write({100, 3000, 10});
  const std::string before = files_.FileContent(SegmentFile(1));
  const std::size_t begin = 4 * kBlock;
  const Group last = MakeGroup(4, 3 * kBlock - kGroupHeader - 300);
  ASSERT_TRUE(Append(last).ok());
  const std::string after = files_.FileContent(SegmentFile(1));
  for (std::size_t cut = begin; cut <= begin + 3 * kBlock; cut += 512) {
    SCOPED_TRACE(cut);
    files_.PutFile(SegmentFile(1), after);
    Undo(before, cut, begin + 3 * kBlock);
    MustOpen();
    const bool whole = cut > begin + 3 * kBlock - 512;
    EXPECT_EQ(groups_.size(), whole ? 4u : 3u);
    EXPECT_EQ(report_.torn_tail, !whole && cut > begin);
    if (report_.torn_tail) {
      EXPECT_EQ(report_.torn_where, SegmentFile(1) + " at offset 16384");
      EXPECT_EQ(report_.torn_bytes % kBlock, 0u);
      EXPECT_GT(report_.torn_bytes, 0u);
    }
    EXPECT_TRUE(ZerosFrom(whole ? begin + 3 * kBlock : begin));
    MustOpen();
    EXPECT_FALSE(report_.torn_tail);
  }
}

TEST_F(TornTail, IsCutWhicheverSectorIsMissing) {
  MustOpen();
  Write({100, 3000, 10});
  const std::string before = files_.FileContent(SegmentFile(1));
  ASSERT_TRUE(Append(MakeGroup(4, 3 * kBlock - kGroupHeader)).ok());
  const std::string after = files_.FileContent(SegmentFile(1));
  for (std::size_t sector = 4 * kBlock; sector < 7 * kBlock; sector += 512) {
    SCOPED_TRACE(sector);
    files_.PutFile(SegmentFile(1), after);
    Undo(before, sector, sector + 512);
    MustOpen();
    EXPECT_EQ(groups_, written_);
    EXPECT_TRUE(report_.torn_tail);
    EXPECT_TRUE(ZerosFrom(4 * kBlock));
  }
}

TEST_F(TornTail, TheGroupAfterItTakesItsPositionAndPlace) {
  MustOpen();
  Write({100, 100});
  ASSERT_TRUE(Append(MakeGroup(3, 2 * kBlock)).ok());
  files_.FlipBit(SegmentFile(1), 5 * kBlock, 0);
  MustOpen();
  EXPECT_TRUE(report_.torn_tail);
  Write({7, 7});
  MustOpen();
  EXPECT_FALSE(report_.torn_tail);
  EXPECT_EQ(groups_, written_);
}

TEST_F(TornTail, InTheNextSegmentIsCutThere) {
  MustOpen();
  Write({8 * kBlock - kGroupHeader});
  ASSERT_TRUE(Append(MakeGroup(2, 8 * kBlock - kGroupHeader)).ok());
  files_.FlipBit(SegmentFile(2), 2 * kBlock, 0);
  MustOpen();
  EXPECT_TRUE(report_.torn_tail);
  EXPECT_EQ(report_.torn_where, SegmentFile(2) + " at offset 4096");
  EXPECT_EQ(groups_, written_);
  Write({100, 8 * kBlock - kGroupHeader, 100});  // first into the room left in the first segment
  MustOpen();
  EXPECT_EQ(groups_, written_);
}

// What the header of journal.h says: the last group damaged is a torn one.
TEST_F(TornTail, DamageToTheVeryLastGroupIsTakenForOne) {
  MustOpen();
  Write({100, 100, 100});
  files_.FlipBit(SegmentFile(1), 3 * kBlock + 100, 0);
  MustOpen();
  EXPECT_TRUE(report_.torn_tail);
  EXPECT_EQ(groups_.size(), 2u);
}

// The zeros over torn bytes are on disk before a group is written anywhere.
TEST_F(TornTail, ItsBytesDoNotComeBackAfterAnotherCrash) {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    SCOPED_TRACE(seed);
    testing::SimulatedFileSystem files(seed);
    ASSERT_TRUE(files.CreateDirectories(kDirectory).ok());
    std::vector<Group> groups;
    RecoveryReport report;
    auto open = [&] {
      groups.clear();
      auto journal = Journal::Open(files, kDirectory, options_, CollectInto(groups), &report);
      EXPECT_TRUE(journal.ok()) << journal.status();
      return *std::move(journal);
    };
    auto append = [&](Journal& journal, const Group& group) {
      return journal.Append(group.definition_id, group.receipt_time, Payload(group)).status();
    };
    auto journal = open();
    const std::vector<Group> expected = {MakeGroup(1, 8 * kBlock - kGroupHeader), MakeGroup(2, 5)};
    ASSERT_TRUE(append(*journal, expected[0]).ok());
    ASSERT_TRUE(append(*journal, MakeGroup(2, 8 * kBlock - kGroupHeader)).ok());
    files.FlipBit(SegmentFile(2), 3 * kBlock, 0);
    files.KillProcess();
    journal = open();
    EXPECT_TRUE(report.torn_tail);
    ASSERT_TRUE(append(*journal, expected[1]).ok());  // into the first segment
    ASSERT_TRUE(journal->Sync().ok());
    files.Crash();
    journal = open();
    EXPECT_FALSE(report.torn_tail);
    EXPECT_EQ(groups, expected);
  }
}

}  // namespace
}  // namespace panelpuls::journal
