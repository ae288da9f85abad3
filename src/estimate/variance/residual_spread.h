// Spread of the indicator around what the margins explain of it, by cell: METHOD M11's S_c^2, and
// the gain made of it.
// Threads  pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "estimate/plan/cell_list.h"
#include "state/cube.h"
#include "wave/wave.h"

namespace panelpuls::estimate {

// What a cell's own squares are mixed with: as much as this many respondents of the pooled spread.
inline constexpr double kPriorRespondents = 5;

struct ResidualSpread {
  double pooled = 0;            // S^2
  std::vector<double> squares;  // [listed cell] sum of n r^2
  std::vector<double> valid;    // [listed cell] respondents with an indicator group

  double Of(double squares_sum, double valid_sum) const {
    return (kPriorRespondents * pooled + squares_sum) / (kPriorRespondents + valid_sum);
  }
};

// METHOD M11's gain, from these.
struct GainTerms {
  double share = 0;   // G T / W
  double spread = 0;  // S_c^2
  double n = 1;
  double expected_response = 1;
};
double VarianceGain(const GainTerms& terms);

// Absent without an indicator, or where fewer than two different scores are answered.
std::optional<ResidualSpread> MeasureSpread(const wave::Wave& wave, const CellMap& map,
                                            const state::Cube& cube, const CellList& list);

}  // namespace panelpuls::estimate
