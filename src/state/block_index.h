// Which block of a cube holds a cell, where there are far more cells than respondents: only cells
// that somebody is counted in have a block.
// Memory   taken at once; pages of blocks come as they are first used, side by side.
// Threads  one at a time.
#pragma once

#include <cstdint>
#include <limits>
#include <vector>

#include "base/status.h"

namespace panelpuls::state {

class BlockIndex {
 public:
  static constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();

  BlockIndex(std::uint64_t cells, std::uint64_t blocks) : block_of_(cells, kNone), blocks_(blocks) {
    free_.reserve(blocks);
  }

  std::uint32_t Find(std::uint64_t cell) const { return block_of_[cell]; }

  // A block for a cell that has none. It holds what its last cell left, which was nothing, or is
  // `is_new` and holds anything.
  struct Taken {
    std::uint32_t block = 0;
    bool is_new = false;
  };
  Taken Take(std::uint64_t cell) {
    Taken taken;
    if (free_.empty()) {
      PP_CHECK(used_ < blocks_);
      taken = {.block = used_++, .is_new = true};
    } else {
      taken.block = free_.back();
      free_.pop_back();
    }
    block_of_[cell] = taken.block;
    return taken;
  }
  // The cell's block is all zeros.
  void Release(std::uint64_t cell) {
    free_.push_back(block_of_[cell]);
    block_of_[cell] = kNone;
  }

 private:
  std::vector<std::uint32_t> block_of_;  // [cell]
  std::vector<std::uint32_t> free_;      // blocks that were released
  std::uint64_t blocks_ = 0;
  std::uint32_t used_ = 0;
};

}  // namespace panelpuls::state
