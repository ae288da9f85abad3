// Batches for tests, as messages of the generated classes.
#pragma once

#include <random>

#include "panelpuls/v1/batch.pb.h"

namespace panelpuls::wire {

// One response with every field, one case event, and all fields of the batch. Small.
v1::Batch SmallBatch();

// `responses` plain responses P0000, P0001, ... with two answers, as a collector sends them.
v1::Batch PlainBatch(int responses);

// Anything the schema allows with values that are in range.
v1::Batch RandomBatch(std::mt19937_64& random);

}  // namespace panelpuls::wire
