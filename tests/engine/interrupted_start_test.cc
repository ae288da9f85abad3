// A start that is cut short, by power, a failing disk or a full one, leaves a directory that the
// next one opens.
#include <gtest/gtest.h>

#include <random>
#include <string>

#include "archive/directory.h"
#include "archive/replay.h"
#include "archive/verify.h"
#include "base/clock.h"
#include "engine/engine.h"
#include "engine/fieldwork.h"
#include "engine/harness.h"
#include "engine/verified.h"
#include "testing/simulated_file_system.h"

namespace panelpuls::engine {
namespace {

using panelpuls::testing::SimulatedFileSystem;
using testing::Harness;
using testing::IsSound;
using testing::kDirectory;
using testing::kNoon;
using testing::MakeResponse;
using testing::OpenOnABadDay;
using testing::TestOptions;
using testing::TestWave;

constexpr std::uint32_t kPartitions = 3;

struct Interruption {
  const char* name;
  bool crash;  // or the process is killed
  void (*begin)(SimulatedFileSystem& files, std::uint64_t n);
};

const Interruption kInterruptions[] = {
    {"power goes", true, [](SimulatedFileSystem& files, std::uint64_t n) { files.CutPowerAt(n); }},
    {"the process is killed", false,
     [](SimulatedFileSystem& files, std::uint64_t n) { files.CutPowerAt(n); }},
    {"a call fails, then power goes", true,
     [](SimulatedFileSystem& files, std::uint64_t n) {
       files.FailCall(n, absl::StatusCode::kUnavailable);
     }},
    {"the disk is full from there on", false,
     [](SimulatedFileSystem& files, std::uint64_t n) {
       files.FailCall(n, absl::StatusCode::kResourceExhausted, 1000);
     }},
    {"the disk is full once, then power goes", true,
     [](SimulatedFileSystem& files, std::uint64_t n) {
       files.FailCall(n, absl::StatusCode::kResourceExhausted);
     }},
};

TEST(InterruptedStart, AtAnyCallOfMakingADirectoryIsMadeGoodByTheNext) {
  for (const Interruption& row : kInterruptions) {
    bool fired = true;
    std::uint64_t n = 1;
    for (; fired; ++n) {
      SCOPED_TRACE(::testing::Message() << row.name << ", call " << n);
      SimulatedFileSystem files(n);
      const ManualClock clock(kNoon);
      row.begin(files, n);
      OpenOnABadDay(TestWave(), TestOptions(files, clock, kPartitions)).IgnoreError();
      fired = files.failure_fired();
      row.crash ? files.Crash() : files.KillProcess();
      {
        Harness harness(TestWave(), TestOptions(files, clock, kPartitions));
        std::mt19937_64 random(1);
        harness.Send({MakeResponse("a", random), MakeResponse("b", random)});
        EXPECT_EQ(harness.Stop()->counters.respondents, 2u);
      }
      EXPECT_TRUE(IsSound(archive::Verify(files, kDirectory)));
      Harness again(TestWave(), TestOptions(files, clock, kPartitions));
      EXPECT_EQ(again.engine().Latest()->counters.respondents, 2u);
    }
    EXPECT_GT(n, 40u) << row.name;
  }
}

TEST(InterruptedStart, OfADirectoryWithResponsesLosesNone) {
  for (const Interruption& row : kInterruptions) {
    bool fired = true;
    for (std::uint64_t n = 1; fired; ++n) {
      SCOPED_TRACE(::testing::Message() << row.name << ", call " << n);
      SimulatedFileSystem files(n);
      const ManualClock clock(kNoon);
      {
        Harness harness(TestWave(), TestOptions(files, clock, kPartitions));
        std::mt19937_64 random(1);
        harness.Send({MakeResponse("a", random), MakeResponse("b", random)});
      }
      row.begin(files, n);
      OpenOnABadDay(TestWave(), TestOptions(files, clock, kPartitions)).IgnoreError();
      fired = files.failure_fired();
      row.crash ? files.Crash() : files.KillProcess();
      Harness again(TestWave(), TestOptions(files, clock, kPartitions));
      EXPECT_EQ(again.engine().Latest()->counters.respondents, 2u);
    }
  }
}

TEST(Start, ThatIsToFindADirectoryMakesNone) {
  SimulatedFileSystem files;
  const ManualClock clock(kNoon);
  EngineOptions options = TestOptions(files, clock);
  options.must_exist = true;
  // Neither where there is nothing, nor in the empty folder that a disk would be mounted on.
  for (const bool folder : {false, true}) {
    if (folder) ASSERT_TRUE(files.CreateDirectories(kDirectory).ok());
    const absl::Status status = Engine::Open(TestWave(), options).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kNotFound) << status;
    EXPECT_NE(ToStd(status.message()).find("/data: holds no data directory"), std::string::npos)
        << status;
    const auto names = files.List(kDirectory);
    EXPECT_EQ(names.ok(), folder);
    if (folder) EXPECT_TRUE(names->empty());
  }
  options.must_exist = false;
  EXPECT_TRUE(Engine::Open(TestWave(), options).ok());
  options.must_exist = true;
  EXPECT_TRUE(Engine::Open(TestWave(), options).ok());
}

TEST(Start, RefusesOptionsBeyondTheLimitsThatTheCommandLineHas) {
  SimulatedFileSystem files;
  const ManualClock clock(kNoon);
  const auto code = [&](std::uint32_t partitions, double snapshots) {
    EngineOptions options = TestOptions(files, clock, partitions);
    options.directory = fmt::format("/{}-{}", partitions, snapshots);
    options.snapshots_per_second = snapshots;
    return Engine::Open(TestWave(), options).status().code();
  };
  EXPECT_EQ(code(0, 1), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(code(archive::kMaxPartitions + 1, 1), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(code(1, kMinSnapshotsPerSecond / 2), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(code(1, kMaxSnapshotsPerSecond * 2), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(code(1, kMinSnapshotsPerSecond), absl::StatusCode::kOk);
  EXPECT_EQ(code(1, kMaxSnapshotsPerSecond), absl::StatusCode::kOk);
}

}  // namespace
}  // namespace panelpuls::engine
