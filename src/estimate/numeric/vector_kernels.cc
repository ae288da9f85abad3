#include "estimate/numeric/vector_kernels.h"

#include <cstring>

namespace panelpuls::estimate {
namespace {

constexpr std::size_t kVectors = kTile / kLanes;
using Numbers [[gnu::vector_size(kLanes * sizeof(double))]] = double;
using Counts [[gnu::vector_size(kLanes * sizeof(std::uint32_t))]] = std::uint32_t;

// A loop is written once, as the body of a function for each processor. Vectors are no arguments:
// how they are passed differs by processor.
#define PP_BODY inline __attribute__((always_inline))
#define PP_LOAD(type, name, from) \
  type name;                      \
  std::memcpy(&name, from, sizeof(type))
#define PP_ADD(what, to)                       \
  do {                                         \
    PP_LOAD(Numbers, pp_sum, to);              \
    pp_sum += what;                            \
    std::memcpy(to, &pp_sum, sizeof(Numbers)); \
  } while (false)

// x, the counts of a cell, and what stands for its d and q.
#define PP_LOAD_CELL(cell, v)                                     \
  const std::size_t pp_entry = tile.first + (v) * kLanes;         \
  const std::size_t pp_place = (cell) * values.stride + pp_entry; \
  PP_LOAD(Counts, pp_counts, values.counts[cell] + pp_entry);     \
  const auto x = __builtin_convertvector(pp_counts, Numbers);     \
  Numbers d = x;                                                  \
  Numbers q = x;                                                  \
  if constexpr (kHasSums) {                                       \
    std::memcpy(&d, values.d + pp_place, sizeof d);               \
    std::memcpy(&q, values.q + pp_place, sizeof q);               \
  }                                                               \
  static_assert(true)

// The counts of a cell are a block away from those of the one before, which no processor foresees.
PP_BODY void Prefetch(const CellValues& values, const Tile& tile, std::size_t i) {
  constexpr std::size_t kAhead = 8;
  if (i + kAhead >= tile.cells.size()) return;
  __builtin_prefetch(values.counts[tile.cells[i + kAhead]] + tile.first);
}

// The sums over all cells, in registers.
struct Totals {
  Numbers n[kVectors] = {};
  Numbers w[kVectors] = {};
  Numbers q[kVectors] = {};
};
PP_BODY void Store(const Totals& from, const TotalSums& to) {
  std::memcpy(to.n, from.n, sizeof from.n);
  std::memcpy(to.w, from.w, sizeof from.w);
  std::memcpy(to.q, from.q, sizeof from.q);
}

// `values`, `tile` and the targets are copies, which no store can change.
template <bool kHasSums>
PP_BODY void TotalsBody(const CellValues values, const Tile tile, const TotalFactors* factors,
                        const TotalSums& sums) {
  Totals totals;
  for (std::size_t i = 0; i < tile.cells.size(); ++i) {
    const std::uint32_t cell = tile.cells[i];
    Prefetch(values, tile, i);
    const TotalFactors factor = factors[cell];
    for (std::size_t v = 0; v < kVectors; ++v) {
      PP_LOAD_CELL(cell, v);
      totals.n[v] += x;
      totals.w[v] += factor.w * d;
      totals.q[v] += factor.q * q;
    }
  }
  Store(totals, sums);
}

template <bool kHasSums, bool kHasStrata>
PP_BODY void GroupsBody(const CellValues values, const Tile tile, const GroupTargets to) {
  Totals totals;
  // Neighbouring cells often have the first of their rows in common, which stays in registers.
  GroupRow* first = nullptr;
  Numbers kept[3 * kVectors] = {};
  for (std::size_t i = 0; i < tile.cells.size(); ++i) {
    const std::uint32_t cell = tile.cells[i];
    Prefetch(values, tile, i);
    const TotalFactors total = to.total_factors[cell];
    const GroupFactors factor = to.factors[cell];
    double* stratum = kHasStrata ? to.strata[to.stratum_of[cell]].weight : nullptr;
    Numbers fit[kVectors];
    Numbers square[kVectors];
    Numbers square_star[kVectors];
    for (std::size_t v = 0; v < kVectors; ++v) {
      PP_LOAD_CELL(cell, v);
      totals.n[v] += x;
      totals.w[v] += total.w * d;
      totals.q[v] += total.q * q;
      if constexpr (kHasStrata) PP_ADD(factor.weight * d, stratum + v * kLanes);
      fit[v] = factor.fit_n * x;
      Numbers left = q;
      if constexpr (kHasSums) {
        fit[v] += factor.fit_d * d;
        left -= d / factor.response_g;
        left = left > 0 ? left : Numbers{};
      }
      square[v] = factor.square * left;
      square_star[v] = factor.square_star * left;
    }
    const std::uint32_t* row_of = to.row_of + cell * to.rows_of_cell;
    if (to.rows + row_of[0] != first) {
      if (first != nullptr) std::memcpy(first, kept, sizeof kept);
      first = to.rows + row_of[0];
      std::memcpy(kept, first, sizeof kept);
    }
    for (std::size_t v = 0; v < kVectors; ++v) {
      kept[v] += fit[v];
      kept[kVectors + v] += square[v];
      kept[2 * kVectors + v] += square_star[v];
    }
    for (std::size_t r = 1; r < to.rows_of_cell; ++r) {
      GroupRow& row = to.rows[row_of[r]];
      for (std::size_t v = 0; v < kVectors; ++v) {
        PP_ADD(fit[v], row.fit + v * kLanes);
        PP_ADD(square[v], row.square + v * kLanes);
        PP_ADD(square_star[v], row.square_star + v * kLanes);
      }
    }
  }
  if (first != nullptr) std::memcpy(first, kept, sizeof kept);
  Store(totals, to.totals);
}

PP_BODY void FoldBody(const CrossRows cross, GroupRow* rows) {
  for (std::size_t first = 0; first * cross.columns < cross.rows; ++first) {
    for (std::size_t second = 0; second < cross.columns; ++second) {
      // The three sums of a row stand side by side.
      const double* from = rows[cross.begin + first * cross.columns + second].fit;
      double* to_first = rows[cross.first + first].fit;
      double* to_second = rows[cross.second + second].fit;
      for (std::size_t k = 0; k < sizeof(GroupRow) / sizeof(double); k += kLanes) {
        PP_LOAD(Numbers, sum, from + k);
        PP_ADD(sum, to_first + k);
        PP_ADD(sum, to_second + k);
      }
    }
  }
}

PP_BODY void MultiplyBody(std::span<const double> x, const double* matrix, std::span<double> out) {
  const std::size_t columns = out.size();
  for (std::size_t column = 0; column < columns; column += kLanes) {
    Numbers sum = {};
    for (std::size_t row = 0; row < x.size(); ++row) {
      PP_LOAD(Numbers, of, matrix + row * columns + column);
      sum += x[row] * of;
    }
    std::memcpy(out.data() + column, &sum, sizeof sum);
  }
}

#define PP_KERNELS(name, target)                                                                 \
  target void Totals##name(const CellValues& values, const Tile& tile,                           \
                           const TotalFactors* factors, const TotalSums& sums) {                 \
    if (values.d != nullptr) return TotalsBody<true>(values, tile, factors, sums);               \
    TotalsBody<false>(values, tile, factors, sums);                                              \
  }                                                                                              \
  target void Groups##name(const CellValues& values, const Tile& tile, const GroupTargets& to) { \
    const bool has_sums = values.d != nullptr;                                                   \
    const bool has_strata = to.strata != nullptr;                                                \
    if (has_sums && has_strata) return GroupsBody<true, true>(values, tile, to);                 \
    if (has_sums) return GroupsBody<true, false>(values, tile, to);                              \
    if (has_strata) return GroupsBody<false, true>(values, tile, to);                            \
    GroupsBody<false, false>(values, tile, to);                                                  \
  }                                                                                              \
  target void Fold##name(const CrossRows& cross, GroupRow* rows) { FoldBody(cross, rows); }      \
  target void Multiply##name(std::span<const double> x, const double* matrix,                    \
                             std::span<double> out) {                                            \
    MultiplyBody(x, matrix, out);                                                                \
  }                                                                                              \
  constexpr VectorKernels k##name = {Totals##name, Groups##name, Fold##name, Multiply##name};

PP_KERNELS(OnAny, )
#ifdef __x86_64__
PP_KERNELS(OnAvx2, __attribute__((target("avx2"))))
PP_KERNELS(OnAvx512, __attribute__((target("avx512f,avx512dq,avx512vl"))))
#endif

const VectorKernels& Chosen() {
  static const VectorKernels kernels = KernelsOfThisProcessor().back();
  return kernels;
}

}  // namespace

std::vector<VectorKernels> KernelsOfThisProcessor() {
  std::vector<VectorKernels> kernels = {kOnAny};
#ifdef __x86_64__
  if (__builtin_cpu_supports("avx2")) kernels.push_back(kOnAvx2);
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
      __builtin_cpu_supports("avx512vl")) {
    kernels.push_back(kOnAvx512);
  }
#endif
  return kernels;
}

void AddTotals(const CellValues& values, const Tile& tile, const TotalFactors* factors,
               const TotalSums& sums) {
  Chosen().add_totals(values, tile, factors, sums);
}

void AddGroups(const CellValues& values, const Tile& tile, const GroupTargets& targets) {
  Chosen().add_groups(values, tile, targets);
}

void FoldRows(const CrossRows& cross, GroupRow* rows) { Chosen().fold_rows(cross, rows); }

void Multiply(std::span<const double> x, const double* matrix, std::span<double> out) {
  Chosen().multiply(x, matrix, out);
}

double Dot(std::span<const double> a, std::span<const double> b) {
  double sums[kLanes] = {};
  for (std::size_t i = 0; i < a.size(); i += kLanes) {
    for (std::size_t lane = 0; lane < kLanes; ++lane) sums[lane] += a[i + lane] * b[i + lane];
  }
  double sum = 0;
  for (const double lane : sums) sum += lane;
  return sum;
}

}  // namespace panelpuls::estimate
