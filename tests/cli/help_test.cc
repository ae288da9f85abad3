// Every command explains itself, and a wrong command line is told apart from a failed command.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <ostream>
#include <string>
#include <vector>

#include "cli/program.h"

namespace panelpuls::cli {
namespace {

using ::testing::AllOf;
using ::testing::ContainsRegex;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;

class Help : public ::testing::TestWithParam<std::string> {};

TEST_P(Help, HasAnExampleAndTheExitCodes) {
  const Outcome outcome = RunPanelpuls({GetParam(), "--help"});
  EXPECT_EQ(outcome.code, 0);
  EXPECT_THAT(outcome.out, HasSubstr("Example:\n  panelpuls " + GetParam()));
  EXPECT_THAT(outcome.out, HasSubstr("Exit codes: 0 ok"));
  EXPECT_THAT(outcome.out, HasSubstr("74 serve"));
  // Nothing in the words of the program that reads the command line.
  EXPECT_THAT(outcome.out, Not(ContainsRegex("INT|FLOAT|TEXT| in \\[|REQUIRED")));
}

INSTANTIATE_TEST_SUITE_P(Commands, Help,
                         ::testing::Values("serve", "push", "estimate", "simulate", "replay",
                                           "export", "verify", "check-wave", "capacity"),
                         [](const auto& row) {
                           return row.param == "check-wave" ? "CheckWave" : row.param;
                         });

TEST(HelpOfAnOption, SaysWhatIsWrittenThereWhatItMayBeAndWhatItIsWithout) {
  EXPECT_THAT(RunPanelpuls({"serve", "--help"}).out,
              AllOf(ContainsRegex("--wave FILE +Wave definition[^)]*\\) \\(needed\\)"),
                    ContainsRegex("--partitions N +Writers[^(]*\\(1 to 256; default 1\\)"),
                    ContainsRegex("--existing +Refuse")));
  EXPECT_THAT(RunPanelpuls({"estimate", "--help"}).out, HasSubstr("--format {text,json,csv}"));
}

TEST(Version, IsOneLine) {
  const Outcome outcome = RunPanelpuls({"--version"});
  EXPECT_EQ(outcome.code, 0);
  EXPECT_THAT(outcome.out, ::testing::MatchesRegex("panelpuls [0-9]+\\.[0-9]+\\.[0-9]+\n"));
}

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
        Wrong{"Nothing", {}, "a command is needed"},
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
  EXPECT_THAT(outcome.out, EndsWith("defines the wave virksomhedspanel-2025-efteraar\n"));
  // Units do not spread evenly over partitions, so that those have room for some more in all.
  const Outcome split = RunPanelpuls({"check-wave", kPanelWave, "--partitions", "4"});
  EXPECT_THAT(split.out, ::testing::ContainsRegex("room for 4[0-9],[0-9][0-9][0-9] units"));
}

TEST(Serve, SaysWhereItsPageIs) {
  const panelpuls::testing::ScratchDirectory scratch;
  const ServerProcess server({"--wave", kPanelWave, "--data", scratch.File("data")});
  const std::string page = "page " + server.http() + "/\n";
  EXPECT_THAT(server.start_text(), HasSubstr(page));
}

TEST(Serve, APortThatIsTakenLeavesNoDirectoryBehind) {
  const panelpuls::testing::ScratchDirectory scratch;
  const ServerProcess other({"--wave", kPanelWave, "--data", scratch.File("other")});
  const std::string port = other.http().substr(other.http().rfind(':') + 1);
  for (const char* const option : {"--http-port", "--tcp-port"}) {
    const std::string free = std::string(option) == "--http-port" ? "--tcp-port" : "--http-port";
    const Outcome outcome = RunPanelpuls(
        {"serve", "--wave", kPanelWave, "--data", scratch.File("data"), option, port, free, "0"});
    EXPECT_EQ(outcome.code, 1);
    EXPECT_THAT(outcome.err, HasSubstr(port));
    EXPECT_FALSE(std::filesystem::exists(scratch.File("data")));
  }
}

TEST(Serve, OnePortForBothIsRefusedBeforeADirectoryIsMade) {
  const panelpuls::testing::ScratchDirectory scratch;
  const Outcome outcome =
      RunPanelpuls({"serve", "--wave", kPanelWave, "--data", scratch.File("data"), "--http-port",
                    "18999", "--tcp-port", "18999"});
  EXPECT_EQ(outcome.code, 1);
  EXPECT_THAT(outcome.err, HasSubstr("--http-port and --tcp-port are both 18999"));
  EXPECT_FALSE(std::filesystem::exists(scratch.File("data")));
}

TEST(CheckWave, APipeIsCalledAPipe) {
  const panelpuls::testing::ScratchDirectory scratch;
  const std::string pipe = scratch.File("pipe");
  ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
  // Held open at both ends, so that nobody waits for the other, and no writer is left without a
  // reader.
  const int held = ::open(pipe.c_str(), O_RDWR | O_CLOEXEC);
  ASSERT_GE(held, 0);
  const Outcome outcome = RunPanelpuls({"check-wave", pipe});
  ::close(held);
  EXPECT_EQ(outcome.code, 1);
  EXPECT_THAT(outcome.err, HasSubstr("it is a pipe; write it to a file"));
}

}  // namespace
}  // namespace panelpuls::cli
