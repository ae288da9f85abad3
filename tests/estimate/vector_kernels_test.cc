// The inner loops against sums written out, bit by bit, on every kind of processor that this one
// can stand in for.
#include "estimate/numeric/vector_kernels.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <numeric>
#include <random>

namespace panelpuls::estimate {
namespace {

constexpr std::size_t kEntries = 40;
constexpr std::size_t kCells = 23;
constexpr std::size_t kRows = 5;
constexpr std::size_t kStrata = 3;

// Cells of a cube; the counts go up to the largest there is.
struct Cells {
  std::vector<std::uint32_t> counts = std::vector<std::uint32_t>(kCells * kEntries);
  std::vector<const std::uint32_t*> blocks;
  std::vector<double> d = std::vector<double>(kCells * kEntries);
  std::vector<double> q = std::vector<double>(kCells * kEntries);
  std::vector<std::uint32_t> listed;  // every other one
  std::mt19937_64 random{7};

  Cells() {
    for (std::size_t i = 0; i < counts.size(); ++i) {
      counts[i] = static_cast<std::uint32_t>(random() >> (32 + random() % 32));
      d[i] = Number();
      q[i] = Number();
    }
    for (std::size_t cell = 0; cell < kCells; ++cell) {
      blocks.push_back(counts.data() + cell * kEntries);
      if (cell % 2 == 0) listed.push_back(static_cast<std::uint32_t>(cell));
    }
  }
  double Number() { return std::uniform_real_distribution<double>(0, 3)(random); }
  CellValues Values(bool has_sums) const {
    return {.counts = blocks.data(),
            .d = has_sums ? d.data() : nullptr,
            .q = has_sums ? q.data() : nullptr,
            .stride = kEntries};
  }
};

bool SameBits(const GroupRow& a, const GroupRow& b) {
  return std::equal(a.fit, a.fit + kTile, b.fit) &&
         std::equal(a.square, a.square + kTile, b.square) &&
         std::equal(a.square_star, a.square_star + kTile, b.square_star);
}

// Whether base weights vary inside a cell.
class Kernels : public testing::TestWithParam<bool> {};

TEST_P(Kernels, AddTotalsOfTheListedCells) {
  Cells cells;
  const CellValues values = cells.Values(GetParam());
  std::vector<TotalFactors> factors(kCells);
  for (TotalFactors& factor : factors) factor = {.w = cells.Number(), .q = cells.Number()};
  for (const std::size_t first : {std::size_t{0}, std::size_t{7}, kEntries - kTile}) {
    double n[kTile] = {};
    double w[kTile] = {};
    double q[kTile] = {};
    for (const std::uint32_t cell : cells.listed) {
      for (std::size_t k = 0; k < kTile; ++k) {
        const std::size_t place = cell * kEntries + first + k;
        const double x = cells.counts[place];
        n[k] += x;
        w[k] += factors[cell].w * (GetParam() ? cells.d[place] : x);
        q[k] += factors[cell].q * (GetParam() ? cells.q[place] : x);
      }
    }
    for (const VectorKernels& kernels : KernelsOfThisProcessor()) {
      double sums[3][kTile];
      kernels.add_totals(values, {.cells = cells.listed, .first = first}, factors.data(),
                         {.n = sums[0], .w = sums[1], .q = sums[2]});
      EXPECT_TRUE(std::equal(n, n + kTile, sums[0])) << first;
      EXPECT_TRUE(std::equal(w, w + kTile, sums[1])) << first;
      EXPECT_TRUE(std::equal(q, q + kTile, sums[2])) << first;
    }
  }
}

// Rows of two margins, some of cells in the same row; with strata and without, with and without a
// correction for who answered.
TEST_P(Kernels, AddGroupsToTheRowsOfEachCell) {
  Cells cells;
  const CellValues values = cells.Values(GetParam());
  constexpr double kNever = std::numeric_limits<double>::infinity();
  std::vector<GroupFactors> factors;
  std::vector<std::uint32_t> row_of;
  std::vector<std::uint32_t> stratum_of;
  for (std::size_t cell = 0; cell < kCells; ++cell) {
    factors.push_back({.fit_n = cells.Number(),
                       .fit_d = cells.Number(),
                       .square = cells.Number(),
                       .square_star = cells.Number(),
                       .weight = cells.Number(),
                       .response_g = cell % 3 == 0 ? kNever : cells.Number()});
    row_of.push_back(static_cast<std::uint32_t>(cell % 2));
    row_of.push_back(static_cast<std::uint32_t>(2 + cell % 3));
    stratum_of.push_back(static_cast<std::uint32_t>(cell % kStrata));
  }
  constexpr std::size_t kFirst = 9;
  std::vector<GroupRow> rows(kRows);
  std::vector<StratumRow> strata(kStrata);
  for (const std::uint32_t cell : cells.listed) {
    const GroupFactors& factor = factors[cell];
    for (std::size_t k = 0; k < kTile; ++k) {
      const std::size_t place = cell * kEntries + kFirst + k;
      const double x = cells.counts[place];
      const double d = GetParam() ? cells.d[place] : x;
      const double q =
          GetParam() ? std::max(0.0, cells.q[place] - cells.d[place] / factor.response_g) : x;
      const double fit = GetParam() ? factor.fit_n * x + factor.fit_d * d : factor.fit_n * x;
      for (std::size_t r = 0; r < 2; ++r) {
        GroupRow& row = rows[row_of[2 * cell + r]];
        row.fit[k] += fit;
        row.square[k] += factor.square * q;
        row.square_star[k] += factor.square_star * q;
      }
      strata[stratum_of[cell]].weight[k] += factor.weight * d;
    }
  }
  const std::vector<TotalFactors> total_factors(kCells, {.w = 0.3, .q = 0.7});
  double totals[3][kTile];
  AddTotals(values, {.cells = cells.listed, .first = kFirst}, total_factors.data(),
            {.n = totals[0], .w = totals[1], .q = totals[2]});
  for (const VectorKernels& kernels : KernelsOfThisProcessor()) {
    for (const bool has_strata : {true, false}) {
      std::vector<GroupRow> own(kRows);
      std::vector<StratumRow> own_strata(kStrata);
      double own_totals[3][kTile];
      kernels.add_groups(values, {.cells = cells.listed, .first = kFirst},
                         {.total_factors = total_factors.data(),
                          .totals = {.n = own_totals[0], .w = own_totals[1], .q = own_totals[2]},
                          .factors = factors.data(),
                          .rows_of_cell = 2,
                          .row_of = row_of.data(),
                          .stratum_of = stratum_of.data(),
                          .rows = own.data(),
                          .strata = has_strata ? own_strata.data() : nullptr});
      for (std::size_t row = 0; row < kRows; ++row) {
        EXPECT_TRUE(std::equal(rows[row].fit, rows[row].fit + kTile, own[row].fit)) << row;
        EXPECT_TRUE(std::equal(rows[row].square, rows[row].square + kTile, own[row].square)) << row;
        EXPECT_TRUE(
            std::equal(rows[row].square_star, rows[row].square_star + kTile, own[row].square_star))
            << row;
      }
      for (std::size_t h = 0; has_strata && h < kStrata; ++h) {
        EXPECT_TRUE(std::equal(strata[h].weight, strata[h].weight + kTile, own_strata[h].weight))
            << h;
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(BaseWeights, Kernels, testing::Bool(),
                         [](const auto& of) { return of.param ? "VaryInACell" : "OneForACell"; });

TEST(CrossTables, FoldToTheRowsOfBothMargins) {
  Cells cells;
  const CrossRows cross{.first = 1, .second = 3, .begin = 7, .rows = 6, .columns = 3};
  std::vector<GroupRow> rows(cross.begin + cross.rows);
  for (GroupRow& row : rows) {
    for (std::size_t k = 0; k < kTile; ++k) {
      row.fit[k] = cells.Number();
      row.square[k] = cells.Number();
      row.square_star[k] = cells.Number();
    }
  }
  std::vector<GroupRow> expected = rows;
  for (std::size_t row = 0; row < cross.rows; ++row) {
    for (const std::size_t to : {cross.first + row / 3, cross.second + row % 3}) {
      for (std::size_t k = 0; k < kTile; ++k) {
        expected[to].fit[k] += rows[cross.begin + row].fit[k];
        expected[to].square[k] += rows[cross.begin + row].square[k];
        expected[to].square_star[k] += rows[cross.begin + row].square_star[k];
      }
    }
  }
  for (const VectorKernels& kernels : KernelsOfThisProcessor()) {
    std::vector<GroupRow> folded = rows;
    kernels.fold_rows(cross, folded.data());
    for (std::size_t row = 0; row < rows.size(); ++row) {
      EXPECT_TRUE(SameBits(folded[row], expected[row])) << row;
    }
  }
}

TEST(SmallMatrices, MultiplyAVectorWithAMatrix) {
  for (const std::size_t rows : {0u, 1u, 13u}) {
    for (const std::size_t columns : {kLanes, 3 * kLanes}) {
      Cells cells;
      std::vector<double> x(rows);
      std::vector<double> matrix(rows * columns);
      for (double& number : x) number = cells.Number();
      for (double& number : matrix) number = cells.Number();
      std::vector<double> expected(columns);
      for (std::size_t row = 0; row < rows; ++row) {
        for (std::size_t column = 0; column < columns; ++column) {
          expected[column] += x[row] * matrix[row * columns + column];
        }
      }
      for (const VectorKernels& kernels : KernelsOfThisProcessor()) {
        std::vector<double> out(columns, -1);
        kernels.multiply(x, matrix.data(), out);
        EXPECT_EQ(out, expected) << rows << " x " << columns;
      }
    }
  }
}

TEST(SmallMatrices, DotIsTheSumOfProducts) {
  std::vector<double> a(2 * kLanes);
  std::iota(a.begin(), a.end(), 1.0);
  const std::vector<double> b(a.size(), 2.0);
  EXPECT_EQ(Dot(a, b), 16.0 * 17.0);
  EXPECT_EQ(Dot({}, {}), 0);
}

}  // namespace
}  // namespace panelpuls::estimate
