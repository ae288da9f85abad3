// What the read side shows, on one io thread: the newest snapshot and what is rendered from it on
// request, once a version. Reading takes no lock.
// Threads  one io thread owns one.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "engine/engine.h"
#include "server/connection/wakeup.h"

namespace panelpuls::server {

// Renderings beside the snapshot itself.
enum class View {
  kSnapshotSegment,  // its JSON, DeflatedSegment
  kSnapshotGzip,     // its JSON as a gzip body
  kHistory,
  kCellsJson,
  kCellsProtobuf,
  kGuidance,
  kWave,
  kFigures,
  kFiguresDanishExcel,
  kComparisons,
  kComparisonsDanishExcel,
  kRankings,
  kRankingsDanishExcel,
};
inline constexpr std::size_t kViewCount = 13;

class Views {
 public:
  // Null before the first snapshot.
  const engine::SnapshotPointer& snapshot() const { return snapshot_; }
  // Takes a newer snapshot and wakes the subscribers.
  void Publish(engine::SnapshotPointer snapshot);

  // Needs a snapshot.
  std::shared_ptr<const std::string> Get(View view);

  // What needs attention, rendered once a version and change of what intake remembers.
  std::shared_ptr<const std::string> Attention(const engine::Engine& engine);

  void Subscribe(Wakeup* wakeup);
  void Unsubscribe(Wakeup* wakeup);

 private:
  engine::SnapshotPointer snapshot_;
  std::array<std::shared_ptr<const std::string>, kViewCount> rendered_;
  std::shared_ptr<const std::string> attention_;
  std::uint64_t attention_changes_ = 0;
  std::vector<Wakeup*> subscribers_;
};

}  // namespace panelpuls::server
