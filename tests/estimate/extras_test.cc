// Totals, ratios, crossed domains and categories against their others, held against figures that
// must be the same or add up: METHOD M3, M5.
#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <random>

#include "estimate/estimator.h"
#include "survey.h"

namespace panelpuls::estimate {
namespace {

using ::testing::Contains;

// The random survey with a dimension of one category, in which everybody stands, and with all that
// tabulations may ask for.
std::shared_ptr<const wave::Wave> ExtraWave(const std::string& method = "method: RAKE") {
  return testing::WaveFromText(
      R"pb(
        id: "extras"
        fieldwork_start: "2025-09-01"
        fieldwork_end: "2025-10-31"
        channels { code: "eboks" }
        channels { code: "cati" }
        max_respondents: 100000
        dimensions {
          id: "size"
          categories { code: "micro" population: 7000 }
          categories { code: "small" population: 2500 }
          categories { code: "medium" population: 500 }
        }
        dimensions {
          id: "area"
          categories { code: "north" population: 4000 }
          categories { code: "east" population: 3000 }
          categories { code: "south" population: 2000 }
          categories { code: "west" population: 1000 }
        }
        dimensions {
          id: "country"
          categories { code: "here" }
        }
        questions {
          id: "revenue"
          options { code: "up" }
          options { code: "same" }
          options { code: "down" }
        }
        questions {
          id: "use"
          options { code: "never" }
          options { code: "daily" }
        }
        indicator {
          questions: "revenue"
          groups {
            id: "rise"
            score: 100
            combinations { options: "up" }
          }
          groups {
            id: "flat"
            score: 0
            combinations { options: "same" }
          }
          groups {
            id: "fall"
            score: -100
            combinations { options: "down" }
          }
        }
        tabulations {
          by: "use"
          by: "use&country"
          by: "size"
          by: "size&country"
          by: "area&use"
          by: "channel"
          group_shares: true
          totals: true
          ratio: true
          against_others: true
        }
        tabulations { question: "use" by: "area" totals: true }
        design { base_weights: BASE_WEIGHTS_PER_UNIT }
        reporting { sequence_planned_n: 1000 }
      )pb" +
      ("weighting { " + method + " dimensions: \"size\" dimensions: \"area\" }"));
}

class ExtrasTest : public ::testing::Test {
 protected:
  void Estimate(std::uint64_t seed, const std::string& method = "method: RAKE",
                bool without_decline = false) {
    wave_ = ExtraWave(method);
    std::mt19937_64 random(seed);
    std::vector<testing::SampleResponse> responses;
    for (testing::SampleResponse response : RandomResponses(600, random)) {
      response.categories.erase("sector");
      response.categories["country"] = "here";
      response.answers.erase("jobs");
      response.answers.erase("barriers");
      if (response.answers["revenue"] == "dont_know") response.answers["revenue"] = "";
      if (without_decline && response.answers["revenue"] == "down") {
        response.answers["revenue"] = "same";
      }
      std::string& use = response.answers["use"];
      if (use == "sometimes" || use == "dont_know") use = "";
      std::erase_if(response.answers, [](const auto& answer) { return answer.second.empty(); });
      responses.push_back(response);
    }
    survey_ = std::make_unique<Survey>(wave_, responses);
    estimator_ = std::make_unique<Estimator>(wave_);
    estimates_ = estimator_->Estimate(survey_->cube());
    ASSERT_TRUE(estimates_.calibration.converged);
  }
  const FigureValue& Figure(const std::string& statistic, const std::string& of,
                            const std::string& domain) const {
    for (std::size_t i = 0; i < estimator_->keys().size(); ++i) {
      const FigureKey& key = estimator_->keys()[i];
      if (key.statistic == statistic && key.of == of && key.domain == domain) {
        return estimates_.figures[i];
      }
    }
    ADD_FAILURE() << statistic << " " << of << " " << domain;
    return estimates_.figures.front();
  }
  const ComparisonValue& Compared(const std::string& a, const std::string& b) const {
    for (std::size_t i = 0; i < estimates_.comparisons.size(); ++i) {
      const ComparisonKey& key = (*estimates_.comparison_keys)[i];
      if (key.of == "indicator" && key.a == a && key.b == b) return estimates_.comparisons[i];
    }
    ADD_FAILURE() << a << " " << b;
    return estimates_.comparisons.front();
  }

  std::shared_ptr<const wave::Wave> wave_;
  std::unique_ptr<Survey> survey_;
  std::unique_ptr<Estimator> estimator_;
  Estimates estimates_;
};

void ExpectSame(const FigureValue& a, const FigureValue& b) {
  EXPECT_EQ(a.n, b.n);
  ASSERT_TRUE(a.value && b.value && a.se && b.se && a.se_interval && b.se_interval);
  EXPECT_NEAR(*a.value, *b.value, 1e-10 * std::max(1.0, std::abs(*b.value)));
  EXPECT_NEAR(*a.se, *b.se, 1e-10 * *b.se);
  EXPECT_NEAR(*a.se_interval, *b.se_interval, 1e-10 * *b.se_interval);
  EXPECT_EQ(*a.degrees_of_freedom, *b.degrees_of_freedom);
  EXPECT_NEAR(*a.low, *b.low, 1e-8 * std::max(1.0, std::abs(*b.low)));
}

TEST_F(ExtrasTest, CrossedWithWhatHoldsForAllADomainStaysWhatItIs) {
  Estimate(1);
  for (const char* statistic : {"mean", "ratio"}) {
    ExpectSame(Figure(statistic, "indicator", "use=daily&country=here"),
               Figure(statistic, "indicator", "use=daily"));
  }
  for (const char* statistic : {"share", "total"}) {
    ExpectSame(Figure(statistic, "indicator/fall", "use=daily&country=here"),
               Figure(statistic, "indicator/fall", "use=daily"));
  }
  // A margin knows how many are small, and not how many of them stand in a country.
  const FigureValue& known = Figure("mean", "indicator", "size=small");
  const FigureValue& random = Figure("mean", "indicator", "size=small&country=here");
  EXPECT_NEAR(*random.se, *known.se, 1e-10 * *known.se);
  const double n = *known.n_effective;
  EXPECT_NEAR(*random.se_interval, *known.se_interval * std::sqrt(n / (n - 1)), 1e-10);
  ExpectSame(Figure("total", "indicator/rise", "size=small&country=here"),
             Figure("total", "indicator/rise", "size=small"));
}

TEST_F(ExtrasTest, TotalsOfADomainsPartsAddUp) {
  for (const std::string method : {"method: RAKE", "method: LINEAR"}) {
    SCOPED_TRACE(method);
    Estimate(2, method);
    for (const char* of : {"use/never", "use/daily"}) {
      double sum = 0;
      for (const char* area : {"north", "east", "south", "west"}) {
        sum += *Figure("total", of, std::string("area=") + area).value;
      }
      EXPECT_NEAR(*Figure("total", of, "").value, sum, 1e-8);
    }
    const FigureValue& total = Figure("total", "use/daily", "");
    EXPECT_GE(*total.low, 0);
    EXPECT_LT(*total.low, *total.value);
    EXPECT_GT(*total.high, *total.value);
    EXPECT_LT(*total.high, 10'000);
    EXPECT_TRUE(total.sequence_low && total.sequence_high);
    // Beside all who have a direction, those who rose are as many as the share says.
    const double valid = *Figure("total", "indicator/rise", "").value +
                         *Figure("total", "indicator/flat", "").value +
                         *Figure("total", "indicator/fall", "").value;
    EXPECT_NEAR(*Figure("total", "indicator/rise", "").value / valid,
                *Figure("share", "indicator/rise", "").value, 1e-12);
  }
}

TEST_F(ExtrasTest, OfTwoCategoriesTheOtherIsAllOthers) {
  Estimate(3);
  for (const char* id : {"use", "channel"}) {
    const bool is_use = std::string(id) == "use";
    const std::string a = std::string(id) + (is_use ? "=never" : "=eboks");
    const std::string b = std::string(id) + (is_use ? "=daily" : "=cati");
    SCOPED_TRACE(a);
    const ComparisonValue& pair = Compared(a, b);
    const ComparisonValue& others = Compared(a, "!" + a);
    const ComparisonValue& turned = Compared(b, "!" + b);
    ASSERT_TRUE(pair.se && others.se && turned.se);
    EXPECT_NEAR(*others.difference, *pair.difference, 1e-10);
    EXPECT_NEAR(*turned.difference, -*pair.difference, 1e-10);
    EXPECT_NEAR(*others.se, *pair.se, 1e-10 * *pair.se);
    EXPECT_NEAR(*others.se_interval, *pair.se_interval, 1e-10 * *pair.se_interval);
    EXPECT_NEAR(*others.degrees_of_freedom, *pair.degrees_of_freedom, 1e-8);
    EXPECT_NEAR(*others.p, *pair.p, 1e-8);
  }
}

TEST_F(ExtrasTest, ARatioLiesInsideAnIntervalAboveNothing) {
  Estimate(4);
  const FigureValue& ratio = Figure("ratio", "indicator", "");
  EXPECT_NEAR(
      *ratio.value,
      *Figure("share", "indicator/rise", "").value / *Figure("share", "indicator/fall", "").value,
      1e-12);
  EXPECT_GT(*ratio.low, 0);
  EXPECT_NEAR(std::sqrt(*ratio.low * *ratio.high), *ratio.value, 1e-10);
  EXPECT_FALSE(ratio.sequence_low || ratio.sequence_high);
}

TEST_F(ExtrasTest, WithoutADeclineThereIsNoRatioAndNoErrorOfItsTotal) {
  Estimate(5, "method: RAKE", true);
  const FigureValue& ratio = Figure("ratio", "indicator", "");
  EXPECT_FALSE(ratio.value || ratio.se || ratio.low);
  EXPECT_THAT(FlagTexts(*wave_, ratio.flags), Contains("not_estimable"));
  const FigureValue& total = Figure("total", "indicator/fall", "");
  EXPECT_EQ(*total.value, 0);
  EXPECT_FALSE(total.se);
  EXPECT_THAT(FlagTexts(*wave_, total.flags), Contains("not_estimable"));
  // As the share's, the interval says how many there may be.
  EXPECT_EQ(*total.low, 0);
  EXPECT_GT(*total.high, 0);
}

}  // namespace
}  // namespace panelpuls::estimate
