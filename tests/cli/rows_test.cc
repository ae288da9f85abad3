// What `estimate` and `push` say of rows and columns that are not quite what they should be.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "cli/program.h"
#include "testing/scratch_directory.h"

namespace panelpuls::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

const std::string kWave = kSource + "/waves/cases.textproto";
const std::string kHeader = "respondent_id,collected_at,revenue,employees\n";

class Rows : public ::testing::Test {
 protected:
  Outcome Estimate(const std::string& text, const std::vector<std::string>& more = {}) {
    WriteText(file_, text);
    std::vector<std::string> arguments = {"estimate", "--wave", kWave, "--format", "json", file_};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return RunPanelpuls(arguments);
  }
  Outcome Push(const std::string& text) {
    WriteText(file_, text);
    ServerProcess server({"--wave", kWave, "--data", scratch_.File("data")});
    return RunPanelpuls({"push", "--wave", kWave, "--to", server.http(), file_});
  }

  const panelpuls::testing::ScratchDirectory scratch_;
  const std::string file_ = scratch_.File("r.csv");
};

TEST_F(Rows, ThatSayNothingAreNoRespondents) {
  const std::string text = kHeader + "A,2025-09-02T10:00:00Z,up,same\n,,,\n17,,,\n";
  const Outcome outcome = Estimate(text);
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("\"respondents\":1,"));
  const char* const said =
      "r.csv: 2 rows with nothing but an id, or nothing at all, the first in line 3, are no "
      "responses";
  EXPECT_THAT(outcome.err, HasSubstr(said));
  const Outcome pushed = Push(text);
  EXPECT_EQ(pushed.code, 0) << pushed.err;
  EXPECT_THAT(pushed.err, HasSubstr(said));
  EXPECT_THAT(pushed.err, HasSubstr("1 record sent, 1 accepted"));
}

TEST_F(Rows, ThatContradictEachOtherAreNamed) {
  const std::string text = kHeader +
                           "A,2025-09-02T10:00:00Z,up,same\nB,2025-09-02T10:00:00Z,up,same\n"
                           "A,2025-09-02T10:00:00Z,down,same\nB,2025-09-02T10:00:00Z,up,same\n";
  const Outcome outcome = Estimate(text);
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_THAT(outcome.err, HasSubstr("r.csv:4: conflict with another row of this id: this content "
                                     "counts now; send a higher revision that settles it"));
  EXPECT_THAT(outcome.err, Not(HasSubstr("r.csv:5")));
  EXPECT_THAT(outcome.out, HasSubstr("\"conflicts_open\":1,"));
  WriteText(file_, text);
  EXPECT_THAT(RunPanelpuls({"estimate", "--wave", kWave, "--language", "en", file_}).out,
              HasSubstr("\nUnits with two unlike responses under one revision and time: 1\n"));
  const Outcome pushed = Push(text);
  EXPECT_EQ(pushed.code, 0) << pushed.err;
  EXPECT_THAT(pushed.err, HasSubstr("r.csv:4: conflict: this content counts now"));
}

TEST_F(Rows, ThatGiveWayToOthersOfTheirIdAreCounted) {
  const Outcome outcome =
      Estimate(kHeader +
               "A,2025-09-02T10:00:00Z,up,same\nA,2025-09-03T10:00:00Z,down,same\n"
               "A,2025-09-01T10:00:00Z,up,up\nB,2025-09-01T10:00:00Z,up,up\n");
  EXPECT_EQ(outcome.code, 0);
  EXPECT_THAT(outcome.err, HasSubstr("r.csv: 2 rows gave way for another one of the same id with a "
                                     "higher revision or a later time"));
}

TEST_F(Rows, WithoutATimeAreJudgedAsOnAServer) {
  const std::string text = kHeader + "A,2025-09-02T10:00:00Z,up,same\nB,,up,same\n";
  const Outcome outcome = Estimate(text);
  EXPECT_EQ(outcome.code, 3);
  EXPECT_THAT(outcome.err, HasSubstr("r.csv:3: column \"collected_at\": is missing; send when"));
  EXPECT_THAT(outcome.out, HasSubstr("\"respondents\":1,"));
  const Outcome pushed = Push(text);
  EXPECT_EQ(pushed.code, 3);
  EXPECT_THAT(pushed.err, HasSubstr("r.csv:3: column \"collected_at\": is missing; send when"));
  // A file without times has none of that kind.
  const Outcome timeless = Estimate("respondent_id,revenue,employees\nA,up,same\nB,up,same\n");
  EXPECT_EQ(timeless.code, 0) << timeless.err;
  EXPECT_THAT(timeless.out, HasSubstr("\"respondents\":2,"));
}

TEST_F(Rows, WithAnImpossibleYearAreSaidAndMoveNoClock) {
  const Outcome outcome =
      Estimate(kHeader +
               "A,2925-09-02T10:00:00Z,up,same\nB,2025-09-04T10:00:00Z,up,same\n"
               "C,0025-09-02T10:00:00Z,up,same\n");
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_THAT(outcome.err,
              HasSubstr("r.csv:2: column \"collected_at\": 2925-09-02T12:00:00+02:00 is "
                        "far behind the fieldwork's end; a server marks it"));
  EXPECT_THAT(outcome.err, HasSubstr("r.csv:4: column \"collected_at\": 0025-09-02T"));
  EXPECT_THAT(outcome.err, HasSubstr("is before the fieldwork; a server marks it"));
  EXPECT_THAT(outcome.out, HasSubstr("\"fieldwork_day\":4,"));
  EXPECT_THAT(outcome.out, HasSubstr("\"respondents\":3,"));
}

TEST_F(Rows, OfEventsAreJudgedByTheirTimesAsOnAServer) {
  const std::string events = scratch_.File("e.csv");
  const std::string codebook = scratch_.File("c.txt");
  WriteText(codebook, "set time_format = %Y-%m-%d %H:%M\n");
  WriteText(events,
            "unit_id,disposition,channel,at\nA,refusal,cati,2925-09-02T10:00:00Z\n"
            "B,refusal,cati,\nC,refusal,cati,2025-10-26 02:30\nD,refusal,cati,2025-10-02 02:30\n");
  const std::vector<std::string> faults = {
      "column \"at\": '2925-09-02T12:00:00+02:00' is more than a year behind the fieldwork",
      "column \"at\": is missing; send when it happened",
      "column \"at\": \"2025-10-26 02:30\" comes twice"};
  const Outcome outcome =
      RunPanelpuls({"estimate", "--wave", kWave, "--codebook", codebook, "--events", events});
  const ServerProcess server({"--wave", kWave, "--data", scratch_.File("data")});
  const Outcome pushed = RunPanelpuls(
      {"push", "--wave", kWave, "--to", server.http(), "--codebook", codebook, "--events", events});
  for (const Outcome* const one : {&outcome, &pushed}) {
    EXPECT_EQ(one->code, 3);
    for (std::size_t i = 0; i < faults.size(); ++i) {
      const std::string not_sent = one == &pushed && i == 2 ? "not sent: " : "";
      EXPECT_THAT(one->err, HasSubstr(fmt::format("e.csv:{}: {}{}", i + 2, not_sent, faults[i])));
    }
    EXPECT_THAT(one->err, Not(HasSubstr("e.csv:5")));
  }
  EXPECT_THAT(outcome.err, HasSubstr("3 records were rejected"));
  EXPECT_THAT(pushed.err, HasSubstr("3 records sent, 1 accepted, 2 rejected"));
  // Without any time none is missing, and a column that nobody reads is said.
  WriteText(events, "unit_id,disposition,when\nA,refusal,2925\n");
  const Outcome timeless = RunPanelpuls({"estimate", "--wave", kWave, "--events", events});
  EXPECT_EQ(timeless.code, 0) << timeless.err;
  EXPECT_THAT(timeless.err, HasSubstr("e.csv: column \"when\" is none of the wave's"));
}

TEST_F(Rows, AreReadOnlyUnderAHeaderThatLeavesNothingInDoubt) {
  const Outcome outcome = Estimate("respondent_id,revenue,comment,\xC3\xA6ndret\nA,up,fine,x\n");
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_THAT(outcome.err,
              HasSubstr("r.csv: no column for question \"employees\": nobody answers it "
                        "in this file"));
  EXPECT_THAT(outcome.err,
              HasSubstr("r.csv: columns \"comment\", \"\xC3\xA6ndret\" are none of the "
                        "wave's and left aside"));
  for (const char* column : {"revenue\xC2\xA0", "Revenue"}) {
    const std::string text = fmt::format("respondent_id,{},employees\nA,up,same\n", column);
    const Outcome refused = Estimate(text);
    EXPECT_EQ(refused.code, 1);
    EXPECT_THAT(refused.err, HasSubstr("r.csv:1: column \""));
    EXPECT_THAT(refused.err, HasSubstr("it looks like 'revenue' but"));
    EXPECT_EQ(refused.out, "");
    const Outcome pushed = Push(text);
    EXPECT_EQ(pushed.code, 1);
    EXPECT_THAT(pushed.err, HasSubstr("it looks like 'revenue' but"));
    EXPECT_THAT(pushed.err, HasSubstr("nothing was sent"));
  }
}

TEST_F(Rows, OfJsonSayWhatNobodyReads) {
  const std::string lines = scratch_.File("r.jsonl");
  WriteText(lines,
            R"({"respondentId":"A","channel":"cati","state":"partial","answers":[)"
            R"({"question":"revenue","options":["up"]},{"question":"mood","options":["fine"]}]})"
            "\n");
  const Outcome outcome = RunPanelpuls({"estimate", "--wave", kWave, lines});
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_THAT(outcome.err,
              HasSubstr("r.jsonl: 1 fields that no response has were left aside: \"state\""));
  EXPECT_THAT(outcome.err, HasSubstr("r.jsonl: 1 answers to questions that the wave does not have "
                                     "were left aside: \"mood\""));
  WriteText(scratch_.File("c.txt"), "column orders = x\n");
  const Outcome codebook =
      RunPanelpuls({"estimate", "--wave", kWave, "--codebook", scratch_.File("c.txt"), lines});
  EXPECT_EQ(codebook.code, 1);
  EXPECT_THAT(codebook.err, HasSubstr("a codebook is of CSV files, and no file is one"));
}

}  // namespace
}  // namespace panelpuls::cli
