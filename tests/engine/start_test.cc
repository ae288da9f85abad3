// Threads that the system refuses: opening and reading a directory end with a status that says so,
// and leave nothing behind.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "archive/replay.h"
#include "archive/responses_export.h"
#include "base/clock.h"
#include "base/thread.h"
#include "engine/engine.h"
#include "engine/fieldwork.h"
#include "engine/harness.h"
#include "report/export_csv.h"
#include "testing/simulated_file_system.h"

namespace panelpuls::engine {
namespace {

using panelpuls::testing::SimulatedFileSystem;
using ::testing::AnyOf;
using ::testing::Contains;
using testing::Harness;
using ::testing::IsSupersetOf;
using testing::kDirectory;
using testing::kNoon;
using testing::MakeResponse;
using testing::TestOptions;
using testing::TestWave;

constexpr std::uint32_t kPartitions = 3;
constexpr std::uint64_t kUnits = 20;

class ThreadsAtStart : public ::testing::Test {
 protected:
  ThreadsAtStart() {
    Harness harness(TestWave(), Options());
    std::mt19937_64 random(1);
    for (std::uint64_t unit = 0; unit < kUnits; ++unit) {
      harness.Send({MakeResponse(std::to_string(unit), random)});
    }
  }
  ~ThreadsAtStart() override { FailThreadStart(0); }

  EngineOptions Options() {
    EngineOptions options = TestOptions(files_, clock_, kPartitions);
    options.witness_interval = std::chrono::hours(1);  // it has its thread, and never a turn
    return options;
  }
  // Lets the 1st, 2nd, ... thread fail until `run` succeeds; the names of the threads that failed.
  static std::set<std::string> FailEach(const std::function<absl::Status()>& run) {
    std::set<std::string> failed;
    for (std::uint64_t nth = 1; nth < 100; ++nth) {
      FailThreadStart(nth);
      const absl::Status status = run();
      FailThreadStart(0);
      if (status.ok()) return failed;
      EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable) << status;
      const std::string message(ToStd(status.message()));
      EXPECT_NE(message.find("ulimit -u"), std::string::npos) << message;
      const std::size_t begin = message.find('"') + 1;
      failed.insert(message.substr(begin, message.find('"', begin) - begin));
    }
    ADD_FAILURE() << "it never succeeded";
    return failed;
  }

  SimulatedFileSystem files_;
  ManualClock clock_{kNoon};
};

TEST_F(ThreadsAtStart, AnEngineWithoutOneOfItsThreadsIsAStatusAndTheDirectoryOpensAgain) {
  const auto failed = FailEach([this]() -> absl::Status {
    auto harness = Harness::TryOpen(TestWave(), Options());
    if (harness.ok()) return absl::OkStatus();
    // The engine that failed holds nothing any more.
    auto again = Harness::TryOpen(TestWave(), Options());
    EXPECT_TRUE(again.ok()) << again.status();
    if (again.ok()) {
      EXPECT_EQ((*again)->engine().Latest()->counters.respondents, kUnits);
    }
    return harness.status();
  });
  // Replays and their readers start beside each other, so not every one of them is the nth once.
  EXPECT_THAT(failed,
              IsSupersetOf({"pages", "snapshot", "witness", "writer 0", "writer 1", "writer 2"}));
  EXPECT_THAT(failed, Contains(AnyOf("reader", "replay 0", "replay 1", "replay 2")));
}

TEST_F(ThreadsAtStart, ANewDirectoryIsMadeAfterAllWhenAThreadFailedAtFirst) {
  for (std::uint64_t nth = 1; nth <= 10; ++nth) {
    SimulatedFileSystem files;
    EngineOptions options = TestOptions(files, clock_, kPartitions);
    FailThreadStart(nth);
    const absl::Status first = Harness::TryOpen(TestWave(), options).status();
    FailThreadStart(0);
    auto second = Harness::TryOpen(TestWave(), options);
    ASSERT_TRUE(second.ok()) << "after " << first << ": " << second.status();
    std::mt19937_64 random(1);
    EXPECT_EQ((*second)->Send({MakeResponse("a", random)}).counts[0], 1u);
  }
}

TEST_F(ThreadsAtStart, ReadingADirectoryWithoutAThreadIsAStatus) {
  const auto failed =
      FailEach([this] { return archive::Replay(files_, kDirectory, std::nullopt).status(); });
  EXPECT_THAT(failed, Contains("replay 0"));
  const auto reader = FailEach([this] {
    return archive::ResponsesExport::Open(files_, kDirectory,
                                          {.make_table = report::ResponsesCsvIn({})})
        .status();
  });
  EXPECT_EQ(reader, (std::set<std::string>{"reader"}));
}

}  // namespace
}  // namespace panelpuls::engine
