// One fieldwork in three forms of file, offline and through a server: the same estimates, byte for
// byte.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "cli/program.h"
#include "testing/scratch_directory.h"

namespace panelpuls::cli {
namespace {

std::string EstimatesOf(const std::string& snapshot) {
  return snapshot.substr(0, snapshot.find(",\"collection\":"));
}

class SimulatedFiles : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    scratch_ = new panelpuls::testing::ScratchDirectory;
    for (const std::string ending : {"csv", "jsonl", "pb"}) {
      const Outcome outcome =
          RunPanelpuls({"simulate", "--wave", kPanelWave, "--seed", "3", "--output", File(ending),
                        "--events", scratch_->File("events.csv")});
      ASSERT_EQ(outcome.code, 0) << outcome.err;
      ASSERT_TRUE(outcome.out.starts_with("SIMULATED"));
    }
  }
  static void TearDownTestSuite() { delete scratch_; }
  static std::string File(const std::string& ending) {
    return scratch_->File("responses." + ending);
  }
  static Outcome Estimate(const std::string& ending) {
    return RunPanelpuls({"estimate", "--wave", kPanelWave, "--format", "json", File(ending)});
  }
  static inline panelpuls::testing::ScratchDirectory* scratch_ = nullptr;
};

TEST_F(SimulatedFiles, AllFormsGiveTheSameEstimates) {
  const Outcome csv = Estimate("csv");
  ASSERT_EQ(csv.code, 0) << csv.err;
  EXPECT_GT(csv.out.size(), 10'000u);
  EXPECT_EQ(EstimatesOf(csv.out), EstimatesOf(Estimate("jsonl").out));
  EXPECT_EQ(EstimatesOf(csv.out), EstimatesOf(Estimate("pb").out));
}

TEST_F(SimulatedFiles, AServersJournalGivesTheEstimatesOfTheFile) {
  const std::string data = scratch_->File("data");
  {
    ServerProcess server({"--wave", kPanelWave, "--data", data, "--partitions", "2"});
    const Outcome pushed = RunPanelpuls({"push", "--wave", kPanelWave, "--to", server.tcp(),
                                         File("pb"), "--events", scratch_->File("events.csv")});
    EXPECT_EQ(pushed.code, 0) << pushed.err;
    EXPECT_EQ(server.Stop(), 0);
  }
  const Outcome replayed = RunPanelpuls({"replay", "--data", data, "--format", "json"});
  EXPECT_EQ(replayed.code, 0) << replayed.err;
  EXPECT_EQ(EstimatesOf(replayed.out), EstimatesOf(Estimate("pb").out));
  const Outcome verified = RunPanelpuls({"verify", "--data", data});
  EXPECT_EQ(verified.code, 0) << verified.out << verified.err;
}

TEST_F(SimulatedFiles, TextAndCsvShowTheIndicator) {
  const Outcome text =
      RunPanelpuls({"estimate", "--wave", kPanelWave, "--language", "en", File("csv")});
  EXPECT_EQ(text.code, 0) << text.err;
  EXPECT_THAT(text.out, ::testing::HasSubstr("Productivity indicator"));
  const Outcome csv =
      RunPanelpuls({"estimate", "--wave", kPanelWave, "--format", "csv", File("csv")});
  EXPECT_THAT(csv.out, ::testing::HasSubstr("mean,indicator,,"));
}

TEST_F(SimulatedFiles, ABadLineIsNamedAndTheRestCounts) {
  const std::string mixed = scratch_->File("mixed.csv");
  const std::string text = ReadText(File("csv"));
  WriteText(mixed,
            text + "SIM00000001,eboks,1,2025-09-02T10:00:00+02:00,COMPLETE,no_such_industry\n");
  const Outcome outcome =
      RunPanelpuls({"estimate", "--wave", kPanelWave, "--format", "json", mixed});
  EXPECT_EQ(outcome.code, 3);
  EXPECT_EQ(EstimatesOf(outcome.out), EstimatesOf(Estimate("csv").out));
  EXPECT_THAT(outcome.err, ::testing::HasSubstr("mixed.csv:"));
}

}  // namespace
}  // namespace panelpuls::cli
