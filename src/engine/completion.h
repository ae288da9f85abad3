// From verdicts to the outcome that goes back to the sender.
#pragma once

#include "engine/batch.h"

namespace panelpuls::engine {

// Adds the writers' verdicts to the batch's outcome: counts, and a sorted result for each record
// that was not simply accepted. Once a batch, when its last writer is through.
void FillOutcome(Batch& batch);

}  // namespace panelpuls::engine
