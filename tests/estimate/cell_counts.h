// A list of cells made by hand, for tests that need no responses.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "estimate/plan/cell_list.h"
#include "estimate/weighting/calibration.h"

namespace panelpuls::estimate {

using Codes = std::vector<std::pair<std::string, std::string>>;  // dimension, category

inline std::uint32_t CellOf(const wave::Wave& wave, const Codes& codes) {
  std::uint64_t cell = 0;
  for (const auto& [id, code] : codes) {
    const int number = wave.FindDimension(id);
    EXPECT_NE(number, wave::kNone) << id;
    const wave::Dimension& dimension = wave.dimensions[static_cast<std::size_t>(number)];
    const int category = wave::Wave::FindCategory(dimension, code);
    EXPECT_NE(category, wave::kNone) << code;
    cell += static_cast<std::uint64_t>(category) * dimension.cell_stride;
  }
  return static_cast<std::uint32_t>(cell);
}

// n respondents with base weight d each.
struct CellCount {
  std::uint32_t cell = 0;
  std::uint64_t n = 0;
  double d = 1;
};

// In any order; several counts of one cell add up. Cells outside the population are left out, as
// ListCells does.
inline CellList ListOf(const CellMap& map, const std::vector<CellCount>& counts) {
  struct Sums {
    std::uint64_t n = 0;
    double t = 0;
    double q = 0;
  };
  std::map<std::uint32_t, Sums> cells;
  CellList list;
  for (const CellCount& count : counts) {
    if (count.n == 0) continue;
    if (map.IsOutside(count.cell)) {
      list.respondents_outside += count.n;
      continue;
    }
    Sums& sums = cells[count.cell];
    sums.n += count.n;
    sums.t += static_cast<double>(count.n) * count.d;
    sums.q += static_cast<double>(count.n) * count.d * count.d;
  }
  for (const auto& [cell, sums] : cells) {
    list.cells.push_back(cell);
    list.n.push_back(sums.n);
    list.t.push_back(sums.t);
    list.q.push_back(sums.q);
    list.d.push_back(1);
    list.respondents += sums.n;
  }
  return list;
}

}  // namespace panelpuls::estimate
