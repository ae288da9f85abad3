// What `estimate` and `push` make of files beyond the figures: whose the records are, what has no
// room, what the clock says.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <string>
#include <thread>
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

// As the shell's <(...) gives it: a name without an ending, and no place to read at.
TEST(Estimate, APipeIsReadAsTheFormatThatIsNamed) {
  const panelpuls::testing::ScratchDirectory scratch;
  const std::string pipe = scratch.File("63");
  ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
  const std::string rows = kHeader + Line("A1", "02") + Line("A2", "05");
  Outcome outcome;
  std::thread reader([&] {
    outcome = RunPanelpuls(
        {"estimate", "--wave", kCasesWave, "--format", "json", "--input-format", "csv", pipe});
  });
  WriteText(pipe, rows);
  reader.join();
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  WriteText(scratch.File("r.csv"), rows);
  EXPECT_EQ(outcome.out, RunPanelpuls({"estimate", "--wave", kCasesWave, "--format", "json",
                                       scratch.File("r.csv")})
                             .out);
  EXPECT_THAT(RunPanelpuls({"estimate", "--wave", kCasesWave, pipe}).err,
              HasSubstr("--input-format"));
}

TEST(Estimate, TheCourseIsThatOfTheTimesWhateverTheOrderOfTheLines) {
  const panelpuls::testing::ScratchDirectory scratch;
  const std::vector<std::string> lines = {Line("A1", "02"), Line("A2", "02"), Line("A3", "05"),
                                          "A1,2,2025-09-06T09:00:00+02:00,COMPLETE,down,down\n"};
  const auto history_of = [&](const std::vector<std::size_t>& order) {
    std::string text = kHeader;
    for (const std::size_t line : order) text += lines[line];
    WriteText(scratch.File("r.csv"), text);
    const Outcome outcome =
        RunPanelpuls({"estimate", "--wave", kCasesWave, "--history", scratch.File("r.csv")});
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    return outcome.out;
  };
  const std::string history = history_of({0, 1, 2, 3});
  for (const char* hour :
       {"{\"hour\":\"2025-09-02T10:00:00+02:00\",\"n\":2,\"value\":50,",
        "{\"hour\":\"2025-09-05T10:00:00+02:00\",\"n\":3,\"value\":50,",
        "{\"hour\":\"2025-09-06T09:00:00+02:00\",\"n\":3,\"value\":33.333333333333336,"}) {
    EXPECT_THAT(history, HasSubstr(hour));
  }
  EXPECT_EQ(history_of({3, 2, 1, 0}), history);
  EXPECT_EQ(history_of({2, 0, 3, 1}), history);
}

TEST(Estimate, NoCourseWithoutTheTimeOfEachResponse) {
  const panelpuls::testing::ScratchDirectory scratch;
  WriteText(scratch.File("r.csv"), "respondent_id,revenue,employees\nA1,up,same\n");
  const Outcome outcome =
      RunPanelpuls({"estimate", "--wave", kCasesWave, "--history", scratch.File("r.csv")});
  EXPECT_EQ(outcome.code, 1);
  EXPECT_THAT(outcome.err, HasSubstr("needs collected_at of every response"));
}

// 60 and 40 in the population, of which 2 and 1 answered; the last has withdrawn.
TEST(Estimate, WeightsAreThoseOfTheRespondentsUnderTheirIds) {
  const panelpuls::testing::ScratchDirectory scratch;
  WriteText(
      scratch.File("wave.textproto"),
      "id: \"w\" fieldwork_start: \"2025-09-01\" fieldwork_end: \"2025-10-31\" channels { code: "
      "\"web\" } max_respondents: 100 dimensions { id: \"area\" categories { code: \"n\" "
      "population: 60 } categories { code: \"s\" population: 40 } } questions { id: \"q\" "
      "options { code: \"yes\" } options { code: \"no\" } } tabulations { question: \"q\" } "
      "design { base_weights: BASE_WEIGHTS_PER_UNIT }");
  WriteText(scratch.File("r.csv"),
            "respondent_id,revision,status,area,base_weight,q\n"
            "DK-1,1,,n,1,yes\n\"DK,2\",1,,n,3,no\nDK-3,1,,s,2.5,yes\nDK-4,1,,s,1,no\n"
            "DK-4,2,WITHDRAWN,s,1,\n");
  const std::vector<std::string> command = {"estimate", "--wave", scratch.File("wave.textproto"),
                                            "--weights", scratch.File("r.csv")};
  const Outcome plain = RunPanelpuls(command);
  EXPECT_EQ(plain.code, 0) << plain.err;
  EXPECT_EQ(plain.out,
            "respondent_id,area,base_weight,calibrated_weight\n"
            "DK-1,n,1,15\n\"DK,2\",n,3,45\nDK-3,s,2.5,40\n");
  std::vector<std::string> danish = command;
  danish.emplace_back("--danish-excel");
  EXPECT_THAT(RunPanelpuls(danish).out, HasSubstr("DK-3;s;2,5;40\r\n"));
  // Nobody of the south: no weights, and no figures either.
  WriteText(scratch.File("r.csv"), "respondent_id,area,base_weight,q\nDK-1,n,1,yes\n");
  const Outcome none = RunPanelpuls(command);
  EXPECT_EQ(none.out, "respondent_id,area,base_weight,calibrated_weight\nDK-1,n,1,\n");
  EXPECT_THAT(none.err, HasSubstr("empty_category:area=s"));
  for (const char* other : {"--history", "--cells", "--guidance"}) {
    std::vector<std::string> both = command;
    both.emplace_back(other);
    EXPECT_EQ(RunPanelpuls(both).code, 2) << other;
  }
}

TEST(Estimate, WeightsOfStrataStandAsTheyAreDeclared) {
  const panelpuls::testing::ScratchDirectory scratch;
  WriteText(scratch.File("wave.textproto"),
            "id: \"w\" fieldwork_start: \"2025-09-01\" fieldwork_end: \"2025-10-31\" channels { "
            "code: \"web\" } max_respondents: 100 dimensions { id: \"area\" categories { code: "
            "\"n\" base_weight: 10 } categories { code: \"s\" base_weight: 4 } } questions { id: "
            "\"q\" options { code: \"yes\" } } weighting { method: NONE } design { base_weights: "
            "BASE_WEIGHTS_PER_CELL base_weight_log2: -2 stratum_dimension: \"area\" }");
  WriteText(scratch.File("r.csv"), "respondent_id,area,q\nDK-1,n,yes\nDK-2,s,yes\n");
  const Outcome outcome = RunPanelpuls(
      {"estimate", "--wave", scratch.File("wave.textproto"), "--weights", scratch.File("r.csv")});
  EXPECT_EQ(outcome.out,
            "respondent_id,area,base_weight,calibrated_weight\nDK-1,n,10,10\nDK-2,s,4,4\n");
}

TEST(Estimate, AFrameForAWaveWithoutOneIsRefused) {
  const panelpuls::testing::ScratchDirectory scratch;
  const std::string file = scratch.File("r.csv");
  WriteText(file, kHeader + Line("A1", "02"));
  const Outcome outcome = RunPanelpuls({"estimate", "--wave", kCasesWave, "--frame", file, file});
  EXPECT_EQ(outcome.code, 1);
  EXPECT_THAT(outcome.err, HasSubstr("has no sample frame"));
}

TEST(Estimate, WithoutAnyFileItSaysWhatToName) {
  const Outcome outcome = RunPanelpuls({"estimate", "--wave", kCasesWave});
  EXPECT_EQ(outcome.code, 1);
  EXPECT_THAT(outcome.err, HasSubstr("no file of responses"));
}

// Day nought: a frame and nothing else, then a frame and its events.
TEST(Estimate, AFrameAloneHasRatesCellsAndGuidance) {
  const panelpuls::testing::ScratchDirectory scratch;
  std::string definition = ReadText(kCasesWave);
  definition +=
      "sample_frame { file: \"frame.csv\" }\n"
      "dimensions { id: \"area\" categories { code: \"n\" } categories { code: \"s\" } }\n";
  const std::string wave = scratch.File("wave.textproto");
  WriteText(wave, definition);
  std::string frame = "unit_id,area\n";
  std::string events = "unit_id,disposition,channel,at\n";
  for (int unit = 0; unit < 100; ++unit) {
    frame += fmt::format("U{},{}\n", unit, unit < 60 ? "n" : "s");
    if (unit >= 10 && unit < 50) {
      events += fmt::format("U{},complete,eboks,2025-09-02T10:00:00Z\n", unit);
    }
  }
  WriteText(scratch.File("frame.csv"), frame);
  WriteText(scratch.File("events.csv"), events);
  const Outcome alone = RunPanelpuls({"estimate", "--wave", wave, "--format", "json"});
  ASSERT_EQ(alone.code, 0) << alone.err;
  EXPECT_THAT(alone.out, HasSubstr("\"frame_units\":100,"));
  EXPECT_THAT(alone.out, HasSubstr("\"representativity\":{\"cv\":null,\"r\":null,"));
  EXPECT_THAT(alone.out, HasSubstr("\"response_mean\":0,"));
  const Outcome cells =
      RunPanelpuls({"estimate", "--wave", wave, "--cells", "--events", scratch.File("events.csv")});
  ASSERT_EQ(cells.code, 0) << cells.err;
  EXPECT_EQ(cells.out, "area,population,n,weight,invited,responded\nn,,0,,60,40\ns,,0,,40,0\n");
  const Outcome measured = RunPanelpuls(
      {"estimate", "--wave", wave, "--format", "json", "--events", scratch.File("events.csv")});
  // Rates 2/3 and 0: S^2 = (60 (2/3 - 0.4)^2 + 40 0.4^2) / 99.
  EXPECT_THAT(measured.out, HasSubstr("\"representativity\":{\"cv\":0.820"));
  const Outcome guided = RunPanelpuls(
      {"estimate", "--wave", wave, "--guidance", "--events", scratch.File("events.csv")});
  ASSERT_EQ(guided.code, 0) << guided.err;
  EXPECT_LT(guided.out.find("area: s"), guided.out.find("area: n")) << guided.out;
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
  EXPECT_THAT(ReadText(file + ".rejected.reasons.txt"), HasSubstr("r.csv:4: register_full: "));
  EXPECT_THAT(outcome.err, HasSubstr("max_respondents units and no more (here 2); raise"));
  EXPECT_THAT(outcome.err, HasSubstr("1 without room in its register"));
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
