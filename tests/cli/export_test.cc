// `panelpuls export`: whole, consistent with one version, readable again, and without any id.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "cli/program.h"
#include "cli/snapshot_reader.h"
#include "testing/scratch_directory.h"

namespace panelpuls::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

const std::string kCasesWave = kSource + "/waves/cases.textproto";

std::vector<std::string> Lines(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

// Serves the directory until what the command line says was pushed.
void PushTo(const std::string& wave, const std::string& data, const std::string& file) {
  ServerProcess server({"--wave", wave, "--data", data, "--partitions", "3"});
  const Outcome pushed = RunPanelpuls({"push", "--wave", wave, "--to", server.tcp(), file});
  ASSERT_EQ(pushed.code, 0) << pushed.err;
  ASSERT_EQ(server.Stop(), 0);
}

// Of a JSON snapshot what does not tell when and where it was made.
std::map<std::string, std::string> FiguresOf(const std::string& csv) {
  std::map<std::string, std::string> figures;
  for (const std::string& line : Lines(csv)) {
    if (line.starts_with('#')) continue;
    std::size_t end = 0;
    for (int field = 0; field < 4; ++field) end = line.find(',', end) + 1;
    figures[line.substr(0, end)] = line.substr(end);
  }
  return figures;
}

class PanelExport : public ::testing::Test {
 protected:
  // One fieldwork of the panel in three partitions, for all tests.
  static void SetUpTestSuite() {
    scratch_ = new panelpuls::testing::ScratchDirectory();
    const std::string file = scratch_->File("responses-in.csv");
    ASSERT_EQ(RunPanelpuls({"simulate", "--wave", kPanelWave, "--output", file}).code, 0);
    PushTo(kPanelWave, Data(), file);
  }
  static void TearDownTestSuite() { delete scratch_; }

  static std::string Data() { return scratch_->File("data"); }
  static Outcome Export(const std::vector<std::string>& more) {
    std::vector<std::string> arguments = {"export"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    arguments.insert(arguments.end(), {"--data", Data()});
    return RunPanelpuls(arguments);
  }
  static panelpuls::testing::ScratchDirectory* scratch_;
};
panelpuls::testing::ScratchDirectory* PanelExport::scratch_ = nullptr;

TEST_F(PanelExport, HasOneRowARespondentAndWeightsThatSumToThePopulation) {
  const Outcome outcome = Export({"responses"});
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  const std::vector<std::string> lines = Lines(outcome.out);
  EXPECT_TRUE(lines.front().starts_with("pseudonym,channel,collected_on,status,")) << lines.front();
  EXPECT_TRUE(lines.front().ends_with(",base_weight,calibrated_weight")) << lines.front();
  const Outcome snapshot = RunPanelpuls({"replay", "--data", Data(), "--format", "json"});
  const auto read = ParseSnapshot(snapshot.out);
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(lines.size(), read->respondents + 2);
  EXPECT_EQ(lines.back(), "# complete: " + std::to_string(read->respondents) + " rows, version " +
                              std::to_string(read->version));
  double sum = 0;
  for (std::size_t i = 1; i + 1 < lines.size(); ++i) {
    sum += std::strtod(lines[i].c_str() + lines[i].rfind(',') + 1, nullptr);
    EXPECT_EQ(lines[i].find(','), 32u) << lines[i];
  }
  const std::size_t at = snapshot.out.find("\"population\":");
  ASSERT_NE(at, std::string::npos);
  const double population = std::strtod(snapshot.out.c_str() + at + 13, nullptr);
  EXPECT_GT(population, 1000);
  EXPECT_NEAR(sum, population, 1e-9 * population);
}

TEST_F(PanelExport, ReadAgainGivesTheSameFigures) {
  const Outcome figures = Export({"figures"});
  ASSERT_EQ(figures.code, 0) << figures.err;
  EXPECT_THAT(Lines(figures.out).back(), HasSubstr("# complete: "));
  for (const std::vector<std::string>& style :
       {std::vector<std::string>{}, std::vector<std::string>{"--danish-excel"}}) {
    std::vector<std::string> responses = {"responses", "-o", scratch_->File("out.csv")};
    std::vector<std::string> codebook = {"codebook", "-o", scratch_->File("out.codebook")};
    responses.insert(responses.end(), style.begin(), style.end());
    codebook.insert(codebook.end(), style.begin(), style.end());
    ASSERT_EQ(Export(responses).code, 0);
    ASSERT_EQ(Export(codebook).code, 0);
    const Outcome estimate =
        RunPanelpuls({"estimate", "--wave", kPanelWave, "--format", "csv", "--codebook",
                      scratch_->File("out.codebook"), scratch_->File("out.csv")});
    ASSERT_EQ(estimate.code, 0) << estimate.err;
    EXPECT_EQ(FiguresOf(estimate.out), FiguresOf(figures.out));
  }
}

TEST_F(PanelExport, TablesHaveARowForEachOfTheSnapshot) {
  const Outcome snapshot = RunPanelpuls({"replay", "--data", Data(), "--format", "json"});
  ASSERT_EQ(snapshot.code, 0) << snapshot.err;
  struct Row {
    const char* table;
    const char* each;  // in the snapshot, once a row of the table
    const char* columns;
  };
  for (const auto& [table, each, columns] :
       {Row{"comparisons", "\"p_adjusted\":", "family,dimension,of,a,b,difference,"},
        Row{"rankings", "\"rank_low\":", "ranking,of,value,n,rank,"}}) {
    const Outcome outcome = Export({table});
    ASSERT_EQ(outcome.code, 0) << outcome.err;
    const std::vector<std::string> lines = Lines(outcome.out);
    EXPECT_TRUE(lines.front().starts_with(columns)) << lines.front();
    std::size_t expected = 0;
    for (std::size_t at = snapshot.out.find(each); at != std::string::npos;
         at = snapshot.out.find(each, at + 1)) {
      ++expected;
    }
    EXPECT_GT(expected, 0u);
    EXPECT_EQ(lines.size(), expected + 2) << table;
    EXPECT_THAT(lines.back(), HasSubstr("# complete: " + std::to_string(expected) + " rows"));
  }
}

TEST_F(PanelExport, ACutFileIsNotReadAgain) {
  ASSERT_EQ(Export({"codebook", "-o", scratch_->File("cut.codebook")}).code, 0);
  const std::string whole = Export({"responses"}).out;
  WriteText(scratch_->File("cut.csv"), whole.substr(0, whole.rfind('#')));
  const Outcome estimate =
      RunPanelpuls({"estimate", "--wave", kPanelWave, "--codebook", scratch_->File("cut.codebook"),
                    scratch_->File("cut.csv")});
  EXPECT_EQ(estimate.code, 1);
  EXPECT_THAT(estimate.err, HasSubstr("so the file is not whole"));
}

// Rows as far as the answers; the pseudonym differs from directory to directory.
std::vector<std::string> Rows(const std::string& csv) {
  std::vector<std::string> rows;
  for (const std::string& line : Lines(csv)) rows.push_back(line.substr(line.find(',') + 1));
  return rows;
}

TEST(Export, HoldsTheWinningWordAndNoId) {
  const panelpuls::testing::ScratchDirectory scratch;
  WriteText(scratch.File("r.csv"),
            "respondent_id,channel,revision,collected_at,status,revenue,employees\n"
            "12345678,cati,1,2025-10-26T00:30:00+02:00,COMPLETE,up,same\n"
            "12345678,cati,2,2025-10-25T22:10:00Z,COMPLETE,down,same\n"
            "broken-off,cati,1,2025-10-26T12:00:00+01:00,PARTIAL,down,\n"
            "partial,eboks,1,2025-10-26T23:59:59+01:00,PARTIAL,same,up\n"
            "gone,eboks,1,2025-10-26T12:00:00+01:00,WITHDRAWN,,\n");
  PushTo(kCasesWave, scratch.File("data"), scratch.File("r.csv"));
  const Outcome outcome = RunPanelpuls({"export", "responses", "--data", scratch.File("data")});
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, Not(HasSubstr("12345678")));
  EXPECT_THAT(Rows(outcome.out),
              ::testing::UnorderedElementsAre(
                  "channel,collected_on,status,revenue,employees,base_weight,calibrated_weight",
                  "cati,2025-10-26,COMPLETE,down,same,1,1", "eboks,2025-10-26,PARTIAL,same,up,1,1",
                  HasSubstr(" version ")));
  EXPECT_THAT(outcome.out, HasSubstr("\n# complete: 2 rows, version "));
}

TEST(Export, UntilATimeIsWhatHadBeenReceivedByThen) {
  const panelpuls::testing::ScratchDirectory scratch;
  WriteText(scratch.File("r.csv"),
            "respondent_id,collected_at,revenue,employees\nA,2025-10-26T00:30:00+02:00,up,same\n");
  PushTo(kCasesWave, scratch.File("data"), scratch.File("r.csv"));
  const Outcome before = RunPanelpuls(
      {"export", "responses", "--data", scratch.File("data"), "--until", "2001-01-01T00:00:00Z"});
  EXPECT_EQ(before.code, 1);
  EXPECT_THAT(before.err, HasSubstr("nothing was journaled until"));
  const Outcome after = RunPanelpuls(
      {"export", "responses", "--data", scratch.File("data"), "--until", "2999-01-01T00:00:00Z"});
  EXPECT_THAT(after.out, HasSubstr("# complete: 1 rows"));
}

TEST(Export, MultipleChoicesAndUnequalBaseWeightsAreReadAgain) {
  const panelpuls::testing::ScratchDirectory scratch;
  const std::string schools = kSource + "/examples/schools/schools";
  std::string wave = ReadText(schools + ".textproto");
  // Weights that sum to 1, which the design scales on entry.
  const std::string design = "base_weights: BASE_WEIGHTS_PER_UNIT";
  wave.replace(wave.find(design), design.size(), design + " base_weight_log2: 16");
  const std::string dates = "fieldwork_end: \"2000-12-31\"";
  wave.replace(wave.find(dates), dates.size(), "fieldwork_end: \"2030-12-31\"");
  WriteText(scratch.File("wave.textproto"), wave);
  std::vector<std::string> lines = Lines(ReadText(schools + ".csv"));
  std::string csv = lines[0] + ",when\n";
  for (std::size_t i = 1; i < lines.size(); ++i) {
    const std::size_t comma = lines[i].rfind(',') + 1;
    std::ostringstream weight;
    weight.precision(17);
    weight << std::strtod(lines[i].c_str() + comma, nullptr) / 6194;
    csv += lines[i].substr(0, comma) + weight.str() + ",2000-05-17\n";
  }
  WriteText(scratch.File("r.csv"), csv);
  WriteText(
      scratch.File("r.codebook"),
      ReadText(schools + ".codebook") + "column collected_at = when\nset time_format = %Y-%m-%d\n");
  {
    ServerProcess server(
        {"--wave", scratch.File("wave.textproto"), "--data", scratch.File("data")});
    const Outcome pushed =
        RunPanelpuls({"push", "--wave", scratch.File("wave.textproto"), "--to", server.http(),
                      "--codebook", scratch.File("r.codebook"), scratch.File("r.csv")});
    ASSERT_EQ(pushed.code, 0) << pushed.err;
    // Beside the running server.
    const Outcome beside = RunPanelpuls(
        {"export", "responses", "--data", scratch.File("data"), "-o", scratch.File("out.csv")});
    ASSERT_EQ(beside.code, 0) << beside.err;
  }
  const Outcome codebook = RunPanelpuls(
      {"export", "codebook", "--data", scratch.File("data"), "-o", scratch.File("out.codebook")});
  ASSERT_EQ(codebook.code, 0) << codebook.err;
  const std::vector<std::string> estimate = {
      "estimate", "--format", "csv", "--wave", scratch.File("wave.textproto"), "--codebook"};
  std::vector<std::string> first = estimate, again = estimate;
  first.insert(first.end(), {scratch.File("r.codebook"), scratch.File("r.csv")});
  again.insert(again.end(), {scratch.File("out.codebook"), scratch.File("out.csv")});
  const Outcome original = RunPanelpuls(first);
  ASSERT_EQ(original.code, 0) << original.err;
  EXPECT_EQ(RunPanelpuls(again).out, original.out);
  EXPECT_THAT(ReadText(scratch.File("out.csv")), HasSubstr("comparable|both|award,"));
}

TEST(Export, ADirectoryThatIsNoneIsRefused) {
  const panelpuls::testing::ScratchDirectory scratch;
  const Outcome outcome = RunPanelpuls(
      {"export", "responses", "--data", scratch.File("none"), "-o", scratch.File("out.csv")});
  EXPECT_EQ(outcome.code, 1);
  EXPECT_THAT(outcome.err, HasSubstr(scratch.File("none")));
  EXPECT_EQ(ReadText(scratch.File("out.csv")), "");
  EXPECT_EQ(RunPanelpuls({"export", "everything", "--data", scratch.File("none")}).code, 2);
}

}  // namespace
}  // namespace panelpuls::cli
