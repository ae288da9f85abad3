// A batch on its way to the server: its records, and whose they are.
// Threads  one.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "client/pusher.h"
#include "wave/outcome.h"

namespace panelpuls::client {

class OutgoingBatch {
 public:
  explicit OutgoingBatch(Micros simulated_time = kNoTime) : simulated_time_(simulated_time) {}

  void Add(wave::RecordKind kind, std::string_view bytes, std::uint64_t tag);
  std::size_t size() const { return order_.size(); }
  bool empty() const { return order_.empty(); }

  // The serialized Batch; sequence 0 and an empty wave are left out.
  std::string Encode(std::string_view wave, std::uint64_t sequence) const;

  // Takes the second half off; both keep the order. Needs at least two records.
  OutgoingBatch SplitOff();

  // One result a record, in the order they were added. InvalidArgument: the outcome's counts do not
  // add up to this batch or are not those of its list, or it speaks of a record that is not in it.
  absl::StatusOr<std::vector<PushResult>> Results(const wave::BatchOutcome& outcome) const;
  // All rejected, for a reason that no server gave.
  std::vector<PushResult> RejectAll(std::string_view reason) const;

  bool was_sent = false;

 private:
  struct Place {
    wave::RecordKind kind;
    std::uint32_t index;
    std::uint64_t tag;
  };
  absl::Status CheckCounts(const wave::BatchOutcome& outcome,
                           std::span<const std::uint64_t> listed) const;

  Micros simulated_time_;
  std::vector<std::string> responses_;
  std::vector<std::string> case_events_;
  std::vector<Place> order_;
};

}  // namespace panelpuls::client
