// Main effects out of a parameter file: one number a category of a dimension, or an option of the
// driving question, added up over all of them for each type.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "sim/model.h"

namespace panelpuls::sim {

// The category or valid option an entry names. InvalidArgument naming line and the known codes.
absl::StatusOr<std::size_t> CategoryNamed(const Parameters& parameters,
                                          const Parameters::Entry& entry,
                                          const wave::Dimension& dimension);
absl::StatusOr<std::size_t> OptionNamed(const Parameters& parameters,
                                        const Parameters::Entry& entry,
                                        const wave::Question& question);
// Options that count for figures, in order.
std::vector<int> ValidOptions(const wave::Question& question);

// [type] sum of the effects in all sections "<prefix>.<dimension or driving question>". With
// `cells_only` a type is a cell and the driving question has no effect. `found`: there were any.
struct EffectOptions {
  std::string_view prefix;
  NumberRange range;
  bool cells_only = false;
};
absl::StatusOr<std::vector<double>> SumEffects(const Model& model, const Parameters& parameters,
                                               const EffectOptions& options, bool* found);

}  // namespace panelpuls::sim
