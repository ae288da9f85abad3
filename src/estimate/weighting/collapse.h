// Collapsing of categories with too few respondents into others, so that the margins can be met in
// the first hours of fieldwork: METHOD M2, "Collapsing".
// Order    the smallest group first: by respondents, then population, then place. It goes into the
//          category that it or one of its members names; where none is named that is not in the
//          group, in an ordered dimension, into the neighbour. Among several the smallest.
// Joint    cells that differ in one dimension, by the rule of that dimension; the last weighting
//          dimension first, the one before it where the last gives no target, and so on.
// Left     groups without a target. Categories of population 0 are passed over.
// Threads  const, any.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "estimate/weighting/margins.h"
#include "wave/wave.h"

namespace panelpuls::estimate {

// Where the categories of one margin may go, as the definition says.
class CollapseRules {
 public:
  CollapseRules(const wave::Wave& wave, const Margin& margin);

  // In order of preference; level 0 .. levels() - 1.
  std::size_t levels() const { return levels_; }
  std::span<const std::uint32_t> Targets(std::uint32_t category, std::size_t level) const;

 private:
  struct Table;
  void AddDimension(const Table& table, std::size_t dimension, std::size_t stride);

  std::size_t levels_ = 0;
  std::vector<std::vector<std::uint32_t>> targets_;  // [level * categories + category]
  std::size_t categories_ = 0;
};

// Regroups the margin; `original` has each category as a group of its own, and `respondents` counts
// them by its groups. group_of, name_of and totals of `margin` are replaced, `group` is not.
// Returns whether anything was collapsed.
bool CollapseMargin(const CollapseRules& rules, const Margin& original,
                    std::span<const std::uint64_t> respondents, std::uint32_t below,
                    Margin* margin);

}  // namespace panelpuls::estimate
