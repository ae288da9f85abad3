// Files of others, read through a codebook: whole examples against R, and files written otherwise.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <sstream>
#include <string>
#include <vector>

#include "cli/program.h"
#include "testing/scratch_directory.h"

namespace panelpuls::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

const std::string kSchools = kSource + "/examples/schools/schools";
const std::string kCasesWave = kSource + "/waves/cases.textproto";

std::vector<std::string> Fields(const std::string& line) {
  std::vector<std::string> fields;
  std::istringstream stream(line);
  for (std::string field; std::getline(stream, field, ',');) fields.push_back(field);
  return fields;
}

// The figure's line of `estimate --format csv` as fields; empty: none.
std::vector<std::string> FindFigure(const std::string& csv, const std::string& key) {
  std::istringstream lines(csv);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with(key)) return Fields(line);
  }
  return {};
}

double Relative(const std::string& got, const std::string& wanted) {
  const double right = std::strtod(wanted.c_str(), nullptr);
  return std::abs(std::strtod(got.c_str(), nullptr) - right) / std::abs(right);
}

TEST(SchoolsExample, GivesWhatSurveyGives) {
  const Outcome outcome =
      RunPanelpuls({"estimate", "--wave", kSchools + ".textproto", "--codebook",
                    kSchools + ".codebook", "--format", "csv", kSchools + ".csv"});
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  std::istringstream expected(ReadText(kSource + "/tests/cli/fixtures/schools.csv"));
  std::string line;
  std::getline(expected, line);
  int compared = 0;
  while (std::getline(expected, line)) {
    const std::vector<std::string> right = Fields(line);
    const std::string key = right[0] + "," + right[1] + "," + right[2] + ",,";
    const std::vector<std::string> figure = FindFigure(outcome.out, key);
    ASSERT_GT(figure.size(), 7u) << key;
    EXPECT_LT(Relative(figure[6], right[3]), 1e-9) << key << " value " << figure[6];
    EXPECT_LT(Relative(figure[7], right[4]), 1e-9) << key << " se " << figure[7];
    ++compared;
  }
  EXPECT_GE(compared, 11);
}

TEST(FileWrittenOtherwise, GivesTheSameBytes) {
  const panelpuls::testing::ScratchDirectory scratch;
  WriteText(scratch.File("plain.csv"),
            "respondent_id,channel,collected_at,status,revenue,employees\n"
            "A1,cati,2025-09-02T10:00:00+02:00,COMPLETE,up,same\n"
            "A2,cati,2025-09-05T11:30:00+02:00,PARTIAL,down,down\n"
            "A3,cati,2025-09-03T09:00:00+02:00,COMPLETE,same,\n");
  WriteText(scratch.File("other.csv"),
            "\xEF\xBB\xBF\"Løbenr.\";Dato;Afsluttet;Omsætning;Ansatte;Status\r\n"
            "A1;02-09-2025 10:00;ja;1;2;\"A; B\"\r\n"
            "A2;05-09-2025 11:30;nej;3;-1;x\r\n"
            "A3;03-09-2025 09:00;ja;2;9;\r\n");
  WriteText(scratch.File("other.codebook"),
            "set separator = ;\nset time_format = %d-%m-%Y %H:%M\nconstant channel = cati\n"
            "column respondent_id = Løbenr.\ncolumn collected_at = Dato\n"
            "column status = Afsluttet\nvalue status COMPLETE = ja\nvalue status PARTIAL = nej\n"
            "column revenue = Omsætning\nvalue revenue up = 1\nvalue revenue same = 2\n"
            "value revenue down = 3\ncolumn employees = Ansatte\nrange employees down = ..0\n"
            "range employees same = 0..5\nrange employees up = 10..\nmissing employees = 9\n");
  const Outcome plain = RunPanelpuls(
      {"estimate", "--wave", kCasesWave, "--format", "json", scratch.File("plain.csv")});
  const Outcome other =
      RunPanelpuls({"estimate", "--wave", kCasesWave, "--format", "json", "--codebook",
                    scratch.File("other.codebook"), scratch.File("other.csv")});
  ASSERT_EQ(plain.code, 0) << plain.err;
  ASSERT_EQ(other.code, 0) << other.err;
  EXPECT_THAT(plain.out, HasSubstr("\"respondents\":3,"));
  EXPECT_EQ(other.out, plain.out);
}

TEST(FileWithAValueThatTheCodebookLacks, IsTalliedByValue) {
  const panelpuls::testing::ScratchDirectory scratch;
  std::string rows = "respondent_id,revenue,employees\n";
  for (int i = 0; i < 500; ++i)
    rows += "A" + std::to_string(i) + (i == 7 ? ",up" : ",7") + ",same\n";
  WriteText(scratch.File("r.csv"), rows);
  const Outcome outcome = RunPanelpuls({"estimate", "--wave", kCasesWave, scratch.File("r.csv")});
  EXPECT_EQ(outcome.code, 3);
  EXPECT_THAT(outcome.err, HasSubstr("r.csv:2: column \"revenue\": '7' is no option"));
  EXPECT_THAT(outcome.err, HasSubstr("499 lines, the first 2: column \"revenue\": '7'"));
  EXPECT_THAT(outcome.err, HasSubstr("499 records were rejected"));
  EXPECT_THAT(outcome.err, Not(HasSubstr("r.csv:100:")));
}

}  // namespace
}  // namespace panelpuls::cli
