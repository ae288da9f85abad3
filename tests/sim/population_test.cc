// The population truth is what the publication printed, or moved as asked.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <memory>
#include <string>
#include <vector>

#include "base/file.h"
#include "sim/block.h"
#include "sim/cells.h"
#include "sim/fieldwork.h"
#include "testing/simulated_file_system.h"
#include "wave/definition.h"

namespace panelpuls::sim {
namespace {

using ::testing::HasSubstr;

const std::string kWaves = std::string(PANELPULS_SOURCE_DIR) + "/waves/";
const std::string kPanel = kWaves + "virksomhedspanel-2025-efteraar";

std::shared_ptr<const wave::Wave> LoadWave(const std::string& path) {
  auto wave = wave::LoadWave(PosixFileSystem(), path);
  EXPECT_TRUE(wave.ok()) << wave.status();
  return *wave;
}

std::shared_ptr<const Population> Panel(double truth_shift) {
  auto population = Population::Make(
      PosixFileSystem(), LoadWave(kPanel + ".textproto"),
      {.truth_shift = truth_shift, .parameters_file = kPanel + ".simulation.conf"});
  EXPECT_TRUE(population.ok()) << population.status();
  return *population;
}

double Truth(const Population& population, const std::string& statistic, const std::string& of,
             const std::string& domain) {
  const TruthFigure* figure = population.FindTruth(statistic, of, domain);
  EXPECT_NE(figure, nullptr) << of << " " << domain;
  return figure == nullptr ? 0 : figure->value;
}

TEST(Population, TruthRoundsToEveryPublishedFigure) {
  const auto population = Panel(0);
  ASSERT_EQ(population->published().size(), 15u);
  for (const PublishedFigure& figure : population->published()) {
    EXPECT_LE(
        std::abs(Truth(*population, figure.statistic, figure.of, figure.domain) - figure.value),
        figure.half_unit + 1e-9)
        << figure.of << " " << figure.domain;
  }
}

TEST(Population, SharesOfGroupsAddUpAndGiveTheIndicator) {
  const auto population = Panel(0);
  double sum = 0;
  double mean = 0;
  for (const wave::IndicatorGroup& group : population->wave()->indicator->groups) {
    const double share = Truth(*population, "share", "indicator/" + group.id, "");
    sum += share;
    mean += share * group.score;
  }
  EXPECT_NEAR(sum, 1, 1e-11);
  EXPECT_NEAR(mean, Truth(*population, "mean", "indicator", ""), 1e-9);
}

TEST(Population, UseOfAiHasThePublishedOrder) {
  const auto population = Panel(0);
  const auto level = [&](const std::string& code) {
    return Truth(*population, "mean", "indicator", "ai_use=" + code);
  };
  EXPECT_LT(level("not_relevant"), level("not_used"));
  EXPECT_LT(level("not_relevant"), level("experimented"));
  EXPECT_LT(level("not_used"), level("single_tools"));
  EXPECT_LT(level("experimented"), level("single_tools"));
  EXPECT_LT(level("single_tools"), level("own_solutions"));
}

TEST(Population, IncreaseGoesWithDigitalisation) {
  const auto population = Panel(0);
  EXPECT_GT(
      Truth(*population, "share", "factor_digital/positive_or_very_positive", "direction=increase"),
      Truth(*population, "share", "factor_digital/positive_or_very_positive", "direction=decline") +
          0.01);
}

class ShiftedTruth : public ::testing::TestWithParam<double> {};

TEST_P(ShiftedTruth, MovesTheIndicatorAndEachAreaByAsMuch) {
  const double shift = GetParam();
  const auto plain = Panel(0);
  const auto moved = Panel(shift);
  EXPECT_NEAR(Truth(*moved, "mean", "indicator", ""),
              Truth(*plain, "mean", "indicator", "") + shift, 1e-8);
  for (const wave::Category& area : plain->wave()->dimensions[2].categories) {
    const std::string domain = "area=" + area.code;
    EXPECT_NEAR(Truth(*moved, "mean", "indicator", domain),
                Truth(*plain, "mean", "indicator", domain) + shift, 1e-8);
  }
}

INSTANTIATE_TEST_SUITE_P(Points, ShiftedTruth, ::testing::Values(5.0, -7.5));

TEST(Population, AnUnreachableTruthIsRefused) {
  const auto population =
      Population::Make(PosixFileSystem(), LoadWave(kPanel + ".textproto"),
                       {.truth_shift = 150, .parameters_file = kPanel + ".simulation.conf"});
  ASSERT_FALSE(population.ok());
  EXPECT_THAT(std::string(population.status().message()), HasSubstr("choose a smaller one"));
}

TEST(Population, AWaveThatIsQuiteDifferentNeedsNoParametersOfItsOwn) {
  const auto wave = LoadWave(kWaves + "tilfredshed-2026.textproto");
  const auto population = Population::Make(PosixFileSystem(), wave, {});
  ASSERT_TRUE(population.ok()) << population.status();
  EXPECT_NE((*population)->FindTruth("mean", "indicator", ""), nullptr);
  EXPECT_TRUE((*population)->published().empty());
}

// Who is broken down by the direction of the very answers that the figure is of.
TEST(Population, WithinADirectionThereAreOnlyItsGroups) {
  panelpuls::testing::SimulatedFileSystem files;
  files.PutFile("w.textproto", *ReadWholeFile(PosixFileSystem(), kWaves + "cases.textproto") +
                                   "tabulations { by: \"direction\" }\n"
                                   "tabulations { question: \"revenue\" by: \"direction\" }\n");
  const auto wave = wave::LoadWave(files, "w.textproto");
  ASSERT_TRUE(wave.ok()) << wave.status();
  const auto made = Population::Make(files, *wave, {});
  ASSERT_TRUE(made.ok()) << made.status();
  const Population& population = **made;
  for (const auto& [domain, sign] : {std::pair{"direction=increase", 1},
                                     {"direction=unchanged", 0},
                                     {"direction=decline", -1}}) {
    double sum = 0;
    for (const wave::IndicatorGroup& group : (*wave)->indicator->groups) {
      const double share = Truth(population, "share", "indicator/" + group.id, domain);
      const bool belongs = group.score * sign > 0 || (group.score == 0 && sign == 0);
      EXPECT_EQ(share > 0, belongs) << group.id << " " << domain;
      sum += share;
    }
    EXPECT_NEAR(sum, 1, 1e-11) << domain;
  }
  // Revenue that falls increases productivity in no combination of the definition.
  EXPECT_EQ(Truth(population, "share", "revenue/down", "direction=increase"), 0);
}

TEST(Population, ParametersThatDoNotFitAreRefusedByLine) {
  const std::string text = *ReadWholeFile(PosixFileSystem(), kPanel + ".simulation.conf");
  struct Row {
    const char* name;
    std::string from;
    std::string to;  // empty: the next number gets another digit in front
    const char* says;
  };
  const std::vector<Row> rows = {
      {"shares beyond 100", "[shares.factor_management]", "", "add up to"},
      {"a line too many", "[driver]", "[weather] | assumed: no reason\nrain = 1\n[driver]",
       "nothing in this wave uses 'rain'"},
  };
  for (const Row& row : rows) {
    std::string changed = text;
    const std::size_t place = changed.find(row.from);
    ASSERT_NE(place, std::string::npos) << row.name;
    if (row.to.empty()) {
      changed.insert(changed.find(" = ", place) + 3, "1");
    } else {
      changed.replace(place, row.from.size(), row.to);
    }
    panelpuls::testing::SimulatedFileSystem files;
    files.PutFile("changed.conf", changed);
    const auto population = Population::Make(files, LoadWave(kPanel + ".textproto"),
                                             {.parameters_file = "changed.conf"});
    ASSERT_FALSE(population.ok()) << row.name;
    EXPECT_THAT(std::string(population.status().message()),
                ::testing::AllOf(::testing::StartsWith("changed.conf:"), HasSubstr(row.says)))
        << row.name;
  }
}

TEST(Population, ParametersOfAnotherWaveAreRefusedByLine) {
  const auto population =
      Population::Make(PosixFileSystem(), LoadWave(kWaves + "tilfredshed-2026.textproto"),
                       {.parameters_file = kPanel + ".simulation.conf"});
  ASSERT_FALSE(population.ok());
  EXPECT_THAT(std::string(population.status().message()),
              ::testing::ContainsRegex("simulation.conf:[0-9]+: "));
}

// Two dimensions whose joint table is far from the product of its margins, and a stratum of whose
// enterprises one in four is invited.
TEST(Cells, AreAsManyAsTheJointTableSaysAndInvitedByBaseWeight) {
  panelpuls::testing::SimulatedFileSystem files;
  files.PutFile("joint.csv", "a,b,total\nx,u,40\nx,v,10\ny,u,10\ny,v,40\n");
  files.PutFile("w.textproto", R"(
    id: "joint" fieldwork_start: "2025-09-01" fieldwork_end: "2025-09-30" max_respondents: 100
    channels { code: "web" }
    dimensions { id: "a" categories { code: "x" base_weight: 1 }
                 categories { code: "y" base_weight: 4 } }
    dimensions { id: "b" categories { code: "u" } categories { code: "v" } }
    population { joint_file: "joint.csv" }
    weighting { method: POSTSTRATIFY dimensions: "b" dimensions: "a" }
    design { base_weights: BASE_WEIGHTS_PER_CELL stratum_dimension: "a" }
    questions { id: "q" options { code: "yes" } }
  )");
  const auto wave = wave::LoadWave(files, "w.textproto");
  ASSERT_TRUE(wave.ok()) << wave.status();
  const auto cells = Cells::Make(**wave);
  ASSERT_TRUE(cells.ok()) << cells.status();
  const std::vector<double> population = {0.4, 0.1, 0.1, 0.4};
  const std::vector<double> invited = {0.64, 0.16, 0.04, 0.16};  // 40 : 10 : 10/4 : 40/4
  constexpr int kDraws = 100'000;
  std::vector<double> drawn(4, 0);
  Random random({.seed = 1, .number = 0});
  for (int i = 0; i < kDraws; ++i) drawn[cells->Draw(random)] += 1.0 / kDraws;
  for (std::size_t cell = 0; cell < 4; ++cell) {
    EXPECT_NEAR(cells->population()[cell], population[cell], 1e-12) << cell;
    EXPECT_NEAR(drawn[cell], invited[cell], 0.01) << cell;  // six standard errors and more
  }
}

TEST(ChoiceBlock, InclusionSharesAreThoseOfItsDraws) {
  const ChoiceBlock block{.question = 0,
                          .weights = {5, 3, 2, 0},
                          .counts = {0, 0.5, 0.3, 0.2},
                          .exclusive = {0, 0, 0, 0.1},
                          .valid_share = 1,
                          .valid_group = "q"};
  const std::vector<double> shares = block.InclusionShares();
  Random random({.seed = 3, .number = 0});
  constexpr int kDraws = 50'000;
  std::vector<int> counts(4);
  for (int i = 0; i < kDraws; ++i) {
    for (const int option : block.Draw(random)) ++counts[static_cast<std::size_t>(option)];
  }
  for (std::size_t option = 0; option < counts.size(); ++option) {
    EXPECT_NEAR(counts[option] / double{kDraws}, shares[option], 5 * std::sqrt(0.25 / kDraws))
        << option;
  }
  // By hand for the first option: alone, chosen second, or one of three.
  const double second = 0.3 * (0.3 * 5 / 7 + 0.2 * 5 / 8);
  EXPECT_NEAR(shares[0], 0.9 * (0.5 * 0.5 + 0.3 * 0.5 + second + 0.2), 1e-12);
}

}  // namespace
}  // namespace panelpuls::sim
