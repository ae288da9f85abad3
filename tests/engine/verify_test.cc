// The end of a journal, as verification sees it: whole, torn, or being written.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <string>

#include "archive/replay.h"
#include "archive/verify.h"
#include "engine/engine.h"
#include "engine/fieldwork.h"
#include "engine/harness.h"
#include "engine/verified.h"
#include "testing/simulated_file_system.h"

namespace panelpuls::engine {
namespace {

using panelpuls::testing::SimulatedFileSystem;
using ::testing::AllOf;
using ::testing::ElementsAre;
using testing::Harness;
using ::testing::HasSubstr;
using testing::IsSound;
using testing::kDirectory;
using testing::kNoon;
using testing::MakeResponse;
using testing::TestOptions;
using testing::TestWave;

constexpr char kSegment[] = "/data/partition-000/00000001.segment";

// Turns a bit of the last byte that is not zero, which is of the last group.
void TearTail(SimulatedFileSystem& files) {
  files.FlipBit(kSegment, files.FileContent(kSegment).find_last_not_of('\0'), 0);
}

// Half of a group behind the last one, as a crash leaves it.
void LeaveHalfAGroup(SimulatedFileSystem& files) {
  std::string content = files.FileContent(kSegment);
  content[(content.find_last_not_of('\0') / 4096 + 1) * 4096] = 'P';
  files.PutFile(kSegment, content);
}

void SendThree(Harness& harness) {
  std::mt19937_64 random(1);
  for (const char* const id : {"a", "b", "c"}) harness.Send({MakeResponse(id, random)});
}

TEST(Verify, ATornTailIsToldWithItsPlaceAndLeftAsItIs) {
  SimulatedFileSystem files;
  const ManualClock clock(kNoon);
  {
    Harness harness(TestWave(), TestOptions(files, clock));
    SendThree(harness);
  }
  ASSERT_TRUE(IsSound(archive::Verify(files, kDirectory)));
  LeaveHalfAGroup(files);
  const std::string torn = files.FileContent(kSegment);
  const auto verified = archive::Verify(files, kDirectory);
  ASSERT_TRUE(verified.ok()) << verified.status();
  EXPECT_THAT(verified->findings, ElementsAre());
  EXPECT_THAT(verified->in_flight, ElementsAre());
  // The definition and three responses before it.
  EXPECT_THAT(verified->torn_tails,
              ElementsAre(AllOf(HasSubstr(std::string(kSegment) + " at offset"),
                                HasSubstr("bytes behind group 4"), HasSubstr("next start cuts"))));
  EXPECT_EQ(files.FileContent(kSegment), torn);

  const Harness again(TestWave(), TestOptions(files, clock));
  EXPECT_TRUE(IsSound(archive::Verify(files, kDirectory)));
}

TEST(Verify, BesideARunningEngineATailIsTakenForAGroupBeingWritten) {
  SimulatedFileSystem files;
  const ManualClock clock(kNoon);
  Harness harness(TestWave(), TestOptions(files, clock));
  SendThree(harness);
  ASSERT_TRUE(IsSound(archive::Verify(files, kDirectory)));
  TearTail(files);
  const auto verified = archive::Verify(files, kDirectory);
  ASSERT_TRUE(verified.ok()) << verified.status();
  EXPECT_THAT(verified->findings, ElementsAre());
  EXPECT_THAT(verified->torn_tails, ElementsAre());
  EXPECT_THAT(verified->in_flight,
              ElementsAre(AllOf(HasSubstr("bytes behind group 3"), HasSubstr("server runs"))));
}

}  // namespace
}  // namespace panelpuls::engine
