// Response propensities and R-indicators (METHOD M7) against R's glm (make_propensity_fixtures.R),
// the worked table of docs/METHOD.md, and what must hold for any frame.
#include "estimate/response/representativity.h"

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <map>
#include <random>

#include "estimate/cell_counts.h"
#include "estimate/csv_responses.h"
#include "estimate/worked_table.h"
#include "testing/small_wave.h"

namespace panelpuls::estimate {
namespace {

constexpr const char* kHead = R"(
  id: "frame" fieldwork_start: "2025-09-01" fieldwork_end: "2025-10-31" channels { code: "web" }
  max_respondents: 1000 weighting { method: NONE }
  questions { id: "q" options { code: "yes" } options { code: "no" } }
)";

std::string Dimension(const std::string& id, const std::vector<std::string>& codes) {
  std::string text = "dimensions { id: \"" + id + "\" ";
  for (const std::string& code : codes) text += "categories { code: \"" + code + "\" } ";
  return text + "}\n";
}

std::shared_ptr<const wave::Wave> FrameWave() {
  return testing::WaveFromText(kHead + Dimension("size", {"s", "m", "l"}) +
                               Dimension("area", {"north", "middle", "south", "east"}) +
                               Dimension("age", {"young", "old"}));
}

std::shared_ptr<const wave::Wave> OneDimension(std::size_t categories) {
  std::vector<std::string> codes;
  for (std::size_t k = 0; k < categories; ++k) codes.push_back("c" + std::to_string(k));
  return testing::WaveFromText(kHead + Dimension("size", codes));
}

void ExpectClose(double mine, double expected) {
  EXPECT_NEAR(mine, expected, 1e-9 * std::max(1e-3, std::abs(expected)));
}

class Panels : public ::testing::TestWithParam<const char*> {
 protected:
  std::vector<std::vector<std::string>> Rows(const std::string& file) const {
    std::ifstream stream(std::string(PANELPULS_SOURCE_DIR) + "/tests/estimate/fixtures/" + file);
    EXPECT_TRUE(stream.good()) << file;
    std::vector<std::vector<std::string>> rows;
    for (std::string line; std::getline(stream, line);) {
      rows.push_back(SplitLine(line));
      if (rows.back()[0] != GetParam()) rows.pop_back();
    }
    return rows;
  }
};
INSTANTIATE_TEST_SUITE_P(FromR, Panels,
                         ::testing::Values("even", "rare", "few", "sparse", "nobody"),
                         [](const auto& info) { return std::string(info.param); });

TEST_P(Panels, GiveWhatRsGlmGives) {
  const auto wave = FrameWave();
  std::map<std::uint64_t, CellResponse> sorted;
  for (const auto& row : Rows("propensity_cells.csv")) {
    const std::uint32_t cell = CellOf(*wave, {{"size", row[1]}, {"area", row[2]}, {"age", row[3]}});
    sorted[cell] = {.cell = cell, .invited = std::stod(row[4]), .responded = std::stod(row[5])};
  }
  std::vector<CellResponse> cells;
  for (const auto& [number, cell] : sorted) cells.push_back(cell);
  const Representativity result = MeasureRepresentativity(*wave, cells);
  ASSERT_EQ(result.failure, "");
  const auto expected = Rows("propensity_expected.csv");
  ASSERT_GE(expected.size(), 25u);
  for (const auto& row : expected) {
    SCOPED_TRACE(row[1] + " " + row[2]);
    const double value = std::stod(row[3]);
    const std::size_t slash = row[1].find('/');
    if (slash == std::string::npos) {
      const std::map<std::string, std::optional<double>> whole = {
          {"mean", result.whole.mean},
          {"cv", result.whole.cv},
          {"r", result.whole.r},
          {"r_adjusted", result.whole.r_adjusted}};
      ASSERT_TRUE(whole.at(row[1]).has_value());
      ExpectClose(*whole.at(row[1]), value);
      continue;
    }
    const auto number = static_cast<std::size_t>(wave->FindDimension(row[1].substr(0, slash)));
    const DimensionPropensity& dimension = result.dimensions[number];
    const std::string of = row[1].substr(slash + 1);
    std::optional<double> mine = of == "cv"           ? dimension.whole.cv
                                 : of == "r_adjusted" ? dimension.whole.r_adjusted
                                                      : dimension.conditional;
    if (!row[2].empty()) {
      const auto k =
          static_cast<std::size_t>(wave::Wave::FindCategory(wave->dimensions[number], row[2]));
      mine = of == "conditional" ? dimension.categories[k].conditional
                                 : dimension.categories[k].unconditional;
    }
    ASSERT_TRUE(mine.has_value());
    ExpectClose(*mine, value);
  }
}

std::string Rounded(const std::optional<double>& value) {
  return value ? fmt::format("{:.4f}", *value) : "absent";
}

TEST(Representativity, TheWorkedTableIsRight) {
  const auto table = WorkedTable("M7");
  ASSERT_GE(table.size(), 4u);
  for (const auto& row : table) {
    ASSERT_EQ(row.size(), 6u);
    SCOPED_TRACE(row[0] + ": " + row[1]);
    const std::vector<double> invited = Numbers(row[0]);
    const std::vector<double> responded = Numbers(row[1]);
    const auto wave = OneDimension(invited.size());
    std::vector<CellResponse> cells;
    for (std::size_t k = 0; k < invited.size(); ++k) {
      cells.push_back({.cell = k, .invited = invited[k], .responded = responded[k]});
    }
    const Representativity result = MeasureRepresentativity(*wave, cells);
    const Propensity& alone = result.dimensions[0].whole;
    EXPECT_EQ(Rounded(alone.mean), row[2]);
    EXPECT_EQ(Rounded(alone.cv), row[3]);
    EXPECT_EQ(Rounded(alone.r), row[4]);
    EXPECT_EQ(Rounded(alone.r_adjusted), row[5]);
    if (!alone.cv) continue;
    // With one dimension the logistic model is saturated: the same S, another B.
    EXPECT_NEAR(*result.whole.cv, *alone.cv, 1e-9);
    EXPECT_NEAR(*result.dimensions[0].conditional, *alone.cv * alone.mean, 1e-3);
  }
}

TEST(Representativity, WithFewerThanThirtyRespondentsThereAreRatesAlone) {
  const auto wave = OneDimension(2);
  for (const double respondents : {0.0, 29.0}) {
    const Representativity result =
        MeasureRepresentativity(*wave, {{.cell = 0, .invited = 50, .responded = respondents},
                                        {.cell = 1, .invited = 50, .responded = 0}});
    EXPECT_FALSE(result.whole.cv || result.whole.r || result.whole.r_adjusted);
    EXPECT_FALSE(result.dimensions[0].whole.cv || result.dimensions[0].conditional);
    EXPECT_FALSE(result.slopes.is_known);
    EXPECT_EQ(result.whole.mean, respondents / 100);
    EXPECT_EQ(*result.dimensions[0].categories[0].rate, respondents / 50);
  }
}

TEST(Representativity, NobodyInvitedGivesNothing) {
  const auto wave = FrameWave();
  const Representativity result = MeasureRepresentativity(*wave, {});
  EXPECT_EQ(result.whole.mean, 0);
  EXPECT_FALSE(result.whole.cv);
  EXPECT_FALSE(result.dimensions[1].categories[2].rate);
}

TEST(Representativity, EverybodyRespondingIsEven) {
  const auto wave = OneDimension(2);
  const Representativity result = MeasureRepresentativity(
      *wave,
      {{.cell = 0, .invited = 40, .responded = 40}, {.cell = 1, .invited = 50, .responded = 50}});
  EXPECT_EQ(*result.whole.cv, 0);
  EXPECT_EQ(*result.whole.r_adjusted, 1);
  EXPECT_FALSE(result.slopes.is_known) << "no response can make it more even";
}

// Frames as sparse as they come: one unit in most cells, all or nobody in some.
TEST(Representativity, IsFiniteOrNamedOnAnyFrame) {
  const auto wave = FrameWave();
  for (unsigned seed = 1; seed <= 400; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937_64 random(seed);
    std::vector<CellResponse> cells;
    for (std::uint64_t cell = 0; cell < wave->cells; ++cell) {
      if (random() % 3 == 0) continue;
      const double invited = static_cast<double>(1 + random() % (seed % 2 == 0 ? 3 : 40));
      const double part = static_cast<double>(random() % 3) / 2;
      cells.push_back({.cell = cell, .invited = invited, .responded = std::floor(invited * part)});
    }
    const Representativity result = MeasureRepresentativity(*wave, cells);
    ASSERT_EQ(result.failure, "");
    const bool is_enough = result.responded >= kMinimumForRepresentativity;
    ASSERT_EQ(result.whole.cv.has_value(), is_enough);
    if (!is_enough) continue;
    EXPECT_TRUE(std::isfinite(*result.whole.cv));
    EXPECT_LE(*result.whole.r, *result.whole.r_adjusted + 1e-12);
    EXPECT_LE(*result.whole.r_adjusted, 1);
    double square = 0;
    for (const DimensionPropensity& dimension : result.dimensions) {
      ASSERT_TRUE(std::isfinite(*dimension.conditional));
      // The score equations of the fit: a dimension alone explains no more than all together.
      EXPECT_LE(*dimension.whole.cv, *result.whole.cv + 1e-6);
      square = 0;
      for (const CategoryPropensity& category : dimension.categories) {
        if (category.invited > 0) square += *category.unconditional * *category.unconditional;
      }
      EXPECT_NEAR(std::sqrt(square * result.invited / (result.invited - 1)) / result.whole.mean,
                  *dimension.whole.cv, 1e-9);
    }
    for (const double fall : result.slopes.falls) EXPECT_TRUE(std::isfinite(fall));
  }
}

TEST(Representativity, TheFallIsThatOfTheCvByALittleMoreResponse) {
  const auto wave = FrameWave();
  std::mt19937_64 random(7);
  std::vector<CellResponse> cells;
  for (std::uint64_t cell = 0; cell < wave->cells; ++cell) {
    const double invited = static_cast<double>(50 + random() % 200);
    cells.push_back({.cell = cell,
                     .invited = invited,
                     .responded = std::floor(invited * static_cast<double>(1 + random() % 4) / 8)});
  }
  const Representativity before = MeasureRepresentativity(*wave, cells);
  ASSERT_EQ(before.slopes.falls.size(), cells.size());
  constexpr double kStep = 1e-3;
  bool rises = false;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    SCOPED_TRACE(i);
    std::vector<CellResponse> more = cells;
    more[i].responded += kStep;
    const double fall = (*before.whole.cv - *MeasureRepresentativity(*wave, more).whole.cv) / kStep;
    EXPECT_NEAR(before.slopes.falls[i], fall, 1e-3 * std::abs(fall) + 1e-9);
    rises |= fall < 0;
  }
  EXPECT_TRUE(rises) << "cells that respond more than others make it less even";
}

TEST(Representativity, TooManyCategoriesAreRefusedByName) {
  const auto wave = OneDimension(600);
  const Representativity result = MeasureRepresentativity(
      *wave,
      {{.cell = 0, .invited = 50, .responded = 40}, {.cell = 599, .invited = 50, .responded = 10}});
  EXPECT_NE(result.failure.find("600 categories"), std::string::npos) << result.failure;
  EXPECT_FALSE(result.whole.cv);
  EXPECT_TRUE(result.dimensions[0].whole.cv);
}

}  // namespace
}  // namespace panelpuls::estimate
