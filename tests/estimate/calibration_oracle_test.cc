// Weights against those of R's package survey (make_calibration_fixtures.R).
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <ostream>
#include <sstream>

#include "survey.h"

namespace panelpuls::estimate {
namespace {

struct Row {
  std::string column;
  std::string method;
  std::string bounds;
};
void PrintTo(const Row& row, std::ostream* out) { *out << row.column; }

struct Fixture {
  std::vector<testing::SampleResponse> responses;
  std::vector<double> weights;
};

Fixture ReadFixture(const std::string& column) {
  std::ifstream file(std::string(PANELPULS_SOURCE_DIR) +
                     "/tests/estimate/fixtures/calibration.csv");
  const auto fields_of = [](const std::string& line) {
    std::vector<std::string> fields;
    std::istringstream stream(line);
    for (std::string field; std::getline(stream, field, ',');) fields.push_back(field);
    return fields;
  };
  Fixture fixture;
  std::string line;
  std::getline(file, line);
  const std::vector<std::string> header = fields_of(line);
  const auto place =
      static_cast<std::size_t>(std::find(header.begin(), header.end(), column) - header.begin());
  while (std::getline(file, line)) {
    const std::vector<std::string> fields = fields_of(line);
    testing::SampleResponse response;
    response.unit = fixture.responses.size();
    response.categories = {{"size", fields.at(0)}, {"area", fields.at(1)}, {"sector", "goods"}};
    response.base_weight = std::stod(fields.at(2));
    fixture.responses.push_back(response);
    fixture.weights.push_back(std::stod(fields.at(place)));
  }
  return fixture;
}

class CalibrationOracle : public ::testing::TestWithParam<Row> {};

TEST_P(CalibrationOracle, WeightsAreThoseOfR) {
  const Row& row = GetParam();
  const Fixture fixture = ReadFixture(row.column);
  ASSERT_EQ(fixture.responses.size(), 240u);
  const auto wave = SurveyWave({.method = row.method, .bounds = row.bounds});
  const Estimates estimates = Estimator(wave).Estimate(Survey(wave, fixture.responses).cube());
  ASSERT_TRUE(estimates.calibration.converged);
  EXPECT_LT(*estimates.calibration.max_margin_error, 1e-12);
  for (std::size_t i = 0; i < fixture.responses.size(); ++i) {
    std::uint64_t cell = 0;
    for (const auto& [id, code] : fixture.responses[i].categories) {
      const auto& dimension = wave->dimensions[static_cast<std::size_t>(wave->FindDimension(id))];
      cell += static_cast<std::uint64_t>(wave::Wave::FindCategory(dimension, code)) *
              dimension.cell_stride;
    }
    const double w = *fixture.responses[i].base_weight * estimates.calibration.g[cell];
    ASSERT_LE(std::abs(w / fixture.weights[i] - 1), 1e-9) << "line " << i + 2;
  }
}

INSTANTIATE_TEST_SUITE_P(Rows, CalibrationOracle,
                         ::testing::Values(Row{"linear", "LINEAR", ""},
                                           Row{"linear_bounded", "LINEAR",
                                               "lower_bound: 0.3 upper_bound: 1.6"},
                                           Row{"logit", "LOGIT", "lower_bound: 0.2 upper_bound: 2"},
                                           Row{"raking", "RAKE", ""}),
                         [](const auto& info) { return info.param.column; });

}  // namespace
}  // namespace panelpuls::estimate
