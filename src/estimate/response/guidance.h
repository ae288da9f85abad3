// The next interview: cells and categories by what one more completed interview is expected to
// take off the indicator's variance.
//
// Formula  METHOD M11. Gain of a cell with respondents (G T / W)^2 S_c^2 / (n (n + 1)) p; of a
//          category the same with its sums; of a cell without respondents the largest of its
//          categories'.
// p        expected response: response so far of the units that were tried, smoothed to the
//          categories of the cell; 1 without a frame; 0 where nobody is left to ask.
// Absent   the gains without an indicator, weights or two valid answers: then the flags say why.
// Threads  pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "estimate/figures/estimates.h"
#include "estimate/response/representativity.h"
#include "state/cube.h"
#include "wave/wave.h"

namespace panelpuls::estimate {

// The frame's units of one cell.
struct CellCases {
  std::uint64_t invited = 0;
  std::uint64_t responded = 0;  // I + P of METHOD M8
  std::uint64_t open = 0;       // can still answer: of unknown eligibility, or not reached
  std::uint64_t tried = 0;      // something is known of them; ineligible ones left out
};

struct Gain {
  std::uint64_t n = 0;                     // respondents
  std::optional<std::uint64_t> open;       // with a frame
  double expected_response = 1;            // p
  std::optional<double> variance;          // score points squared
  std::optional<double> variance_share;    // of the present variance, se_interval squared
  std::optional<double> representativity;  // fall of the CV by one more response
};

struct CellGain {
  std::uint64_t cell = 0;
  Gain gain;
};

struct CategoryGain {
  int dimension = 0;
  int category = 0;
  Gain gain;
};

// Best first; of equal ones those with fewer respondents. What is outside the population is left
// out; with a frame also cells in which nobody is left to ask, and categories nobody is invited of.
struct Guidance {
  std::vector<CellGain> cells;  // at most kMostGuidedCells
  std::vector<CategoryGain> categories;
  std::vector<Flag> flags;
};

inline constexpr std::size_t kMostGuidedCells = 50;

// `cases`: [cell], or empty without a frame. `falls`: [cell], or empty where not known.
struct GuidanceInputs {
  const wave::Wave& wave;
  const state::Cube& cube;
  const Estimates& estimates;
  std::span<const CellCases> cases;
  std::span<const std::optional<double>> falls;
};
Guidance RankInterviews(const GuidanceInputs& inputs);

}  // namespace panelpuls::estimate
