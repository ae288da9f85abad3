// The margins that calibration meets, after collapsing of small categories, and the groups the
// variance regresses on: METHOD M2, M4.
// Group    one category, or several that were collapsed into one; numbered from 0 within a margin,
//          in the order of their first category. Only groups with a population are numbered.
// Threads  plain data.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "estimate/figures/estimates.h"
#include "estimate/plan/cell_list.h"

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
  double population = 0;        // sum of each margin's totals; 0 without margins
  // kCollapsed: each category that another one stands for. kLowN: each group with fewer than
  // collapse_below respondents that nothing declares a target for, but one respondent at least.
  std::vector<Flag> collapsed;
  std::vector<Flag> sparse;
  // Part of the population in collapsed categories and in groups without respondents, in the margin
  // where it is largest.
  double collapsed_share = 0;
};

// Largest relative difference between the sums of two margins' totals that is rounding of decimals
// in a file; margins within it are scaled to the first one's sum.
inline constexpr double kTotalsTolerance = 1e-9;

// The margins of the definition, each category with a population a group of its own. `unequal`
// gets kInfeasible with the first category of each margin whose totals add up to another sum than
// the first margin's.
MarginSet MakeMargins(const wave::Wave& wave, const CellMap& map, std::vector<Flag>* unequal);

// Dimensions with population totals that the set has no margin of.
std::vector<Margin> OtherTotals(const wave::Wave& wave, const MarginSet& set);

}  // namespace panelpuls::estimate
