// The cube: respondents counted per weighting cell and class, one dense table a tabulation, all
// tables of one cell side by side in its block (wave.h: Table). Sums of cubes are cubes.
// Shapes   counts[blocks][stride], of which `entries` are used; sums only where base weights vary
//          inside a cell (METHOD M9). A block a cell, or, where the wave has very many cells
//          (Wave:: is_sparse), one a cell that somebody is counted in; all others are zeros.
// Units    counts: respondents; d in 2^-40; d^2 in 2^-60.
// Threads  one writer; a reader works on a cube of its own.
#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "base/line_memory.h"
#include "base/status.h"
#include "state/block_index.h"
#include "wave/wave.h"

namespace panelpuls::state {

__extension__ using Uint128 = unsigned __int128;

// Size and parts of a cube. A block holds the wave's tables and behind them, with a sample frame,
// the frame's units by disposition.
struct CubeShape {
  std::uint64_t cells = 0;
  std::uint64_t blocks = 0;              // room; sparse: fewer than cells
  std::uint32_t entries = 0;             // of a block
  std::uint32_t stride = 0;              // entries from one block to the next
  std::uint32_t disposition_offset = 0;  // entry of Disposition::kNone; only with a frame
  bool has_frame = false;
  bool has_sums = false;
  bool is_sparse = false;

  // `units`: most that are counted at once, where that is known.
  explicit CubeShape(const wave::Wave& wave,
                     std::uint64_t units = std::numeric_limits<std::uint64_t>::max());
  std::uint64_t bytes() const;  // when all blocks are in use
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
  explicit Cube(const wave::Wave& wave,
                std::uint64_t units = std::numeric_limits<std::uint64_t>::max());

  const CubeShape& shape() const { return shape_; }
  std::span<const std::uint32_t> Block(std::uint64_t cell) const {
    return {CountsOf(cell), shape_.entries};
  }
  std::span<std::uint32_t> MutableBlock(std::uint64_t cell);
  // Empty without sums.
  std::span<const Sums> SumsBlock(std::uint64_t cell) const;
  std::span<Sums> MutableSumsBlock(std::uint64_t cell);
  // False: nobody is counted there.
  bool Holds(std::uint64_t cell) const {
    return !index_ || index_->Find(cell) != BlockIndex::kNone;
  }
  // To be called when a block's counts have been made smaller: one that is empty is given back.
  void Settle(std::uint64_t cell) {
    if (index_) ReleaseIfEmpty(cell);
  }

  void Add(const Contribution& contribution);
  void Subtract(const Contribution& contribution);
  // Adds another cube of the same shape.
  void Merge(const Cube& other);
  void Clear();

  friend bool operator==(const Cube&, const Cube&);

 private:
  const std::uint32_t* CountsOf(std::uint64_t cell) const {
    if (!index_) return counts_.get() + cell * shape_.stride;
    const std::uint32_t block = index_->Find(cell);
    return block == BlockIndex::kNone ? no_counts_.data()
                                      : counts_.get() + std::uint64_t{block} * shape_.stride;
  }
  // Place of the cell's block, which is made when there is none.
  std::uint64_t BlockFor(std::uint64_t cell);
  void ReleaseIfEmpty(std::uint64_t cell);
  void Change(const Contribution& contribution, std::uint32_t count, const Sums& sums);

  CubeShape shape_;
  std::optional<BlockIndex> index_;       // sparse
  LineMemory<std::uint32_t> counts_;      // [block][entry]
  LineMemory<Sums> sums_;                 // likewise; null without sums
  std::vector<std::uint32_t> no_counts_;  // sparse: of a cell without a block
  std::vector<Sums> no_sums_;
  std::uint32_t counted_entries_ = 0;  // of table 0, in which every respondent is counted
};

// d^2 in multiples of 2^-60, rounded once (METHOD M9).
Uint128 SquaredBaseWeight(std::uint64_t base_weight);

// The contribution of a respondent's winning word; `record` has every category. Reuses `out`.
// For many records a Contributor (contributor.h) does the same without looking the tables up again.
void Contribute(const wave::Wave& wave, const std::byte* record, Contribution* out);

}  // namespace panelpuls::state
