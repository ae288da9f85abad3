// Figures against R's package survey (make_fixtures.R), to 1e-9.
#include <gtest/gtest.h>

#include <fmt/format.h>

#include <cmath>
#include <filesystem>
#include <fstream>

#include "base/file.h"
#include "estimate/csv_responses.h"
#include "estimate/estimator.h"
#include "estimate/numeric/interval.h"
#include "estimate/survey.h"
#include "wave/definition.h"

namespace panelpuls::estimate {
namespace {

constexpr double kTolerance = 1e-9;

std::string Folder() { return std::string(PANELPULS_SOURCE_DIR) + "/tests/oracle/fixtures/"; }

std::vector<std::string> FixtureNames() {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(Folder())) {
    if (entry.is_directory()) names.push_back(entry.path().filename().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

struct Expected {
  std::string of, domain, against;
  double value = 0;
  std::optional<double> se = {};  // none for trimmed weights (METHOD M4)
  std::optional<double> low = {}, high = {};
  double rows = 0;
  double df = 0;
};

std::vector<Expected> ReadExpected(const std::string& path) {
  std::ifstream stream(path);
  EXPECT_TRUE(stream.good()) << path;
  std::string line;
  std::getline(stream, line);
  EXPECT_EQ(line, "of,domain,against,value,se,low,high,rows,df");
  std::vector<Expected> rows;
  while (std::getline(stream, line)) {
    const std::vector<std::string> fields = SplitLine(line);
    Expected row{.of = fields[0], .domain = fields[1], .against = fields[2]};
    row.value = std::stod(fields[3]);
    if (!fields[4].empty()) row.se = std::stod(fields[4]);
    if (!fields[5].empty()) row.low = std::stod(fields[5]);
    if (!fields[6].empty()) row.high = std::stod(fields[6]);
    if (row.low) {
      row.rows = std::stod(fields[7]);
      row.df = std::stod(fields[8]);
    }
    rows.push_back(row);
  }
  return rows;
}

class OracleTest : public ::testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    const std::string folder = Folder() + GetParam();
    auto wave = wave::LoadWave(PosixFileSystem(), folder + "/wave.textproto");
    ASSERT_TRUE(wave.ok()) << wave.status();
    wave_ = *wave;
    responses_ = ReadResponses(*wave_, folder + "/responses.csv");
    survey_ = std::make_unique<Survey>(wave_, responses_);
    estimator_ = std::make_unique<Estimator>(wave_);
    estimates_ = estimator_->Estimate(survey_->cube());
    ASSERT_EQ(estimates_.calibration.converged, !wave_->weighting.trimming);
    ASSERT_TRUE(estimates_.calibration.has_weights);
    expected_ = ReadExpected(folder + "/expected.csv");
  }

  std::shared_ptr<const wave::Wave> wave_;
  std::vector<testing::SampleResponse> responses_;
  std::unique_ptr<Survey> survey_;
  std::unique_ptr<Estimator> estimator_;
  Estimates estimates_;
  std::vector<Expected> expected_;
};

TEST_P(OracleTest, ValuesAndStandardErrorsAreThoseOfSurvey) {
  int compared = 0;
  for (const Expected& row : expected_) {
    if (!row.against.empty()) continue;
    SCOPED_TRACE(row.of + " " + row.domain);
    const FigureValue& figure = Find(*estimator_, estimates_, row.of, row.domain);
    ASSERT_TRUE(figure.value);
    // A mean near 0 is known to the precision of its scores.
    EXPECT_NEAR(*figure.value, row.value, kTolerance * std::max(std::abs(row.value), 1.0));
    ASSERT_EQ(figure.se.has_value(), row.se.has_value());
    if (row.se) EXPECT_NEAR(*figure.se, *row.se, kTolerance * *row.se);
    ++compared;
  }
  EXPECT_GT(compared, 15);
}

// Of domains, and of options whose joint answers the cube counts.
TEST_P(OracleTest, DifferencesAreThoseOfSurvey) {
  int compared = 0;
  for (const Expected& row : expected_) {
    if (row.against.empty()) continue;
    SCOPED_TRACE(row.of + " " + row.domain + " " + row.against);
    double sign = 1;
    const ComparisonValue* value = nullptr;
    for (std::size_t i = 0; i < estimates_.comparisons.size(); ++i) {
      const ComparisonKey& key = (*estimates_.comparison_keys)[i];
      if (key.of != row.of) continue;
      const bool is_turned = key.a == row.against && key.b == row.domain;
      if (!is_turned && !(key.a == row.domain && key.b == row.against)) continue;
      value = &estimates_.comparisons[i];
      sign = is_turned ? -1 : 1;
    }
    ASSERT_NE(value, nullptr);
    ASSERT_TRUE(value->difference);
    EXPECT_NEAR(sign * *value->difference, row.value,
                kTolerance * std::max(std::abs(row.value), 1.0));
    ASSERT_EQ(value->se.has_value(), row.se.has_value());
    if (row.se) EXPECT_NEAR(*value->se, *row.se, kTolerance * *row.se);
    ++compared;
  }
  EXPECT_GE(compared, 5);
}

// d G of the respondent's cell.
double WeightOf(const wave::Wave& wave, const CalibrationResult& calibration,
                const testing::SampleResponse& response) {
  std::uint64_t cell = 0;
  double d = response.base_weight.value_or(1);
  for (const auto& [id, code] : response.categories) {
    const auto number = static_cast<std::size_t>(wave.FindDimension(id));
    const auto category =
        static_cast<std::size_t>(wave::Wave::FindCategory(wave.dimensions[number], code));
    cell += category * wave.dimensions[number].cell_stride;
    if (wave.base_weights == wave::BaseWeights::kPerCell &&
        static_cast<int>(number) == wave.stratum_dimension) {
      d = wave.dimensions[number].categories[category].base_weight;
    }
  }
  return d * calibration.g[cell];
}

TEST_P(OracleTest, WeightsAreThoseOfSurvey) {
  std::ifstream stream(Folder() + GetParam() + "/weights.csv");
  std::string line;
  std::getline(stream, line);
  ASSERT_EQ(line, "respondent_id,weight");
  if (estimates_.calibration.max_margin_error && estimates_.calibration.converged) {
    EXPECT_LT(*estimates_.calibration.max_margin_error, 1e-12);
  }
  // Weights that fade away are where survey stopped on the way to 0.
  const double none = kNoWeight * estimates_.calibration.mean_weight;
  for (const testing::SampleResponse& response : responses_) {
    ASSERT_TRUE(std::getline(stream, line));
    const std::string id = SplitLine(line)[0];
    const double expected = std::stod(SplitLine(line)[1]);
    EXPECT_NEAR(WeightOf(*wave_, estimates_.calibration, response), expected,
                kTolerance * std::abs(expected) + none)
        << id;
  }
  EXPECT_FALSE(std::getline(stream, line));
}

// The interval's formula with what R puts into it: M4's se, its rows and degrees of freedom, and a
// cap out of reach.
TEST_P(OracleTest, TheBetaIntervalWithoutItsCapIsThatOfSurvey) {
  int compared = 0;
  for (const Expected& row : expected_) {
    if (!row.low) continue;
    SCOPED_TRACE(row.of + " " + row.domain);
    if (row.value * (1 - row.value) / (*row.se * *row.se) > 0.99 * row.rows) continue;
    const std::optional<Limits> limits =
        ShareInterval({.value = row.value, .se_interval = row.se, .degrees_of_freedom = row.df},
                      {.n = row.rows, .n_effective = row.rows});
    ASSERT_TRUE(limits);
    EXPECT_NEAR(limits->low, *row.low, 1e-8);
    EXPECT_NEAR(limits->high, *row.high, 1e-8);
    ++compared;
  }
  if (!wave_->weighting.trimming) EXPECT_GT(compared, 1);
}

// How many were trimmed, and what margin is missed by how much.
TEST_P(OracleTest, TrimmingSaysWhatItDid) {
  const CalibrationResult& calibration = estimates_.calibration;
  if (!wave_->weighting.trimming) {
    EXPECT_EQ(calibration.trimmed, 0u);
    return;
  }
  std::ifstream stream(Folder() + GetParam() + "/trim.csv");
  std::string line;
  std::getline(stream, line);
  ASSERT_EQ(line, "outside_before,outside_after,worst,error");
  ASSERT_TRUE(std::getline(stream, line));
  const std::vector<std::string> fields = SplitLine(line);
  // Later passes trim more of them.
  EXPECT_GE(calibration.trimmed, std::stoul(fields[0]));
  if (!wave_->weighting.trimming->is_strict) EXPECT_EQ(calibration.trimmed, std::stoul(fields[0]));
  EXPECT_EQ(calibration.trimmed_outside, std::stoul(fields[1]));
  EXPECT_EQ(FlagText(*wave_, calibration.worst_margin), "not_converged:" + fields[2]);
  EXPECT_NEAR(*calibration.max_margin_error, std::stod(fields[3]), 1e-9);
}

INSTANTIATE_TEST_SUITE_P(Fixtures, OracleTest, ::testing::ValuesIn(FixtureNames()),
                         [](const auto& info) {
                           std::string name = info.param;
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

}  // namespace
}  // namespace panelpuls::estimate
