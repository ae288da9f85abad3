// Descriptors run out while a journal is written: what is open goes on, what is to be opened is
// tried again.
#include "journal_fixture.h"

namespace panelpuls::journal {
namespace {

using ::testing::HasSubstr;

class Descriptors : public JournalTest {};

TEST_F(Descriptors, TheNextSegmentIsUsedWithoutOne) {
  MustOpen();
  Write(std::vector<std::size_t>(10, 100));  // the next segment is made
  ASSERT_TRUE(files_.Exists(SegmentFile(2)));
  files_.SetOutOfDescriptors(true);
  Write(std::vector<std::size_t>(20, 100));  // to the end of that
  EXPECT_EQ(journal_->End(), 30u);
  files_.SetOutOfDescriptors(false);
  MustOpen();
  EXPECT_EQ(groups_, written_);
}

TEST_F(Descriptors, OneThatIsMissingIsTriedAgainAndNothingIsLost) {
  MustOpen();
  Write(std::vector<std::size_t>(10, 100));
  files_.SetOutOfDescriptors(true);
  Write(std::vector<std::size_t>(20, 100));
  for (int i = 0; i < 3; ++i) {
    const absl::Status reserve = journal_->Reserve(100);
    EXPECT_EQ(reserve.code(), absl::StatusCode::kResourceExhausted);
    EXPECT_THAT(std::string(reserve.message()), HasSubstr("too many open files"));
    EXPECT_EQ(Append(MakeGroup(31, 100)).code(), absl::StatusCode::kResourceExhausted);
    EXPECT_TRUE(journal_->Sync().ok());
    EXPECT_TRUE(journal_->MakeAhead().ok());
  }
  EXPECT_EQ(journal_->End(), 30u);
  files_.SetOutOfDescriptors(false);
  EXPECT_TRUE(journal_->Reserve(100).ok());
  Write(std::vector<std::size_t>(20, 100));
  MustOpen();
  EXPECT_EQ(groups_, written_);
}

TEST_F(Descriptors, ThatComeAndGoAtRandomStopNothing) {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    SCOPED_TRACE(seed);
    testing::SimulatedFileSystem files(seed);
    std::mt19937_64 random(seed);
    ASSERT_TRUE(files.CreateDirectories(kDirectory).ok());
    std::vector<Group> written;
    auto journal = Journal::Open(
        files, kDirectory, SmallOptions(), [](const GroupView&) { return absl::OkStatus(); },
        nullptr);
    ASSERT_TRUE(journal.ok());
    for (int step = 0; step < 60; ++step) {
      if (random() % 5 == 0) files.SetOutOfDescriptors(random() % 3 != 0);
      const Group group = MakeGroup((*journal)->End() + 1, random() % (8 * kBlock - kGroupHeader));
      const absl::Status appended =
          (*journal)->Append(group.definition_id, group.receipt_time, Payload(group)).status();
      if (appended.ok()) written.push_back(group);
      EXPECT_TRUE(appended.ok() || absl::IsResourceExhausted(appended)) << appended;
      EXPECT_TRUE((*journal)->Sync().ok());
      if (random() % 4 == 0) EXPECT_TRUE((*journal)->MakeAhead().ok());
    }
    files.SetOutOfDescriptors(false);
    files.Crash();
    std::vector<Group> found;
    ASSERT_TRUE(ReadJournal(files, kDirectory, SmallOptions(), CollectInto(found)).ok());
    EXPECT_EQ(found, written);
  }
}

}  // namespace
}  // namespace panelpuls::journal
