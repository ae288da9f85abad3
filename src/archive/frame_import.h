// The sample frame into the journals: once, as records of pseudonyms, in groups ended by a marker.
// An import that broke off is done again from the begin, with the same frame; units known already
// are kept once.
// Threads  one, before there are writers.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "base/status.h"
#include "identity/pseudonym.h"
#include "state/state.h"
#include "wave/frame.h"

namespace panelpuls::archive {

struct FrameImport {
  const wave::Wave* wave = nullptr;
  const identity::DirectoryKey* key = nullptr;
  std::span<const wave::FrameUnit> units;
  std::size_t max_group_bytes = 0;
};

// A partition that takes its units.
struct FrameTarget {
  state::State* state = nullptr;
  // Journals one group, durable on return.
  std::function<absl::Status(std::span<const std::byte> group)> append;
};

// Tells frames apart: 64 hex digits.
std::string FrameDigest(std::span<const wave::FrameUnit> units);

// InvalidArgument naming the unit: an id, category or base weight that cannot be.
// FailedPrecondition: an import that broke off has left units that are not in this frame.
absl::Status ImportFrame(const FrameImport& import, std::span<const FrameTarget> partitions);

}  // namespace panelpuls::archive
