// What `estimate` and `push` make of files beyond the figures: whose the records are, what has no
// room, what the clock says.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "cli/program.h"
#include "testing/scratch_directory.h"

namespace panelpuls::cli {
namespace {

using ::testing::HasSubstr;

const std::string kCasesWave = kSource + "/waves/cases.textproto";
const std::string kHeader = "respondent_id,revision,collected_at,status,revenue,employees\n";

std::string Line(const std::string& id, const std::string& day) {
  return id + ",1,2025-09-" + day + "T10:00:00+02:00,COMPLETE,up,same\n";
}

// The cases' wave with room for two units.
std::string WaveForTwo(const panelpuls::testing::ScratchDirectory& scratch) {
  std::string text = ReadText(kCasesWave);
  const std::string from = "max_respondents: 10000";
  text.replace(text.find(from), from.size(), "max_respondents: 2");
  WriteText(scratch.File("two.textproto"), text);
  return scratch.File("two.textproto");
}

TEST(Estimate, TheClockIsTheLastTimeInTheFiles) {
  const panelpuls::testing::ScratchDirectory scratch;
  const std::string file = scratch.File("r.csv");
  WriteText(file, kHeader + Line("A1", "02") + Line("A2", "05") + Line("A3", "03"));
  const std::vector<std::string> command = {"estimate", "--wave", kCasesWave,
                                            "--format", "json",   file};
  const Outcome outcome = RunPanelpuls(command);
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("\"as_of\":\"2025-09-05T10:00:00+02:00\""));
  EXPECT_EQ(RunPanelpuls(command).out, outcome.out);
}

TEST(Estimate, AFrameForAWaveWithoutOneIsRefused) {
  const panelpuls::testing::ScratchDirectory scratch;
  const std::string file = scratch.File("r.csv");
  WriteText(file, kHeader + Line("A1", "02"));
  const Outcome outcome = RunPanelpuls({"estimate", "--wave", kCasesWave, "--frame", file, file});
  EXPECT_EQ(outcome.code, 1);
  EXPECT_THAT(outcome.err, HasSubstr("has no sample frame"));
}

TEST(Estimate, UnitsBeyondTheRoomAreNamedAndNotCounted) {
  const panelpuls::testing::ScratchDirectory scratch;
  const std::string file = scratch.File("r.csv");
  WriteText(file, kHeader + Line("A1", "02") + Line("A2", "02") + Line("A3", "02"));
  const Outcome outcome =
      RunPanelpuls({"estimate", "--wave", WaveForTwo(scratch), "--format", "json", file});
  EXPECT_EQ(outcome.code, 3) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("\"respondents\":2,"));
  EXPECT_THAT(outcome.err, HasSubstr("r.csv:4: more units than max_respondents"));
}

TEST(PushOfMoreUnitsThanThereIsRoomFor, PutsTheRestAside) {
  const panelpuls::testing::ScratchDirectory scratch;
  const std::string wave = WaveForTwo(scratch);
  const ServerProcess server({"--wave", wave, "--data", scratch.File("data")});
  const std::string file = scratch.File("r.csv");
  WriteText(file, kHeader + Line("A1", "02") + Line("A2", "02") + Line("A3", "02"));
  const Outcome outcome = RunPanelpuls({"push", "--wave", wave, "--to", server.tcp(), file});
  EXPECT_EQ(outcome.code, 3) << outcome.err;
  EXPECT_EQ(ReadText(file + ".rejected.csv"), kHeader + Line("A3", "02"));
  EXPECT_THAT(ReadText(file + ".rejected.reasons.txt"), HasSubstr("r.csv:4: "));
}

TEST(PushOfRecordsWithoutAChannel, TakesTheOneThatWasGiven) {
  const panelpuls::testing::ScratchDirectory scratch;
  const std::string data = scratch.File("data");
  const std::string file = scratch.File("r.csv");
  WriteText(file, kHeader + Line("A1", "02"));
  {
    ServerProcess server({"--wave", kCasesWave, "--data", data});
    const Outcome pushed = RunPanelpuls(
        {"push", "--wave", kCasesWave, "--to", server.http(), "--channel", "cati", file});
    EXPECT_EQ(pushed.code, 0) << pushed.err;
    EXPECT_EQ(server.Stop(), 0);
  }
  EXPECT_THAT(RunPanelpuls({"replay", "--data", data, "--format", "json"}).out,
              HasSubstr("\"channel\":\"cati\",\"respondents\":1,"));
}

TEST(PushOfNothing, IsAWrongCommandLine) {
  const Outcome outcome = RunPanelpuls({"push", "--wave", kCasesWave, "--to", "tcp://127.0.0.1:1"});
  EXPECT_EQ(outcome.code, 2);
  EXPECT_THAT(outcome.err, HasSubstr("nothing to push"));
}

}  // namespace
}  // namespace panelpuls::cli
