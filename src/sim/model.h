// The population of a wave as the simulator believes it: who there is, and how each would answer.
// Infinite: units are drawn from it, so its figures are the truth that estimates are held against.
// Threads  immutable once made.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <vector>

#include "base/status.h"
#include "sim/block.h"
#include "sim/cells.h"
#include "sim/parameters.h"
#include "wave/wave.h"

namespace panelpuls::sim {

struct Model {
  std::shared_ptr<const wave::Wave> wave;
  Cells cells;
  // The driving question: answers to all others may depend on it. kNone: there is none.
  int driver = wave::kNone;
  Block driver_block;      // its types are cells
  std::size_t levels = 1;  // outcomes of the driving question
  std::vector<Block> blocks;
  std::optional<std::size_t> indicator;  // in blocks; shares_of is the indicator group
  std::vector<ChoiceBlock> choices;
  std::vector<double> type_weights;  // [type] share of the population

  std::size_t TypeOf(std::size_t cell, std::size_t level) const { return cell * levels + level; }
};

struct ModelOptions {
  double truth_shift = 0;  // score points by which the indicator and each of its domains move
  double respondents = 0;  // expected; what the [valid] counts are held against
};
// InvalidArgument: FILE:LINE of a parameter that does not fit the wave, or targets that cannot be
// met.
absl::StatusOr<Model> MakeModel(std::shared_ptr<const wave::Wave> wave,
                                const Parameters& parameters, const ModelOptions& options);

}  // namespace panelpuls::sim
