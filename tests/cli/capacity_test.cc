// What `capacity` says is held against the process that then runs.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <fstream>
#include <ostream>
#include <string>
#include <vector>

#include "cli/program.h"
#include "testing/scratch_directory.h"

namespace panelpuls::cli {
namespace {

using ::testing::HasSubstr;

const std::string kCasesWave = kSource + "/waves/cases.textproto";
const std::string kPopulation = kSource + "/waves/virksomhedspanel-2025-efteraar.population.csv";

// The number of bytes in the row that begins so.
double BytesOf(const std::string& text, const std::string& row) {
  const std::size_t begin = text.find("\n  " + row + "  ");
  if (begin == std::string::npos) {
    ADD_FAILURE() << "no row \"" << row << "\" in\n" << text;
    return 0;
  }
  std::string digits;
  for (std::size_t place = begin + 3 + row.size(); text.compare(place, 5, "bytes") != 0; ++place) {
    if (text[place] >= '0' && text[place] <= '9') digits += text[place];
  }
  return std::stod(digits);
}

double InStatus(const ServerProcess& server, const std::string& field) {
  std::ifstream status("/proc/" + std::to_string(server.process()) + "/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with(field + ":")) return std::stod(line.substr(field.size() + 1)) * 1024;
  }
  ADD_FAILURE() << "no " << field;
  return 0;
}

// A copy of the wave with room for so many.
std::string WithRoom(const std::string& wave, const std::string& copy, std::uint64_t respondents) {
  std::string text = ReadText(wave);
  const std::size_t begin = text.find("\nmax_respondents: ") + 1;
  text.replace(begin, text.find('\n', begin) - begin,
               "max_respondents: " + std::to_string(respondents));
  WriteText(copy, text);
  return copy;
}

std::string CapacityOf(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "capacity");
  const Outcome outcome = RunPanelpuls(arguments);
  EXPECT_EQ(outcome.code, 0) << outcome.out << outcome.err;
  return outcome.out;
}

class CapacityAtStart : public ::testing::TestWithParam<int> {};

// Several partitions have a cube each, and the snapshot thread one of each.
TEST_P(CapacityAtStart, IsWhatAServerTakes) {
  const panelpuls::testing::ScratchDirectory scratch;
  const std::vector<std::string> wave = {"--wave", kPanelWave, "--partitions",
                                         std::to_string(GetParam())};
  const std::string said = CapacityOf(wave);
  std::vector<std::string> serve = wave;
  serve.insert(serve.end(), {"--data", scratch.File("data")});
  const ServerProcess server(serve);
  EXPECT_NEAR(InStatus(server, "VmRSS") / BytesOf(said, "at start"), 1, 0.15) << said;
  // The state's table is the very one that the server prints.
  EXPECT_THAT(said,
              HasSubstr(server.start_text().substr(0, server.start_text().find("partition 0:"))));
}

INSTANTIATE_TEST_SUITE_P(Partitions, CapacityAtStart, ::testing::Values(1, 8),
                         ::testing::PrintToStringParamName());

TEST(Capacity, WhatIsReservedGrowsAsItSays) {
  // Else glibc reserves 64 MiB for a thread, or does not, by what other threads do just then.
  ASSERT_EQ(::setenv("MALLOC_ARENA_MAX", "1", 1), 0);
  const panelpuls::testing::ScratchDirectory scratch;
  double reserved[2] = {};
  double said[2] = {};
  const std::uint64_t rooms[2] = {40'000, 4'000'000};
  for (int i : {0, 1}) {
    const std::string name = std::to_string(i);
    const std::string wave = WithRoom(kPanelWave, scratch.File(name + ".textproto"), rooms[i]);
    const ServerProcess server(
        {"--wave", wave, "--population", kPopulation, "--data", scratch.File(name)});
    reserved[i] = InStatus(server, "VmSize");
    said[i] = BytesOf(CapacityOf({"--wave", kPanelWave, "--respondents", std::to_string(rooms[i])}),
                      "whole process");
  }
  ::unsetenv("MALLOC_ARENA_MAX");
  EXPECT_NEAR((reserved[1] - reserved[0]) / (said[1] - said[0]), 1, 0.05);
}

TEST(Capacity, AFullRegisterTakesWhatItSays) {
  constexpr std::uint64_t kUnits = 200'000;
  const panelpuls::testing::ScratchDirectory scratch;
  const std::string wave = WithRoom(kCasesWave, scratch.File("wave.textproto"), kUnits);
  const std::string said = CapacityOf({"--wave", wave});
  std::string responses = "respondent_id,channel,collected_at,revenue,employees\n";
  for (std::uint64_t unit = 0; unit < kUnits; ++unit) {
    responses += std::to_string(10'000'000 + unit) + ",eboks,2025-09-02T10:00:00+02:00,up,same\n";
  }
  WriteText(scratch.File("responses.csv"), responses);
  const ServerProcess server({"--wave", wave, "--data", scratch.File("data")});
  const Outcome push =
      RunPanelpuls({"push", "--wave", wave, "--to", server.tcp(), scratch.File("responses.csv")});
  ASSERT_EQ(push.code, 0) << push.err;
  const double held = InStatus(server, "VmRSS");
  EXPECT_GE(held, 0.9 * BytesOf(said, "at start")) << said;
  EXPECT_LE(held, BytesOf(said, "whole process")) << said;
}

TEST(Capacity, WithASampleFrameItsSizeCounts) {
  const panelpuls::testing::ScratchDirectory scratch;
  const std::string wave = scratch.File("wave.textproto");
  WriteText(wave, ReadText(kCasesWave) + R"(
dimensions { id: "area" categories { code: "S" } categories { code: "N" } }
sample_frame { file: "frame.csv" }
)");
  const std::string said = CapacityOf({"--wave", wave, "--frame-units", "3000000"});
  EXPECT_THAT(said, HasSubstr("room for 3,000,000 units"));
  EXPECT_GE(BytesOf(said, "while a new directory is made"), 3e6 * 64);
  const Outcome without = RunPanelpuls({"capacity", "--wave", wave});
  EXPECT_EQ(without.code, 1);
  EXPECT_THAT(without.err, HasSubstr("give --frame-units N"));
  const Outcome other = RunPanelpuls({"capacity", "--wave", wave, "--respondents", "5"});
  EXPECT_EQ(other.code, 1);
  EXPECT_THAT(other.err, HasSubstr("give --frame-units instead of --respondents"));
}

struct Question {
  std::string name;
  std::vector<std::string> arguments;
  int code;
  std::string message;
};
void PrintTo(const Question& row, std::ostream* out) { *out << row.name; }
class CapacityAnswers : public ::testing::TestWithParam<Question> {};

TEST_P(CapacityAnswers, InWordsAndByItsExitCode) {
  std::vector<std::string> arguments = {"capacity"};
  arguments.insert(arguments.end(), GetParam().arguments.begin(), GetParam().arguments.end());
  const Outcome outcome = RunPanelpuls(arguments);
  EXPECT_EQ(outcome.code, GetParam().code) << outcome.out << outcome.err;
  EXPECT_THAT(outcome.out + outcome.err, HasSubstr(GetParam().message));
}

INSTANTIATE_TEST_SUITE_P(
    Rows, CapacityAnswers,
    ::testing::Values(
        Question{"Enough", {"--wave", kPanelWave}, 0, "available, enough for the whole process"},
        Question{"MoreThanAnyMachineHas",
                 {"--wave", kPanelWave, "--respondents", "1000000000000"},
                 1,
                 "too little for the whole process"},
        Question{"DiskOfADirectoryThatIsNotThereYet",
                 {"--wave", kPanelWave, "--data", "/tmp/no/such/directory"},
                 0,
                 "disk at /tmp/no/such/directory: "},
        Question{"DiskTooSmall",
                 {"--wave", kPanelWave, "--respondents", "1000000000000", "--data", "/tmp"},
                 1,
                 "too little for one response of each unit"},
        Question{"ConnectionsHaveTheirOwnBytesEach",
                 {"--wave", kPanelWave, "--max-tcp-connections", "1000"},
                 0,
                 "connections                        200,540,160 bytes"},
        Question{"BuffersAreThoseOfAllConnections",
                 {"--wave", kPanelWave, "--buffers", "64"},
                 0,
                 "messages, batches, answers          67,108,864 bytes"},
        Question{"AnExportIsOnTop", {"--wave", kPanelWave}, 0, "each, while it runs, on top"},
        Question{"OneByOneTakesABlockEach",
                 {"--wave", kPanelWave, "--batch", "1"},
                 0,
                 "one by one                       4,1"},
        Question{
            "NoRespondents", {"--wave", kPanelWave, "--respondents", "0"}, 2, "--respondents"}),
    [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace panelpuls::cli
