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
