#include "cli/comparison.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "base/file.h"
#include "cli/http_get.h"
#include "cli/program.h"
#include "wave/definition.h"

namespace panelpuls::cli {
namespace {

using ::testing::HasSubstr;

std::shared_ptr<const sim::Population> Panel() {
  auto wave = wave::LoadWave(PosixFileSystem(), kPanelWave);
  EXPECT_TRUE(wave.ok()) << wave.status();
  auto population = sim::Population::Make(
      PosixFileSystem(), *wave,
      {.truth_shift = 0,
       .parameters_file = kSource + "/waves/virksomhedspanel-2025-efteraar.simulation.conf"});
  EXPECT_TRUE(population.ok()) << population.status();
  return *population;
}

// A snapshot whose indicator is so many standard errors from the truth.
ReadSnapshot SnapshotAt(const sim::Population& population, double errors_off, double sd) {
  ReadSnapshot snapshot;
  snapshot.figures.push_back(
      {.statistic = "mean",
       .of = "indicator",
       .domain = "",
       .n = 4'000,
       .value = population.FindTruth("mean", "indicator", "")->value + errors_off * sd});
  return snapshot;
}

TEST(Comparison, FailsBeyondThreeSimulationErrors) {
  const auto population = Panel();
  const SimulationErrors errors{
      .figures = {
          {.statistic = "mean", .of = "indicator", .domain = "", .fieldworks = 200, .sd = 0.5}}};
  EXPECT_TRUE(Compare(*population, SnapshotAt(*population, 2.9, 0.5), errors).passed);
  EXPECT_TRUE(Compare(*population, SnapshotAt(*population, -2.9, 0.5), errors).passed);
  const Comparison far = Compare(*population, SnapshotAt(*population, 3.1, 0.5), errors);
  EXPECT_TRUE(far.judged);
  EXPECT_FALSE(far.passed);
  EXPECT_THAT(far.text, HasSubstr("verdict: FAILED"));
  EXPECT_FALSE(Compare(*population, SnapshotAt(*population, -3.1, 0.5), errors).passed);
  EXPECT_FALSE(Compare(*population, ReadSnapshot(), errors).passed) << "no estimate at all";
}

TEST(Comparison, JudgesNothingWithoutErrors) {
  const auto population = Panel();
  EXPECT_FALSE(Compare(*population, SnapshotAt(*population, 9, 0.5), {}).judged);
}

TEST(Comparison, SaysThatItIsSimulatedAndPrintsThePublication) {
  const auto population = Panel();
  const std::string text = Compare(*population, SnapshotAt(*population, 0, 1), {}).text;
  EXPECT_TRUE(text.starts_with("SIMULATED"));
  EXPECT_THAT(text, HasSubstr("area=nordjylland"));
  EXPECT_THAT(text, HasSubstr("+2.20"));
  EXPECT_THAT(text, HasSubstr("50.60 %"));
}

TEST(SimulationErrors, AreReadAsTheyWereWritten) {
  const SimulationErrors errors{.figures = {{.statistic = "share",
                                             .of = "indicator/large_increase",
                                             .domain = "area=fyn",
                                             .fieldworks = 200,
                                             .truth = 0.25,
                                             .mean = 0.26,
                                             .sd = 0.125}}};
  const auto read = ErrorsFromCsv(ErrorsToCsv(errors), "errors.csv");
  ASSERT_TRUE(read.ok()) << read.status();
  const SimulationError* error = read->Find("share", "indicator/large_increase", "area=fyn");
  ASSERT_NE(error, nullptr);
  EXPECT_EQ(error->fieldworks, 200u);
  EXPECT_EQ(error->sd, 0.125);
}

TEST(SimulationErrors, ABadFileIsRefusedByLine) {
  EXPECT_THAT(std::string(ErrorsFromCsv("a,b\n", "errors.csv").status().message()),
              HasSubstr("errors.csv:1:"));
  const std::string header = ErrorsToCsv({});
  EXPECT_THAT(
      std::string(
          ErrorsFromCsv(header + "mean,indicator,,2,1,1,0,0\n", "errors.csv").status().message()),
      HasSubstr("errors.csv:2:"));
}

TEST(HttpAddress, IsTakenApart) {
  EXPECT_EQ(ParseHttpAddress("http://127.0.0.1:80/")->port, "80");
  EXPECT_EQ(ParseHttpAddress("http://[::1]:8080")->host, "::1");
  for (const char* bad :
       {"", "127.0.0.1:80", "http://127.0.0.1", "http://:80", "http://h:8x", "https://h:80"}) {
    EXPECT_FALSE(ParseHttpAddress(bad).ok()) << bad;
  }
}

}  // namespace
}  // namespace panelpuls::cli
