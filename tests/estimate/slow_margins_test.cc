// Margins that are hard to meet: nearly coinciding ones, base weights over nine powers of ten,
// patterns that can only just be met or just not.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <random>

#include "cell_counts.h"
#include "estimate/estimator.h"
#include "survey.h"

namespace panelpuls::estimate {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

struct Dimension {
  std::string id;
  std::vector<double> totals;  // of categories "1", "2", ...
};

std::shared_ptr<const wave::Wave> WaveOf(const std::vector<Dimension>& dimensions,
                                         const std::string& weighting) {
  std::string text;
  for (const Dimension& dimension : dimensions) {
    text += "dimensions { id: \"" + dimension.id + "\"\n";
    for (std::size_t k = 0; k < dimension.totals.size(); ++k) {
      text += fmt::format("categories {{ code: \"{}\" population: {:.17g} }}\n", k + 1,
                          dimension.totals[k]);
    }
    text += "}\n";
  }
  return testing::WaveFromText(text + R"pb(
                                 id: "w"
                                 fieldwork_start: "2025-09-01"
                                 fieldwork_end: "2025-10-31"
                                 channels { code: "eboks" }
                                 max_respondents: 100000
                                 questions {
                                   id: "q"
                                   options { code: "yes" }
                                   options { code: "no" }
                                 }
                                 weighting {)pb" +
                               weighting + "}");
}

// Categories of a cell, one digit a dimension, and its respondents.
struct Cell {
  std::string categories;
  std::uint64_t n = 1;
  double d = 1;
};

struct Solved {
  CellList list;
  CalibrationResult result;
  std::vector<double> g;

  std::vector<double> Weights() const {
    std::vector<double> weights;
    for (std::size_t i = 0; i < g.size(); ++i) weights.push_back(g[i] * list.t[i]);
    return weights;
  }
};

Solved Solve(const wave::Wave& wave, const std::vector<Cell>& cells) {
  std::vector<CellCount> counts;
  for (const Cell& cell : cells) {
    Codes codes;
    for (std::size_t d = 0; d < wave.dimensions.size(); ++d) {
      codes.emplace_back(wave.dimensions[d].id, std::string(1, cell.categories[d]));
    }
    counts.push_back({.cell = CellOf(wave, codes), .n = cell.n, .d = cell.d});
  }
  Solved solved;
  const CellMap map(wave);
  Calibrator calibrator(wave, map);
  solved.list = ListOf(map, counts);
  solved.result = calibrator.Calibrate(solved.list, &solved.g);
  return solved;
}

// a1 b2 and a2 b1 hold one of 1,000 respondents each. With x = w(a1 b2) the margins leave x, 600 -
// x, x - 99 and 499 - x, and raking keeps the odds ratio.
TEST(SlowMargins, TwoThatNearlyCoincideAreMetToTheirOddsRatio) {
  for (const std::string method : {"RAKE", "LINEAR lower_bound: 0", "LINEAR"}) {
    SCOPED_TRACE(method);
    const auto wave = WaveOf({{"a", {600, 400}}, {"b", {501, 499}}}, "method: " + method);
    const Solved solved = Solve(*wave, {{"11", 550}, {"12", 1}, {"21", 1}, {"22", 448}});
    ASSERT_TRUE(solved.result.converged);
    EXPECT_THAT(solved.result.flags, IsEmpty());
    const std::vector<double> w = solved.Weights();
    EXPECT_NEAR(w[1] - w[2], 99, 1e-9);
    if (method != "RAKE") continue;
    EXPECT_NEAR(std::log(w[0] * w[3] / (w[1] * w[2])), std::log(550.0 * 448), 1e-12);
  }
}

// A firm of the least base weight among a thousand of the largest.
TEST(SlowMargins, BaseWeightsOverNinePowersOfTenAreMet) {
  for (const std::string method :
       {"RAKE", "LINEAR", "LOGIT lower_bound: 0 upper_bound: 1e13", "RAKE upper_bound: 1e12"}) {
    SCOPED_TRACE(method);
    const auto wave = WaveOf({{"a", {600, 400}}, {"b", {501, 499}}}, "method: " + method);
    const Solved solved =
        Solve(*wave, {{"11", 1000, 1e6}, {"12", 1, 1e-3}, {"21", 2, 1e-3}, {"22", 1000, 1e6}});
    ASSERT_TRUE(solved.result.converged);
    EXPECT_THAT(solved.result.flags, IsEmpty());
    EXPECT_LT(*solved.result.max_margin_error, 1e-12);
    const std::vector<double> w = solved.Weights();
    EXPECT_NEAR(w[1] - w[2], 99, 1e-9);
    if (method == "RAKE") {
      const double odds = std::log(w[0]) + std::log(w[3]) - std::log(w[1]) - std::log(w[2]);
      EXPECT_NEAR(odds, std::log(1e9) + std::log(1e9) - std::log(1e-3) - std::log(2e-3), 1e-10);
    }
  }
}

// Categories without a respondent of its own outside of the other margin's: met in the limit alone.
TEST(SlowMargins, WeightsThatHaveToBeNoneAreNoneAndCounted) {
  const auto wave = WaveOf({{"a", {60, 40}}, {"b", {60, 40}}}, "");
  const Solved solved = Solve(*wave, {{"11", 5}, {"12", 3}, {"22", 7}});
  ASSERT_TRUE(solved.result.converged);
  EXPECT_EQ(solved.result.zero_weights, 3u);
  const std::vector<double> w = solved.Weights();
  EXPECT_NEAR(w[0], 60, 1e-10);
  EXPECT_NEAR(w[1], 0, 1e-10);
  EXPECT_NEAR(w[2], 40, 1e-10);
}

TEST(SlowMargins, LinearWeightsThatMayBeBelowZeroAreInfeasibleOnlyByContradiction) {
  // All of a1 in b1, which is smaller: with weights below 0 it can be met.
  const auto wave = WaveOf({{"a", {600, 400}}, {"b", {500, 500}}}, "method: LINEAR");
  const Solved below = Solve(*wave, {{"11", 5}, {"21", 2}, {"22", 4}});
  ASSERT_TRUE(below.result.converged);
  EXPECT_EQ(below.result.negative_weights, 2u);
  EXPECT_NEAR(below.Weights()[1], -100, 1e-9);
  // The same classification twice, with other totals.
  const Solved never = Solve(*wave, {{"11", 5}, {"22", 4}});
  EXPECT_FALSE(never.result.has_weights);
  EXPECT_THAT(FlagTexts(*wave, never.result.flags),
              ElementsAre("not_converged", "infeasible:a=1", "infeasible:b=2"));
}

// Areas 1 and 2 make up region 1 but for the last decimal of the file.
TEST(SlowMargins, TotalsThatContradictEachOtherByRoundingAreMet) {
  for (const std::string method : {"RAKE", "LINEAR", "LOGIT lower_bound: 0.1 upper_bound: 5"}) {
    SCOPED_TRACE(method);
    const auto wave = WaveOf({{"area", {3333.333333, 3333.333333, 3333.333334}},
                              {"region", {6666.666667, 3333.333333}},
                              {"size", {4000, 6000}}},
                             "method: " + method);
    const Solved solved = Solve(
        *wave, {{"111", 40}, {"112", 30}, {"211", 20}, {"212", 50}, {"321", 30}, {"322", 60}});
    ASSERT_TRUE(solved.result.converged);
    EXPECT_THAT(solved.result.flags, IsEmpty());
    EXPECT_GT(*solved.result.max_margin_error, 1e-11);
    EXPECT_LT(*solved.result.max_margin_error, 1e-9);
    const std::vector<double> w = solved.Weights();
    EXPECT_NEAR(w[0] + w[2] + w[4], 4000, 4e-6);
    EXPECT_NEAR(w[0] + w[1], 3333.333333, 4e-6);
  }
}

// An area that is larger than its region by rounding leaves nothing to the region's other firms.
TEST(SlowMargins, AnAreaLargerThanItsRegionIsMetWhereThatIsRounding) {
  const auto wave = WaveOf({{"a", {600.0000001, 399.9999999}}, {"b", {600, 400}}}, "");
  const Solved solved = Solve(*wave, {{"11", 5}, {"21", 2}, {"22", 4}});
  ASSERT_TRUE(solved.result.converged);
  EXPECT_EQ(solved.result.zero_weights, 2u);
  const auto apart = WaveOf({{"a", {600.00001, 399.99999}}, {"b", {600, 400}}}, "");
  EXPECT_THAT(FlagTexts(*apart, Solve(*apart, {{"11", 5}, {"21", 2}, {"22", 4}}).result.flags),
              ElementsAre("not_converged", "infeasible:a=1", "infeasible:b=2"));
}

// Every pattern of two or three dimensions of two categories, with totals of which some can be met
// in the limit alone. Whether they can: by every choice of as many cells as there are independent
// margins.
class Patterns {
 public:
  explicit Patterns(std::vector<double> firsts) : firsts_(std::move(firsts)) {}

  std::vector<std::string> Cells(unsigned pattern) const {
    std::vector<std::string> cells;
    for (unsigned cell = 0; cell < 1u << firsts_.size(); ++cell) {
      if ((pattern >> cell & 1) == 0) continue;
      std::string text;
      for (std::size_t d = 0; d < firsts_.size(); ++d) text += (cell >> d & 1) == 0 ? "1" : "2";
      cells.push_back(text);
    }
    return cells;
  }
  bool IsFeasible(const std::vector<std::string>& cells) const {
    for (unsigned chosen = 1; chosen < 1u << cells.size(); ++chosen) {
      std::vector<std::string> basis;
      for (std::size_t i = 0; i < cells.size(); ++i) {
        if ((chosen >> i & 1) != 0) basis.push_back(cells[i]);
      }
      if (basis.size() <= firsts_.size() + 1 && Solves(basis)) return true;
    }
    return false;
  }

 private:
  // The weights of these cells alone, by elimination: there are some, and none is below 0.
  bool Solves(const std::vector<std::string>& cells) const {
    std::vector<std::vector<double>> rows;
    for (std::size_t d = 0; d <= firsts_.size(); ++d) {
      std::vector<double>& row = rows.emplace_back();
      for (const std::string& cell : cells) row.push_back(d == 0 || cell[d - 1] == '1' ? 1 : 0);
      row.push_back(d == 0 ? 100 : firsts_[d - 1]);
    }
    std::vector<std::size_t> pivot_of;
    std::size_t next = 0;
    for (std::size_t column = 0; column < cells.size(); ++column) {
      std::size_t best = next;
      for (std::size_t row = next; row < rows.size(); ++row) {
        if (std::abs(rows[row][column]) > std::abs(rows[best][column])) best = row;
      }
      if (best >= rows.size() || std::abs(rows[best][column]) < 1e-9) return false;  // dependent
      std::swap(rows[best], rows[next]);
      for (std::size_t row = 0; row < rows.size(); ++row) {
        if (row == next) continue;
        const double factor = rows[row][column] / rows[next][column];
        for (std::size_t k = 0; k < rows[row].size(); ++k) {
          rows[row][k] -= factor * rows[next][k];
        }
      }
      pivot_of.push_back(next++);
    }
    for (std::size_t row = next; row < rows.size(); ++row) {
      if (std::abs(rows[row].back()) > 1e-9) return false;
    }
    for (std::size_t column = 0; column < cells.size(); ++column) {
      if (rows[pivot_of[column]].back() / rows[pivot_of[column]][column] < -1e-9) return false;
    }
    return true;
  }

  std::vector<double> firsts_;  // total of the first category of each dimension; of 100
};

TEST(SlowMargins, EveryPatternIsMetOrNamedAndNeverBoth) {
  const auto seed = std::random_device{}();
  SCOPED_TRACE(fmt::format("seed {}", seed));
  std::mt19937_64 random(seed);
  int met = 0;
  int named = 0;
  for (const std::vector<double>& firsts : {std::vector<double>{60, 60},
                                            {60, 30},
                                            {60, 40},
                                            {10, 10, 10},
                                            {70, 60, 60},
                                            {50, 50, 50},
                                            {90, 20, 30},
                                            {60, 60, 20}}) {
    std::vector<Dimension> dimensions;
    for (std::size_t d = 0; d < firsts.size(); ++d) {
      dimensions.push_back(
          {std::string(1, static_cast<char>('a' + d)), {firsts[d], 100 - firsts[d]}});
    }
    const Patterns patterns(firsts);
    const auto wave = WaveOf(dimensions, "");
    for (unsigned pattern = 1; pattern < 1u << (1u << firsts.size()); ++pattern) {
      const std::vector<std::string> codes = patterns.Cells(pattern);
      // An empty category is another thing.
      bool has_all = true;
      for (std::size_t d = 0; d < firsts.size(); ++d) {
        const auto has = [&](char code) {
          return std::any_of(codes.begin(), codes.end(),
                             [&](const std::string& cell) { return cell[d] == code; });
        };
        has_all = has_all && has('1') && has('2');
      }
      if (!has_all) continue;
      std::vector<Cell> cells;
      std::vector<Cell> heavy;
      for (const std::string& code : codes) {
        cells.push_back({code, 1 + random() % 5});
        heavy.push_back(
            {code, cells.back().n, std::pow(10.0, static_cast<double>(random() % 10) - 3)});
      }
      const bool is_feasible = patterns.IsFeasible(codes);
      // Base weights do not matter to whether margins can be met.
      for (const std::vector<Cell>& of : {cells, heavy}) {
        SCOPED_TRACE(fmt::format("{} {}", fmt::join(codes, " "), fmt::join(firsts, " ")));
        const Solved solved = Solve(*wave, of);
        const bool is_named =
            std::any_of(solved.result.flags.begin(), solved.result.flags.end(),
                        [](const Flag& flag) { return flag.kind == FlagKind::kInfeasible; });
        ASSERT_EQ(solved.result.converged, is_feasible);
        ASSERT_EQ(is_named, !is_feasible);
        if (is_feasible) ASSERT_LT(*solved.result.max_margin_error, 1e-12);
      }
      met += is_feasible ? 1 : 0;
      named += is_feasible ? 0 : 1;
    }
  }
  EXPECT_GT(met, 100);
  EXPECT_GT(named, 100);
}

// Base weights of 2^-10 to 2^20 mixed at random.
std::vector<testing::SampleResponse> Heavy(std::size_t n, std::mt19937_64& random) {
  std::vector<testing::SampleResponse> responses = RandomResponses(n, random);
  for (testing::SampleResponse& response : responses) {
    response.base_weight = std::ldexp(1 + static_cast<double>(random() % 1000) / 1001,
                                      static_cast<int>(random() % 30) - 10);
    // One margin nearly follows from the other.
    if (random() % 20 != 0) {
      response.categories["area"] =
          response.categories["size"] == "micro"
              ? (random() % 2 == 0 ? "north" : "east")
              : (response.categories["size"] == "small" ? "south" : "west");
    }
  }
  return responses;
}

// Which category comes first is a matter of columns, and so is what is dropped or cancels.
TEST(SlowMargins, FiguresDoNotDependOnTheOrderOfCategories) {
  std::mt19937_64 random(31);
  for (const std::string method : {"RAKE", "LINEAR"}) {
    SCOPED_TRACE(method);
    const std::vector<testing::SampleResponse> responses = Heavy(250, random);
    std::vector<FigureValue> first;
    for (const auto& [size, area] :
         {std::pair<std::vector<int>, std::vector<int>>{{0, 1, 2}, {0, 1, 2, 3}},
          {{2, 1, 0}, {3, 1, 2, 0}},
          {{1, 2, 0}, {2, 3, 0, 1}}}) {
      const auto wave = SurveyWave({.method = method, .size_order = size, .area_order = area});
      Estimator estimator(wave);
      const Estimates estimates = estimator.Estimate(Survey(wave, responses).cube());
      ASSERT_TRUE(estimates.calibration.converged);
      std::vector<FigureValue> figures;
      for (const auto& [of, domain] : {std::pair("indicator", ""),
                                       {"indicator", "size=small"},
                                       {"indicator", "area=west"},
                                       {"use/daily", ""},
                                       {"use/daily", "direction=increase"},
                                       {"barriers/money", ""}}) {
        figures.push_back(Find(estimator, estimates, of, domain));
      }
      if (first.empty()) first = figures;
      for (std::size_t i = 0; i < figures.size(); ++i) {
        SCOPED_TRACE(i);
        ASSERT_TRUE(figures[i].value && figures[i].se);
        EXPECT_NEAR(*figures[i].value, *first[i].value,
                    1e-9 * std::max(1.0, std::abs(*first[i].value)));
        EXPECT_NEAR(*figures[i].se, *first[i].se, 1e-9 * *first[i].se);
        ASSERT_EQ(figures[i].se_interval.has_value(), first[i].se_interval.has_value());
        if (first[i].se_interval) {
          EXPECT_NEAR(*figures[i].se_interval, *first[i].se_interval, 1e-9 * *first[i].se_interval);
        }
      }
    }
  }
}

TEST(SlowMargins, AnyOrderAndAnyPartitionOfRespondentsGiveTheSameBits) {
  std::mt19937_64 random(32);
  for (const std::string method : {"RAKE", "LINEAR"}) {
    SCOPED_TRACE(method);
    const auto wave = SurveyWave({.method = method});
    std::vector<testing::SampleResponse> responses = Heavy(200, random);
    Estimator estimator(wave);
    const Estimates first = estimator.Estimate(Survey(wave, responses).cube());
    ASSERT_TRUE(first.calibration.converged);
    for (std::size_t parts = 1; parts < 5; ++parts) {
      std::shuffle(responses.begin(), responses.end(), random);
      state::Cube cube(*wave);
      for (std::size_t part = 0; part < parts; ++part) {
        std::vector<testing::SampleResponse> of_part;
        for (const testing::SampleResponse& response : responses) {
          if (response.unit % parts == part) of_part.push_back(response);
        }
        cube.Merge(Survey(wave, of_part).cube());
      }
      const Estimates again = estimator.Estimate(cube);
      ASSERT_EQ(again.calibration.g, first.calibration.g);
      for (std::size_t i = 0; i < first.figures.size(); ++i) {
        ASSERT_EQ(again.figures[i].value, first.figures[i].value);
        ASSERT_EQ(again.figures[i].se, first.figures[i].se);
      }
    }
  }
}

}  // namespace
}  // namespace panelpuls::estimate
