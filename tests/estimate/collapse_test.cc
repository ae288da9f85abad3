// Which categories are weighted as one when they have few respondents.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fmt/format.h>

#include <cmath>
#include <map>
#include <ostream>
#include <random>

#include "base/file.h"
#include "cell_counts.h"
#include "survey.h"

namespace panelpuls::estimate {
namespace {

using ::testing::ElementsAreArray;
using ::testing::IsEmpty;

struct Row {
  std::string name;
  std::string dimension;  // fields of dimension "x" behind its id
  std::uint32_t below = 5;
  std::vector<std::uint64_t> n;  // by category
  std::vector<std::string> collapsed;
  std::vector<std::string> left;  // empty_category and low_n
  double share = 0;               // of the population
};
void PrintTo(const Row& row, std::ostream* out) { *out << row.name; }

std::shared_ptr<const wave::Wave> OneDimension(const std::string& dimension, std::uint32_t below) {
  return testing::WaveFromText(
      R"pb(
        id: "w"
        fieldwork_start: "2025-09-01"
        fieldwork_end: "2025-10-31"
        channels { code: "eboks" }
        max_respondents: 1000
        questions {
          id: "q"
          options { code: "yes" }
          options { code: "no" }
        }
      )pb" +
      fmt::format("dimensions {{ id: \"x\" {} }} weighting {{ collapse_below: {} }}", dimension,
                  below));
}

const char kOrdered[] =
    "ordered: true categories { code: \"a\" population: 50 } categories { code: \"b\" population: "
    "30 } categories { code: \"c\" population: 15 } categories { code: \"d\" population: 5 }";
const char kNamed[] =
    "categories { code: \"a\" population: 50 collapse_into: \"b\" } categories { code: \"b\" "
    "population: 30 collapse_into: \"a\" } categories { code: \"c\" population: 15 collapse_into: "
    "\"d\" } categories { code: \"d\" population: 5 }";
const char kCircle[] =
    "categories { code: \"a\" population: 50 collapse_into: \"b\" } categories { code: \"b\" "
    "population: 30 collapse_into: \"c\" } categories { code: \"c\" population: 20 collapse_into: "
    "\"a\" }";
const char kThroughNothing[] =
    "categories { code: \"a\" population: 50 } categories { code: \"b\" population: 0 "
    "collapse_into: \"a\" } categories { code: \"c\" population: 50 collapse_into: \"b\" }";
const char kOrderedNamed[] =
    "ordered: true categories { code: \"a\" population: 50 collapse_into: \"c\" } categories { "
    "code: \"b\" population: 30 } categories { code: \"c\" population: 20 }";
const char kOrderedGap[] =
    "ordered: true categories { code: \"a\" population: 50 } categories { code: \"b\" population: "
    "0 } categories { code: \"c\" population: 50 }";

const Row kRows[] = {
    {"nobody_is_few", kOrdered, 5, {5, 5, 5, 5}, {}, {}, 0},
    {"only_empty_by_default", kOrdered, 1, {1, 1, 1, 0}, {"collapsed:x=d"}, {}, 0.05},
    {"end_of_order", kOrdered, 5, {100, 50, 20, 2}, {"collapsed:x=d"}, {}, 0.05},
    {"smaller_neighbour", kOrdered, 5, {100, 4, 20, 9}, {"collapsed:x=b"}, {}, 0.3},
    {"until_none_is_left", kOrdered, 5, {9, 9, 2, 1}, {"collapsed:x=c", "collapsed:x=d"}, {}, 0.2},
    {"the_smaller_joins_the_larger", kOrdered, 5, {9, 9, 3, 4}, {"collapsed:x=c"}, {}, 0.15},
    {"first_respondent",
     kOrdered,
     5,
     {0, 1, 0, 0},
     {"collapsed:x=a", "collapsed:x=c", "collapsed:x=d"},
     {"low_n:x=b"},
     0.7},
    {"nobody_yet",
     kOrdered,
     5,
     {0, 0, 0, 0},
     {},
     {"empty_category:x=a", "empty_category:x=b", "empty_category:x=c", "empty_category:x=d"},
     1},
    {"each_names_the_other", kNamed, 5, {3, 2, 9, 9}, {"collapsed:x=b"}, {}, 0.3},
    {"both_still_few", kNamed, 5, {1, 2, 9, 9}, {"collapsed:x=a"}, {"low_n:x=b"}, 0.5},
    {"both_empty", kNamed, 5, {0, 0, 9, 9}, {"collapsed:x=b"}, {"empty_category:x=a"}, 0.8},
    {"few_without_target", kNamed, 5, {9, 9, 9, 2}, {}, {"low_n:x=d"}, 0},
    {"empty_without_target", kNamed, 5, {9, 9, 9, 0}, {}, {"empty_category:x=d"}, 0.05},
    {"target_of_another", kNamed, 5, {9, 9, 3, 2}, {"collapsed:x=c"}, {}, 0.15},
    {"circle", kCircle, 5, {1, 1, 2}, {"collapsed:x=a", "collapsed:x=b"}, {"low_n:x=c"}, 0.8},
    {"past_a_category_of_population_0", kThroughNothing, 5, {9, 0, 1}, {"collapsed:x=c"}, {}, 0.5},
    {"named_before_neighbour", kOrderedNamed, 5, {1, 9, 9}, {"collapsed:x=a"}, {}, 0.5},
    {"neighbour_past_population_0", kOrderedGap, 5, {9, 3, 2}, {"collapsed:x=c"}, {}, 0.5},
};

class CollapseTest : public ::testing::TestWithParam<Row> {};

TEST_P(CollapseTest, GroupsAreThoseOfTheDefinition) {
  const Row& row = GetParam();
  const auto wave = OneDimension(row.dimension, row.below);
  const CellMap map(*wave);
  Calibrator calibrator(*wave, map);
  std::vector<CellCount> counts;
  for (std::uint32_t category = 0; category < row.n.size(); ++category) {
    counts.push_back({.cell = category, .n = row.n[category]});
  }
  std::vector<double> g;
  const CellList list = ListOf(map, counts);
  const CalibrationResult result = calibrator.Calibrate(list, &g);
  EXPECT_THAT(FlagTexts(*wave, result.collapsed), ElementsAreArray(row.collapsed));
  std::vector<std::string> left = FlagTexts(*wave, result.flags);
  for (const std::string& text : FlagTexts(*wave, result.sparse)) left.push_back(text);
  EXPECT_THAT(left, ElementsAreArray(row.left));
  EXPECT_NEAR(result.collapsed_share, row.share, 1e-15);
  EXPECT_EQ(result.has_weights, result.flags.empty());
  EXPECT_EQ(calibrator.margins().collapsed, result.collapsed);
  if (!result.has_weights) return;
  // Each group's weights add up to its categories' totals.
  const Margin& margin = calibrator.margins().margins.front();
  std::vector<double> w(margin.groups());
  std::vector<double> totals(margin.groups());
  for (std::size_t i = 0; i < list.size(); ++i) w[margin.group[i]] += g[i] * list.t[i];
  for (std::size_t category = 0; category < margin.group_of.size(); ++category) {
    const double population = wave->dimensions[0].categories[category].population;
    ASSERT_EQ(margin.group_of[category] == Margin::kOutside, population == 0);
    if (population > 0) totals[margin.group_of[category]] += population;
  }
  for (std::size_t group = 0; group < w.size(); ++group) {
    EXPECT_NEAR(w[group], totals[group], 1e-10);
    EXPECT_EQ(margin.totals[group], totals[group]);
  }
}

INSTANTIATE_TEST_SUITE_P(Rows, CollapseTest, ::testing::ValuesIn(kRows),
                         [](const auto& info) { return info.param.name; });

TEST(Collapse, GroupsOfAnEarlierCallAreForgotten) {
  const auto wave = OneDimension(kOrdered, 5);
  const CellMap map(*wave);
  Calibrator calibrator(*wave, map);
  std::vector<double> g;
  const auto calibrate = [&](std::uint64_t last) {
    return calibrator.Calibrate(ListOf(map, {{.cell = 0, .n = 9},
                                             {.cell = 1, .n = 9},
                                             {.cell = 2, .n = 9},
                                             {.cell = 3, .n = last}}),
                                &g);
  };
  EXPECT_EQ(calibrate(1).collapsed.size(), 1u);
  EXPECT_EQ(calibrator.margins().margins[0].groups(), 3u);
  EXPECT_THAT(calibrate(9).collapsed, IsEmpty());
  EXPECT_EQ(calibrator.margins().margins[0].groups(), 4u);
  EXPECT_EQ(calibrator.margins().collapsed_share, 0);
}

// Size by area, last dimension first: area is not ordered and names nothing, so sizes are joined.
std::shared_ptr<wave::Wave> JointWave(const std::string& area_fields) {
  const auto text = [](const std::string& code, const std::string& more) {
    return " categories { code: \"" + code + "\" population: 10 " + more + " }";
  };
  const auto loaded = testing::WaveFromText(
      R"pb(id: "w"
           fieldwork_start: "2025-09-01"
           fieldwork_end: "2025-10-31"
           channels { code: "eboks" }
           max_respondents: 1000
           questions {
             id: "q"
             options { code: "yes" }
             options { code: "no" }
           }
           dimensions { id: "size" ordered: true)pb" +
      text("s", "") + text("m", "") + text("l", "") + "} dimensions { id: \"area\" " +
      text("north", area_fields) + "categories { code: \"south\" population: 20 }" +
      "} weighting { collapse_below: 3 }");
  auto wave = std::make_shared<wave::Wave>(*loaded);
  wave->weighting.method = wave::WeightingMethod::kPoststratify;
  wave->weighting.joint_population = {1, 9, 4, 6, 5, 5};
  return wave;
}

struct JointRow {
  const char* name;
  const char* area_fields;
  std::vector<std::string> collapsed;
};

TEST(Collapse, CellsOfAJointTableGoAlongTheLastDimensionThatDeclaresATarget) {
  const JointRow rows[] = {
      {"by size", "", {"collapsed:size=s&area=north"}},
      {"by area", "collapse_into: \"south\"", {"collapsed:size=s&area=north"}},
  };
  for (const JointRow& row : rows) {
    SCOPED_TRACE(row.name);
    const auto wave = JointWave(row.area_fields);
    const CellMap map(*wave);
    Calibrator calibrator(*wave, map);
    std::vector<CellCount> counts;
    for (std::uint32_t cell = 0; cell < 6; ++cell) counts.push_back({.cell = cell, .n = 4});
    counts[0].n = 1;
    std::vector<double> g;
    const CalibrationResult result = calibrator.Calibrate(ListOf(map, counts), &g);
    EXPECT_THAT(FlagTexts(*wave, result.collapsed), ElementsAreArray(row.collapsed));
    ASSERT_TRUE(result.converged);
    // s & north with m & north: 5 over 5 respondents; or with s & south: 10 over 5.
    const bool by_area = row.area_fields[0] != '\0';
    EXPECT_DOUBLE_EQ(g[0], by_area ? 2 : 1);
    EXPECT_DOUBLE_EQ(g[1], by_area ? 2 : 9.0 / 4);
    EXPECT_DOUBLE_EQ(g[2], 1);
  }
}

// A category drawn with chances between equal and the population's, as firms answer.
std::size_t DrawCategory(const wave::Dimension& dimension, std::mt19937_64& random) {
  std::vector<double> chances;
  for (const wave::Category& category : dimension.categories) {
    chances.push_back(std::pow(category.population, 0.9));
  }
  return static_cast<std::size_t>(
      std::discrete_distribution<int>(chances.begin(), chances.end())(random));
}

std::uint32_t DrawCell(const wave::Wave& wave, std::mt19937_64& random) {
  std::uint64_t cell = 0;
  for (const wave::Dimension& dimension : wave.dimensions) {
    cell += DrawCategory(dimension, random) * dimension.cell_stride;
  }
  return static_cast<std::uint32_t>(cell);
}

// From the first response on: a verdict at each moment, and weights that meet what was declared.
TEST(Collapse, FirstHoursOfThePanelEndInWeightsOrInNames) {
  auto loaded =
      wave::LoadWave(PosixFileSystem(), std::string(PANELPULS_SOURCE_DIR) +
                                            "/waves/virksomhedspanel-2025-efteraar.textproto");
  ASSERT_TRUE(loaded.ok()) << loaded.status();
  const wave::Wave& wave = **loaded;
  ASSERT_EQ(wave.weighting.collapse_below, 5u);
  const CellMap map(wave);
  Calibrator calibrator(wave, map);
  std::mt19937_64 random(17);
  std::map<std::size_t, int> weighted;
  constexpr int kFieldworks = 100;
  for (int fieldwork = 0; fieldwork < kFieldworks; ++fieldwork) {
    std::vector<CellCount> counts;
    for (std::size_t n = 1; n <= 60; ++n) {
      counts.push_back({.cell = DrawCell(wave, random), .n = 1});
      if (n > 5 && n % 20 != 0) continue;
      SCOPED_TRACE(n);
      std::vector<double> g;
      const CalibrationResult result = calibrator.Calibrate(ListOf(map, counts), &g);
      ASSERT_EQ(result.has_weights, result.flags.empty());
      ASSERT_EQ(result.has_weights, !g.empty());
      if (!result.has_weights) continue;
      ++weighted[n];
      ASSERT_LT(*result.max_margin_error, 1e-12);
      for (const double x : g) ASSERT_TRUE(std::isfinite(x) && x > 0);
    }
  }
  for (const auto& [n, count] : weighted) RecordProperty("n" + std::to_string(n), count);
  EXPECT_GE(weighted[40], 9 * kFieldworks / 10);
  EXPECT_GE(weighted[60], 99 * kFieldworks / 100);
}

}  // namespace
}  // namespace panelpuls::estimate
