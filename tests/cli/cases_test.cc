// Known ways in which weighting software went wrong. The right figures are those of R's survey 4.1.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include "cli/program.h"
#include "cli/snapshot_reader.h"
#include "testing/scratch_directory.h"

namespace panelpuls::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::string Case(const std::string& file) { return kSource + "/tests/testdata/cases/" + file; }

Outcome Estimate(const std::string& number, const std::vector<std::string>& more) {
  std::vector<std::string> arguments = {"estimate", "--wave", Case(number + "/wave.textproto"),
                                        "--format", "json"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return RunPanelpuls(arguments);
}

std::optional<double> Share(const Outcome& outcome, const std::string& of,
                            const std::string& domain) {
  const auto snapshot = ParseSnapshot(outcome.out);
  if (!snapshot.ok()) return std::nullopt;
  const ReadFigure* figure = snapshot->Find("share", of, domain);
  return figure == nullptr ? std::nullopt : figure->value;
}

TEST(CodeOrder, CategoriesAreMatchedByCodeAndNeverByPlace) {
  const Outcome plain = Estimate("02", {Case("02/responses.csv")});
  ASSERT_EQ(plain.code, 0) << plain.err;
  EXPECT_NEAR(Share(plain, "export/yes", "").value_or(0), 0.295800753714, 1e-11);
  EXPECT_NEAR(Share(plain, "export/yes", "size=0").value_or(0), 0.2967046002, 1e-9);
  EXPECT_NEAR(Share(plain, "export/yes", "size=1-9").value_or(0), 0.2614265811, 1e-9);
  EXPECT_NEAR(Share(plain, "export/yes", "size=10-49").value_or(0), 0.3033052300, 1e-9);
  EXPECT_NEAR(Share(plain, "export/yes", "size=50-249").value_or(0), 0.9659481588, 1e-9);
}

TEST(CodeOrder, TheOrderOfThePopulationFileChangesNoByte) {
  const Outcome plain = Estimate("02", {Case("02/responses.csv")});
  const Outcome shuffled = Estimate(
      "02", {"--population", Case("02/population-shuffled.csv"), Case("02/responses.csv")});
  ASSERT_EQ(shuffled.code, 0) << shuffled.err;
  EXPECT_EQ(plain.out, shuffled.out);
}

TEST(CodeOrder, WeightsOfCellsAreTheRightOnes) {
  const Outcome cells = RunPanelpuls({"estimate", "--wave", Case("02/wave.textproto"), "--cells",
                                      "--format", "csv", Case("02/responses.csv")});
  ASSERT_EQ(cells.code, 0) << cells.err;
  EXPECT_THAT(cells.out,
              HasSubstr("521.13298074"));  // size 1-9, branch 2
  EXPECT_THAT(cells.out, HasSubstr("6.8103682"));
}

TEST(CodeOrder, APaddedCodeIsAnotherCode) {
  const Outcome padded =
      Estimate("02", {"--population", Case("02/population-padded.csv"), Case("02/responses.csv")});
  EXPECT_EQ(padded.code, 1);
  EXPECT_THAT(padded.err, HasSubstr("population-padded.csv:6:"));
  EXPECT_THAT(padded.err, HasSubstr("01"));
}

TEST(ZeroTotal, RespondentsOutsideThePopulationAreCountedAndLeftOut) {
  const Outcome outcome = Estimate("04", {Case("04/responses.csv")});
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_NEAR(Share(outcome, "orders/up", "").value_or(0), 0.462368893453, 1e-11);
  EXPECT_THAT(outcome.out, HasSubstr(R"("n":42,"n_outside_population":2)"));
  for (const std::string format : {"json", "csv", "text"}) {
    const Outcome shown = RunPanelpuls({"estimate", "--wave", Case("04/wave.textproto"), "--format",
                                        format, Case("04/responses.csv")});
    EXPECT_THAT(shown.out, Not(::testing::ContainsRegex("[nN][aA][nN][^a-z]"))) << format;
  }
}

struct Excel {
  std::string name;
  std::string population, responses;  // of the case's folder
  bool declared = false;
  std::string refused_by;  // empty: gives the figure
};
void PrintTo(const Excel& row, std::ostream* out) { *out << row.name; }
class DanishExcel : public ::testing::TestWithParam<Excel> {};

TEST_P(DanishExcel, GivesTheFigureOrNamesFileAndLine) {
  const Excel& row = GetParam();
  std::vector<std::string> arguments = {"--population", Case("05/" + row.population),
                                        Case("05/" + row.responses)};
  const bool danish_population = row.population == "population_dk.csv";
  const bool danish_responses = row.responses != "responses_plain.csv";
  if (row.declared && danish_population) {
    arguments.insert(arguments.end(), {"--population-separator", ";", "--population-thousands", ".",
                                       "--population-decimal-comma"});
  }
  if (row.declared && danish_responses) {
    arguments.insert(arguments.end(), {"--separator", ";", "--decimal-comma"});
    const bool is_ansi = row.responses == "responses_dk_windows1252.csv";
    if (is_ansi) arguments.insert(arguments.end(), {"--encoding", "windows-1252"});
  }
  const Outcome outcome = Estimate("05", arguments);
  if (row.refused_by.empty()) {
    ASSERT_EQ(outcome.code, 0) << outcome.err;
    EXPECT_NEAR(Share(outcome, "orders/up", "").value_or(0), 0.288627363608, 1e-12);
    return;
  }
  EXPECT_EQ(outcome.code, 1) << outcome.out;
  EXPECT_THAT(outcome.err, HasSubstr(row.refused_by));
  EXPECT_EQ(outcome.out, "");
}

constexpr const char* kUtf8 = "responses_dk_utf8bom.csv";
constexpr const char* kAnsi = "responses_dk_windows1252.csv";
INSTANTIATE_TEST_SUITE_P(
    Files, DanishExcel,
    ::testing::Values(
        Excel{"PlainPlain", "population_plain.csv", "responses_plain.csv", false, ""},
        Excel{"PlainUtf8", "population_plain.csv", kUtf8, false, "responses_dk_utf8bom.csv:1:"},
        Excel{"PlainAnsi", "population_plain.csv", kAnsi, false, "responses_dk_windows1252.csv:"},
        Excel{"DanishPlain", "population_dk.csv", "responses_plain.csv", false,
              "population_dk.csv:"},
        Excel{"DanishUtf8", "population_dk.csv", kUtf8, false, "population_dk.csv:"},
        Excel{"DanishAnsi", "population_dk.csv", kAnsi, false, "population_dk.csv:"},
        Excel{"PlainUtf8Declared", "population_plain.csv", kUtf8, true, ""},
        Excel{"PlainAnsiDeclared", "population_plain.csv", kAnsi, true, ""},
        Excel{"DanishPlainDeclared", "population_dk.csv", "responses_plain.csv", true, ""},
        Excel{"DanishUtf8Declared", "population_dk.csv", kUtf8, true, ""},
        Excel{"DanishAnsiDeclared", "population_dk.csv", kAnsi, true, ""}),
    [](const auto& row) { return row.param.name; });

TEST(DanishExcel, AllDeclaredFilesGiveTheSameBytes) {
  const Outcome plain = Estimate("05", {Case("05/responses_plain.csv")});
  const Outcome danish =
      Estimate("05", {"--population", Case("05/population_dk.csv"), "--population-separator", ";",
                      "--population-thousands", ".", "--population-decimal-comma", "--separator",
                      ";", "--decimal-comma", Case("05/responses_dk_utf8bom.csv")});
  EXPECT_EQ(plain.out, danish.out);
}

TEST(DanishExcel, AThousandsDotThatMayBeADecimalPointIsRefused) {
  const Outcome outcome =
      Estimate("05", {"--population", Case("05/population_dk.csv"), "--population-separator", ";",
                      Case("05/responses_plain.csv")});
  EXPECT_EQ(outcome.code, 1);
  EXPECT_THAT(outcome.err, HasSubstr("population_dk.csv:2:"));
  EXPECT_THAT(outcome.err, HasSubstr("40.982 may be 40982 or 40.982"));
}

TEST(DanishExcel, FiguresAreWrittenInItsFormWhenAskedFor) {
  const Outcome outcome = RunPanelpuls({"estimate", "--wave", Case("05/wave.textproto"), "--format",
                                        "csv", "--danish-excel", Case("05/responses_plain.csv")});
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("orders/up;"));
  EXPECT_THAT(outcome.out, HasSubstr("0,28862736"));
}

// Days of case 18, each whole and of its own.
void ExpectLongDays(const Outcome& history) {
  ASSERT_EQ(history.code, 0) << history.err;
  const struct {
    const char* date;
    int respondents;
    double day_value;
  } rows[] = {{"2025-10-24", 1, 0},
              {"2025-10-25", 3, 100.0 / 3},
              {"2025-10-26", 6, 25},
              {"2025-10-27", 2, 25},
              {"2025-10-28", 1, 0}};
  std::size_t place = history.out.find("\"days\":[");
  for (const auto& row : rows) {
    SCOPED_TRACE(row.date);
    place = history.out.find(std::string("{\"date\":\"") + row.date + "\",", place);
    ASSERT_NE(place, std::string::npos);
    const std::string day = history.out.substr(place, history.out.find('}', place) - place);
    EXPECT_THAT(day, HasSubstr("\"respondents\":" + std::to_string(row.respondents) + ","));
    const std::string name = "\"day_value\":";
    ASSERT_THAT(day, HasSubstr(name));
    EXPECT_NEAR(std::stod(day.substr(day.find(name) + name.size())), row.day_value, 1e-9);
  }
  EXPECT_EQ(history.out.find("{\"date\":", place + 1), std::string::npos);
}

// A variable of the environment while this lives.
class Variable {
 public:
  Variable(const char* name, const char* value)
      : name_(name), before_(std::getenv(name) == nullptr ? "" : std::getenv(name)) {
    setenv(name, value, 1);
  }
  ~Variable() {
    if (before_.empty()) {
      unsetenv(name_);
    } else {
      setenv(name_, before_.c_str(), 1);
    }
  }

 private:
  const char* name_;
  std::string before_;
};

// The day with 25 hours, counted by the wave's zone whatever the machine's is.
TEST(LongDay, CountsByLocalDateInEveryZoneOfTheMachine) {
  for (const char* zone : {"UTC", "America/New_York"}) {
    SCOPED_TRACE(zone);
    const Variable of_machine("TZ", zone);
    const panelpuls::testing::ScratchDirectory scratch;
    const std::string wave = kSource + "/waves/cases.textproto";
    {
      ServerProcess server({"--wave", wave, "--data", scratch.File("data")});
      const Outcome pushed =
          RunPanelpuls({"push", "--wave", wave, "--to", server.http(), Case("18/responses.csv")});
      EXPECT_EQ(pushed.code, 0) << pushed.err;
      EXPECT_EQ(server.Stop(), 0);
    }
    ExpectLongDays(RunPanelpuls({"replay", "--data", scratch.File("data"), "--history"}));
    ExpectLongDays(
        RunPanelpuls({"estimate", "--wave", wave, "--history", Case("18/responses.csv")}));
  }
}

// The zone's name is right where no zone at all can be found, and another name does not help.
TEST(NoZoneDatabase, IsCalledThatAndNothingIsReadInUtcInstead) {
  const panelpuls::testing::ScratchDirectory scratch;
  const std::string wave = kSource + "/waves/cases.textproto";
  {
    const ServerProcess made({"--wave", wave, "--data", scratch.File("data")});
  }
  const auto commands = {
      std::vector<std::string>{"check-wave", wave},
      std::vector<std::string>{"serve", "--wave", wave, "--data", scratch.File("data")},
      std::vector<std::string>{"replay", "--data", scratch.File("data")}};
  for (const auto& arguments : commands) {
    SCOPED_TRACE(arguments.front());
    const Variable folder("TZDIR", "/nonexistent");
    const Outcome outcome = RunPanelpuls(arguments);
    EXPECT_EQ(outcome.code, 1);
    EXPECT_THAT(outcome.err, HasSubstr("no time zone files"));
    EXPECT_THAT(outcome.err, HasSubstr("/nonexistent"));
    EXPECT_THAT(outcome.err, HasSubstr("tzdata"));
    EXPECT_THAT(outcome.err, Not(HasSubstr("is unknown")));
  }
  EXPECT_EQ(RunPanelpuls({"replay", "--data", scratch.File("data")}).code, 0);
}

}  // namespace
}  // namespace panelpuls::cli
