// The worked tables of docs/METHOD.md, each number of them computed anew.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "estimate/comparison/rankings.h"
#include "estimate/estimator.h"
#include "estimate/numeric/holm.h"
#include "estimate/numeric/sequence.h"
#include "estimate/numeric/ties.h"
#include "estimate/response/response_rates.h"
#include "survey.h"
#include "testing/method_text.h"

namespace panelpuls::estimate {
namespace {

using panelpuls::testing::TableOf;
using Row = panelpuls::testing::MethodRow;

// Also "8/36".
double Number(const std::string& text) {
  const std::size_t slash = text.find('/');
  if (slash == std::string::npos) return std::stod(text);
  return std::stod(text.substr(0, slash)) / std::stod(text.substr(slash + 1));
}

// Half a unit of the last digit that the table gives.
double Precision(const std::string& text) {
  const std::size_t point = text.find('.');
  if (point == std::string::npos) return text.find('/') == std::string::npos ? 0.5 : 1e-12;
  return 0.5 * std::pow(10.0, -static_cast<double>(text.size() - point - 1)) * 1.0001;
}

void ExpectShown(const std::string& text, double value) {
  EXPECT_NEAR(value, Number(text), Precision(text));
}

std::shared_ptr<const wave::Wave> ExampleWave() {
  return testing::WaveFromText(R"(
    id: "example"
    fieldwork_start: "2025-09-01"
    fieldwork_end: "2025-10-31"
    channels { code: "web" }
    max_respondents: 100
    dimensions {
      id: "size"
      categories { code: "small" population: 700 }
      categories { code: "large" population: 300 }
    }
    dimensions {
      id: "area"
      categories { code: "north" population: 450 }
      categories { code: "south" population: 550 }
    }
    questions {
      id: "answer"
      options { code: "up" }
      options { code: "same" }
      options { code: "down" }
    }
    questions { id: "use" options { code: "yes" } options { code: "no" } }
    indicator {
      questions: "answer"
      groups { id: "up" score: 100 combinations { options: "up" } }
      groups { id: "same" score: 0 combinations { options: "same" } }
      groups { id: "down" score: -100 combinations { options: "down" } }
    }
    tabulations {
      by: "size"
      by: "use"
      by: "size&use"
      group_shares: true
      totals: true
      ratio: true
      against_others: true
    }
    weighting { dimensions: "size" dimensions: "area" }
  )");
}

class MethodExample : public ::testing::Test {
 protected:
  void SetUp() override {
    wave_ = ExampleWave();
    std::vector<Row> rows = TableOf("respondents");
    std::vector<testing::SampleResponse> responses;
    for (std::size_t i = 1; i < rows.size(); ++i) {
      testing::SampleResponse& response = responses.emplace_back();
      response.unit = i;
      response.channel = "web";
      for (std::size_t column = 0; column < rows[0].size(); ++column) {
        if (rows[i][column].empty()) continue;
        (column < 2 ? response.categories : response.answers)[rows[0][column]] = rows[i][column];
      }
    }
    ASSERT_EQ(responses.size(), 12u);
    survey_ = std::make_unique<Survey>(wave_, responses);
    estimator_ = std::make_unique<Estimator>(wave_);
    estimates_ = estimator_->Estimate(survey_->cube());
  }

  std::shared_ptr<const wave::Wave> wave_;
  std::unique_ptr<Survey> survey_;
  std::unique_ptr<Estimator> estimator_;
  Estimates estimates_;
};

TEST_F(MethodExample, WeightsOfM2) {
  const std::vector<Row> rows = TableOf("weights");
  ASSERT_EQ(rows.size(), 5u);
  for (std::size_t i = 1; i < rows.size(); ++i) {
    std::uint64_t cell = 0;
    for (std::size_t d = 0; d < 2; ++d) {
      const wave::Dimension& dimension = wave_->dimensions[d];
      cell += static_cast<std::uint64_t>(wave::Wave::FindCategory(dimension, rows[i][d])) *
              dimension.cell_stride;
    }
    ExpectShown(rows[i][2], estimates_.calibration.g[cell]);
  }
}

TEST_F(MethodExample, FiguresOfM5) {
  const std::vector<Row> rows = TableOf("figures");
  ASSERT_EQ(rows.size(), 5u);
  for (std::size_t i = 1; i < rows.size(); ++i) {
    const Row& row = rows[i];
    SCOPED_TRACE(row[0] + " " + row[1]);
    const FigureValue& figure = Find(*estimator_, estimates_, row[0], row[1]);
    EXPECT_EQ(std::to_string(figure.n), row[2]);
    ExpectShown(row[3], *figure.n_effective);
    ExpectShown(row[4], *figure.value);
    ExpectShown(row[5], *figure.se);
    ExpectShown(row[6], *figure.se_interval);
    ExpectShown(row[7], *figure.degrees_of_freedom);
    ExpectShown(row[8], *figure.low);
    ExpectShown(row[9], *figure.high);
  }
}

TEST_F(MethodExample, MoreFiguresOfM5) {
  const std::vector<Row> rows = TableOf("more figures");
  ASSERT_EQ(rows.size(), 9u);
  for (std::size_t i = 1; i < rows.size(); ++i) {
    const Row& row = rows[i];
    SCOPED_TRACE(row[0] + " " + row[1] + " " + row[2]);
    std::optional<double> value, se;
    for (std::size_t k = 0; k < estimator_->keys().size(); ++k) {
      const FigureKey& key = estimator_->keys()[k];
      if (key.statistic != row[0] || key.of != row[1] || key.domain != row[2]) continue;
      value = estimates_.figures[k].value;
      se = estimates_.figures[k].se;
    }
    for (std::size_t k = 0; k < estimates_.comparisons.size(); ++k) {
      const ComparisonKey& key = (*estimates_.comparison_keys)[k];
      if (row[3].empty() || key.of != row[1] || key.a != row[2] || key.b != row[3]) continue;
      value = estimates_.comparisons[k].difference;
      se = estimates_.comparisons[k].se;
    }
    ASSERT_TRUE(value && se);
    ExpectShown(row[4], *value);
    ExpectShown(row[5], *se);
  }
}

TEST(Method, ScoresOfM3) {
  const std::vector<Row> rows = TableOf("scores");
  wave::Indicator indicator;
  std::vector<double> shares;
  for (std::size_t i = 1; i + 1 < rows[0].size(); ++i) {
    indicator.groups.push_back({});
    indicator.groups.back().score = Number(rows[0][i]);
    shares.push_back(Number(rows[1][i]) / 100);
  }
  ExpectShown(rows[1].back(), ScoreFromShares(indicator, shares));
}

TEST(Method, HolmOfM3) {
  const std::vector<Row> rows = TableOf("holm");
  std::vector<double> p;
  for (std::size_t i = 1; i < rows[0].size(); ++i) p.push_back(Number(rows[0][i]));
  const std::vector<double> adjusted = HolmAdjusted(p);
  for (std::size_t i = 0; i < p.size(); ++i) {
    EXPECT_NEAR(adjusted[i], Number(rows[1][i + 1]), 1e-12);
  }
}

TEST(Method, TiesAreThoseOfTheTable) {
  const std::vector<Row> rows = TableOf("ties");
  std::vector<std::optional<double>> shares;
  for (std::size_t i = 1; i < rows[0].size(); ++i) shares.emplace_back(Number(rows[0][i]));
  const std::vector<TiedRank> ranks = TiedRanks(shares);
  ASSERT_EQ(rows[1].size(), ranks.size() + 1);
  for (std::size_t i = 0; i < ranks.size(); ++i) {
    EXPECT_EQ(std::to_string(*ranks[i].rank), rows[1][i + 1]);
  }
}

TEST(Method, RanksOfM3) {
  const std::vector<Row> rows = TableOf("ranks");
  std::vector<std::optional<Limits>> limits;
  for (std::size_t i = 1; i < rows.size(); ++i) {
    limits.push_back(Limits{Number(rows[i][0]), Number(rows[i][1])});
  }
  const std::vector<RankRange> ranges = RankRanges(limits);
  for (std::size_t i = 1; i < rows.size(); ++i) {
    EXPECT_EQ(std::to_string(ranges[i - 1].low), rows[i][2]) << i;
    EXPECT_EQ(std::to_string(ranges[i - 1].high), rows[i][3]) << i;
  }
}

TEST(Method, SequenceOfM6) {
  const std::vector<Row> rows = TableOf("sequence");
  const ConfidenceSequence sequence({.planned_n = 4000, .level = 0.95});
  for (std::size_t i = 1; i < rows.size(); ++i) {
    ExpectShown(rows[i][1], sequence.HalfWidth(Number(rows[i][0]) * 4000));
  }
}

TEST(Method, RatesOfM8) {
  const std::vector<Row> rows = TableOf("rates");
  const auto column = [&rows](const std::string& name) {
    for (std::size_t i = 0; i < rows[0].size(); ++i) {
      if (rows[0][i] == name) return rows[1][i];
    }
    ADD_FAILURE() << "no column " << name;
    return rows[1][0];
  };
  CaseCounts counts;
  counts.complete = Number(column("I"));
  counts.partial = Number(column("P"));
  counts.refusal = Number(column("R"));
  counts.non_contact = Number(column("NC"));
  counts.other = Number(column("O"));
  counts.unknown = Number(column("U"));
  counts.ineligible = Number(column("NE"));
  const std::optional<double> share = EligibleShare(counts, 1);
  EXPECT_NEAR(*share, Number(column("e")), 1e-12);
  const ResponseRates rates = RatesOf(counts, share);
  for (std::size_t i = 0; i < rates.rr.size(); ++i) {
    EXPECT_NEAR(*rates.rr[i], Number(column("RR" + std::to_string(i + 1))), 1e-12) << i;
  }
}

TEST(Method, HalfWidthOfM10) {
  const std::vector<Row> rows = TableOf("half-width");
  for (std::size_t i = 1; i < rows.size(); ++i) {
    EXPECT_NEAR(NonResponseDifference(Number(rows[i][0]), Number(rows[i][1])), Number(rows[i][2]),
                1e-12);
  }
}

}  // namespace
}  // namespace panelpuls::estimate
