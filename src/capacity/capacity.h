// What an engine of a wave will hold in memory and put on disk, said before it is started.
// Units    bytes, of all partitions together.
// Threads  any; pure.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "engine/engine.h"
#include "state/state.h"
#include "wave/wave.h"

namespace panelpuls::capacity {

// When memory is taken from the machine.
enum class Taken {
  kAtStart,
  kAsUsed,      // as load comes
  kBusy,        // while batches wait, at most; kept for reuse
  kFirstStart,  // until the sample frame is imported
  kExport,      // by each export of responses, while it runs; on top of the total
};

struct MemoryPart {
  std::string_view what;  // static text
  std::uint64_t bytes = 0;
  Taken taken = Taken::kAtStart;
};

struct CapacityOptions {
  // partitions, queue_batches, max_group_bytes and segment_bytes count; no directory is needed.
  engine::EngineOptions engine;
  std::uint64_t frame_units = 0;       // of the whole frame, for a wave that has one
  std::uint32_t batch_records = 1000;  // responses that senders put in a batch
  // Whoever hands over batches bounds their bytes and counts them itself, as a server does. False:
  // as many are counted as the queues take.
  bool batches_counted_elsewhere = false;
};

struct Capacity {
  // As Engine::memory(); at start, unless it is larger than half of what is free.
  state::StateMemory state;
  std::vector<MemoryPart> beside;  // all else
  std::uint64_t Bytes(Taken taken) const;
  std::uint64_t total() const;  // without exports
};

Capacity CapacityOf(const std::shared_ptr<const wave::Wave>& wave, const CapacityOptions& options);

// The state's alone: units and bytes of all partitions.
state::StateMemory StateMemoryOf(const wave::Wave& wave, const state::StateOptions& options);

// Disk that the journals of `responses` take, received in groups of `group_responses`: whole
// segments, and one made ahead a partition.
struct JournalLoad {
  std::uint64_t responses = 0;
  std::uint64_t group_responses = 1;
};
std::uint64_t JournalBytesFor(const wave::Wave& wave, const engine::EngineOptions& options,
                              const JournalLoad& load);

}  // namespace panelpuls::capacity
