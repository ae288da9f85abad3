// Ties, ranges of ranks and which options have a rank: METHOD M3.
#include "estimate/comparison/rankings.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>

#include "estimate/comparison/rank_pairs.h"
#include "estimate/estimator.h"
#include "estimate/numeric/ties.h"
#include "survey.h"

namespace panelpuls::estimate {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::ElementsAreArray;
using ::testing::Not;

testing::SampleResponse Firm(std::uint64_t unit, std::map<std::string, std::string> answers) {
  testing::SampleResponse response;
  response.unit = unit;
  response.answers = std::move(answers);
  return response;
}

TEST(TiedRanks, AreOneForSharesThatNoRespondentCouldTellApart) {
  struct Row {
    const char* name;
    std::vector<std::optional<double>> values;
    std::vector<std::uint32_t> ranks, ties;
  };
  const double fifth = 0.2;
  for (const Row& row :
       {Row{"none", {}, {}, {}}, Row{"apart", {0.1, 0.3, 0.2}, {3, 1, 2}, {0, 0, 0}},
        Row{"rounding", {15 * (1.0 / 15) / 5, fifth, 19 * (1.0 / 19) / 5}, {1, 1, 1}, {2, 2, 2}},
        Row{"weights' tolerance", {fifth, fifth - 4e-12, 0.1}, {1, 1, 3}, {1, 1, 0}},
        Row{"one respondent of many", {fifth, fifth + 1e-8}, {2, 1}, {0, 0}},
        // The last is like the second, which is like the first: one step would chain them.
        Row{"no chain", {fifth, fifth - 0.8e-9, fifth - 1.6e-9}, {1, 1, 3}, {1, 1, 0}},
        Row{"far below 1", {0.0, 0.0, 1e-7}, {2, 2, 1}, {1, 1, 0}}}) {
    SCOPED_TRACE(row.name);
    std::vector<std::uint32_t> ranks, ties;
    for (const TiedRank& ranked : TiedRanks(row.values)) {
      ranks.push_back(*ranked.rank);
      ties.push_back(*ranked.ties);
    }
    EXPECT_EQ(ranks, row.ranks);
    EXPECT_EQ(ties, row.ties);
  }
  const std::vector<TiedRank> ranks = TiedRanks(std::vector<std::optional<double>>{{}, 0.5, {}});
  EXPECT_FALSE(ranks[0].rank || ranks[0].ties || ranks[2].rank);
  EXPECT_EQ(ranks[1].rank, 1u);
}

// Any order of the same values gives each value the same rank.
TEST(TiedRanks, DoNotDependOnTheOrder) {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937_64 random(seed);
    std::vector<std::optional<double>> values;
    for (std::size_t i = 0; i < 2 + random() % 8; ++i) {
      values.emplace_back(static_cast<double>(random() % 6) * 0.4e-9 + 0.1);
    }
    std::map<double, std::uint32_t> rank_of;
    const std::vector<TiedRank> ranks = TiedRanks(values);
    for (std::size_t i = 0; i < values.size(); ++i) rank_of[*values[i]] = *ranks[i].rank;
    std::shuffle(values.begin(), values.end(), random);
    const std::vector<TiedRank> shuffled = TiedRanks(values);
    for (std::size_t i = 0; i < values.size(); ++i) {
      EXPECT_EQ(*shuffled[i].rank, rank_of[*values[i]]);
    }
  }
}

std::vector<std::pair<std::uint32_t, std::uint32_t>> Bounds(const std::vector<RankRange>& ranges) {
  std::vector<std::pair<std::uint32_t, std::uint32_t>> bounds;
  for (const RankRange& range : ranges) bounds.emplace_back(range.low, range.high);
  return bounds;
}

// Figures with intervals and with errors of their differences, of any correlation.
struct RandomRanking {
  std::vector<std::optional<double>> values;
  std::vector<std::optional<Limits>> limits;
  std::vector<ComparisonValue> comparisons;

  explicit RandomRanking(std::uint64_t seed) {
    std::mt19937_64 random(seed);
    const auto unit = [&random] { return static_cast<double>(random() % 10'001) / 10'000; };
    const std::size_t figures = 2 + random() % 6;
    std::vector<double> se;
    for (std::size_t i = 0; i < figures; ++i) {
      values.emplace_back(unit() * 0.3);
      se.push_back(random() % 5 == 0 ? 0 : 0.005 + 0.05 * unit());
      const double half = 2.6 * (se.back() > 0 ? se.back() : 0.01);
      limits.push_back(random() % 9 == 0 ? std::nullopt
                                         : std::optional(Limits{std::max(0.0, *values[i] - half),
                                                                *values[i] + half}));
    }
    for (std::size_t i = 0; i < figures; ++i) {
      for (std::size_t j = i + 1; j < figures; ++j) {
        ComparisonValue& value = comparisons.emplace_back();
        value.difference = *values[i] - *values[j];
        if (se[i] == 0 || se[j] == 0) continue;
        const double correlation = 2 * unit() - 1;
        value.se_interval =
            std::sqrt(se[i] * se[i] + se[j] * se[j] - 2 * correlation * se[i] * se[j]);
        value.degrees_of_freedom = 100;
      }
    }
  }

  std::vector<RankRange> WithPairs() const {
    std::vector<const ComparisonValue*> pairs;
    for (const ComparisonValue& value : comparisons) pairs.push_back(&value);
    return RangesOfPairs({.values = values, .limits = limits, .pairs = pairs, .alpha = 0.05});
  }
};

TEST(RangesOfPairs, AreNeverLongerThanThoseOfIntervals) {
  int shorter = 0;
  for (std::uint64_t seed = 1; seed <= 2'000; ++seed) {
    SCOPED_TRACE(seed);
    const RandomRanking ranking(seed);
    const auto without = Bounds(RankRanges(ranking.limits));
    const auto with = Bounds(ranking.WithPairs());
    const std::vector<TiedRank> ranks = TiedRanks(ranking.values);
    for (std::size_t i = 0; i < with.size(); ++i) {
      EXPECT_GE(with[i].first, without[i].first);
      EXPECT_LE(with[i].second, without[i].second);
      EXPECT_LE(with[i].first, *ranks[i].rank);
      EXPECT_GE(with[i].second, *ranks[i].rank);
    }
    shorter += with != without ? 1 : 0;
  }
  EXPECT_GT(shorter, 500);
}

// Firms that name barriers; all firms stand in one area.
std::shared_ptr<const wave::Wave> BarrierWave(const std::string& options,
                                              const std::string& tabulation = "") {
  return testing::WaveFromText(
      R"pb(
        id: "barriers"
        fieldwork_start: "2026-10-01"
        fieldwork_end: "2026-11-30"
        channels { code: "eboks" }
        max_respondents: 10000
        dimensions {
          id: "area"
          categories { code: "north" population: 600 }
          categories { code: "south" population: 400 }
        }
        reporting { minimum_n_effective: 1 }
      )pb" +
      ("questions { id: \"barriers\" kind: MULTIPLE " + options + " }") +
      "tabulations { question: \"barriers\" " + tabulation + " }");
}

std::string Options(const std::vector<std::string>& codes) {
  std::string text;
  for (const std::string& code : codes) text += "options { code: \"" + code + "\" } ";
  return text;
}

struct Choice {
  std::string options;  // joined by bars
  std::size_t firms = 0;
};

struct Ranked {
  std::shared_ptr<const wave::Wave> wave;
  std::vector<FigureKey> keys;
  Estimates estimates;

  Ranked(std::shared_ptr<const wave::Wave> the_wave, const std::vector<Choice>& choices)
      : wave(std::move(the_wave)) {
    std::vector<testing::SampleResponse> responses;
    for (const Choice& choice : choices) {
      for (std::size_t i = 0; i < choice.firms; ++i) {
        testing::SampleResponse response;
        response.unit = responses.size();
        response.categories = {{"area", i % 3 == 0 ? "south" : "north"}};
        response.answers = {{"barriers", choice.options}};
        responses.push_back(response);
      }
    }
    const Survey survey(wave, responses);
    Estimator estimator(wave);
    estimates = estimator.Estimate(survey.cube());
    keys = estimator.keys();
  }

  std::map<std::string, RankedFigure> ByCode() const {
    std::map<std::string, RankedFigure> ranked;
    for (const RankedFigure& figure : estimates.rankings.front().figures) {
      const std::string& of = keys[figure.figure].of;
      ranked[of.substr(of.find('/') + 1)] = figure;
    }
    return ranked;
  }
  const ComparisonValue& Compared(const std::string& a, const std::string& b) const {
    for (std::size_t i = 0; i < estimates.comparisons.size(); ++i) {
      const ComparisonKey& key = (*estimates.comparison_keys)[i];
      if (key.a == "barriers/" + a && key.b == "barriers/" + b) return estimates.comparisons[i];
    }
    ADD_FAILURE() << a << " and " << b << " are not compared";
    return estimates.comparisons.front();
  }
};

TEST(Rankings, AnOptionThatNobodyChoseIsLastWithPairsToo) {
  const std::vector<Choice> choices = {
      {"law", 60}, {"law|staff", 50}, {"staff|money", 40}, {"money", 30}, {"time", 20}};
  const std::vector<std::string> codes = {"law", "staff", "money", "time", "energy"};
  const auto without = Ranked(BarrierWave(Options(codes)), choices).ByCode();
  const auto with = Ranked(BarrierWave(Options(codes), "pairs: true"), choices).ByCode();
  EXPECT_EQ(without.at("energy").rank_low, 5u);
  for (const std::string& code : codes) {
    SCOPED_TRACE(code);
    EXPECT_GE(*with.at(code).rank_low, *without.at(code).rank_low);
    EXPECT_LE(*with.at(code).rank_high, *without.at(code).rank_high);
  }
}

TEST(Rankings, AnExclusiveOptionHasNoRankUnlessTheDefinitionSaysSo) {
  struct Row {
    const char* none;
    const char* staff;
    std::vector<std::string> ranked;
  };
  for (const Row& row : {Row{"exclusive: true", "", {"law", "money", "staff"}},
                         Row{"exclusive: true ranked: true", "", {"law", "money", "none", "staff"}},
                         Row{"", "", {"law", "money", "none", "staff"}},
                         Row{"exclusive: true", "ranked: false", {"law", "money"}}}) {
    SCOPED_TRACE(row.none);
    const Ranked survey(
        BarrierWave(Options({"law", "money"}) + "options { code: \"none\" " + row.none +
                        " } options { code: \"staff\" " + row.staff + " }",
                    "pairs: true"),
        {{"law", 40}, {"none", 50}, {"law|money", 30}, {"staff", 20}});
    std::vector<std::string> ranked;
    for (const auto& [code, figure] : survey.ByCode()) {
      ranked.push_back(code);
      EXPECT_LE(*figure.rank, row.ranked.size());
      EXPECT_LE(*figure.rank_high, row.ranked.size());
    }
    EXPECT_THAT(ranked, ElementsAreArray(row.ranked));
    // Its share and its differences are figures like others.
    EXPECT_EQ(survey.estimates.comparisons.size(), 6u);
    EXPECT_TRUE(survey.Compared("law", "none").p);
  }
}

TEST(Rankings, OptionsAlwaysChosenTogetherLeaveNothingToEstimateFrom) {
  const Ranked survey(BarrierWave(Options({"law", "staff", "money"}), "pairs: true"),
                      {{"law|staff", 60}, {"money", 40}, {"law|staff|money", 30}});
  const ComparisonValue& together = survey.Compared("law", "staff");
  EXPECT_NEAR(*together.difference, 0, 1e-15);
  EXPECT_FALSE(together.se || together.se_interval || together.low || together.p);
  EXPECT_THAT(FlagTexts(*survey.wave, together.flags), ElementsAre("not_estimable"));
  EXPECT_TRUE(survey.Compared("law", "money").p);
  EXPECT_EQ(survey.ByCode().at("law").rank, survey.ByCode().at("staff").rank);
  EXPECT_EQ(survey.ByCode().at("law").ties, 1u);
}

// The same of two questions of a battery, with an option that is missing and firms that left one
// of the two out.
TEST(Rankings, QuestionsAlwaysAnsweredAlikeLeaveNothingToEstimateFrom) {
  const auto question = [](const std::string& id) {
    return "questions { id: \"" + id +
           "\" battery: \"habits\" options { code: \"never\" } options { code: \"some\" } options "
           "{ code: \"daily\" } options { code: \"dont_know\" missing: true } "
           "sets { id: \"at_all\" options: \"some\" options: \"daily\" } } "
           "tabulations { question: \"" +
           id + "\" pairs: true }";
  };
  const auto wave = testing::WaveFromText(R"pb(
                                            id: "habits"
                                            fieldwork_start: "2026-10-01"
                                            fieldwork_end: "2026-11-30"
                                            channels { code: "eboks" }
                                            max_respondents: 10000
                                            weighting { method: NONE }
                                            reporting { minimum_n_effective: 1 }
                                          )pb" +
                                          question("use") + question("plans"));
  struct Row {
    const char* name;
    std::string use, plans;  // of one firm more
    bool is_estimable;
  };
  for (const Row& row :
       {Row{"alike", "some", "some", false}, Row{"in the same part", "some", "daily", false},
        Row{"neither", "dont_know", "", false}, Row{"unlike", "never", "daily", true},
        Row{"one left out", "never", "", true}, Row{"one not known", "dont_know", "daily", true}}) {
    SCOPED_TRACE(row.name);
    std::vector<testing::SampleResponse> responses;
    for (std::uint64_t unit = 0; unit < 20; ++unit) {
      const std::string answer = unit % 3 == 0 ? "never" : "daily";
      responses.push_back(Firm(unit, {{"use", answer}, {"plans", answer}}));
    }
    responses.push_back(Firm(20, {}));
    if (!row.use.empty()) responses.back().answers["use"] = row.use;
    if (!row.plans.empty()) responses.back().answers["plans"] = row.plans;
    const Survey survey(wave, responses);
    const Estimates estimates = Estimator(wave).Estimate(survey.cube());
    ASSERT_EQ(estimates.comparisons.size(), 1u);
    const ComparisonValue& compared = estimates.comparisons.front();
    EXPECT_EQ(compared.se.has_value(), row.is_estimable);
    EXPECT_EQ(compared.p.has_value(), row.is_estimable);
    const std::vector<std::string> flags = FlagTexts(*wave, compared.flags);
    if (!row.is_estimable) EXPECT_THAT(flags, Contains("not_estimable"));
    EXPECT_THAT(flags, Not(Contains("known_from_register")));
  }
}

// Weights that differ in the last digits: five areas of 1,000 firms, each option named by all of
// one area; and a table that is symmetric in two raked dimensions. Any order of the respondents.
TEST(Rankings, EqualSharesAreTiedInAnyOrderOfTheRespondents) {
  std::string areas;
  std::string options;
  const std::vector<std::pair<std::string, std::size_t>> firms = {
      {"law", 10}, {"staff", 15}, {"money", 19}, {"time", 30}, {"energy", 20}};
  for (const auto& [code, n] : firms) {
    areas += "categories { code: \"" + code + "\" population: 1000 } ";
    options += "options { code: \"" + code + "\" } ";
  }
  const auto wave = testing::WaveFromText(
      "id: \"equal\" fieldwork_start: \"2026-10-01\" fieldwork_end: \"2026-11-30\" "
      "channels { code: \"eboks\" } max_respondents: 1000 dimensions { id: \"area\" " +
      areas + "} questions { id: \"barriers\" kind: MULTIPLE " + options +
      "} tabulations { question: \"barriers\" } weighting { method: POSTSTRATIFY dimensions: "
      "\"area\" }");
  std::vector<testing::SampleResponse> responses;
  for (const auto& [code, n] : firms) {
    for (std::size_t i = 0; i < n; ++i) {
      responses.push_back(Firm(responses.size(), {{"barriers", code}}));
      responses.back().categories = {{"area", code}};
    }
  }
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937_64 random(seed);
    std::shuffle(responses.begin(), responses.end(), random);
    const Survey survey(wave, responses);
    const Estimates estimates = Estimator(wave).Estimate(survey.cube());
    std::vector<std::uint32_t> order;
    for (const RankedFigure& ranked : estimates.rankings.front().figures) {
      EXPECT_NEAR(*estimates.figures[ranked.figure].value, 0.2, 1e-15);
      EXPECT_EQ(ranked.rank, 1u);
      EXPECT_EQ(ranked.ties, 4u);
      order.push_back(ranked.figure);
    }
    EXPECT_TRUE(std::is_sorted(order.begin(), order.end()));
  }
}

}  // namespace
}  // namespace panelpuls::estimate
