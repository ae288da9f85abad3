// The indicator's questions as one block, fitted so that the population has the group shares and
// domain means of the parameter file, moved by the truth shift.
#pragma once

#include "base/status.h"
#include "sim/block.h"
#include "sim/model.h"
#include "sim/parameters.h"

namespace panelpuls::sim {

// The wave has an indicator. valid_share is left to the caller.
// Sections  [indicator.shares] GROUP = percent, in all 100; [indicator.combinations] A/B = weight
//           inside its group (default: all alike); [indicator.means.DIMENSION] CATEGORY = score,
//           moved together by at most `rounding` so that they agree with the shares;
//           [indicator.effects.BY] CODE = score points.
absl::StatusOr<Block> MakeIndicatorBlock(const Model& model, const Parameters& parameters,
                                         double truth_shift);

}  // namespace panelpuls::sim
