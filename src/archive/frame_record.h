// A unit of the sample frame as a record.
// Threads  pure but for the pseudonymizer's scratch.
#pragma once

#include <cstddef>
#include <vector>

#include "base/status.h"
#include "identity/pseudonym.h"
#include "wave/frame.h"
#include "wave/wave.h"

namespace panelpuls::archive {

// Checks a unit and makes its record. InvalidArgument naming the unit.
absl::StatusOr<identity::Pseudonym> FrameRecord(const wave::Wave& wave, const wave::FrameUnit& unit,
                                                identity::Pseudonymizer& pseudonymizer,
                                                std::vector<std::byte>* record);

}  // namespace panelpuls::archive
