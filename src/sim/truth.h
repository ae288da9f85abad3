// The figures of the simulated population, for every tabulation of the wave that a population has
// an answer to (by channel it has none).
// Threads  any; pure.
#pragma once

#include <vector>

#include "sim/fieldwork.h"
#include "sim/model.h"

namespace panelpuls::sim {

// In the order of the tabulations, the indicator over all first. Named as in the snapshot
// (docs/PROTOCOL.md): shares are 0 to 1, means in score points.
std::vector<TruthFigure> TruthOf(const Model& model);

}  // namespace panelpuls::sim
