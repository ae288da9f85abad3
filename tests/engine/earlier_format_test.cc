// Directories of format 1, as earlier programs made them (tests/testdata/format-1), are read
// without being changed, opened, brought over, and gone on with.
//
// `responses`: 20 units in two partitions, several segments each. `half-frame`: a frame of 100
// units, whole in the first partition and half imported in the second when power went.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
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
using testing::IsSound;
using testing::kDirectory;
using testing::kNoon;
using testing::LoadText;
using testing::MakeResponse;
using testing::OpenOnABadDay;
using testing::TestOptions;

const std::string kFixtures = std::string(PANELPULS_SOURCE_DIR) + "/tests/testdata/format-1/";

std::string Read(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

using Contents = std::vector<std::pair<std::string, std::string>>;

// Path in /data and content of all files of a fixture.
Contents FixtureFiles(const std::string& name) {
  Contents files;
  const std::filesystem::path root = kFixtures + name;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(root)) {
    if (!entry.is_regular_file()) continue;
    const std::string below = std::filesystem::relative(entry.path(), root).string();
    files.emplace_back(std::string(kDirectory) + "/" + below, Read(entry.path()));
  }
  return files;
}

void Put(SimulatedFileSystem& files, const Contents& contents, unsigned permissions) {
  for (const auto& [path, content] : contents) {
    files.PutFile(path, content);
    if (path == archive::KeyPath(kDirectory)) continue;
    ASSERT_TRUE(files.SetPermissions(path, permissions).ok());
  }
  for (const char* const folder : {"/data", "/data/partition-000", "/data/partition-001"}) {
    ASSERT_TRUE(files.SetPermissions(folder, 0755).ok());
  }
}

EngineOptions Options(FileSystem& files, const Clock& clock) {
  EngineOptions options = TestOptions(files, clock, 2);
  options.max_group_bytes = 1000;
  options.segment_bytes = 6 * 4096;
  return options;
}

TEST(FormatOne, IsReadWithoutBeingChanged) {
  SimulatedFileSystem files;
  const Contents contents = FixtureFiles("responses");
  ASSERT_EQ(contents.size(), 9u);
  Put(files, contents, 0644);
  EXPECT_TRUE(IsSound(archive::Verify(files, kDirectory)));
  const auto replayed = archive::Replay(files, kDirectory, std::nullopt);
  ASSERT_TRUE(replayed.ok()) << replayed.status();
  EXPECT_EQ(replayed->counters.respondents, 20u);
  EXPECT_TRUE(
      archive::ResponsesExport::Open(files, kDirectory, {.make_table = report::ResponsesCsvIn({})})
          .ok());
  for (const auto& [path, content] : contents) EXPECT_EQ(files.FileContent(path), content) << path;
  EXPECT_EQ(archive::ReadDirectory(files, kDirectory)->format, 1);
}

TEST(FormatOne, IsBroughtOverByItsFirstStartAndGoneOnWith) {
  SimulatedFileSystem files;
  Put(files, FixtureFiles("responses"), 0644);
  const auto wave = LoadText(Read(kFixtures + "responses.textproto"));
  ManualClock clock(kNoon + 24 * kMicrosPerHour);
  const std::string id = archive::ReadDirectory(files, kDirectory)->id;
  {
    Harness harness(wave, Options(files, clock));
    EXPECT_EQ(harness.engine().Latest()->counters.respondents, 20u);
    EXPECT_EQ(harness.engine().directory_id(), id);
    std::mt19937_64 random(1);
    // The same key: a unit that was there is known again.
    const auto outcome =
        harness.Send({MakeResponse("unit 0", random), MakeResponse("new", random)});
    EXPECT_EQ(outcome.counts[static_cast<std::size_t>(wave::Result::kDuplicate)], 1u);
    EXPECT_EQ(harness.Stop()->counters.respondents, 21u);
  }
  const auto info = archive::ReadDirectory(files, kDirectory);
  ASSERT_TRUE(info.ok()) << info.status();
  EXPECT_EQ(info->format, archive::kDirectoryFormat);
  EXPECT_FALSE(info->key_id.empty());
  EXPECT_TRUE(IsSound(archive::Verify(files, kDirectory)));
  // What was open to others below the directory is closed, once; the directory is the operator's.
  EXPECT_EQ(*files.Permissions("/data"), 0755u);
  EXPECT_EQ(*files.Permissions("/data/partition-001"), 0700u);
  const std::string segment = "/data/partition-001/00000001.segment";
  EXPECT_EQ(*files.Permissions(segment), 0600u);
  ASSERT_TRUE(files.SetPermissions(segment, 0640).ok());
  {
    Harness again(wave, Options(files, clock));
    EXPECT_EQ(again.engine().Latest()->counters.respondents, 21u);
  }
  EXPECT_EQ(*files.Permissions(segment), 0640u);
}

TEST(FormatOne, MayBeCutShortAtAnyCallOfBeingBroughtOver) {
  const Contents contents = FixtureFiles("responses");
  const auto wave = LoadText(Read(kFixtures + "responses.textproto"));
  const ManualClock clock(kNoon + 24 * kMicrosPerHour);
  bool cut = true;
  for (std::uint64_t n = 1; cut; ++n) {
    SCOPED_TRACE(::testing::Message() << "call " << n);
    SimulatedFileSystem files(n);
    Put(files, contents, 0644);
    files.CutPowerAt(n);
    OpenOnABadDay(wave, Options(files, clock)).IgnoreError();
    cut = files.failure_fired();
    files.Crash();
    Harness harness(wave, Options(files, clock));
    EXPECT_EQ(harness.engine().Latest()->counters.respondents, 20u);
  }
}

TEST(FormatOne, AHalfImportedFrameIsMadeWhole) {
  SimulatedFileSystem files;
  Put(files, FixtureFiles("half-frame"), 0644);
  const auto wave = LoadText(Read(kFixtures + "half-frame.textproto"));
  const ManualClock clock(kNoon);
  EngineOptions options = Options(files, clock);
  EXPECT_EQ(Engine::Open(wave, options).status().code(), absl::StatusCode::kFailedPrecondition);
  options.read_frame = [] {
    std::vector<wave::FrameUnit> frame;
    for (int unit = 0; unit < 100; ++unit) {
      frame.push_back({.unit_id = "unit " + std::to_string(unit),
                       .channel = unit % 3,
                       .base_weight = 1.0 + unit % 5,
                       .categories = {static_cast<std::uint16_t>(unit % 2),
                                      static_cast<std::uint16_t>(unit % 3),
                                      static_cast<std::uint16_t>(unit / 2 % 3)}});
    }
    return frame;
  };
  {
    Harness harness(wave, options);
    EXPECT_EQ(harness.engine().Latest()->counters.frame_units, 100u);
    EXPECT_EQ(harness.engine().Latest()->counters.units, 100u);
  }
  EXPECT_TRUE(IsSound(archive::Verify(files, kDirectory)));
  EXPECT_EQ(archive::ReadDirectory(files, kDirectory)->format, archive::kDirectoryFormat);
}

TEST(FormatOne, HasEachOfItsFieldsOnce) {
  const Contents contents = FixtureFiles("responses");
  const std::string path = archive::DirectoryPath(kDirectory);
  SimulatedFileSystem files;
  Put(files, contents, 0644);
  const std::string text = files.FileContent(path);
  const std::string state = "state: ready\n";
  for (const std::string& edited :
       {text + state, text + "state: new\n", text.substr(0, text.size() - state.size()),
        text + "key: 00000000000000000000000000000000\n", text + "\n",
        std::string("panelpuls directory 1\n")}) {
    files.PutFile(path, edited);
    EXPECT_EQ(archive::ReadDirectory(files, kDirectory).status().code(),
              absl::StatusCode::kDataLoss)
        << edited;
  }
}

}  // namespace
}  // namespace panelpuls::engine
