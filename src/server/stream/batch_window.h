// A stream's batches in flight, in the order of their sequence numbers, and the bytes that are held
// for them: while they are with the writers, until their acknowledgement is encoded, and until that
// is written.
// Threads  its io thread alone.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>

#include "engine/batch.h"
#include "server/connection/byte_budget.h"
#include "server/intake/thread_intake.h"

namespace panelpuls::server {

class BatchWindow {
 public:
  // `bytes` outlives it and holds what the batches take; what is added to the window is in it.
  explicit BatchWindow(ByteBudget::Share& bytes) : bytes_(bytes) {}

  // A batch was taken, for which so many bytes are held.
  void Add(std::size_t held_bytes) { in_flight_.push_back({nullptr, held_bytes}); }
  // It has ended.
  void End(std::unique_ptr<engine::Batch> batch);

  bool empty() const { return in_flight_.empty(); }
  // Batches whose acknowledgement was not written.
  std::size_t size() const { return in_flight_.size() + answering_; }
  // The oldest; null: there is none, or it has not ended.
  const engine::Batch* front() const {
    return in_flight_.empty() ? nullptr : in_flight_.front().batch.get();
  }
  // Held for batches that have not ended.
  std::size_t bytes_with_writers() const;

  // Acknowledges durable batches from the oldest on and gives them back to `intake`; needs one.
  std::string EncodeAcks(ThreadIntake& intake);
  // That text was written.
  void Answered();

 private:
  struct InFlight {
    std::unique_ptr<engine::Batch> batch;  // null: has not ended
    std::size_t bytes = 0;
  };
  bool IsDurable(std::size_t place) const;

  ByteBudget::Share& bytes_;
  std::deque<InFlight> in_flight_;
  std::uint64_t first_ = 1;  // sequence of in_flight_.front()
  std::size_t answering_ = 0;
  std::size_t answer_bytes_ = 0;
};

}  // namespace panelpuls::server
