// Many simulated fieldworks of one population, each estimated offline: how far estimates spread,
// and whether they are centred on the truth. Threads  one.
#pragma once

#include <cstdint>
#include <memory>

#include "base/status.h"
#include "cli/simulation_errors.h"
#include "sim/fieldwork.h"

namespace panelpuls::cli {

struct RepeatOptions {
  std::uint64_t first_seed = 1;  // then the next ones
  std::uint64_t fieldworks = 0;  // at least 2
};
// Of the figures that the publication prints and of every mean of the indicator. A figure that some
// fieldwork does not give is left out. Internal: a simulated response was rejected.
absl::StatusOr<SimulationErrors> Repeat(const std::shared_ptr<const sim::Population>& population,
                                        const RepeatOptions& options);

}  // namespace panelpuls::cli
