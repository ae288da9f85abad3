// Every command explains itself, and a wrong command line is told apart from a failed command.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <ostream>
#include <string>
#include <vector>

#include "cli/program.h"

namespace panelpuls::cli {
namespace {

using ::testing::HasSubstr;

class Help : public ::testing::TestWithParam<std::string> {};

TEST_P(Help, HasAnExampleAndTheExitCodes) {
  const Outcome outcome = RunPanelpuls({GetParam(), "--help"});
  EXPECT_EQ(outcome.code, 0);
  EXPECT_THAT(outcome.out, HasSubstr("Example:\n  panelpuls " + GetParam()));
  EXPECT_THAT(outcome.out, HasSubstr("Exit codes: 0 ok"));
}

INSTANTIATE_TEST_SUITE_P(Commands, Help,
                         ::testing::Values("serve", "push", "estimate", "simulate", "replay",
                                           "export", "verify", "check-wave", "capacity"),
                         [](const auto& row) {
                           return row.param == "check-wave" ? "CheckWave" : row.param;
                         });

struct Wrong {
  std::string name;
  std::vector<std::string> arguments;
  std::string message;
};
void PrintTo(const Wrong& row, std::ostream* out) { *out << row.name; }
class WrongCommandLine : public ::testing::TestWithParam<Wrong> {};

TEST_P(WrongCommandLine, EndsWithTwoAndSaysWhatIsWrong) {
  const Outcome outcome = RunPanelpuls(GetParam().arguments);
  EXPECT_EQ(outcome.code, 2) << outcome.out << outcome.err;
  EXPECT_THAT(outcome.err + outcome.out, HasSubstr(GetParam().message));
}

INSTANTIATE_TEST_SUITE_P(
    Lines, WrongCommandLine,
    ::testing::Values(
        Wrong{"Nothing", {}, "subcommand"},
        Wrong{"UnknownCommand", {"count"}, "unknown command \"count\""},
        Wrong{"UnknownFlag", {"verify", "--data", "x", "--fast"}, "--fast"},
        Wrong{"MissingFlag", {"verify"}, "--data"},
        Wrong{"PortTooHigh",
              {"serve", "--wave", "w", "--data", "d", "--http-port", "65536"},
              "65536"},
        Wrong{"PortNegative",
              {"serve", "--wave", "w", "--data", "d", "--tcp-port", "-1"},
              "--tcp-port"},
        Wrong{"PartitionsNoNumber",
              {"serve", "--wave", "w", "--data", "d", "--partitions", "two"},
              "two"},
        Wrong{"BatchTooLarge",
              {"push", "--wave", "w", "--to", "tcp://h:1", "--batch", "10001", "f.csv"},
              "10001"},
        Wrong{"UntilNoTime", {"replay", "--data", "d", "--until", "yesterday"}, "yesterday"},
        Wrong{"UntilWithoutOffset",
              {"replay", "--data", "d", "--until", "2025-09-20T12:00:00"},
              "--until"},
        Wrong{"UnknownFormat", {"estimate", "--wave", "w", "--format", "xml", "f.csv"}, "xml"},
        Wrong{"RepeatOnce", {"simulate", "--wave", "w", "--repeat", "1"}, "--repeat"},
        Wrong{"DriveWithoutServer", {"simulate", "--wave", "w", "--drive"}, "--drive requires"},
        Wrong{"SeedNoNumber", {"simulate", "--wave", "w", "--seed", "1.5"}, "1.5"}),
    [](const auto& row) { return row.param.name; });

TEST(Command, AMissingFileIsAnErrorThatNamesIt) {
  const Outcome outcome = RunPanelpuls({"check-wave", "no-such.textproto"});
  EXPECT_EQ(outcome.code, 1);
  EXPECT_THAT(outcome.err, HasSubstr("no-such.textproto"));
}

TEST(CheckWave, PrintsCellsAndBytes) {
  const Outcome outcome = RunPanelpuls({"check-wave", kPanelWave});
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("896"));  // 8 * 4 * 7 * 4 cells
  EXPECT_THAT(outcome.out, HasSubstr("register of responses"));
  EXPECT_THAT(outcome.out, HasSubstr("room for 40,000 units"));
  // Units do not spread evenly over partitions, so that those have room for some more in all.
  const Outcome split = RunPanelpuls({"check-wave", kPanelWave, "--partitions", "4"});
  EXPECT_THAT(split.out, ::testing::ContainsRegex("room for 4[0-9],[0-9][0-9][0-9] units"));
}

}  // namespace
}  // namespace panelpuls::cli
