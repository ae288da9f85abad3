#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "identity/pseudonym.h"
#include "testing/scratch_directory.h"
#include "testing/simulated_file_system.h"

namespace panelpuls::identity {
namespace {

using ::testing::HasSubstr;

constexpr char kPath[] = "directory/key";

std::vector<std::byte> Bytes(const DirectoryKey& key) {
  return {key.bytes().begin(), key.bytes().end()};
}

class DirectoryKeyTest : public ::testing::Test {
 protected:
  DirectoryKeyTest() { EXPECT_TRUE(files_.CreateDirectories("directory").ok()); }

  void ExpectRefused(std::string_view reason) {
    const absl::Status status = DirectoryKey::LoadOrCreate(files_, kPath).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition) << status;
    EXPECT_THAT(std::string(status.message()), HasSubstr(kPath));
    EXPECT_THAT(std::string(status.message()), HasSubstr(std::string(reason)));
  }

  testing::SimulatedFileSystem files_;
};

TEST_F(DirectoryKeyTest, IsMadeOnceAndThenRead) {
  const auto made = DirectoryKey::LoadOrCreate(files_, kPath);
  ASSERT_TRUE(made.ok()) << made.status();
  EXPECT_EQ(*files_.Permissions(kPath), 0600u);
  files_.Crash();
  const auto read = DirectoryKey::LoadOrCreate(files_, kPath);
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(Bytes(*made), Bytes(*read));
}

TEST_F(DirectoryKeyTest, TwoDirectoriesHaveTwoKeys) {
  const auto one = DirectoryKey::LoadOrCreate(files_, "directory/one");
  const auto two = DirectoryKey::LoadOrCreate(files_, "directory/two");
  EXPECT_NE(Bytes(*one), Bytes(*two));
}

TEST_F(DirectoryKeyTest, LoadMakesNothing) {
  EXPECT_EQ(DirectoryKey::Load(files_, kPath).status().code(), absl::StatusCode::kNotFound);
  EXPECT_FALSE(files_.Exists(kPath));
}

// The check value is hashlib.sha256(bytes(range(32))).hexdigest()[:16] of Python.
TEST_F(DirectoryKeyTest, ReadsTheDocumentedText) {
  files_.PutFile(kPath,
                 "panelpuls directory key 1\n"
                 "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f\n"
                 "630dcd2966c43366\n");
  EXPECT_TRUE(files_.SetPermissions(kPath, 0600).ok());
  const auto key = DirectoryKey::Load(files_, kPath);
  ASSERT_TRUE(key.ok()) << key.status();
  for (std::size_t i = 0; i < 32; ++i) EXPECT_EQ(key->bytes()[i], static_cast<std::byte>(i));
}

TEST_F(DirectoryKeyTest, AnyFlippedBitIsRefused) {
  ASSERT_TRUE(DirectoryKey::LoadOrCreate(files_, kPath).ok());
  const std::size_t size = files_.FileContent(kPath).size();
  for (std::size_t offset = 0; offset < size; ++offset) {
    for (unsigned bit = 0; bit < 8; ++bit) {
      files_.FlipBit(kPath, offset, bit);
      ExpectRefused("restore it from a copy");
      files_.FlipBit(kPath, offset, bit);
    }
  }
  EXPECT_TRUE(DirectoryKey::LoadOrCreate(files_, kPath).ok());
}

TEST_F(DirectoryKeyTest, AnyOtherLengthIsRefused) {
  ASSERT_TRUE(DirectoryKey::LoadOrCreate(files_, kPath).ok());
  const std::string content = files_.FileContent(kPath);
  for (std::size_t size = 0; size < content.size(); ++size) {
    files_.PutFile(kPath, content.substr(0, size));
    EXPECT_TRUE(files_.SetPermissions(kPath, 0600).ok());
    ExpectRefused("damaged");
  }
  files_.PutFile(kPath, content + "\n");
  EXPECT_TRUE(files_.SetPermissions(kPath, 0600).ok());
  ExpectRefused("damaged");
}

TEST_F(DirectoryKeyTest, AKeyOpenToOthersIsRefusedWithTheMend) {
  ASSERT_TRUE(DirectoryKey::LoadOrCreate(files_, kPath).ok());
  for (const unsigned mode : {0640u, 0604u, 0620u, 0602u, 0610u, 0601u, 0666u}) {
    EXPECT_TRUE(files_.SetPermissions(kPath, mode).ok());
    ExpectRefused("chmod 600 directory/key");
  }
  for (const unsigned mode : {0600u, 0400u}) {
    EXPECT_TRUE(files_.SetPermissions(kPath, mode).ok());
    EXPECT_TRUE(DirectoryKey::LoadOrCreate(files_, kPath).ok());
  }
}

TEST_F(DirectoryKeyTest, AKeyThatWasGivenOutSurvivesACrash) {
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    testing::SimulatedFileSystem files(seed);
    ASSERT_TRUE(files.CreateDirectories("directory").ok());
    const auto made = DirectoryKey::LoadOrCreate(files, kPath);
    files.Crash();
    const auto read = DirectoryKey::Load(files, kPath);
    ASSERT_TRUE(read.ok()) << read.status() << " seed " << seed;
    EXPECT_EQ(Bytes(*made), Bytes(*read));
  }
}

TEST_F(DirectoryKeyTest, AReadErrorIsNotAnsweredByAnotherKey) {
  ASSERT_TRUE(DirectoryKey::LoadOrCreate(files_, kPath).ok());
  const std::string content = files_.FileContent(kPath);
  for (std::uint64_t n = 1;; ++n) {
    files_.FailCall(n, absl::StatusCode::kUnavailable);
    const auto key = DirectoryKey::LoadOrCreate(files_, kPath);
    EXPECT_EQ(files_.FileContent(kPath), content);
    if (!files_.failure_fired()) break;
    EXPECT_EQ(key.status().code(), absl::StatusCode::kUnavailable);
  }
}

TEST(DirectoryKey, AMovedFromKeyIsCleared) {
  std::array<std::byte, 32> bytes;
  bytes.fill(std::byte{5});
  DirectoryKey from = DirectoryKey::FromBytes(bytes);
  const DirectoryKey to = std::move(from);
  for (const std::byte byte : from.bytes()) EXPECT_EQ(byte, std::byte{0});  // NOLINT: on purpose
  for (const std::byte byte : to.bytes()) EXPECT_EQ(byte, std::byte{5});
}

TEST(DirectoryKey, OnTheRealFileSystemOnlyItsOwnerMayReadIt) {
  const testing::ScratchDirectory scratch;
  const std::string path = scratch.File("key");
  ASSERT_TRUE(DirectoryKey::LoadOrCreate(PosixFileSystem(), path).ok());
  EXPECT_EQ(*PosixFileSystem().Permissions(path), 0600u);
  ASSERT_EQ(::chmod(path.c_str(), 0644), 0);
  EXPECT_FALSE(DirectoryKey::LoadOrCreate(PosixFileSystem(), path).ok());
}

}  // namespace
}  // namespace panelpuls::identity
