// What the frame and the respondents by cell say about the fieldwork itself: cases by cell, how
// evenly the frame responds, where the next interview helps most.
// Threads  pure functions.
#pragma once

#include <cstdint>
#include <vector>

#include "estimate/figures/estimates.h"
#include "estimate/response/guidance.h"
#include "estimate/response/representativity.h"
#include "state/cube.h"
#include "wave/wave.h"

namespace panelpuls::estimate {

struct Fieldwork {
  std::vector<CellCases> cells;  // [cell]; empty without a frame
  Representativity representativity;
  Guidance guidance;
};

// Units of the frame by cell; empty without one.
std::vector<CellCases> CountCells(const wave::Wave& wave, const state::Cube& cube);

// What representativity takes of them: cells in which somebody is invited.
std::vector<CellResponse> ResponsesOf(const std::vector<CellCases>& cells);

// `estimates` are those of the cube.
Fieldwork MeasureFieldwork(const wave::Wave& wave, const state::Cube& cube,
                           const Estimates& estimates);

}  // namespace panelpuls::estimate
