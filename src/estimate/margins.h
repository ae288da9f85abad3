// The margins that calibration meets, after collapsing of small categories, and the groups the
// variance regresses on: METHOD M2, M4.
// Group    one category, or several that were collapsed into one; numbered from 0 within a margin,
//          in the order of their first category. Only groups with a population are numbered.
// Threads  plain data.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "estimate/estimates.h"

namespace panelpuls::estimate {

struct Margin {
  // Of a category without a population.
  static constexpr std::uint32_t kOutside = UINT32_MAX;

  std::int16_t dimension = wave::kNone;  // kJointCell: the joint table
  std::vector<std::uint32_t> group_of;   // [category] or [joint cell]
  std::vector<std::int32_t> name_of;     // [group] -> category that stands for it in messages
  std::vector<double> totals;            // [group] N, > 0
  std::vector<std::uint32_t> group;      // [listed cell]

  std::size_t groups() const { return totals.size(); }
};

struct MarginSet {
  std::vector<Margin> margins;  // in raking order
  double population = 0;        // sum of the first margin's totals; 0 without margins
  // Each category that was collapsed into another, and the part of the population that stands in
  // groups of more than one category (the largest over the margins).
  std::vector<Flag> collapsed;
  double collapsed_share = 0;
};

}  // namespace panelpuls::estimate
