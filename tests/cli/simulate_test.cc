#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <memory>
#include <string>

#include "base/file.h"
#include "cli/program.h"
#include "cli/repeat.h"
#include "sim/fieldwork.h"
#include "testing/scratch_directory.h"
#include "wave/definition.h"

namespace panelpuls::cli {
namespace {

using ::testing::HasSubstr;

const std::string kStem = kSource + "/waves/virksomhedspanel-2025-efteraar";

TEST(Simulate, TheSameSeedGivesTheSameFiles) {
  const panelpuls::testing::ScratchDirectory scratch;
  for (const std::string name : {"a", "b"}) {
    ASSERT_EQ(RunPanelpuls({"simulate", "--wave", kPanelWave, "--seed", "5", "--output",
                            scratch.File(name + ".csv"), "--truth", scratch.File(name + ".json")})
                  .code,
              0);
  }
  EXPECT_EQ(ReadText(scratch.File("a.csv")), ReadText(scratch.File("b.csv")));
  EXPECT_EQ(ReadText(scratch.File("a.json")), ReadText(scratch.File("b.json")));
  EXPECT_THAT(ReadText(scratch.File("a.json")), HasSubstr("\"simulated\":true"));
}

TEST(Simulate, AShiftedTruthIsWrittenAndMovesTheIndicator) {
  const panelpuls::testing::ScratchDirectory scratch;
  const Outcome plain = RunPanelpuls({"simulate", "--wave", kPanelWave});
  const Outcome shifted = RunPanelpuls({"simulate", "--wave", kPanelWave, "--truth-shift", "5",
                                        "--truth", scratch.File("truth.json")});
  ASSERT_EQ(shifted.code, 0) << shifted.err;
  EXPECT_THAT(shifted.out, HasSubstr("(moved by +5)"));
  EXPECT_THAT(plain.out, HasSubstr("(moved by +0)"));
  EXPECT_THAT(ReadText(scratch.File("truth.json")), HasSubstr("\"truth_shift\":5,"));
}

// Two means of two and the mean of all three tell the three estimates apart.
TEST(Repeat, TheSpreadIsThatOfASample) {
  const auto wave =
      wave::LoadWave(PosixFileSystem(), kSource + "/waves/tilfredshed-2026.textproto");
  ASSERT_TRUE(wave.ok()) << wave.status();
  const auto population = sim::Population::Make(PosixFileSystem(), *wave, {});
  ASSERT_TRUE(population.ok()) << population.status();
  const auto repeated = [&](std::uint64_t first, std::uint64_t count) {
    const auto errors = Repeat(*population, {.first_seed = first, .fieldworks = count});
    EXPECT_TRUE(errors.ok()) << errors.status();
    return *errors->Find("mean", "indicator", "");
  };
  const double all = 3 * repeated(1, 3).mean;
  const SimulationError first_two = repeated(1, 2);
  const double first = all - 2 * repeated(2, 2).mean;
  const double second = 2 * first_two.mean - first;
  EXPECT_NEAR(first_two.sd, std::abs(first - second) / std::sqrt(2.0), 1e-9);
}

class Shifted : public ::testing::TestWithParam<double> {};

// Offline estimates of five fieldworks together, against the standard error that 200 of them gave.
TEST_P(Shifted, EstimatesAreCentredOnTheTruth) {
  auto wave = wave::LoadWave(PosixFileSystem(), kStem + ".textproto");
  ASSERT_TRUE(wave.ok()) << wave.status();
  const auto population = sim::Population::Make(
      PosixFileSystem(), *wave,
      {.truth_shift = GetParam(), .parameters_file = kStem + ".simulation.conf"});
  ASSERT_TRUE(population.ok()) << population.status();
  const auto known = ErrorsFromCsv(ReadText(kStem + ".simulation-errors.csv"), "errors");
  ASSERT_TRUE(known.ok()) << known.status();
  constexpr std::uint64_t kFieldworks = 5;
  const auto repeated = Repeat(*population, {.first_seed = 1'001, .fieldworks = kFieldworks});
  ASSERT_TRUE(repeated.ok()) << repeated.status();
  const SimulationError* now = repeated->Find("mean", "indicator", "");
  ASSERT_NE(now, nullptr);
  const double error = known->Find("mean", "indicator", "")->sd / std::sqrt(double{kFieldworks});
  EXPECT_LE(std::abs(now->mean - now->truth), 4 * error);
  EXPECT_GT(now->sd, 0);
}

INSTANTIATE_TEST_SUITE_P(Points, Shifted, ::testing::Values(0.0, 5.0));

TEST(Drive, AWholeFieldworkThroughBothSocketsMeetsTheTruth) {
  const panelpuls::testing::ScratchDirectory scratch;
  const std::string wave = kSource + "/waves/tilfredshed-2026.textproto";
  const std::string data = scratch.File("data");
  ServerProcess server({"--wave", wave, "--data", data, "--simulated-clock"});
  const Outcome driven =
      RunPanelpuls({"simulate", "--wave", wave, "--drive", "--http", server.http(), "--tcp",
                    server.tcp(), "--output", scratch.File("responses.csv")});
  EXPECT_EQ(driven.code, 0) << driven.err;
  EXPECT_THAT(driven.err, HasSubstr("simulated day   1"));
  EXPECT_THAT(driven.err, ::testing::ContainsRegex("[1-9][0-9]* records over HTTP, [1-9]"));
  EXPECT_THAT(driven.out, HasSubstr("verdict"));
  EXPECT_EQ(server.Stop(), 0);
  const Outcome replayed = RunPanelpuls({"replay", "--data", data, "--format", "json"});
  const Outcome offline =
      RunPanelpuls({"estimate", "--wave", wave, "--format", "json", scratch.File("responses.csv")});
  const auto estimates = [](const std::string& text) {
    return text.substr(0, text.find(",\"collection\":"));
  };
  EXPECT_EQ(estimates(replayed.out), estimates(offline.out));

  const Outcome early = RunPanelpuls(
      {"replay", "--data", data, "--format", "json", "--until", "2026-02-10T12:00:00+01:00"});
  EXPECT_EQ(early.code, 0) << early.err;
  EXPECT_NE(early.out, replayed.out);
  EXPECT_THAT(early.out, HasSubstr("\"as_of\":\"2026-02-10T"));
  const Outcome history = RunPanelpuls({"replay", "--data", data, "--history"});
  EXPECT_EQ(history.code, 0) << history.err;
  EXPECT_THAT(history.out, HasSubstr("\"days\":["));
}

TEST(Drive, ATruthThatWasMissedIsAnError) {
  const panelpuls::testing::ScratchDirectory scratch;
  const std::string wave = kSource + "/waves/tilfredshed-2026.textproto";
  const ServerProcess server({"--wave", wave, "--data", scratch.File("data"), "--simulated-clock"});
  const SimulationErrors tiny{.figures = {{.statistic = "mean",
                                           .of = "indicator",
                                           .domain = "",
                                           .fieldworks = 2,
                                           .truth = 0,
                                           .mean = 0,
                                           .sd = 1e-9}}};
  WriteText(scratch.File("errors.csv"), ErrorsToCsv(tiny));
  const Outcome driven =
      RunPanelpuls({"simulate", "--wave", wave, "--drive", "--http", server.http(), "--tcp",
                    server.tcp(), "--errors", scratch.File("errors.csv")});
  EXPECT_EQ(driven.code, 1) << driven.err;
  EXPECT_THAT(driven.out, HasSubstr("verdict: FAILED"));
}

TEST(Drive, AServerWithAnotherDefinitionOfTheWaveIsNoticed) {
  const panelpuls::testing::ScratchDirectory scratch;
  const std::string wave = kSource + "/waves/tilfredshed-2026.textproto";
  std::string text = ReadText(wave);
  const std::string from = "options { code: \"departures\"";
  text.replace(text.find(from), from.size(), "options { code: \"timetable\"");
  WriteText(scratch.File("other.textproto"), text);
  const ServerProcess server({"--wave", scratch.File("other.textproto"), "--data",
                              scratch.File("data"), "--simulated-clock"});
  const Outcome driven = RunPanelpuls(
      {"simulate", "--wave", wave, "--drive", "--http", server.http(), "--tcp", server.tcp()});
  EXPECT_EQ(driven.code, 1);
  EXPECT_THAT(driven.err, HasSubstr("departures"));
  EXPECT_THAT(driven.err, HasSubstr("does it run the same wave definition?"));
}

TEST(Drive, WithoutASimulatedClockTheServerRefuses) {
  const panelpuls::testing::ScratchDirectory scratch;
  const std::string wave = kSource + "/waves/tilfredshed-2026.textproto";
  const ServerProcess server({"--wave", wave, "--data", scratch.File("data")});
  const Outcome driven = RunPanelpuls(
      {"simulate", "--wave", wave, "--drive", "--http", server.http(), "--tcp", server.tcp()});
  EXPECT_EQ(driven.code, 1) << driven.err;
}

}  // namespace
}  // namespace panelpuls::cli
