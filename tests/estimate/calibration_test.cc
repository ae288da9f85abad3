// What weights of each method have to be, on random cells with unequal base weights.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <ostream>
#include <random>

#include "cell_counts.h"
#include "estimate/estimator.h"
#include "survey.h"

namespace panelpuls::estimate {
namespace {

using ::testing::ElementsAre;

constexpr double kInfinity = std::numeric_limits<double>::infinity();

std::vector<CellCount> RandomCounts(const wave::Wave& wave, std::mt19937_64& random) {
  std::vector<CellCount> counts;
  for (std::uint32_t cell = 0; cell < wave.cells; ++cell) {
    counts.push_back({.cell = cell,
                      .n = 1 + random() % 20,
                      .d = 0.3 + static_cast<double>(random() % 10'000) / 1234});
  }
  return counts;
}

struct Solved {
  CellList list;
  CalibrationResult result;
  std::vector<double> g;
  MarginSet set;

  double Scale() const {
    double sum = 0;
    for (const double t : list.t) sum += t;
    return set.population / sum;
  }
  // Largest relative error of a category, from the weights.
  double Error() const {
    double error = 0;
    for (const Margin& margin : set.margins) {
      std::vector<long double> sums(margin.groups());
      for (std::size_t i = 0; i < list.size(); ++i) {
        sums[margin.group[i]] += static_cast<long double>(list.t[i]) * g[i];
      }
      for (std::size_t group = 0; group < sums.size(); ++group) {
        error =
            std::max(error, std::abs(static_cast<double>(sums[group]) / margin.totals[group] - 1));
      }
    }
    return error;
  }
};

Solved Solve(const wave::Wave& wave, const std::vector<CellCount>& counts) {
  Solved solved;
  const CellMap map(wave);
  Calibrator calibrator(wave, map);
  solved.list = ListOf(map, counts);
  solved.result = calibrator.Calibrate(solved.list, &solved.g);
  solved.set = calibrator.margins();
  return solved;
}

// One line a cell: 1 and dummies of all groups but each margin's first.
std::vector<std::vector<double>> DesignOf(const Solved& solved) {
  std::vector<std::vector<double>> x(solved.list.size(), {1.0});
  for (const Margin& margin : solved.set.margins) {
    for (std::size_t group = 1; group < margin.groups(); ++group) {
      for (std::size_t i = 0; i < x.size(); ++i) {
        x[i].push_back(margin.group[i] == group ? 1 : 0);
      }
    }
  }
  return x;
}

// a beta = b by elimination with pivots.
std::vector<double> SolveDense(std::vector<std::vector<double>> a, std::vector<double> b) {
  const std::size_t n = b.size();
  for (std::size_t k = 0; k < n; ++k) {
    std::size_t best = k;
    for (std::size_t i = k; i < n; ++i) {
      if (std::abs(a[i][k]) > std::abs(a[best][k])) best = i;
    }
    std::swap(a[k], a[best]);
    std::swap(b[k], b[best]);
    for (std::size_t i = 0; i < n; ++i) {
      if (i == k) continue;
      const double factor = a[i][k] / a[k][k];
      for (std::size_t j = k; j < n; ++j) a[i][j] -= factor * a[k][j];
      b[i] -= factor * b[k];
    }
  }
  for (std::size_t k = 0; k < n; ++k) b[k] /= a[k][k];
  return b;
}

// Weighted least squares of y on the design.
std::vector<double> Regress(const std::vector<std::vector<double>>& x,
                            const std::vector<double>& weight, const std::vector<double>& y) {
  const std::size_t p = x.front().size();
  std::vector<std::vector<double>> xx(p, std::vector<double>(p));
  std::vector<double> xy(p);
  for (std::size_t i = 0; i < x.size(); ++i) {
    for (std::size_t a = 0; a < p; ++a) {
      xy[a] += weight[i] * x[i][a] * y[i];
      for (std::size_t b = 0; b < p; ++b) xx[a][b] += weight[i] * x[i][a] * x[i][b];
    }
  }
  return SolveDense(xx, xy);
}

double Dot(const std::vector<double>& a, const std::vector<double>& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}

struct MethodRow {
  std::string name;
  std::string method;
  double lower = -kInfinity;
  double upper = kInfinity;
  // Bounds so wide that margins can be met; of the random cells few cannot.
  std::string Bounds() const {
    std::string text;
    if (std::isfinite(lower)) text += fmt::format("lower_bound: {} ", lower);
    if (std::isfinite(upper)) text += fmt::format("upper_bound: {} ", upper);
    return text;
  }
};
void PrintTo(const MethodRow& row, std::ostream* out) { *out << row.name; }

class CalibrationTest : public ::testing::TestWithParam<MethodRow> {};

TEST_P(CalibrationTest, MeetsEveryMarginWithinBoundsOrNamesWhoIsAtFault) {
  const MethodRow& row = GetParam();
  const auto wave = SurveyWave({.method = row.method, .bounds = row.Bounds()});
  const auto seed = std::random_device{}();
  SCOPED_TRACE(fmt::format("seed {}", seed));
  std::mt19937_64 random(seed);
  int met = 0;
  for (int round = 0; round < 40; ++round) {
    const Solved solved = Solve(*wave, RandomCounts(*wave, random));
    ASSERT_EQ(solved.result.converged, solved.result.has_weights);
    if (!solved.result.converged) {
      // Nothing but bounds can be in the way where no cell is empty.
      ASSERT_TRUE(std::isfinite(row.lower) || std::isfinite(row.upper));
      ASSERT_GE(solved.result.flags.size(), 2u);
      EXPECT_EQ(solved.result.flags[0].kind, FlagKind::kNotConverged);
      EXPECT_EQ(solved.result.flags[1].kind, FlagKind::kInfeasible);
      continue;
    }
    ++met;
    EXPECT_LT(solved.Error(), 1.1e-12);
    EXPECT_LT(*solved.result.max_margin_error, 1e-12);
    const double scale = solved.Scale();
    for (const double g : solved.g) {
      EXPECT_GE(g / scale, row.lower - 1e-12);
      EXPECT_LE(g / scale, row.upper + 1e-12);
    }
  }
  EXPECT_GT(met, 5);
}

INSTANTIATE_TEST_SUITE_P(Methods, CalibrationTest,
                         ::testing::Values(MethodRow{"rake", "RAKE"}, MethodRow{"linear", "LINEAR"},
                                           MethodRow{"linear_positive", "LINEAR", 0},
                                           MethodRow{"linear_bounded", "LINEAR", 0.02, 6},
                                           MethodRow{"rake_capped", "RAKE", -kInfinity, 6},
                                           MethodRow{"rake_bounded", "RAKE", 0.02, 6},
                                           MethodRow{"logit", "LOGIT", 0.1, 5}),
                         [](const auto& info) { return info.param.name; });

TEST(Calibration, LinearIsTheGeneralisedRegressionEstimator) {
  const auto wave = SurveyWave({.method = "LINEAR"});
  std::mt19937_64 random(3);
  const Solved solved = Solve(*wave, RandomCounts(*wave, random));
  ASSERT_TRUE(solved.result.converged);
  const auto x = DesignOf(solved);
  const double scale = solved.Scale();
  const std::size_t p = x.front().size();
  std::vector<std::vector<double>> xx(p, std::vector<double>(p));
  std::vector<double> missing = {solved.set.population};
  for (const Margin& margin : solved.set.margins) {
    missing.insert(missing.end(), margin.totals.begin() + 1, margin.totals.end());
  }
  for (std::size_t i = 0; i < x.size(); ++i) {
    for (std::size_t a = 0; a < p; ++a) {
      missing[a] -= scale * solved.list.t[i] * x[i][a];
      for (std::size_t b = 0; b < p; ++b) xx[a][b] += scale * solved.list.t[i] * x[i][a] * x[i][b];
    }
  }
  const std::vector<double> lambda = SolveDense(xx, missing);
  for (std::size_t i = 0; i < x.size(); ++i) {
    EXPECT_NEAR(solved.g[i] / scale, 1 + Dot(x[i], lambda), 1e-11);
  }
}

TEST(Calibration, LogitWithWideBoundsTendsToRaking) {
  std::mt19937_64 random(4);
  const auto raking = SurveyWave({.method = "RAKE"});
  const std::vector<CellCount> counts = RandomCounts(*raking, random);
  const Solved raked = Solve(*raking, counts);
  double before = kInfinity;
  for (const double upper : {1e2, 1e4, 1e6}) {
    const auto wave = SurveyWave(
        {.method = "LOGIT", .bounds = fmt::format("lower_bound: 0 upper_bound: {}", upper)});
    const Solved logit = Solve(*wave, counts);
    ASSERT_TRUE(logit.result.converged);
    double distance = 0;
    for (std::size_t i = 0; i < raked.g.size(); ++i) {
      distance = std::max(distance, std::abs(logit.g[i] / raked.g[i] - 1));
    }
    EXPECT_LT(distance, before / 10);
    before = distance;
  }
  EXPECT_LT(before, 1e-4);
}

// w = min(d exp(x'lambda), cap): log g is linear in x where g is free, and above the cap elsewhere.
TEST(Calibration, CappedRakingIsRakingWhereItIsFree) {
  std::mt19937_64 random(5);
  const auto free_wave = SurveyWave({.method = "RAKE"});
  const std::vector<CellCount> counts = RandomCounts(*free_wave, random);
  const Solved raked = Solve(*free_wave, counts);
  const double most = *std::max_element(raked.g.begin(), raked.g.end()) / raked.Scale();
  const double cap = 1 + 0.7 * (most - 1);
  const auto wave =
      SurveyWave({.method = "RAKE", .bounds = fmt::format("upper_bound: {:.17g}", cap)});
  const Solved solved = Solve(*wave, counts);
  ASSERT_TRUE(solved.result.converged);
  const auto x = DesignOf(solved);
  std::vector<double> is_free;
  std::vector<double> log_g;
  std::size_t capped = 0;
  for (const double g : solved.g) {
    log_g.push_back(std::log(g / solved.Scale()));
    is_free.push_back(log_g.back() < std::log(cap) - 1e-9 ? 1 : 0);
    capped += is_free.back() == 0 ? 1 : 0;
  }
  ASSERT_GT(capped, 0u);
  const std::vector<double> lambda = Regress(x, is_free, log_g);
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double fitted = Dot(x[i], lambda);
    if (is_free[i] == 1) {
      EXPECT_NEAR(fitted, log_g[i], 1e-10);
    } else {
      EXPECT_GE(fitted, std::log(cap) - 1e-10);
    }
  }
}

// A factor of 2 changes no bit of w; another one only the last.
TEST(Calibration, WeightsDoNotDependOnTheScaleOfBaseWeights) {
  for (const MethodRow& row :
       {MethodRow{"rake", "RAKE"}, MethodRow{"linear", "LINEAR"},
        MethodRow{"rake_capped", "RAKE", -kInfinity, 5}, MethodRow{"logit", "LOGIT", 0.1, 6}}) {
    SCOPED_TRACE(row.name);
    const auto wave = SurveyWave({.method = row.method, .bounds = row.Bounds()});
    std::mt19937_64 random(6);
    const std::vector<CellCount> counts = RandomCounts(*wave, random);
    const Solved one = Solve(*wave, counts);
    ASSERT_TRUE(one.result.converged);
    for (const double factor : {8.0, 0.25, 3.7}) {
      std::vector<CellCount> scaled = counts;
      for (CellCount& count : scaled) count.d *= factor;
      const Solved other = Solve(*wave, scaled);
      for (std::size_t i = 0; i < one.g.size(); ++i) {
        if (factor == 3.7) {
          ASSERT_NEAR(other.g[i] * factor / one.g[i], 1, 1e-11);
        } else {
          ASSERT_EQ(other.g[i] * factor, one.g[i]);
        }
      }
    }
  }
}

TEST(Calibration, AnyOrderOfRespondentsGivesTheSameBits) {
  for (const MethodRow& row : {MethodRow{"rake", "RAKE"}, MethodRow{"logit", "LOGIT", 0.05, 9}}) {
    SCOPED_TRACE(row.name);
    const auto wave = SurveyWave({.method = row.method, .bounds = row.Bounds()});
    std::mt19937_64 random(7);
    std::vector<testing::SampleResponse> responses = RandomResponses(300, random);
    Estimator estimator(wave);
    const Estimates first = estimator.Estimate(Survey(wave, responses).cube());
    ASSERT_TRUE(first.calibration.converged);
    for (int round = 0; round < 5; ++round) {
      std::shuffle(responses.begin(), responses.end(), random);
      const Estimates again = estimator.Estimate(Survey(wave, responses).cube());
      ASSERT_EQ(again.calibration.g, first.calibration.g);
    }
  }
}

// Two dimensions that are one and the same: half of the columns depend on the others.
TEST(Calibration, DependentMarginsAreMetToo) {
  for (const std::string method : {"RAKE", "LINEAR", "LOGIT lower_bound: 0.1 upper_bound: 5"}) {
    SCOPED_TRACE(method);
    const auto wave = testing::WaveFromText(
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
             dimensions {
               id: "a"
               categories { code: "1" population: 60 }
               categories { code: "2" population: 40 }
             }
             dimensions {
               id: "b"
               categories { code: "1" population: 60 }
               categories { code: "2" population: 40 }
             }
             weighting { method:)pb" +
        method + "}");
    const Solved solved = Solve(*wave, {{.cell = 0, .n = 2}, {.cell = 3, .n = 4}});
    ASSERT_TRUE(solved.result.converged);
    EXPECT_NEAR(solved.g[0], 30, 1e-10);
    EXPECT_NEAR(solved.g[1], 10, 1e-10);
  }
}

// Decimals in a file add up to the last places only.
TEST(Calibration, TotalsThatDifferByRoundingAreScaledToTheFirstMargin) {
  auto wave = std::make_shared<wave::Wave>(*SurveyWave());
  for (wave::Category& category : wave->dimensions[1].categories) category.population *= 1 + 5e-10;
  std::mt19937_64 random(8);
  const Solved solved = Solve(*wave, RandomCounts(*wave, random));
  EXPECT_TRUE(solved.result.converged);
  EXPECT_LT(solved.Error(), 1.1e-12);
}

TEST(Calibration, UnequalTotalsAreRefusedByTheMarginsName) {
  auto wave = std::make_shared<wave::Wave>(*SurveyWave({.bounds = "fallback: RIDGE"}));
  for (wave::Category& category : wave->dimensions[1].categories) category.population *= 1.01;
  std::mt19937_64 random(9);
  const Solved solved = Solve(*wave, RandomCounts(*wave, random));
  EXPECT_FALSE(solved.result.has_weights);
  EXPECT_TRUE(solved.g.empty());
  EXPECT_THAT(FlagTexts(*wave, solved.result.flags), ElementsAre("infeasible:area=north"));
}

}  // namespace
}  // namespace panelpuls::estimate
