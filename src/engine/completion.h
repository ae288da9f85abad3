// From the shares of a batch to its end, and from verdicts to the outcome that goes back to the
// sender.
// Threads  BeginShares: whoever hands the batch over; EndShare: the writers.
#pragma once

#include <cstdint>
#include <memory>

#include <vector>

#include "engine/batch.h"
#include "wave/wave.h"

namespace panelpuls::engine {

// Before the first partition gets its share.
void BeginShares(Batch& batch, std::uint32_t partitions);

// A partition is through with its share: durable, or dropped. Whoever ends the last one gets the
// batch, whose end is known then; all others null, and may not touch the batch any more.
std::unique_ptr<Batch> EndShare(Batch* batch, BatchEnd end);

// Adds the writers' verdicts to the outcome of a durable batch: counts, and a sorted result for
// each record that was not simply accepted. Once.
void FillOutcome(Batch& batch);

// What the writers refused of a batch, which whoever decoded it could not know: the first hundred,
// so that a flood of them costs a writer little.
std::vector<BatchBuilder::Refusal> WritersRefusals(const Batch& batch, const wave::Wave& wave);

}  // namespace panelpuls::engine
