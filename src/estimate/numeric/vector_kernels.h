// The inner loops over the cube and over small matrices, for which the vector registers of the
// processor at hand are used.
//
// Bits     each sum is made in the order of its terms, whatever the width of a register; so the
//          result is the same on every processor.
// Source   a cell's D and Q are its base weight (squared) times its counts, or, where base weights
//          vary inside a cell (METHOD M9), numbers of their own.
// Threads  pure functions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace panelpuls::estimate {

// Numbers that are worked on at once; rows of matrices are padded with zeros to a multiple of it.
inline constexpr std::size_t kLanes = 8;
constexpr std::size_t Padded(std::size_t count) { return (count + kLanes - 1) / kLanes * kLanes; }

// Entries of the block that are worked on at once.
inline constexpr std::size_t kTile = 2 * kLanes;

// What the listed cells hold: of each its block of counts; and D and Q by [listed cell][stride],
// null where the base weight is one for all of a cell.
struct CellValues {
  const std::uint32_t* const* counts = nullptr;
  const double* d = nullptr;
  const double* q = nullptr;
  std::size_t stride = 0;
};

// The kTile entries of a block from `first` on, all of them inside it, of some of the cells.
struct Tile {
  std::span<const std::uint32_t> cells;  // places in the list
  std::size_t first = 0;
};

// Factors of one cell in sums over all cells. Of D and Q, or of the counts where these stand for
// them.
struct TotalFactors {
  double w = 0;
  double q = 0;
};
// kTile numbers each, overwritten.
struct TotalSums {
  double* n = nullptr;
  double* w = nullptr;
  double* q = nullptr;
};
// `factors` by place in the list.
void AddTotals(const CellValues& values, const Tile& tile, const TotalFactors* factors,
               const TotalSums& sums);

// Factors of one cell in sums by group: of the counts n where these stand for D and Q.
struct GroupFactors {
  double fit_n = 0;  // fit = fit_n n + fit_d D
  double fit_d = 0;
  double square = 0;       // of what is left of Q
  double square_star = 0;  // likewise
  double weight = 0;       // of D
  double response_g = 0;   // Q is left less D / response_g, or 0; not finite: whole. With D alone.
};
// Sums of one row of groups.
struct alignas(64) GroupRow {
  double fit[kTile];
  double square[kTile];
  double square_star[kTile];
};
// Sums of one stratum.
struct alignas(64) StratumRow {
  double weight[kTile];
};
struct GroupTargets {
  const TotalFactors* total_factors = nullptr;  // by place in the list
  TotalSums totals;
  const GroupFactors* factors = nullptr;  // by place in the list
  std::size_t rows_of_cell = 0;
  // [place in the list][rows_of_cell], at least one; the first row of a cell is no other one of any
  // cell.
  const std::uint32_t* row_of = nullptr;
  const std::uint32_t* stratum_of = nullptr;  // [place in the list]
  GroupRow* rows = nullptr;                   // added to
  StratumRow* strata = nullptr;               // added to; null: the weights are not asked for
};
// What AddTotals does, and the sums by group in the same pass.
void AddGroups(const CellValues& values, const Tile& tile, const GroupTargets& targets);

// Rows of a cross-table of two margins, which are added to the rows of the groups of either.
struct CrossRows {
  std::size_t first = 0;   // row of the first margin's first group
  std::size_t second = 0;  // likewise
  std::size_t begin = 0;  // of the cross-table: row = begin + group * columns + group of the second
  std::size_t rows = 0;   // all of them
  std::size_t columns = 1;  // groups of the second
};
void FoldRows(const CrossRows& cross, GroupRow* rows);

// out = x' matrix, of x.size() rows with `out.size()` columns each, a multiple of kLanes.
void Multiply(std::span<const double> x, const double* matrix, std::span<double> out);

// The same for one kind of processor. All that this one can run, the plainest first; the functions
// above are those of the last.
struct VectorKernels {
  decltype(&AddTotals) add_totals = nullptr;
  decltype(&AddGroups) add_groups = nullptr;
  decltype(&FoldRows) fold_rows = nullptr;
  decltype(&Multiply) multiply = nullptr;
};
std::vector<VectorKernels> KernelsOfThisProcessor();

// sum a b; sizes alike and a multiple of kLanes.
double Dot(std::span<const double> a, std::span<const double> b);

}  // namespace panelpuls::estimate
