// Where batches go: a peer's store behind threads of its own, or the engine. Either takes a batch,
// works on it beside the thread that gives it, and gives it back when it is durable. Both have the
// same queue: the thread that gives keeps kInFlight batches on their way, as senders do at a
// server. Threads  one that submits, takes back and drains.
#pragma once

#include <memory>
#include <vector>

#include "base/status.h"
#include "engine/batch.h"
#include "engine/engine.h"
#include "peers/store.h"

namespace panelpuls::bench {

// The engine's own queue, and more than any transaction takes.
inline constexpr std::size_t kInFlight = 256;

class Target {
 public:
  virtual ~Target() = default;
  // Waits while too many batches are on their way.
  virtual absl::Status Submit(std::unique_ptr<engine::Batch> batch) = 0;
  // Waits until every batch is durable.
  virtual absl::Status Drain() = 0;
  // A durable batch for reuse, or null.
  virtual std::unique_ptr<engine::Batch> TakeBack() = 0;
  // Transactions or groups that were made durable. After Drain.
  virtual std::uint64_t commits() const = 0;
};

// The store outlives it. Each of its connections takes what waits, at most so many batches, into
// one transaction; 1: a transaction a batch.
std::unique_ptr<Target> TargetOf(Store& store, std::size_t max_batches);
std::unique_ptr<Target> TargetOf(engine::Engine& engine);

}  // namespace panelpuls::bench
