// What -o and its like do with names that are no plain files.
#include "cli/output_file.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <future>
#include <string>

#include "cli/program.h"
#include "testing/scratch_directory.h"

namespace panelpuls::cli {
namespace {

using ::testing::HasSubstr;

absl::Status WriteTo(const std::string& path, std::string_view text) {
  auto output = OutputFile::Open(path);
  if (!output.ok()) return output.status();
  return output->End(output->Write(text));
}

mode_t KindOf(const std::string& path) {
  struct stat info{};
  return lstat(path.c_str(), &info) == 0 ? info.st_mode & S_IFMT : 0;
}

class OutputTo : public ::testing::Test {
 protected:
  std::string File(const std::string& name) const { return scratch_.File(name); }
  void Link(const std::string& target, const std::string& link) const {
    ASSERT_EQ(symlink(target.c_str(), File(link).c_str()), 0);
  }
  const panelpuls::testing::ScratchDirectory scratch_;
};

TEST_F(OutputTo, AFileIsWholeOrAsItWasAndItsOwnersAlone) {
  WriteText(File("old"), "old");
  WriteText(File("old.new"), "somebody's");
  for (const char* name : {"none", "old"}) {
    const mode_t mask = umask(0);
    {
      auto output = OutputFile::Open(File(name));
      ASSERT_TRUE(output.ok()) << output.status();
      ASSERT_TRUE(output->Write("ne").ok());
      EXPECT_EQ(ReadText(File("old")), "old");
      ASSERT_TRUE(output->Write("w").ok());
      EXPECT_TRUE(output->End(absl::OkStatus()).ok());
    }
    umask(mask);
    EXPECT_EQ(ReadText(File(name)), "new") << name;
    struct stat info{};
    ASSERT_EQ(stat(File(name).c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 0777, 0600u) << name;
    WriteText(File("old"), "old");
  }
  EXPECT_EQ(ReadText(File("old.new")), "somebody's");
}

TEST_F(OutputTo, AFileLeavesNothingBehindWhenItFails) {
  WriteText(File("old"), "old");
  for (const bool ends : {true, false}) {
    auto output = OutputFile::Open(File("old"));
    ASSERT_TRUE(output.ok()) << output.status();
    ASSERT_TRUE(output->Write("half").ok());
    if (ends) {
      EXPECT_EQ(output->End(absl::DataLossError("why")), absl::DataLossError("why"));
    }
  }
  EXPECT_EQ(ReadText(File("old")), "old");
  const auto names = PosixFileSystem().List(scratch_.path());
  ASSERT_TRUE(names.ok());
  EXPECT_THAT(*names, ::testing::ElementsAre("old"));
}

TEST_F(OutputTo, ALinkStaysAndWhatItPointsToIsNew) {
  ASSERT_TRUE(PosixFileSystem().CreateDirectories(File("far")).ok());
  WriteText(File("far/old"), "old");
  Link("far/old", "relative");
  Link(File("far/old"), "absolute");
  Link("relative", "twice");
  Link("far/none", "dangling");
  for (const char* name : {"relative", "absolute", "twice", "dangling"}) {
    const std::string text = std::string("by ") + name;
    const absl::Status status = WriteTo(File(name), text);
    EXPECT_TRUE(status.ok()) << status;
    EXPECT_EQ(KindOf(File(name)), mode_t{S_IFLNK}) << name;
    EXPECT_EQ(ReadText(File(name)), text);
  }
  EXPECT_EQ(ReadText(File("far/old")), "by twice");
  EXPECT_EQ(KindOf(File("far/old")), mode_t{S_IFREG});
  Link("circle", "circle");
  EXPECT_THAT(WriteTo(File("circle"), "x").ToString(), HasSubstr("circle"));
}

TEST_F(OutputTo, ALinkToWhatIsOpenAddsToIt) {
  const int file = open(File("log").c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0600);
  ASSERT_EQ(write(file, "before ", 7), 7);
  Link("/proc/self/fd/" + std::to_string(file), "out");
  const absl::Status status = WriteTo(File("out"), "after");
  EXPECT_TRUE(status.ok()) << status;
  EXPECT_EQ(ReadText(File("log")), "before after");
  EXPECT_EQ(KindOf(File("out")), mode_t{S_IFLNK});
  close(file);
}

TEST_F(OutputTo, APipeGivesItsReaderTextAndEnd) {
  ASSERT_EQ(mkfifo(File("pipe").c_str(), 0600), 0);
  auto reader = std::async(std::launch::async, [&] { return ReadText(File("pipe")); });
  const absl::Status status = WriteTo(File("pipe"), "text");
  EXPECT_TRUE(status.ok()) << status;
  EXPECT_EQ(reader.get(), "text");
  EXPECT_EQ(KindOf(File("pipe")), mode_t{S_IFIFO});
}

TEST_F(OutputTo, ADeviceStaysOneAndItsErrorsAreErrors) {
  // Without the right to make devices there is none to replace the system's own either.
  const auto device = [&](const std::string& name, unsigned minor_number) {
    const bool made = mknod(File(name).c_str(), S_IFCHR | 0600, makedev(1, minor_number)) == 0;
    return made ? File(name) : "/dev/" + name;
  };
  const std::string null_device = device("null", 3);
  const std::string full_device = device("full", 7);
  EXPECT_TRUE(WriteTo(null_device, "text").ok());
  const absl::Status full = WriteTo(full_device, "text");
  EXPECT_TRUE(absl::IsResourceExhausted(full)) << full;
  EXPECT_THAT(full.ToString(), HasSubstr(full_device));
  EXPECT_EQ(KindOf(null_device), mode_t{S_IFCHR});
  EXPECT_EQ(KindOf(full_device), mode_t{S_IFCHR});
}

TEST_F(OutputTo, ADirectoryIsRefusedWithAWayOut) {
  const absl::Status status = WriteTo(scratch_.path(), "text");
  EXPECT_TRUE(absl::IsFailedPrecondition(status)) << status;
  EXPECT_THAT(status.ToString(), HasSubstr("it is a directory; name a file"));
  EXPECT_THAT(WriteTo(File("none/file"), "text").ToString(), HasSubstr("none/file"));
}

TEST_F(OutputTo, EveryFlagThatNamesAFileFollowsItsLink) {
  for (const char* flag : {"--output", "--events", "--truth"}) {
    const std::string name = std::string(flag).substr(2) + ".csv";
    WriteText(File("target-" + name), "old");
    Link("target-" + name, name);
    const Outcome outcome = RunPanelpuls({"simulate", "--wave", kPanelWave, flag, File(name)});
    ASSERT_EQ(outcome.code, 0) << outcome.err;
    EXPECT_EQ(KindOf(File(name)), mode_t{S_IFLNK}) << flag;
    EXPECT_GT(ReadText(File("target-" + name)).size(), 100u) << flag;
  }
}

}  // namespace
}  // namespace panelpuls::cli
