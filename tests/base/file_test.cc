// The seam's promises, held against the real file system and the simulated one.
#include "base/file.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <ostream>
#include <random>

#include "testing/scratch_directory.h"
#include "testing/simulated_file_system.h"

namespace panelpuls {
namespace {

using ::testing::ElementsAre;

enum class Kind { kPosix, kSimulated };
void PrintTo(Kind kind, std::ostream* out) {
  *out << (kind == Kind::kPosix ? "Posix" : "Simulated");
}

class FileSystemTest : public ::testing::TestWithParam<Kind> {
 protected:
  FileSystemTest() {
    if (GetParam() == Kind::kSimulated) {
      EXPECT_TRUE(simulated_.CreateDirectories(scratch_.path()).ok());
    }
  }
  FileSystem& files() {
    return GetParam() == Kind::kPosix ? PosixFileSystem() : static_cast<FileSystem&>(simulated_);
  }
  std::string Path(const std::string& name) const { return scratch_.File(name); }
  std::unique_ptr<File> Create(const std::string& name) {
    auto file = files().Open(Path(name), OpenMode::kCreate, 0644);
    EXPECT_TRUE(file.ok()) << file.status();
    return *std::move(file);
  }
  static absl::Status Write(File& file, std::uint64_t offset, std::string_view text) {
    return file.WriteAt(offset, std::as_bytes(std::span(text)));
  }
  static std::string Read(File& file, std::uint64_t offset, std::size_t bytes) {
    std::string text(bytes, '?');
    const auto got = file.ReadAt(offset, std::as_writable_bytes(std::span(text)));
    EXPECT_TRUE(got.ok()) << got.status();
    text.resize(*got);
    return text;
  }

  testing::ScratchDirectory scratch_;
  testing::SimulatedFileSystem simulated_;
};

TEST_P(FileSystemTest, ReadsBackWhatWasWrittenAndStopsAtTheEnd) {
  const auto file = Create("a");
  EXPECT_TRUE(Write(*file, 3, "hello").ok());
  EXPECT_TRUE(file->DataSync().ok());
  EXPECT_EQ(Read(*file, 0, 100), std::string("\0\0\0hello", 8));
  EXPECT_EQ(Read(*file, 4, 2), "el");
  EXPECT_EQ(Read(*file, 8, 1), "");
  EXPECT_EQ(*file->Size(), 8u);
  EXPECT_TRUE(file->Truncate(4).ok());
  EXPECT_EQ(Read(*file, 0, 100), std::string("\0\0\0h", 4));
}

TEST_P(FileSystemTest, PreallocateExtendsWithZerosAndKeepsWhatIsThere) {
  const auto file = Create("a");
  EXPECT_TRUE(Write(*file, 0, "abc").ok());
  EXPECT_TRUE(file->Preallocate(300'001).ok());
  EXPECT_EQ(*file->Size(), 300'001u);
  EXPECT_EQ(Read(*file, 0, 400'000), "abc" + std::string(299'998, '\0'));
  EXPECT_TRUE(file->Preallocate(10).ok());
  EXPECT_EQ(*file->Size(), 300'001u);
}

// Blocks may go another way to the disk than the bytes between them.
TEST_P(FileSystemTest, ReadsBackTheLastWriteWhateverItsAlignment) {
  constexpr std::size_t kBytes = 8 * kDirectBytes;
  std::mt19937_64 random(1);
  const auto below = [&random](std::size_t limit) {
    return std::uniform_int_distribution<std::size_t>(0, limit - 1)(random);
  };
  const auto file = Create("a");
  EXPECT_TRUE(file->Preallocate(kBytes).ok());
  std::string expected(kBytes, '\0');
  for (int step = 0; step < 300; ++step) {
    const bool whole = below(2) == 0;
    const std::size_t grain = whole ? kDirectBytes : 1;
    const std::size_t begin = below(kBytes / grain) * grain;
    const std::size_t bytes = (1 + below((kBytes - begin) / grain)) * grain;
    // Once in a while memory that lies otherwise.
    const std::size_t shift = below(4) == 0 ? 1 + below(63) : 0;
    const auto value = static_cast<std::byte>(step);
    const BlockBytes memory(shift + bytes, value);
    ASSERT_TRUE(file->WriteAt(begin, std::span(memory).subspan(shift)).ok());
    std::fill_n(expected.begin() + static_cast<std::ptrdiff_t>(begin), bytes,
                static_cast<char>(value));
    if (below(8) == 0) ASSERT_TRUE(file->DataSync().ok());
    ASSERT_EQ(Read(*file, 0, kBytes), expected) << step;
  }
}

TEST_P(FileSystemTest, MissingAndExistingFilesAreToldApartByPath) {
  const absl::Status missing = files().Open(Path("none"), OpenMode::kReadWrite).status();
  EXPECT_EQ(missing.code(), absl::StatusCode::kNotFound);
  EXPECT_NE(missing.message().find(ToAbsl(Path("none"))), absl::string_view::npos);
  Create("a");
  EXPECT_EQ(files().Open(Path("a"), OpenMode::kCreate).status().code(),
            absl::StatusCode::kAlreadyExists);
  EXPECT_EQ(files().Open(Path("no/such"), OpenMode::kCreate).status().code(),
            absl::StatusCode::kNotFound);
  EXPECT_EQ(files().Remove(Path("none")).code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(files().Rename(Path("none"), Path("b")).code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(files().List(Path("no")).status().code(), absl::StatusCode::kNotFound);
}

TEST_P(FileSystemTest, AFileOpenForReadingCannotBeWritten) {
  Create("a");
  const auto file = *files().Open(Path("a"), OpenMode::kRead);
  EXPECT_FALSE(Write(*file, 0, "x").ok());
}

TEST_P(FileSystemTest, ListsNamesInOrder) {
  Create("b");
  Create("a");
  Create("A");
  EXPECT_TRUE(files().CreateDirectories(Path("deep/er")).ok());
  EXPECT_TRUE(files().CreateDirectories(Path("deep/er")).ok());
  EXPECT_THAT(*files().List(scratch_.path()), ElementsAre("A", "a", "b", "deep"));
  EXPECT_THAT(*files().List(Path("deep")), ElementsAre("er"));
  EXPECT_TRUE(files().Rename(Path("a"), Path("b")).ok());
  EXPECT_TRUE(files().Remove(Path("A")).ok());
  EXPECT_TRUE(files().SyncDirectory(scratch_.path()).ok());
  EXPECT_THAT(*files().List(scratch_.path()), ElementsAre("b", "deep"));
}

TEST_P(FileSystemTest, ADirectoryHasOneOwner) {
  auto lock = files().Lock(scratch_.path());
  ASSERT_TRUE(lock.ok()) << lock.status();
  const absl::Status second = files().Lock(scratch_.path()).status();
  EXPECT_EQ(second.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_NE(second.message().find(ToAbsl(scratch_.path())), absl::string_view::npos);
  lock->reset();
  EXPECT_TRUE(files().Lock(scratch_.path()).ok());
}

TEST_P(FileSystemTest, AtomicWriteReplacesTheWholeContentAndLeavesNoOtherFile) {
  EXPECT_TRUE(WriteFileAtomically(files(), Path("a"), std::string(10'000, 'x'), 0600).ok());
  EXPECT_EQ(*files().Permissions(Path("a")), 0600u);
  EXPECT_TRUE(WriteFileAtomically(files(), Path("a"), "short").ok());
  EXPECT_EQ(*ReadWholeFile(files(), Path("a")), "short");
  EXPECT_TRUE(WriteFileAtomically(files(), Path("a"), "").ok());
  EXPECT_EQ(*ReadWholeFile(files(), Path("a")), "");
  EXPECT_THAT(*files().List(scratch_.path()), ElementsAre("a"));
}

TEST_P(FileSystemTest, ReadWholeFileNamesWhatIsMissing) {
  const absl::Status status = ReadWholeFile(files(), Path("none")).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kNotFound);
  EXPECT_NE(status.message().find(ToAbsl(Path("none"))), absl::string_view::npos);
}

TEST_P(FileSystemTest, ReadsFilesLargerThanItsFirstGuess) {
  std::string content;
  for (int i = 0; i < 100'000; ++i) content += std::to_string(i);
  EXPECT_TRUE(WriteFileAtomically(files(), Path("a"), content).ok());
  EXPECT_EQ(*ReadWholeFile(files(), Path("a")), content);
}

INSTANTIATE_TEST_SUITE_P(Kinds, FileSystemTest, ::testing::Values(Kind::kPosix, Kind::kSimulated),
                         ::testing::PrintToStringParamName());

TEST(PosixFileSystem, SaysWhyADirectoryCannotBeMade) {
  const testing::ScratchDirectory scratch;
  ASSERT_TRUE(WriteFileAtomically(PosixFileSystem(), scratch.File("file"), "x").ok());
  for (const std::string& path : {scratch.File("file"), scratch.File("file/under")}) {
    const absl::Status status = PosixFileSystem().CreateDirectories(path);
    EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable) << status;
    EXPECT_NE(status.message().find("Not a directory"), absl::string_view::npos) << status;
  }
}

TEST(PosixFileSystem, PreallocatedRoomIsReallyAllocated) {
  const testing::ScratchDirectory scratch;
  const auto file = *PosixFileSystem().Open(scratch.File("a"), OpenMode::kCreate, 0644);
  ASSERT_TRUE(file->Preallocate(1 << 20).ok());
  struct stat info{};
  ASSERT_EQ(::stat(scratch.File("a").c_str(), &info), 0);
  EXPECT_GE(info.st_blocks * 512, 1 << 20);
}

// Of the file's blocks, how many the page cache has.
std::size_t CachedBlocks(const std::string& path, std::size_t bytes) {
  const int number = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  void* const mapped = ::mmap(nullptr, bytes, PROT_READ, MAP_SHARED, number, 0);
  EXPECT_NE(mapped, MAP_FAILED);
  std::vector<unsigned char> in_core(bytes / kDirectBytes);
  EXPECT_EQ(::mincore(mapped, bytes, in_core.data()), 0);
  ::munmap(mapped, bytes);
  ::close(number);
  return static_cast<std::size_t>(
      std::count_if(in_core.begin(), in_core.end(), [](unsigned char c) { return (c & 1) != 0; }));
}

// Whether a file system lets whole blocks past the page cache at all.
bool GoesDirect(const std::string& path, const BlockBytes& bytes) {
  const int direct = ::open(path.c_str(), O_CREAT | O_WRONLY | O_DIRECT | O_CLOEXEC, 0644);
  if (direct < 0) return false;
  const ssize_t put = ::pwrite(direct, bytes.data(), bytes.size(), 0);
  ::close(direct);
  return put == static_cast<ssize_t>(bytes.size()) && CachedBlocks(path, bytes.size()) == 0;
}

TEST(PosixFileSystem, WholeBlocksGoPastThePageCacheWhereTheyCan) {
  const testing::ScratchDirectory scratch;
  const BlockBytes bytes(16 * kDirectBytes, std::byte{1});
  const bool can = GoesDirect(scratch.File("probe"), bytes);
  const auto file = *PosixFileSystem().Open(scratch.File("a"), OpenMode::kCreate, 0644);
  ASSERT_TRUE(file->Preallocate(bytes.size()).ok());
  ASSERT_TRUE(file->WriteAt(0, bytes).ok());
  EXPECT_EQ(CachedBlocks(scratch.File("a"), bytes.size()) == 0, can);
  ASSERT_TRUE(file->WriteAt(1, std::span(bytes).first(1)).ok());
  EXPECT_GE(CachedBlocks(scratch.File("a"), bytes.size()), 1u);
}

TEST(PosixFileSystem, ReadsFilesOfTheKernelWhoseSizeIsZero) {
  EXPECT_NE(ReadWholeFile(PosixFileSystem(), "/proc/self/status")->find("Name:"),
            std::string::npos);
}

TEST(PosixFileSystem, TellsFreeBytesAndPermissions) {
  const testing::ScratchDirectory scratch;
  EXPECT_GT(*PosixFileSystem().FreeBytes(scratch.path()), 0u);
  EXPECT_EQ(*PosixFileSystem().Permissions(scratch.path()), 0700u);
}

// As whoever starts the program may have set it; put back at the end.
class Umask {
 public:
  explicit Umask(mode_t mask) : before_(::umask(mask)) {}
  ~Umask() { ::umask(before_); }
  Umask(const Umask&) = delete;
  Umask& operator=(const Umask&) = delete;

 private:
  mode_t before_;
};

unsigned ModeOf(const std::string& path) {
  struct stat info{};
  EXPECT_EQ(::stat(path.c_str(), &info), 0) << path;
  return info.st_mode & 07777;
}

TEST(PosixFileSystem, WhatItMakesIsItsOwnersAloneWhateverTheUmask) {
  for (const mode_t mask : {0u, 0022u, 0077u, 0277u, 0777u}) {
    SCOPED_TRACE(::testing::Message() << "umask " << std::oct << mask);
    const testing::ScratchDirectory scratch;
    FileSystem& files = PosixFileSystem();
    const Umask umask(mask);
    ASSERT_TRUE(files.CreateDirectories(scratch.File("a/b")).ok());
    ASSERT_TRUE(files.Open(scratch.File("a/b/file"), OpenMode::kCreate).ok());
    ASSERT_TRUE(WriteFileAtomically(files, scratch.File("a/text"), "x").ok());
    ASSERT_TRUE(WriteFileAtomically(files, scratch.File("a/public"), "x", 0644).ok());
    EXPECT_EQ(ModeOf(scratch.File("a")), 0700u);
    EXPECT_EQ(ModeOf(scratch.File("a/b")), 0700u);
    EXPECT_EQ(ModeOf(scratch.File("a/b/file")), 0600u);
    EXPECT_EQ(ModeOf(scratch.File("a/text")), 0600u);
    EXPECT_EQ(ModeOf(scratch.File("a/public")), 0644u);
  }
}

TEST(PosixFileSystem, ADirectoryThatWasThereKeepsItsPermissions) {
  const testing::ScratchDirectory scratch;
  ASSERT_EQ(::mkdir(scratch.File("open").c_str(), 0700), 0);
  ASSERT_EQ(::chmod(scratch.File("open").c_str(), 02755), 0);
  ASSERT_TRUE(PosixFileSystem().CreateDirectories(scratch.File("open/inner")).ok());
  EXPECT_EQ(ModeOf(scratch.File("open")), 02755u);
  EXPECT_EQ(ModeOf(scratch.File("open/inner")) & 0777, 0700u);
}

TEST(PosixFileSystem, AFullDeviceIsResourceExhausted) {
  const auto full = PosixFileSystem().Open("/dev/full", OpenMode::kReadWrite);
  ASSERT_TRUE(full.ok()) << full.status();
  const std::byte byte{1};
  EXPECT_EQ((*full)->WriteAt(0, std::span(&byte, 1)).code(), absl::StatusCode::kResourceExhausted);
}

}  // namespace
}  // namespace panelpuls
