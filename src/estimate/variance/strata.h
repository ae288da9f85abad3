// Design strata of the listed cells, METHOD M4: a stratum with one respondent is joined to the one
// its definition names (collapse_into, or the nearest category of an ordered dimension).
// Threads  one at a time; keeps its memory from call to call.
#pragma once

#include <cstdint>
#include <vector>

#include "estimate/plan/cell_list.h"
#include "wave/wave.h"

namespace panelpuls::estimate {

struct Strata {
  std::vector<std::uint32_t> of;  // parallel to the list
  std::vector<double> n;          // [stratum] respondents, after joining
  std::vector<Flag> single;       // kNotEstimable: strata of one respondent, joined to no other

  std::size_t size() const { return n.size(); }
};

void FindStrata(const wave::Wave& wave, const CellMap& map, const CellList& list, Strata* strata);

}  // namespace panelpuls::estimate
