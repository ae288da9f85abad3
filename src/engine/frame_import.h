// The sample frame into the journals: once, as records of pseudonyms, in groups ended by a marker.
// An import that broke off is done again from the begin, with the same frame; units known already
// are kept once.
// Threads  one, before there are writers.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/status.h"
#include "engine/partition.h"
#include "identity/pseudonym.h"
#include "wave/frame.h"

namespace panelpuls::engine {

struct FrameImport {
  const wave::Wave* wave = nullptr;
  const identity::DirectoryKey* key = nullptr;
  std::span<const wave::FrameUnit> units;
  Micros receipt_time = 0;
  std::size_t max_group_bytes = 0;
};

// Tells frames apart: 64 hex digits.
std::string FrameDigest(std::span<const wave::FrameUnit> units);

// InvalidArgument naming the unit: an id, category or base weight that cannot be.
// FailedPrecondition: an import that broke off has left units that are not in this frame.
absl::Status ImportFrame(const FrameImport& import,
                         std::span<const std::unique_ptr<Partition>> partitions);

// Checks a unit and makes its record, without a journal: for offline estimates too.
absl::StatusOr<identity::Pseudonym> FrameRecord(const wave::Wave& wave, const wave::FrameUnit& unit,
                                                identity::Pseudonymizer& pseudonymizer,
                                                std::vector<std::byte>* record);

}  // namespace panelpuls::engine
