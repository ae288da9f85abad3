// What belongs to a data directory, and what is noticed not to.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "archive/directory.h"
#include "archive/replay.h"
#include "archive/responses_export.h"
#include "archive/verify.h"
#include "base/clock.h"
#include "engine/engine.h"
#include "engine/fieldwork.h"
#include "engine/harness.h"
#include "engine/verified.h"
#include "report/export_csv.h"
#include "testing/simulated_file_system.h"

namespace panelpuls::engine {
namespace {

using panelpuls::testing::SimulatedFileSystem;
using testing::Harness;
using ::testing::HasSubstr;
using testing::IsSound;
using testing::kDirectory;
using testing::kNoon;
using testing::MakeResponse;
using testing::Replaced;
using testing::TestOptions;
using testing::TestWave;

constexpr std::uint32_t kPartitions = 3;
const std::string kInfo = archive::DirectoryPath(kDirectory);

// Makes a directory with a dozen responses.
void Make(SimulatedFileSystem& files) {
  const ManualClock clock(kNoon);
  Harness harness(TestWave(), TestOptions(files, clock, kPartitions));
  std::mt19937_64 random(1);
  for (int unit = 0; unit < 12; ++unit) {
    harness.Send({MakeResponse("unit " + std::to_string(unit), random)});
  }
}

// What every way of reading a directory says of it.
std::vector<absl::Status> Verdicts(SimulatedFileSystem& files,
                                   std::uint32_t partitions = kPartitions) {
  const ManualClock clock(kNoon);
  std::vector<absl::Status> verdicts = {
      Engine::Open(TestWave(), TestOptions(files, clock, partitions)).status(),
      archive::Replay(files, kDirectory, std::nullopt).status(),
      archive::ResponsesExport::Open(files, kDirectory, {.make_table = report::ResponsesCsvIn({})})
          .status()};
  const auto verified = archive::Verify(files, kDirectory);
  verdicts.push_back(!verified.ok()               ? verified.status()
                     : verified->findings.empty() ? absl::OkStatus()
                                                  : DataLoss("{}", verified->findings[0]));
  return verdicts;
}

void ExpectRefused(const std::vector<absl::Status>& verdicts, const std::string& text) {
  for (const absl::Status& status : verdicts) {
    EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss) << status;
    EXPECT_THAT(std::string(status.message()), HasSubstr(text));
  }
}

TEST(Belongs, ADirectoryFileIsReadOnlyAsItWasWritten) {
  SimulatedFileSystem files;
  Make(files);
  const std::string text = files.FileContent(kInfo);
  const std::string state = "state: ready\n";
  struct Row {
    const char* name;
    std::string text;
    std::uint32_t partitions;
  };
  const Row rows[] = {
      {"fewer partitions", Replaced(text, "partitions: 3", "partitions: 1"), 1},
      {"more partitions", Replaced(text, "partitions: 3", "partitions: 4"), 4},
      {"two states", Replaced(text, state, state + "state: new\n"), 3},
      {"the same state twice", Replaced(text, state, state + state), 3},
      {"no state", Replaced(text, state, ""), 3},
      {"not ready", Replaced(text, state, "state: new\n"), 3},
      {"an unknown field", Replaced(text, state, state + "owner: me\n"), 3},
      {"another order", state + Replaced(text, state, ""), 3},
      {"no check sum", text.substr(0, text.find("checksum")), 3},
      {"more behind it", text + "x\n", 3},
      {"format 1 without its fields", Replaced(text, "directory 2", "directory 1"), 3},
      {"a newer format", Replaced(text, "directory 2", "directory 3"), 3},
      {"other line ends", Replaced(text, "\n", "\r\n"), 3},
      {"nothing", "", 3},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    files.PutFile(kInfo, row.text);
    ExpectRefused(Verdicts(files, row.partitions), kInfo);
  }
  files.PutFile(kInfo, text);
  for (const absl::Status& status : Verdicts(files)) EXPECT_TRUE(status.ok()) << status;
}

TEST(Belongs, EveryBitOfTheDirectoryFileCounts) {
  SimulatedFileSystem files;
  Make(files);
  const std::size_t bits = files.FileContent(kInfo).size() * 8;
  for (std::size_t bit = 0; bit < bits; ++bit) {
    files.FlipBit(kInfo, bit / 8, bit % 8);
    EXPECT_EQ(archive::ReadDirectory(files, kDirectory).status().code(),
              absl::StatusCode::kDataLoss)
        << bit;
    files.FlipBit(kInfo, bit / 8, bit % 8);
  }
  EXPECT_TRUE(archive::ReadDirectory(files, kDirectory).ok());
}

TEST(Belongs, AnotherDirectorysKeyIsRefusedByName) {
  SimulatedFileSystem files;
  SimulatedFileSystem others;
  Make(files);
  Make(others);
  const std::string own = files.FileContent(archive::KeyPath(kDirectory));
  files.PutFile(archive::KeyPath(kDirectory), others.FileContent(archive::KeyPath(kDirectory)));
  const ManualClock clock(kNoon);
  const absl::Status status =
      Engine::Open(TestWave(), TestOptions(files, clock, kPartitions)).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(status.message()),
              HasSubstr("/data/panelpuls.key: is the key of another directory"));
  const auto verified = archive::Verify(files, kDirectory);
  ASSERT_TRUE(verified.ok()) << verified.status();
  ASSERT_EQ(verified->findings.size(), 1u);
  EXPECT_THAT(verified->findings[0], HasSubstr("key of another directory"));
  files.PutFile(archive::KeyPath(kDirectory), own);
  EXPECT_TRUE(IsSound(archive::Verify(files, kDirectory)));
  for (const absl::Status& again : Verdicts(files)) EXPECT_TRUE(again.ok()) << again;
}

TEST(Belongs, FoldersOfOtherPartitionsAreNoticed) {
  for (const std::string name : {"partition-003", "partition-0001", "partition-255"}) {
    SimulatedFileSystem files;
    Make(files);
    const std::string segment = files.FileContent("/data/partition-002/00000001.segment");
    files.PutFile("/data/" + name + "/00000001.segment", segment);
    ExpectRefused(Verdicts(files), "/data/" + name + ": is no folder of this directory");
  }
}

TEST(Belongs, OtherNamesBesideThePartitionsAreTheOperators) {
  SimulatedFileSystem files;
  Make(files);
  files.PutFile("/data/partition-001.old/00000001.segment", "x");
  files.PutFile("/data/notes.txt", "x");
  for (const absl::Status& status : Verdicts(files)) EXPECT_TRUE(status.ok()) << status;
}

}  // namespace
}  // namespace panelpuls::engine
