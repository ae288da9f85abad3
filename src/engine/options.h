// What an engine is opened with.
// Threads  plain data.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/file.h"
#include "base/status.h"
#include "snapshot/rendered.h"
#include "wave/frame.h"

namespace panelpuls::engine {

inline constexpr double kMinSnapshotsPerSecond = 0.01;
inline constexpr double kMaxSnapshotsPerSecond = 1000;

struct EngineOptions {
  std::string directory;    // made when it does not exist
  bool must_exist = false;  // NotFound where there is no data directory; none is made
  // Fixed when the directory is made, another number later is refused; 1 to
  // archive::kMaxPartitions.
  std::uint32_t partitions = 1;
  bool simulated_clock = false;      // group time = max(last, the batches' simulated_time)
  double snapshots_per_second = 10;  // kMin- to kMaxSnapshotsPerSecond
  std::size_t queue_batches = 256;   // a partition; full means back-pressure
  std::size_t max_group_bytes = 4u << 20;
  std::uint64_t segment_bytes = 16u << 20;
  // How long batches that were taken wait for room on a full disk before they end with kNoRoom.
  std::chrono::milliseconds room_patience{5000};
  // Reads the sample frame of a wave that has one: asked, on the thread that opens, while it is not
  // whole in the journals. An import that broke off goes on with the same frame only.
  std::function<absl::StatusOr<std::vector<wave::FrameUnit>>()> read_frame;
  // Goes on where journals end before what the witness knows to have been durable, or where the
  // witness is missing; recovery() says what was lost.
  bool accept_loss = false;
  // The witness is at most so far behind; 0: it is written at the start and at the stop alone.
  std::chrono::milliseconds witness_interval{1000};
  FileSystem* files = nullptr;   // null: the real one
  const Clock* clock = nullptr;  // null: the machine's; outlives the engine
  // Makes the text of every snapshot; empty: snapshots have none.
  snapshot::Render render;
  // A failed write or fsync: called once, on the thread it happened on; nothing is acknowledged
  // afterwards. Default: prints the status and ends the process at once.
  std::function<void(const absl::Status&)> on_fatal;
};

}  // namespace panelpuls::engine
