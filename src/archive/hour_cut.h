// The state of a partition at the end of an hour of receipt, as far as the history needs it.
// Threads  plain data and pure functions.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "base/clock.h"
#include "state/cube.h"
#include "wave/wave.h"

namespace panelpuls::archive {

// Counts (and sums) of table 0, from which the indicator over all is estimated.
struct IndicatorTable {
  std::vector<std::uint32_t> cells;   // with respondents
  std::vector<std::uint32_t> counts;  // [cells][entries of table 0]
  std::vector<state::Sums> sums;      // same, or empty
  std::uint64_t respondents = 0;
};

// State of a partition at the end of a local hour of receipt.
struct HourCut {
  Micros hour = kNoTime;                   // first instant of the hour
  Micros passed = kNoTime;                 // all hours before this one are final for this partition
  IndicatorTable table;                    // of the definition that the state was made with
  std::shared_ptr<const wave::Wave> wave;  // the one then in force
};

void FillIndicatorTable(const wave::Wave& wave, const state::Cube& cube, std::uint64_t respondents,
                        IndicatorTable* table);
// Adds a table to table 0 of a cube of a wave that may have more or fewer categories than the
// table's, but counts alike; sets table 0 back to zeros. Cells that the cube has not are left out.
void AddIndicatorTable(const wave::Wave& of_table, const IndicatorTable& table,
                       const wave::Wave& of_cube, state::Cube* cube);
void ClearIndicatorTable(const wave::Wave& wave, state::Cube* cube);

}  // namespace panelpuls::archive
