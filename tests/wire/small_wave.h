// A wave for tests of files: channels eboks and cati, dimension area (Sjælland, fyn), single-choice
// question orders (up, not_up), multiple-choice question barriers (money, time, no money).
#pragma once

#include "wave/wave.h"

namespace panelpuls::wire {

const wave::Wave& SmallWave();
// The same with base weights per unit.
const wave::Wave& WeightedWave();

}  // namespace panelpuls::wire
