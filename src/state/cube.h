// The cube: respondents counted per weighting cell and class, one dense table a tabulation, all
// tables of one cell side by side in its block (wave.h: Table). Sums of cubes are cubes.
// Shapes   counts[cells][stride], of which `entries` are used; sums only where base weights vary
//          inside a cell (METHOD M9).
// Units    counts: respondents; d in 2^-40; d^2 in 2^-60.
// Threads  one writer; a reader works on a cube of its own.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/aligned_allocator.h"
#include "base/status.h"
#include "wave/wave.h"

namespace panelpuls::state {

__extension__ using Uint128 = unsigned __int128;

// Size and parts of a cube. A block holds the wave's tables and behind them, with a sample frame,
// the frame's units by disposition.
struct CubeShape {
  std::uint64_t cells = 0;
  std::uint32_t entries = 0;             // of a block
  std::uint32_t stride = 0;              // entries from one block to the next
  std::uint32_t disposition_offset = 0;  // entry of Disposition::kNone; only with a frame
  bool has_frame = false;
  bool has_sums = false;

  explicit CubeShape(const wave::Wave& wave);
  std::uint64_t bytes() const;
};

struct Sums {
  Uint128 d = 0;
  Uint128 d2 = 0;
  friend bool operator==(const Sums&, const Sums&) = default;
};

// What one respondent adds: its cell, the entries of the block, its base weight.
struct Contribution {
  std::uint64_t cell = 0;
  std::uint64_t base_weight = 0;  // d * 2^40
  std::vector<std::uint32_t> entries;
};

class Cube {
 public:
  explicit Cube(const wave::Wave& wave);

  const CubeShape& shape() const { return shape_; }
  std::span<const std::uint32_t> Block(std::uint64_t cell) const;
  std::span<std::uint32_t> MutableBlock(std::uint64_t cell);
  // Empty without sums.
  std::span<const Sums> SumsBlock(std::uint64_t cell) const;
  std::span<Sums> MutableSumsBlock(std::uint64_t cell);

  void Add(const Contribution& contribution);
  void Subtract(const Contribution& contribution);
  // Adds another cube of the same shape.
  void Merge(const Cube& other);
  void Clear();

  friend bool operator==(const Cube&, const Cube&);

 private:
  void Change(const Contribution& contribution, std::uint32_t count, const Sums& sums);

  CubeShape shape_;
  std::vector<std::uint32_t, AlignedAllocator<std::uint32_t, kCacheLineBytes>>
      counts_;              // [cell][entry]
  std::vector<Sums> sums_;  // likewise; empty without sums
};

// d^2 in multiples of 2^-60, rounded once (METHOD M9).
Uint128 SquaredBaseWeight(std::uint64_t base_weight);

// The contribution of a respondent's winning word; `record` has every category. Reuses `out`.
// For many records a Contributor (contributor.h) does the same without looking the tables up again.
void Contribute(const wave::Wave& wave, const std::byte* record, Contribution* out);

}  // namespace panelpuls::state
