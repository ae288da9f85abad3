// Descriptors of the process run out while a journal is written.
#include <sys/resource.h>

#include "journal_fixture.h"
#include "testing/scratch_directory.h"

namespace panelpuls::journal {
namespace {

using ::testing::HasSubstr;

// As many as are open now, and none more.
class NoMoreDescriptors {
 public:
  NoMoreDescriptors() {
    getrlimit(RLIMIT_NOFILE, &before_);
    rlimit now = before_;
    now.rlim_cur = 0;
    setrlimit(RLIMIT_NOFILE, &now);
  }
  ~NoMoreDescriptors() { setrlimit(RLIMIT_NOFILE, &before_); }
  NoMoreDescriptors(const NoMoreDescriptors&) = delete;
  NoMoreDescriptors& operator=(const NoMoreDescriptors&) = delete;

 private:
  rlimit before_{};
};

TEST(PosixDescriptors, AJournalGoesOnWhenTheProcessHasSomeAgain) {
  const testing::ScratchDirectory scratch;
  const auto ignore = [](const GroupView&) { return absl::OkStatus(); };
  auto journal = Journal::Open(PosixFileSystem(), scratch.path(), SmallOptions(), ignore, nullptr);
  ASSERT_TRUE(journal.ok()) << journal.status();
  const Group group = MakeGroup(1, 100);
  const auto append = [&] {
    PP_RETURN_IF_ERROR((*journal)->Append(1, 1, Payload(group)).status());
    return (*journal)->Sync();
  };
  for (int i = 0; i < 10; ++i) ASSERT_TRUE(append().ok());
  {
    const NoMoreDescriptors none;
    for (int i = 0; i < 20; ++i) ASSERT_TRUE(append().ok()) << i;
    const absl::Status status = append();
    EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted);
    EXPECT_THAT(std::string(status.message()), HasSubstr("Too many open files"));
  }
  for (int i = 0; i < 20; ++i) ASSERT_TRUE(append().ok());
  Position last = 0;
  ASSERT_TRUE(ReadJournal(PosixFileSystem(), scratch.path(), SmallOptions(),
                          [&last](const GroupView& read) {
                            last = read.info.position;
                            return absl::OkStatus();
                          })
                  .ok());
  EXPECT_EQ(last, 50u);
}

}  // namespace
}  // namespace panelpuls::journal
