// Differences of domains and of waves, Holm's adjustment and ranges of ranks: METHOD M3.
#include <gtest/gtest.h>

#include <cmath>
#include <map>

#include "estimate/comparison/difference.h"
#include "estimate/comparison/rankings.h"
#include "estimate/estimator.h"
#include "estimate/numeric/distributions.h"
#include "estimate/numeric/holm.h"
#include "estimate/numeric/interval.h"
#include "survey.h"

namespace panelpuls::estimate {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;

TEST(Holm, StepsDownFromTheSmallestP) {
  struct Row {
    const char* name;
    std::vector<double> p, adjusted;
  };
  for (const Row& row : {Row{"none", {}, {}}, Row{"one", {0.03}, {0.03}},
                         Row{"in order", {0.01, 0.02, 0.04}, {0.03, 0.04, 0.04}},
                         Row{"out of order", {0.04, 0.01, 0.02}, {0.04, 0.03, 0.04}},
                         Row{"never falls", {0.01, 0.011, 0.9}, {0.03, 0.03, 0.9}},
                         Row{"at most 1", {0.6, 0.7}, {1, 1}}}) {
    SCOPED_TRACE(row.name);
    const std::vector<double> adjusted = HolmAdjusted(row.p);
    ASSERT_EQ(adjusted.size(), row.adjusted.size());
    for (std::size_t i = 0; i < adjusted.size(); ++i) {
      EXPECT_DOUBLE_EQ(adjusted[i], row.adjusted[i]);
    }
  }
}

std::vector<std::pair<std::uint32_t, std::uint32_t>> Ranges(
    const std::vector<std::optional<Limits>>& limits) {
  std::vector<std::pair<std::uint32_t, std::uint32_t>> ranges;
  for (const RankRange& range : RankRanges(limits)) ranges.emplace_back(range.low, range.high);
  return ranges;
}

TEST(RankRanges, CountWhoIsSurelyAboveAndBelow) {
  using Pair = std::pair<std::uint32_t, std::uint32_t>;
  EXPECT_THAT(Ranges({Limits{0.5, 0.6}, Limits{0.2, 0.3}, Limits{0.25, 0.4}}),
              ElementsAre(Pair{1, 1}, Pair{2, 3}, Pair{2, 3}));
  EXPECT_THAT(Ranges({Limits{0.5, 0.6}, std::nullopt, Limits{0.1, 0.4}}),
              ElementsAre(Pair{1, 2}, Pair{1, 3}, Pair{2, 3}));
  // Intervals that touch leave a tie open.
  EXPECT_THAT(Ranges({Limits{0.5, 0.6}, Limits{0.4, 0.5}}), ElementsAre(Pair{1, 2}, Pair{1, 2}));
}

class ComparisonsTest : public ::testing::Test {
 protected:
  void Estimate(std::size_t n, const std::string& reporting = "", std::uint64_t seed = 3) {
    Estimate(n, {.reporting = reporting}, seed);
  }
  void Estimate(std::size_t n, const SurveyOptions& options, std::uint64_t seed) {
    wave_ = SurveyWave(options);
    std::mt19937_64 random(seed);
    survey_ = std::make_unique<Survey>(wave_, RandomResponses(n, random));
    estimator_ = std::make_unique<Estimator>(wave_);
    estimates_ = estimator_->Estimate(survey_->cube());
  }
  const ComparisonValue& Row(const std::string& a, const std::string& b) const {
    for (std::size_t i = 0; i < estimates_.comparisons.size(); ++i) {
      const ComparisonKey& key = (*estimates_.comparison_keys)[i];
      if (key.a == a && key.b == b) return estimates_.comparisons[i];
    }
    ADD_FAILURE() << "no comparison of " << a << " and " << b;
    return estimates_.comparisons.front();
  }

  std::shared_ptr<const wave::Wave> wave_;
  std::unique_ptr<Survey> survey_;
  std::unique_ptr<Estimator> estimator_;
  Estimates estimates_;
};

TEST_F(ComparisonsTest, EveryPairOfADimensionIsComparedOnceInItsFamily) {
  Estimate(800);
  ASSERT_TRUE(estimates_.calibration.converged);
  std::map<std::string, std::size_t> families;
  for (std::size_t i = 0; i < estimates_.comparisons.size(); ++i) {
    const ComparisonKey& key = (*estimates_.comparison_keys)[i];
    ++families[key.family];
    const ComparisonValue& value = estimates_.comparisons[i];
    if (key.of != "indicator") continue;
    const FigureValue& a = Find(*estimator_, estimates_, key.of, key.a);
    const FigureValue& b = Find(*estimator_, estimates_, key.of, key.b);
    EXPECT_EQ(*value.difference, *a.value - *b.value);
    ASSERT_TRUE(value.se && value.p && value.p_adjusted) << key.a << " " << key.b;
    EXPECT_GE(*value.p_adjusted, *value.p);
    EXPECT_LE(*value.p_adjusted, 1);
    // The interval leaves 0 out exactly where p is below alpha.
    EXPECT_EQ(*value.low > 0 || *value.high < 0, *value.p < 0.05) << key.a << " " << key.b;
  }
  EXPECT_EQ(families["indicator by size"], 3u);
  EXPECT_EQ(families["indicator by area"], 6u);
}

// Among independent domains the error is that of a sum of squares; calibration makes it smaller or
// larger, but not by much.
TEST_F(ComparisonsTest, ErrorsAreOfTheOrderOfTheirFigures) {
  Estimate(800);
  const ComparisonValue& row = Row("size=micro", "size=small");
  const double se = std::hypot(*Find(*estimator_, estimates_, "indicator", "size=micro").se,
                               *Find(*estimator_, estimates_, "indicator", "size=small").se);
  EXPECT_GT(*row.se, 0.7 * se);
  EXPECT_LT(*row.se, 1.4 * se);
}

TEST_F(ComparisonsTest, WhatIsNotReportableIsNotTested) {
  Estimate(800, "minimum_n_effective: 100000");
  for (const ComparisonValue& value : estimates_.comparisons) {
    EXPECT_FALSE(value.p);
    EXPECT_FALSE(value.p_adjusted);
    EXPECT_THAT(FlagTexts(*wave_, value.flags), Contains("not_reportable"));
    EXPECT_THAT(FlagTexts(*wave_, value.flags), Contains("low_n_effective"));
  }
  EXPECT_FALSE(estimates_.comparisons.empty());
}

TEST_F(ComparisonsTest, FamiliesAreAdjustedEachByItself) {
  Estimate(800);
  std::vector<double> p, adjusted;
  for (std::size_t i = 0; i < estimates_.comparisons.size(); ++i) {
    if ((*estimates_.comparison_keys)[i].family != "indicator by area") continue;
    p.push_back(*estimates_.comparisons[i].p);
    adjusted.push_back(*estimates_.comparisons[i].p_adjusted);
  }
  EXPECT_EQ(adjusted, HolmAdjusted(p));
}

TEST_F(ComparisonsTest, WithoutWeightsThereAreNone) {
  wave_ = SurveyWave();
  Estimator estimator(wave_);
  const Estimates estimates = estimator.Estimate(state::Cube(*wave_));
  EXPECT_TRUE(estimates.comparisons.empty());
  EXPECT_TRUE(estimates.rankings.empty());
}

TEST_F(ComparisonsTest, OptionsOfAMultipleChoiceAreRanked) {
  Estimate(800);
  const auto found = std::find_if(estimates_.rankings.begin(), estimates_.rankings.end(),
                                  [](const Ranking& ranking) { return ranking.id == "barriers"; });
  ASSERT_NE(found, estimates_.rankings.end());
  double last = 2;
  for (const RankedFigure& ranked : found->figures) {
    const double value = *estimates_.figures[ranked.figure].value;
    EXPECT_LE(value, last);
    last = value;
    EXPECT_LE(*ranked.rank_low, *ranked.rank);
    EXPECT_GE(*ranked.rank_high, *ranked.rank);
    EXPECT_GE(*ranked.rank_low, 1u);
    EXPECT_LE(*ranked.rank_high, found->figures.size());
  }
}

using Bounds = std::pair<std::uint32_t, std::uint32_t>;

// Rank ranges of the barriers by figure.
std::map<std::uint32_t, Bounds> RangesOfBarriers(const Estimates& estimates) {
  std::map<std::uint32_t, Bounds> ranges;
  for (const Ranking& ranking : estimates.rankings) {
    if (ranking.id != "barriers") continue;
    for (const RankedFigure& ranked : ranking.figures) {
      ranges[ranked.figure] = {*ranked.rank_low, *ranked.rank_high};
    }
  }
  return ranges;
}

TEST_F(ComparisonsTest, RanksWithoutPairsAreOfIntervalsAtTheJointLevel) {
  bool level_matters = false;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE(seed);
    Estimate(800, "confidence_level: 0.5", seed);
    const std::map<std::uint32_t, Bounds> ranges = RangesOfBarriers(estimates_);
    ASSERT_GT(ranges.size(), 2u);
    const auto expected = [&](double alpha) {
      std::vector<std::optional<Limits>> limits;
      for (const auto& [number, range] : ranges) {
        const FigureValue& figure = estimates_.figures[number];
        limits.push_back(ShareInterval(
            {.value = *figure.value,
             .se_interval = figure.se_interval,
             .degrees_of_freedom = *figure.degrees_of_freedom,
             .level = 1 - alpha},
            {.n = static_cast<double>(figure.n), .n_effective = *figure.n_effective}));
      }
      return Ranges(limits);
    };
    std::vector<Bounds> found;
    for (const auto& [number, range] : ranges) found.push_back(range);
    EXPECT_EQ(found, expected(0.5 / static_cast<double>(ranges.size())));
    level_matters |= found != expected(0.5);
  }
  EXPECT_TRUE(level_matters);
}

TEST_F(ComparisonsTest, RanksWithPairsCountTheDifferencesThatAreSure) {
  bool level_matters = false;
  bool any_is_sure = false;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE(seed);
    Estimate(800, {.barriers = "pairs: true"}, seed);
    const std::map<std::uint32_t, Bounds> ranges = RangesOfBarriers(estimates_);
    const auto count = static_cast<std::uint32_t>(ranges.size());
    ASSERT_GT(count, 2u);
    const auto expected = [&](double alpha) {
      std::map<std::uint32_t, Bounds> bounds;
      for (const auto& [a, range_a] : ranges) {
        bounds[a] = {1, count};
        for (const auto& [b, range_b] : ranges) {
          if (a == b) continue;
          const std::vector<FigureKey>& keys = estimator_->keys();
          const ComparisonValue& row =
              a < b ? Row(keys[a].of, keys[b].of) : Row(keys[b].of, keys[a].of);
          const double difference = a < b ? *row.difference : -*row.difference;
          const double half =
              StudentQuantile(alpha / 2, *row.degrees_of_freedom) * *row.se_interval;
          if (difference < -half) ++bounds[a].first;
          if (difference > half) --bounds[a].second;
        }
      }
      return bounds;
    };
    EXPECT_EQ(ranges, expected(0.05 / (count * (count - 1) / 2.0)));
    level_matters |= ranges != expected(0.05);
    for (const auto& [figure, range] : ranges) any_is_sure |= range != Bounds(1, count);
  }
  EXPECT_TRUE(level_matters);
  EXPECT_TRUE(any_is_sure);
}

FigureValue Known() {
  FigureValue now;
  now.n = 400;
  now.n_effective = 300;
  now.value = 5;
  now.se = 3;
  now.se_interval = 3;
  now.degrees_of_freedom = 200;
  return now;
}

TEST(FigureAgainst, WithTheEarlierSeIsTakenForIndependent) {
  const FigureValue figure = FigureAgainst(Known(), {.value = 1, .se = 4, .n = 101}, 0.95);
  EXPECT_EQ(*figure.value, 4);
  EXPECT_EQ(*figure.se, 5);
  EXPECT_EQ(*figure.se_interval, 5);
  EXPECT_EQ(*figure.degrees_of_freedom, 100);
  EXPECT_NEAR(*figure.high - *figure.value, 1.983971519 * 5, 1e-6);
  EXPECT_THAT(figure.flags, ElementsAre(Flag{.kind = FlagKind::kAssumesIndependentSamples}));
}

TEST(FigureAgainst, WithoutTheEarlierSeIsADifferenceAlone) {
  for (const std::optional<double> se : {std::optional<double>(), std::optional<double>(0)}) {
    const FigureValue figure = FigureAgainst(Known(), {.value = 1, .se = se, .n = {}}, 0.95);
    EXPECT_EQ(*figure.value, 4);
    EXPECT_FALSE(figure.se || figure.se_interval || figure.low || figure.high);
    EXPECT_THAT(figure.flags, ElementsAre(Flag{.kind = FlagKind::kNotComputed}));
  }
}

TEST(FigureAgainst, WithoutAFigureThereIsNoDifference) {
  FigureValue now;
  now.flags = {{.kind = FlagKind::kNotEstimable}};
  const FigureValue figure = FigureAgainst(now, {.value = 1, .se = 4, .n = 101}, 0.95);
  EXPECT_FALSE(figure.value || figure.se);
  EXPECT_THAT(figure.flags, ElementsAre(Flag{.kind = FlagKind::kNotEstimable}));
}

TEST(Compare, FiguresFixedByTheMarginsAreNotTested) {
  FigureValue known = Known();
  known.se.reset();
  known.se_interval.reset();
  known.flags = {{.kind = FlagKind::kKnownFromRegister}};
  const ComparisonValue value = Compare(Known(), known, {}, 0.95);
  EXPECT_EQ(*value.difference, 0);
  EXPECT_FALSE(value.p || value.se || value.low);
}

TEST(Compare, NothingThatIsNoNumberIsShown) {
  const Variances none{.is_known = false, .has_leverage = false, .v = -1e-20, .v_star = -1e-20};
  const FigureValue a = Known();
  const FigureValue b = Known();
  const ComparisonValue value = Compare(a, b, ErrorsOf(none, {.a = a, .b = b}), 0.95);
  EXPECT_FALSE(value.se || value.se_interval || value.p);
  EXPECT_THAT(value.flags, ElementsAre(Flag{.kind = FlagKind::kNotEstimable}));
}

}  // namespace
}  // namespace panelpuls::estimate
