// Normal equations of margins of which some depend on others, exactly or all but.
#include "estimate/weighting/margin_equations.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <ostream>
#include <random>
#include <vector>

#include "estimate/variance/regression.h"

namespace panelpuls::estimate {
namespace {

constexpr std::size_t kCells = 60;

// One cell's groups, one a margin.
using Groups = std::vector<std::uint32_t>;

struct Pattern {
  const char* name;
  std::size_t rank;
  void (*change)(std::size_t cell, Groups& groups);
};
void PrintTo(const Pattern& pattern, std::ostream* out) { *out << pattern.name; }

Columns ColumnsOf(const std::vector<Groups>& cells, const std::vector<std::size_t>& sizes) {
  MarginSet set;
  for (std::size_t m = 0; m < sizes.size(); ++m) {
    Margin margin;
    margin.totals.assign(sizes[m], 1);
    for (const Groups& groups : cells) margin.group.push_back(groups[m]);
    set.margins.push_back(margin);
  }
  Columns columns;
  columns.Assign(set, cells.size());
  return columns;
}

class Dependence : public ::testing::TestWithParam<Pattern> {};

// Whatever was dropped, no column is left in what the fit leaves.
TEST_P(Dependence, TheFitLeavesNothingThatAColumnExplains) {
  const std::vector<std::size_t> sizes = {3, 2, 3, 4};
  std::mt19937_64 random(7);
  std::vector<Groups> cells(kCells);
  std::vector<double> weights(kCells), z(kCells);
  std::uniform_real_distribution<double> exponent(-3, 3);
  for (std::size_t i = 0; i < kCells; ++i) {
    for (const std::size_t size : sizes) {
      cells[i].push_back(static_cast<std::uint32_t>(random() % size));
    }
    GetParam().change(i, cells[i]);
    weights[i] = std::pow(10, exponent(random));
    z[i] = exponent(random);
  }
  const Columns columns = ColumnsOf(cells, sizes);
  MarginEquations equations;
  equations.Prepare(columns, weights);
  EXPECT_EQ(equations.rank(), GetParam().rank);

  std::vector<DoubleDouble> sums(columns.count()), effects(columns.count());
  std::vector<double> size_of(columns.count());
  for (std::size_t i = 0; i < kCells; ++i) {
    for (const std::uint32_t column : columns.Of(i)) {
      sums[column] += weights[i] * z[i];
      size_of[column] += weights[i] * std::abs(z[i]);
    }
  }
  equations.Solve(sums, effects);
  std::vector<double> left(columns.count());
  for (std::size_t i = 0; i < kCells; ++i) {
    double fitted = 0;
    for (const std::uint32_t column : columns.Of(i)) fitted += effects[column].value();
    for (const std::uint32_t column : columns.Of(i)) left[column] += weights[i] * (z[i] - fitted);
  }
  for (std::size_t column = 0; column < left.size(); ++column) {
    EXPECT_NEAR(left[column], 0, 1e-10 * std::max(size_of[column], 1.0)) << "column " << column;
  }
}

// 3 + 1 + 2 + 3 columns. What depends stands before columns that do not.
INSTANTIATE_TEST_SUITE_P(
    Margins, Dependence,
    ::testing::Values(
        Pattern{"None", 9, [](std::size_t, Groups&) {}},
        Pattern{"TheFirstIsTheThird", 7,
                [](std::size_t, Groups& groups) { groups[0] = groups[2]; }},
        Pattern{"TheFirstIsTheThirdButForOneCell", 8,
                [](std::size_t cell, Groups& groups) {
                  groups[0] = cell > 0 ? groups[2] : (groups[2] + 1) % 3;
                }},
        Pattern{"TheSecondIsAPartOfTheFirst", 8,
                [](std::size_t, Groups& groups) { groups[1] = groups[0] == 2 ? 1 : 0; }},
        Pattern{"TheSecondIsAPartOfTheLast", 8,
                [](std::size_t, Groups& groups) { groups[1] = groups[3] / 2; }},
        Pattern{"AGroupThatNobodyIsIn", 8, [](std::size_t, Groups& groups) { groups[0] %= 2; }}),
    [](const auto& row) { return row.param.name; });

// Groups 0 and 1 of the first margin make up group 0 of the second.
TEST(Regression, MarginsThatDependExactlyDoNotAskForMoreDigits) {
  for (const double light : {1.0, 1e-9}) {
    SCOPED_TRACE(light);
    const std::vector<std::size_t> sizes = {3, 2, 3, 4};
    std::mt19937_64 random(8);
    std::vector<Groups> cells(kCells);
    CellList list;
    for (Groups& groups : cells) {
      for (const std::size_t size : sizes) {
        groups.push_back(static_cast<std::uint32_t>(random() % size));
      }
      groups[1] = groups[0] == 2 ? 1 : 0;
      list.n.push_back(1 + random() % 5);
      list.t.push_back(static_cast<double>(list.n.back()));
    }
    list.t.front() *= light;
    list.q = list.t;
    list.cells.resize(kCells);
    const Columns columns = ColumnsOf(cells, sizes);
    Regression regression;
    regression.Prepare(wave::VarianceMethod::kCalibrate, list, columns);
    EXPECT_EQ(regression.needs_cells(), light < 1);
    EXPECT_EQ(regression.rank(), 8u);
    MarginEquations equations;
    equations.Prepare(columns, list.t);
    equations.Invert();
    for (std::size_t i = 0; i < kCells; ++i) {
      EXPECT_NEAR(regression.leverage()[i], equations.FormOf(i), 1e-12 * equations.FormOf(i));
    }
    if (light < 1) continue;
    std::vector<DoubleDouble> sums(columns.count()), effects(columns.count());
    std::vector<double> quick_sums(columns.count()), quick(columns.count());
    for (std::size_t i = 0; i < kCells; ++i) {
      const double z = list.t[i] * static_cast<double>(random() % 7);
      for (const std::uint32_t column : columns.Of(i)) sums[column] += z;
      for (const std::uint32_t column : columns.Of(i)) quick_sums[column] += z;
    }
    equations.Solve(sums, effects);
    regression.Fit(quick_sums, quick);
    for (std::size_t i = 0; i < kCells; ++i) {
      double fitted = 0;
      double expected = 0;
      for (const std::uint32_t column : columns.Of(i)) {
        fitted += quick[column];
        expected += effects[column].value();
      }
      EXPECT_NEAR(fitted, expected, 1e-11);
    }
  }
}

}  // namespace
}  // namespace panelpuls::estimate
