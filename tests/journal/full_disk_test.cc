#include "journal_fixture.h"

namespace panelpuls::journal {
namespace {

using ::testing::HasSubstr;

class FullDisk : public JournalTest {
 protected:
  // Room for one segment and nothing else, or for one that is being made.
  void FillDisk(std::uint64_t more_bytes) {
    files_.SetCapacityBytes(options_.segment_bytes + more_bytes);
  }
};

TEST_F(FullDisk, NothingIsLostAndTheLogGoesOnWhenThereIsRoomAgain) {
  MustOpen();
  FillDisk(3 * kBlock);
  Write(std::vector<std::size_t>(15, 100));  // the last block of the segment
  const absl::Status reserve = journal_->Reserve(100);
  EXPECT_EQ(reserve.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_THAT(std::string(reserve.message()), HasSubstr("make room"));
  EXPECT_EQ(Append(MakeGroup(16, 100)).code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(journal_->End(), 15u);

  std::vector<Group> read;
  EXPECT_TRUE(journal_->Read(1, CollectInto(read)).ok());
  EXPECT_EQ(read, written_);

  files_.SetCapacityBytes(std::nullopt);
  EXPECT_TRUE(journal_->Reserve(100).ok());
  Write({100, 100});
  MustOpen();
  EXPECT_EQ(groups_, written_);
}

TEST_F(FullDisk, ReserveCountsTheRoomOfTheGroupItselfAndOfTheSegmentMadeAhead) {
  MustOpen();
  FillDisk(0);
  Write({13 * kBlock - 8 * kBlock, 7 * kBlock});  // 6 + 8 of 15 blocks
  EXPECT_TRUE(journal_->Reserve(kBlock - kGroupHeader).ok());
  EXPECT_FALSE(journal_->Reserve(kBlock - kGroupHeader + 1).ok());
  files_.SetCapacityBytes(std::nullopt);
  EXPECT_TRUE(journal_->Reserve(kBlock - kGroupHeader + 1).ok());
  files_.SetCapacityBytes(0);
  EXPECT_TRUE(journal_->Reserve(options_.max_payload_bytes).ok());
  Write({options_.max_payload_bytes});
}

TEST_F(FullDisk, SomeRoomStaysFree) {
  options_.reserve_free_bytes = 1 << 20;
  MustOpen();
  files_.SetCapacityBytes(2 * options_.segment_bytes + options_.reserve_free_bytes - 1);
  Write(std::vector<std::size_t>(15, 100));
  EXPECT_EQ(journal_->Reserve(1).code(), absl::StatusCode::kResourceExhausted);
  EXPECT_FALSE(files_.Exists(SegmentFile(2)));
  files_.SetCapacityBytes(2 * options_.segment_bytes + options_.reserve_free_bytes);
  EXPECT_TRUE(journal_->Reserve(1).ok());
  EXPECT_TRUE(files_.Exists(SegmentFile(2)));
}

// The calls of a group's Append and Sync, and then those that make the next segment.
TEST_F(FullDisk, WhileASegmentIsMadeIsFinalOnlyOnceItIsFilled) {
  struct Row {
    const char* name;
    std::uint64_t call;
    bool lives;
  };
  for (const Row& row :
       {Row{"free bytes", 3, true}, Row{"create", 4, true}, Row{"preallocate", 5, true},
        Row{"write header", 6, false}, Row{"sync header", 7, false}, Row{"rename", 8, false},
        Row{"sync directory", 9, false}}) {
    SCOPED_TRACE(row.name);
    files_.KillProcess();
    for (int id = 1; files_.Exists(SegmentFile(id)); ++id) files_.LoseFile(SegmentFile(id));
    MustOpen();
    files_.FailCall(row.call, absl::StatusCode::kResourceExhausted);
    ASSERT_TRUE(Append(MakeGroup(1, 10)).ok());
    const absl::Status status = journal_->Sync();
    EXPECT_TRUE(files_.failure_fired());
    EXPECT_EQ(status.code(), row.lives ? absl::StatusCode::kOk : absl::StatusCode::kUnavailable);
    EXPECT_EQ(Append(MakeGroup(2, 10)).ok(), row.lives);
    if (row.lives) {
      EXPECT_TRUE(journal_->Sync().ok());
      EXPECT_TRUE(files_.Exists(SegmentFile(2)));
    }
    MustOpen();
    EXPECT_EQ(groups_.size(), row.lives ? 2u : 1u);
  }
}

TEST_F(FullDisk, AFreshJournalSaysWhatItNeeds) {
  files_.SetCapacityBytes(options_.segment_bytes - 1);
  const absl::Status status = Open();
  EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_THAT(std::string(status.message()), HasSubstr(SegmentFile(1)));
  files_.SetCapacityBytes(options_.segment_bytes);
  MustOpen();
}

}  // namespace
}  // namespace panelpuls::journal
