// Separated categories of the response propensities: METHOD M7, the likelihood's limit.
#include "estimate/response/propensity.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <ostream>
#include <string>
#include <vector>

namespace panelpuls::estimate {
namespace {

using ::testing::DoubleNear;
using ::testing::Pointwise;

struct Row {
  std::uint32_t first = 0;
  std::uint32_t second = 0;
  double invited = 0;
  double responded = 0;
};

PropensityRows RowsOf(const std::vector<Row>& rows) {
  PropensityRows made{.sizes = {3, 3}, .categories = {}, .invited = {}, .responded = {}};
  for (const Row& row : rows) {
    made.categories.insert(made.categories.end(), {row.first, row.second});
    made.invited.push_back(row.invited);
    made.responded.push_back(row.responded);
  }
  return made;
}

struct SeparatedCase {
  std::string name;
  std::vector<Row> free;
  std::vector<Row> separated;  // rate 0 where the row has no respondents, otherwise 1
};
void PrintTo(const SeparatedCase& of, std::ostream* out) { *out << of.name; }

class Separated : public ::testing::TestWithParam<SeparatedCase> {};

TEST_P(Separated, RatesAreExactAndTheOthersAreFittedAsWithoutThem) {
  std::vector<Row> all = GetParam().free;
  all.insert(all.end(), GetParam().separated.begin(), GetParam().separated.end());
  const PropensityRows rows = RowsOf(all);
  const PropensityRows rows_of_free = RowsOf(GetParam().free);
  PropensityModel model;
  ASSERT_TRUE(model.Fit(rows).ok());
  PropensityModel model_of_free;
  ASSERT_TRUE(model_of_free.Fit(rows_of_free).ok());
  const std::size_t free = GetParam().free.size();
  const std::vector<double> fitted(model.rates().begin(),
                                   model.rates().begin() + static_cast<std::ptrdiff_t>(free));
  EXPECT_THAT(fitted, Pointwise(DoubleNear(1e-12), model_of_free.rates()));
  for (std::size_t row = 0; row < all.size(); ++row) {
    SCOPED_TRACE(row);
    EXPECT_EQ(model.is_separated(row), row >= free);
    if (row < free) {
      EXPECT_NEAR(model.Variance(row), model_of_free.Variance(row), 1e-12);
      continue;
    }
    EXPECT_EQ(model.rates()[row], all[row].responded > 0 ? 1.0 : 0.0);
    EXPECT_EQ(model.Variance(row), 0.0);
  }
}

// Of a row with its columns' ones, also where a dimension says what another does.
TEST_P(Separated, TheVarianceIsTheQuadraticFormOfTheSolution) {
  std::vector<Row> all = GetParam().free;
  all.insert(all.end(), GetParam().separated.begin(), GetParam().separated.end());
  for (const bool is_dependent : {false, true}) {
    SCOPED_TRACE(is_dependent);
    PropensityRows rows = RowsOf(all);
    if (is_dependent) {
      for (std::size_t row = 0; row < rows.size(); ++row) {
        rows.categories[2 * row + 1] = rows.categories[2 * row];
      }
    }
    PropensityModel model;
    ASSERT_TRUE(model.Fit(rows).ok());
    for (std::size_t row = 0; row < rows.size(); ++row) {
      if (model.is_separated(row)) continue;
      std::vector<double> x(model.columns());
      x[0] = 1;
      for (std::size_t d = 0; d < 2; ++d) x[model.ColumnOf(d, rows.CategoriesOf(row)[d])] = 1;
      const std::vector<double> solution = model.Solve(x);
      double form = 0;
      for (std::size_t c = 0; c < x.size(); ++c) form += x[c] * solution[c];
      EXPECT_GT(form, 0);
      EXPECT_NEAR(model.Variance(row), form, 1e-12 * form);
    }
  }
}

const std::vector<Row> kFree = {{0, 0, 40, 10}, {0, 1, 30, 15}, {1, 0, 50, 5}, {1, 1, 20, 12}};

INSTANTIATE_TEST_SUITE_P(
    Categories, Separated,
    ::testing::Values(
        SeparatedCase{"NobodyResponded", kFree, {{2, 0, 8, 0}, {2, 1, 5, 0}}},
        SeparatedCase{"EverybodyResponded", kFree, {{2, 0, 8, 8}, {2, 1, 5, 5}}},
        SeparatedCase{"OneOfEachDimension", kFree, {{2, 0, 8, 0}, {0, 2, 7, 7}, {1, 2, 3, 3}}},
        // Of the second dimension's last category some responded, but only in a category of the
        // first one where everybody did.
        SeparatedCase{"WhatIsLeftSeparatesAnother", kFree, {{2, 2, 4, 4}, {0, 2, 6, 0}}}),
    [](const auto& param_info) { return param_info.param.name; });

}  // namespace
}  // namespace panelpuls::estimate
