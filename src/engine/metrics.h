// What an engine counts.
// Threads  plain data.
#pragma once

#include <cstdint>

#include "wave/outcome.h"

namespace panelpuls::engine {

// Since the process started; a consistent enough copy for metrics.
struct EngineMetrics {
  std::uint64_t results[wave::kResultCount] = {};  // records by result
  std::uint64_t conflicts_untracked = 0;           // found the table of conflicts full
  std::uint64_t batches = 0;
  std::uint64_t groups = 0;
  std::uint64_t journal_bytes = 0;
  std::uint64_t sync_micros = 0;  // sum over groups
  std::uint64_t queue_full = 0;   // batches not taken
  std::uint64_t snapshots = 0;
  std::uint64_t snapshot_micros = 0;
  std::uint64_t ignored_questions = 0;
  std::uint64_t ignored_fields = 0;
  std::uint64_t version = 0;
};

}  // namespace panelpuls::engine
