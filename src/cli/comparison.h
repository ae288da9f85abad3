// The publication's table: estimate beside what was published and beside the simulated truth.
// Threads  any; pure.
#pragma once

#include <string>

#include "cli/simulation_errors.h"
#include "cli/snapshot_reader.h"
#include "sim/fieldwork.h"

namespace panelpuls::cli {

struct Comparison {
  std::string text;
  // The indicator lies within three simulation standard errors of the truth. Without a standard
  // error nothing is judged.
  bool judged = false;
  bool passed = false;
};
// `errors` may be empty.
Comparison Compare(const sim::Population& population, const ReadSnapshot& snapshot,
                   const SimulationErrors& errors);

}  // namespace panelpuls::cli
