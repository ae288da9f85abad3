// The file seam on system calls that are interrupted, that do a part of what they were asked for,
// or that fail: by seed, held against plain strings.
#include <fcntl.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cerrno>
#include <random>
#include <string>

#include "base/system_calls.h"
#include "testing/scratch_directory.h"

namespace panelpuls {
namespace {

class UnsteadyCalls final : public SystemCalls {
 public:
  explicit UnsteadyCalls(std::uint64_t seed) : random_(seed) {}

  int Open(const char* path, int flags, mode_t permissions) override {
    return Interrupts() ? -1 : SystemCalls::Open(path, flags, permissions);
  }
  ssize_t Pread(int descriptor, void* bytes, std::size_t size, off_t offset) override {
    return Interrupts() ? -1 : SystemCalls::Pread(descriptor, bytes, PartOf(size), offset);
  }
  ssize_t Pwrite(int descriptor, const void* bytes, std::size_t size, off_t offset) override {
    return Interrupts() ? -1 : SystemCalls::Pwrite(descriptor, bytes, PartOf(size), offset);
  }
  int Fdatasync(int descriptor) override {
    ++syncs;
    if (failing_sync) {
      errno = EINTR;
      return -1;
    }
    return SystemCalls::Fdatasync(descriptor);
  }
  int Ftruncate(int descriptor, off_t size) override {
    return Interrupts() ? -1 : SystemCalls::Ftruncate(descriptor, size);
  }
  int PosixFallocate(int descriptor, off_t offset, off_t size) override {
    return Interrupts() ? EINTR : SystemCalls::PosixFallocate(descriptor, offset, size);
  }
  int Flock(int descriptor, int operation) override {
    return Interrupts() ? -1 : SystemCalls::Flock(descriptor, operation);
  }

  bool failing_sync = false;
  std::uint64_t syncs = 0;
  std::uint64_t interrupted = 0;
  std::uint64_t shortened = 0;

 private:
  bool Interrupts() {
    if (random_() % 3 != 0) return false;
    ++interrupted;
    errno = EINTR;
    return true;
  }
  std::size_t PartOf(std::size_t size) {
    if (size < 2 || random_() % 2 != 0) return size;
    ++shortened;
    return 1 + random_() % (size - 1);
  }

  std::mt19937_64 random_;
};

std::string RandomText(std::mt19937_64& random, std::size_t bytes) {
  std::string text(bytes, '\0');
  for (char& byte : text) byte = static_cast<char>('a' + random() % 26);
  return text;
}

// One random change of the file and of the text that it should be.
absl::Status Change(std::mt19937_64& random, File& file, std::string* expected) {
  const std::uint64_t offset = random() % 9000;
  switch (random() % 4) {
    case 0:
      expected->resize(offset);
      return file.Truncate(offset);
    case 1:
      expected->resize(std::max<std::size_t>(expected->size(), offset));
      return file.Preallocate(offset);
    default: {
      const std::string text = RandomText(random, 1 + random() % 9000);
      expected->resize(std::max(expected->size(), offset + text.size()));
      expected->replace(offset, text.size(), text);
      return file.WriteAt(offset, std::as_bytes(std::span(text)));
    }
  }
}

TEST(InterruptedCalls, LeaveWhatWasAskedFor) {
  std::uint64_t interrupted = 0;
  std::uint64_t shortened = 0;
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    SCOPED_TRACE(::testing::Message() << "seed " << seed);
    testing::ScratchDirectory scratch;
    UnsteadyCalls calls(seed);
    const auto files = MakePosixFileSystem(calls);
    const auto lock = files->Lock(scratch.path());
    ASSERT_TRUE(lock.ok()) << lock.status();
    const std::string path = scratch.File("a");
    auto file = files->Open(path, OpenMode::kCreate, 0600);
    ASSERT_TRUE(file.ok()) << file.status();
    std::mt19937_64 random(seed);
    std::string expected;
    for (int change = 0; change < 10; ++change) {
      const absl::Status changed = Change(random, **file, &expected);
      ASSERT_TRUE(changed.ok()) << changed;
    }
    ASSERT_TRUE((*file)->DataSync().ok());
    const auto content = ReadWholeFile(*files, path);
    ASSERT_TRUE(content.ok()) << content.status();
    ASSERT_TRUE(*content == expected);
    interrupted += calls.interrupted;
    shortened += calls.shortened;
  }
  EXPECT_GT(interrupted, 1000u);
  EXPECT_GT(shortened, 1000u);
}

// After a failure nobody knows which bytes are on disk, and a second sync would say ok.
TEST(InterruptedCalls, ASyncIsNeverRepeated) {
  testing::ScratchDirectory scratch;
  UnsteadyCalls calls(1);
  const auto files = MakePosixFileSystem(calls);
  auto file = files->Open(scratch.File("a"), OpenMode::kCreate, 0600);
  ASSERT_TRUE(file.ok()) << file.status();
  calls.failing_sync = true;
  EXPECT_EQ((*file)->DataSync().code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(calls.syncs, 1u);
}

}  // namespace
}  // namespace panelpuls
