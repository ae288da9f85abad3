// A file system that lets a file be opened past the page cache and then refuses a write so. A
// program of its own, since it stands between the C library and what is tested.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>

#include "base/file.h"
#include "testing/scratch_directory.h"

namespace {

int refusals_to_come = 0;
int direct_writes = 0;

}  // namespace

// In place of the C library's.
extern "C" ssize_t pwrite(int file, const void* bytes, std::size_t size, off_t offset) {
  if ((::fcntl(file, F_GETFL) & O_DIRECT) != 0) {
    ++direct_writes;
    if (refusals_to_come > 0) {
      --refusals_to_come;
      errno = EINVAL;
      return -1;
    }
  }
  return ::syscall(SYS_pwrite64, file, bytes, size, offset);
}

namespace panelpuls {
namespace {

TEST(DirectWrite, ThatIsRefusedGoesThroughThePageCacheAndIsNotTriedAgain) {
  const testing::ScratchDirectory scratch;
  const auto file = *PosixFileSystem().Open(scratch.File("a"), OpenMode::kCreate, 0644);
  ASSERT_TRUE(file->Preallocate(4 * kDirectBytes).ok());
  const int before = direct_writes;
  refusals_to_come = 1;
  const BlockBytes first(kDirectBytes, std::byte{1});
  const BlockBytes second(kDirectBytes, std::byte{2});
  EXPECT_TRUE(file->WriteAt(0, first).ok());
  EXPECT_TRUE(file->WriteAt(kDirectBytes, second).ok());
  EXPECT_TRUE(file->DataSync().ok());
  // None where such a file cannot even be opened.
  EXPECT_EQ(direct_writes - before, 1 - refusals_to_come);
  BlockBytes read(3 * kDirectBytes);
  EXPECT_EQ(*file->ReadAt(0, read), read.size());
  EXPECT_EQ(BlockBytes(read.begin(), read.begin() + kDirectBytes), first);
  EXPECT_EQ(BlockBytes(read.begin() + kDirectBytes, read.begin() + 2 * kDirectBytes), second);
  EXPECT_EQ(BlockBytes(read.begin() + 2 * kDirectBytes, read.end()), BlockBytes(kDirectBytes));
}

}  // namespace
}  // namespace panelpuls
