// The sample frame: imported once, whole, whatever happens meanwhile.
#include <gtest/gtest.h>

#include <functional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "archive/directory.h"
#include "archive/replay.h"
#include "archive/verify.h"
#include "base/clock.h"
#include "engine/engine.h"
#include "engine/fieldwork.h"
#include "engine/harness.h"
#include "engine/verified.h"
#include "snapshot/contents.h"
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
using testing::Replaced;
using testing::TestOptions;
using testing::WaveText;

absl::Status OpenStatus(std::shared_ptr<const wave::Wave> wave, EngineOptions options) {
  return Engine::Open(std::move(wave), std::move(options)).status();
}

bool Mentions(const absl::Status& status, std::string_view text) {
  return ToStd(status.message()).find(text) != std::string_view::npos;
}

std::shared_ptr<const wave::Wave> FrameWave() {
  return LoadText(Replaced(WaveText(), "max_respondents: 5000\n",
                           "max_respondents: 5000\nsample_frame { file: \"frame.csv\" }\n"));
}

std::vector<wave::FrameUnit> MakeFrame(int units) {
  std::vector<wave::FrameUnit> frame;
  for (int unit = 0; unit < units; ++unit) {
    frame.push_back(
        {.unit_id = "unit " + std::to_string(unit),
         .channel = unit % 3,
         .base_weight = 1.0 + unit % 5,
         .categories = {static_cast<std::uint16_t>(unit % 2), static_cast<std::uint16_t>(unit % 3),
                        static_cast<std::uint16_t>(unit / 2 % 3)}});
  }
  return frame;
}

std::function<absl::StatusOr<std::vector<wave::FrameUnit>>()> GiveFrame(
    std::vector<wave::FrameUnit> frame) {
  return [frame = std::move(frame)] { return frame; };
}

EngineOptions FrameOptions(FileSystem& files, const Clock& clock, std::uint32_t partitions) {
  EngineOptions options = TestOptions(files, clock, partitions);
  options.max_group_bytes = 1000;  // several groups
  options.read_frame = GiveFrame(MakeFrame(100));
  return options;
}

TEST(Frame, ImportedFrameDecidesWhoMayRespondAndSurvivesRestart) {
  for (const std::uint32_t partitions : {1u, 2u, 7u}) {
    SimulatedFileSystem files;
    ManualClock clock(kNoon);
    std::string estimates;
    std::string collection;
    {
      Harness harness(FrameWave(), FrameOptions(files, clock, partitions));
      std::mt19937_64 random(1);
      EXPECT_EQ(harness.engine().Latest()->counters.frame_units, 100u);
      const wave::BatchOutcome outcome =
          harness.Send({MakeResponse("unit 7", random), MakeResponse("stranger", random),
                        MakeResponse("unit 99", random)});
      ASSERT_EQ(outcome.results().size(), 1u);
      EXPECT_EQ(outcome.results()[0].index, 1u);
      EXPECT_EQ(outcome.results()[0].result, wave::Result::kRejected);
      EXPECT_FALSE(outcome.results()[0].reason.empty());
      // Those who look for refused records find it where the others are.
      const auto refused = harness.engine().intake_attention();
      ASSERT_EQ(refused.size(), 1u);
      EXPECT_EQ(refused[0].kind, snapshot::IntakeNote::kRejected);
      EXPECT_EQ(refused[0].reason, "respondent_id: unit is not in the sample frame");
      EXPECT_EQ(refused[0].pseudonym.size(), 32u);
      const SnapshotPointer last = harness.Stop();
      estimates = last->rendered.json.estimates();
      collection = last->rendered.json.collection();
    }
    // The frame is in the journal; nobody needs the file again.
    EngineOptions options = FrameOptions(files, clock, partitions);
    options.read_frame = nullptr;
    Harness harness(FrameWave(), options);
    EXPECT_EQ(harness.engine().Latest()->rendered.json.estimates(), estimates);
    EXPECT_EQ(harness.engine().Latest()->rendered.json.collection(), collection);
    EXPECT_EQ(harness.engine().Latest()->counters.frame_units, 100u);
    EXPECT_TRUE(IsSound(archive::Verify(files, kDirectory)));
  }
}

TEST(Frame, WithoutItsUnitsAFrameWaveIsNotOpened) {
  SimulatedFileSystem files;
  ManualClock clock(kNoon);
  EngineOptions options = FrameOptions(files, clock, 1);
  options.read_frame = nullptr;
  const absl::Status status = OpenStatus(FrameWave(), options);
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_TRUE(Mentions(status, "frame")) << status;
  EXPECT_TRUE(OpenStatus(FrameWave(), FrameOptions(files, clock, 1)).ok());
}

TEST(Frame, WrongUnitIsNamed) {
  SimulatedFileSystem files;
  ManualClock clock(kNoon);
  EngineOptions options = FrameOptions(files, clock, 1);
  std::vector<wave::FrameUnit> frame = MakeFrame(100);
  frame[3].base_weight = -1;
  options.read_frame = GiveFrame(frame);
  const absl::Status status = OpenStatus(FrameWave(), options);
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_TRUE(Mentions(status, "unit 3")) << status;
}

// Power goes at the nth call of an opening that imports; true while there is such a call.
bool CutPowerWhileImporting(SimulatedFileSystem& files, const Clock& clock,
                            std::uint32_t partitions, std::uint64_t n) {
  files.CutPowerAt(n);
  OpenOnABadDay(FrameWave(), FrameOptions(files, clock, partitions)).IgnoreError();
  const bool cut = files.failure_fired();
  files.Crash();
  return cut;
}

TEST(Frame, AnImportThatPowerCutShortGoesOnWhereverThatWas) {
  for (const std::uint32_t partitions : {1u, 2u, 3u}) {
    bool cut = true;
    for (std::uint64_t n = 1; cut; ++n) {
      SCOPED_TRACE(::testing::Message() << "call " << n << ", " << partitions << " partitions");
      SimulatedFileSystem files(n);
      const ManualClock clock(kNoon);
      cut = CutPowerWhileImporting(files, clock, partitions, n);
      {
        Harness harness(FrameWave(), FrameOptions(files, clock, partitions));
        const SnapshotPointer first = harness.engine().Latest();
        EXPECT_EQ(first->counters.frame_units, 100u);
        EXPECT_EQ(first->counters.units, 100u);
      }
      EXPECT_TRUE(IsSound(archive::Verify(files, kDirectory)));
    }
  }
}

// The same, once more cut short while it goes on.
TEST(Frame, AnImportCutShortTwiceGoesOn) {
  bool cut = true;
  for (std::uint64_t n = 1; cut; n += 3) {
    SCOPED_TRACE(::testing::Message() << "call " << n);
    SimulatedFileSystem files(n);
    const ManualClock clock(kNoon);
    cut = CutPowerWhileImporting(files, clock, 2, n);
    CutPowerWhileImporting(files, clock, 2, 1 + n * 7 % 40);
    Harness harness(FrameWave(), FrameOptions(files, clock, 2));
    EXPECT_EQ(harness.engine().Latest()->counters.frame_units, 100u);
  }
}

EngineOptions WithoutFrame(FileSystem& files, const Clock& clock) {
  EngineOptions options = FrameOptions(files, clock, 2);
  options.read_frame = nullptr;
  return options;
}

// Where the import had begun and was not whole: the n that left it so, of an import into two
// partitions.
std::vector<std::uint64_t> CutsInside(const Clock& clock) {
  std::vector<std::uint64_t> inside;
  bool cut = true;
  for (std::uint64_t n = 1; cut; ++n) {
    SimulatedFileSystem files(n);
    cut = CutPowerWhileImporting(files, clock, 2, n);
    const auto info = archive::ReadDirectory(files, kDirectory);
    const bool begun = info.ok() && !info->frame.empty() && !info->ready;
    if (begun && !OpenStatus(FrameWave(), WithoutFrame(files, clock)).ok()) inside.push_back(n);
  }
  return inside;
}

TEST(Frame, AnImportThatBrokeOffSaysThatItNeedsTheFrameAndTakesNoOtherOne) {
  const ManualClock clock(kNoon);
  const std::vector<std::uint64_t> cuts = CutsInside(clock);
  EXPECT_GT(cuts.size(), 10u);
  struct Row {
    const char* name;
    void (*edit)(std::vector<wave::FrameUnit>&);
  };
  const Row rows[] = {
      {"a unit less", [](std::vector<wave::FrameUnit>& frame) { frame.pop_back(); }},
      {"a unit more",
       [](std::vector<wave::FrameUnit>& frame) {
         frame.push_back(frame.front());
         frame.back().unit_id = "one more";
       }},
      {"another id", [](std::vector<wave::FrameUnit>& frame) { frame[0].unit_id = "another"; }},
      {"another weight", [](std::vector<wave::FrameUnit>& frame) { frame[99].base_weight = 9; }},
      {"another category", [](std::vector<wave::FrameUnit>& frame) { frame[0].categories[0] = 1; }},
      {"another channel", [](std::vector<wave::FrameUnit>& frame) { frame[0].channel = 1; }},
      {"another order", [](std::vector<wave::FrameUnit>& frame) { std::swap(frame[0], frame[1]); }},
  };
  for (std::size_t place = 0; place < cuts.size(); place += 5) {
    SCOPED_TRACE(::testing::Message() << "call " << cuts[place]);
    SimulatedFileSystem files(cuts[place]);
    CutPowerWhileImporting(files, clock, 2, cuts[place]);
    EngineOptions options = WithoutFrame(files, clock);
    const absl::Status without = OpenStatus(FrameWave(), options);
    EXPECT_EQ(without.code(), absl::StatusCode::kFailedPrecondition) << without;
    for (const Row& row : rows) {
      SCOPED_TRACE(row.name);
      std::vector<wave::FrameUnit> frame = MakeFrame(100);
      row.edit(frame);
      options.read_frame = GiveFrame(frame);
      const absl::Status status = OpenStatus(FrameWave(), options);
      EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition) << status;
      EXPECT_TRUE(Mentions(status, "another frame")) << status;
    }
    Harness harness(FrameWave(), FrameOptions(files, clock, 2));
    EXPECT_EQ(harness.engine().Latest()->counters.frame_units, 100u);
  }
}

TEST(Frame, ThatCannotBeReadLeavesNoDirectoryBehind) {
  SimulatedFileSystem files;
  const ManualClock clock(kNoon);
  EngineOptions options = FrameOptions(files, clock, 1);
  options.read_frame = [] { return absl::NotFoundError("no such file"); };
  EXPECT_EQ(OpenStatus(FrameWave(), options).code(), absl::StatusCode::kNotFound);
  EXPECT_TRUE(absl::IsNotFound(files.List(kDirectory).status()));
}

}  // namespace
}  // namespace panelpuls::engine
