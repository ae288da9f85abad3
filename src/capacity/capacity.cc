#include "capacity/capacity.h"

#include <algorithm>

#include "engine/batch.h"
#include "engine/cut.h"
#include "estimate/estimator.h"
#include "journal/journal.h"

namespace panelpuls::capacity {
namespace {

// What a server of the smallest wave holds: code, libraries, threads and their allocators.
constexpr std::uint64_t kProgramBytes = 17u << 20;
// A writer's thread: its stack, its allocator's arena, its queue.
constexpr std::uint64_t kWriterBytes = 512u << 10;
// A figure of a snapshot: its values and its JSON, plain and packed, and protobuf.
constexpr std::uint64_t kFigureBytes = 1'000;
// A unit of a frame beside its struct: its categories' block on the heap, its line of the file.
constexpr std::uint64_t kFrameUnitBytes = 96;
// The published one, the next one being made, and one that a slow reader still holds.
constexpr std::uint64_t kSnapshots = 3;
// A cell in estimates, guidance and their maps, beside its block.
constexpr std::uint64_t kCellBytes = 250;
// Hours' cuts of a partition: in the hand-over buffer, and up to two in the history.
constexpr std::uint64_t kHourCuts = 3;

std::uint64_t EntryBytes(const state::CubeShape& shape) {
  return sizeof(std::uint32_t) + (shape.has_sums ? sizeof(state::Sums) : 0);
}

std::uint64_t CutBytes(const state::CubeShape& shape) {
  return shape.bytes() + shape.blocks * sizeof(std::uint32_t);
}

std::uint64_t HourCutBytes(const wave::Wave& wave, const state::CubeShape& shape) {
  const wave::Table& table = wave.tables.front();
  return shape.blocks * (table.rows * table.columns * EntryBytes(shape) + sizeof(std::uint32_t));
}

// Merged and the history's; with several partitions a mirror of each, too.
std::uint64_t CubesBeside(std::uint64_t partitions) { return partitions > 1 ? partitions + 2 : 2; }

std::uint64_t BatchBytes(const wave::Wave& wave, std::uint32_t records) {
  const std::uint64_t record =
      wave.layout.size + sizeof(std::uint32_t) + sizeof(engine::RecordVerdict);  // and its index
  return sizeof(engine::Batch) + records * record;
}

// A group as the writer collects it, and as the journal writes it.
std::uint64_t GroupBufferBytes(const wave::Wave& wave, const engine::EngineOptions& options) {
  const std::uint64_t payload = std::max<std::uint64_t>(
      options.max_group_bytes, wave.canonical.size() + sizeof(wave::DefinitionHeader));
  return options.max_group_bytes + wave.layout.size + journal::BytesOnDisk(payload);
}

}  // namespace

std::uint64_t Capacity::Bytes(Taken taken) const {
  std::uint64_t bytes = taken == Taken::kAtStart ? state.total() : 0;
  for (const MemoryPart& part : beside) bytes += part.taken == taken ? part.bytes : 0;
  return bytes;
}

std::uint64_t Capacity::total() const {
  return Bytes(Taken::kFirstStart) + Bytes(Taken::kAtStart) + Bytes(Taken::kAsUsed) +
         Bytes(Taken::kBusy);
}

state::StateMemory StateMemoryOf(const wave::Wave& wave, const state::StateOptions& options) {
  state::StateMemory memory = state::State::MemoryFor(wave, options);
  for (std::uint64_t* part : {&memory.units, &memory.register_bytes, &memory.event_register_bytes,
                              &memory.conflict_bytes, &memory.cube_bytes}) {
    *part *= options.partitions;
  }
  return memory;
}

Capacity CapacityOf(const std::shared_ptr<const wave::Wave>& wave, const CapacityOptions& options) {
  const engine::EngineOptions& engine = options.engine;
  const std::uint64_t partitions = engine.partitions;
  const std::uint64_t figures = estimate::Estimator(wave).keys().size();
  Capacity capacity;
  capacity.state =
      StateMemoryOf(*wave, {.partitions = engine.partitions, .frame_units = options.frame_units});
  const state::CubeShape shape(*wave, capacity.state.units);
  capacity.beside = {
      // Of very many cells those are held that somebody is counted in.
      {"cubes of the snapshot thread", CubesBeside(partitions) * shape.bytes(),
       shape.is_sparse ? Taken::kAsUsed : Taken::kAtStart},
      {"hand-over buffers", partitions * (CutBytes(shape) + kHourCuts * HourCutBytes(*wave, shape)),
       Taken::kAsUsed},
      {"group buffers", partitions * GroupBufferBytes(*wave, engine), Taken::kAsUsed},
      {"snapshots, roughly", kSnapshots * figures * kFigureBytes + wave->cells * kCellBytes,
       Taken::kAsUsed},
      {"program, roughly", kProgramBytes + partitions * kWriterBytes, Taken::kAtStart},
      {"an export of responses", capacity.state.total(), Taken::kExport},
  };
  if (!options.batches_counted_elsewhere) {
    // As many wait as the queue takes, and as many may be on their way through the writer.
    capacity.beside.push_back(
        {"batches in flight",
         partitions * 2 * engine.queue_batches * BatchBytes(*wave, options.batch_records),
         Taken::kBusy});
  }
  if (wave->has_frame) {
    capacity.beside.push_back({"sample frame as it is read",
                               options.frame_units * (sizeof(wave::FrameUnit) + kFrameUnitBytes),
                               Taken::kFirstStart});
  }
  return capacity;
}

std::uint64_t JournalBytesFor(const wave::Wave& wave, const engine::EngineOptions& options,
                              const JournalLoad& load) {
  const std::uint64_t most = std::max<std::uint64_t>(1, options.max_group_bytes / wave.layout.size);
  const std::uint64_t group = std::clamp<std::uint64_t>(load.group_responses, 1, most);
  const std::uint64_t groups = (load.responses + group - 1) / group;
  const std::uint64_t group_bytes = journal::BytesOnDisk(group * wave.layout.size);
  // A group lies in one segment, whose first block is its header.
  const std::uint64_t in_segment =
      std::max<std::uint64_t>(1, (options.segment_bytes - journal::BytesOnDisk(0)) / group_bytes);
  const std::uint64_t segments = (groups + in_segment - 1) / in_segment;
  return (segments + options.partitions) * options.segment_bytes;
}

}  // namespace panelpuls::capacity
