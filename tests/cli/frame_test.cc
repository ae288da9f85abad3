// A sample frame in a form of its own is read as the definition declares it, by every command.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include "cli/program.h"
#include "cli/snapshot_reader.h"
#include "testing/scratch_directory.h"

namespace panelpuls::cli {
namespace {

using ::testing::HasSubstr;

// Weights 1000 and 250.5, scores 100 and -100.
constexpr double kMean = 100 * (1000 - 250.5) / (1000 + 250.5);

class Frame : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string definition = ReadText(kSource + "/waves/cases.textproto");
    const std::string reporting = "reporting { ";
    definition.replace(definition.find(reporting), reporting.size(),
                       reporting + "minimum_n_effective: 1 ");
    WriteText(wave_, definition + R"(
dimensions { id: "area" categories { code: "Sønd" } categories { code: "Nord" } }
design { base_weights: BASE_WEIGHTS_PER_UNIT }
sample_frame {
  file: "frame.csv"
  format { separator: ";" decimal_comma: true thousands_separator: "." encoding: "windows-1252" }
}
)");
    WriteText(scratch_.File("frame.csv"),
              "unit_id;channel;base_weight;area\nA1;eboks;1.000;S\xF8nd\nA2;cati;250,5;Nord\n");
    WriteText(tabs_, "unit_id\tbase_weight\tarea\nA1\t1\tSønd\nA2\t3\tNord\n");
    WriteText(responses_, Line("A1", "up", "down") + Line("A2", "down", "up"));
  }

  static std::string Line(const std::string& unit, const std::string& revenue,
                          const std::string& employees) {
    return R"({"respondentId":")" + unit +
           R"(","channel":"eboks","revision":1,"collectedAt":"2025-09-02T10:00:00Z","answers":[)" +
           R"({"question":"revenue","options":[")" + revenue +
           R"("]},{"question":"employees","options":[")" + employees + R"("]}]})" + "\n";
  }
  static std::optional<double> MeanOf(const Outcome& outcome) {
    const auto snapshot = ParseSnapshot(outcome.out);
    if (!snapshot.ok()) return std::nullopt;
    const ReadFigure* figure = snapshot->Find("mean", "indicator", "");
    return figure == nullptr ? std::nullopt : figure->value;
  }
  Outcome Estimate(const std::vector<std::string>& more) {
    std::vector<std::string> arguments = {"estimate", "--wave", wave_,
                                          "--format", "json",   responses_};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return RunPanelpuls(arguments);
  }
  // Serves, pushes and replays.
  Outcome ThroughServer(const std::vector<std::string>& more) {
    const std::string data = scratch_.File("data");
    std::vector<std::string> arguments = {"--wave", wave_, "--data", data};
    arguments.insert(arguments.end(), more.begin(), more.end());
    ServerProcess server(arguments);
    const Outcome pushed =
        RunPanelpuls({"push", "--wave", wave_, "--to", server.http(), responses_});
    EXPECT_EQ(pushed.code, 0) << pushed.err;
    EXPECT_EQ(server.Stop(), 0);
    return RunPanelpuls({"replay", "--data", data, "--format", "json"});
  }

  const panelpuls::testing::ScratchDirectory scratch_;
  const std::string wave_ = scratch_.File("wave.textproto");
  const std::string tabs_ = scratch_.File("tabs.csv");
  const std::string responses_ = scratch_.File("responses.jsonl");
};

TEST_F(Frame, IsReadInTheDeclaredFormByEstimate) {
  const Outcome outcome = Estimate({});
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_NEAR(MeanOf(outcome).value_or(0), kMean, 1e-9);
}

TEST_F(Frame, IsReadInTheDeclaredFormByServe) {
  const Outcome outcome = ThroughServer({});
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_NEAR(MeanOf(outcome).value_or(0), kMean, 1e-9);
}

TEST_F(Frame, FormOfResponsesSaysNothingOfTheFrame) {
  const std::string csv = scratch_.File("responses.csv");
  WriteText(
      csv, "respondent_id\tchannel\trevenue\temployees\nA1\teboks\tup\tdown\nA2\tcati\tdown\tup\n");
  const Outcome outcome =
      RunPanelpuls({"estimate", "--wave", wave_, "--format", "json", "--separator", "tab", csv});
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_NEAR(MeanOf(outcome).value_or(0), kMean, 1e-9);
}

TEST_F(Frame, FlagsOfTheFrameStandForTheWholeDeclaredForm) {
  const std::vector<std::string> flags = {"--frame", tabs_, "--frame-separator", "tab"};
  EXPECT_NEAR(MeanOf(Estimate(flags)).value_or(0), -50, 1e-9);
  EXPECT_NEAR(MeanOf(ThroughServer(flags)).value_or(0), -50, 1e-9);
  const Outcome commas = Estimate({"--frame-separator", ","});
  EXPECT_EQ(commas.code, 1);
  EXPECT_THAT(commas.err, HasSubstr("frame.csv:"));
}

TEST_F(Frame, OfAnotherNameKeepsTheDeclaredForm) {
  const std::string other = scratch_.File("other.csv");
  WriteText(other, "unit_id;base_weight;area\nA1;1,5;S\xF8nd\nA2;0,5;Nord\n");
  EXPECT_NEAR(MeanOf(Estimate({"--frame", other})).value_or(0), 50, 1e-9);
}

TEST_F(Frame, IsRefusedWhereTheWaveHasNone) {
  const std::string cases = kSource + "/waves/cases.textproto";
  const Outcome served = RunPanelpuls({"serve", "--wave", cases, "--data", scratch_.File("none"),
                                       "--frame", tabs_, "--http-port", "0", "--tcp-port", "0"});
  EXPECT_EQ(served.code, 1);
  EXPECT_THAT(served.err, HasSubstr("leave --frame out"));
}

}  // namespace
}  // namespace panelpuls::cli
