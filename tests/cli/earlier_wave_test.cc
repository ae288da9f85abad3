// `estimate --earlier-wave`: two waves side by side, units of both counted once. Expected values
// are those of tests/oracle.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <string>
#include <vector>

#include "cli/program.h"
#include "testing/scratch_directory.h"

namespace panelpuls::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

const std::string kFolder = kSource + "/tests/oracle/wave_fixtures/waves-overlap/";

std::vector<std::string> Command(const std::string& earlier, const std::string& format) {
  return {"estimate",
          "--wave",
          kFolder + "later.textproto",
          "--format",
          format,
          kFolder + "later.csv",
          "--earlier-wave",
          kFolder + "earlier.textproto",
          "--earlier",
          earlier};
}

std::string LineWith(const std::string& text, const std::string& begin) {
  const std::size_t at = text.find("\n" + begin);
  if (at == std::string::npos) return "";
  return text.substr(at + 1, text.find('\n', at + 1) - at - 1);
}

double Field(const std::string& line, int number) {
  std::size_t at = 0;
  for (int i = 0; i < number; ++i) at = line.find(',', at) + 1;
  return std::strtod(line.c_str() + at, nullptr);
}

TEST(EarlierWave, DifferencesStandAmongTheFigures) {
  const Outcome outcome = RunPanelpuls(Command(kFolder + "earlier.csv", "csv"));
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_THAT(outcome.err, HasSubstr("150 of 410 respondents are in both waves"));
  const std::string line =
      LineWith(outcome.out, "difference,indicator,size=medium,waves-overlap-earlier,");
  const std::string expected =
      LineWith(ReadText(kFolder + "expected.csv"), "indicator,size=medium,");
  EXPECT_NEAR(Field(line, 6), Field(expected, 2), 1e-8);
  EXPECT_NEAR(Field(line, 7), Field(expected, 3), 1e-8);
}

TEST(EarlierWave, TheTextShowsBothWavesAndTheChange) {
  const Outcome outcome = RunPanelpuls(Command(kFolder + "earlier.csv", "text"));
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("waves-overlap-earlier: "));
  EXPECT_THAT(outcome.out, HasSubstr("\xE2\x88\x92"
                                     "23,6*"));
}

TEST(EarlierWave, ThatNoUnitIsCommonIsSaid) {
  const testing::ScratchDirectory scratch;
  std::string text = ReadText(kFolder + "earlier.csv");
  std::size_t at = 0;
  while ((at = text.find("\nU", at)) != std::string::npos) text[++at] = 'V';
  WriteText(scratch.File("earlier.csv"), text);
  const Outcome outcome = RunPanelpuls(Command(scratch.File("earlier.csv"), "json"));
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_THAT(outcome.err, HasSubstr("no respondent of waves-overlap-earlier was found"));
  EXPECT_THAT(outcome.out, HasSubstr("\"no_common_unit\""));
}

TEST(EarlierWave, TheWaveItselfIsRefused) {
  const Outcome outcome = RunPanelpuls(
      {"estimate", "--wave", kFolder + "later.textproto", kFolder + "later.csv", "--earlier-wave",
       kFolder + "later.textproto", "--earlier", kFolder + "later.csv"});
  EXPECT_EQ(outcome.code, 1);
  EXPECT_THAT(outcome.err, HasSubstr("give the earlier wave's"));
}

TEST(EarlierWave, AWaveWithoutFilesIsAWrongCommand) {
  const Outcome outcome =
      RunPanelpuls({"estimate", "--wave", kFolder + "later.textproto", kFolder + "later.csv",
                    "--earlier-wave", kFolder + "earlier.textproto"});
  EXPECT_NE(outcome.code, 0);
  EXPECT_THAT(outcome.err, HasSubstr("--earlier"));
  EXPECT_THAT(outcome.out, Not(HasSubstr("waves-overlap")));
}

}  // namespace
}  // namespace panelpuls::cli
