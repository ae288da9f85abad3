// What all connections of a run share: where the next batch comes from, when it is due, and what
// became of those that were sent.
// Open loop (a rate): batch k is due at begin + k / rate whatever the server does, and its latency
// counts from there, so that a stall is felt by everything that was due meanwhile (coordinated
// omission, as wrk2 and HdrHistogram correct it). Closed loop: a batch is due when there is room
// for it. Threads  the client's one.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>

#include "end_to_end/ack_log.h"
#include "end_to_end/asio.h"
#include "end_to_end/histogram.h"
#include "end_to_end/workload.h"
#include "wave/outcome.h"

namespace panelpuls::bench {

struct MeterOptions {
  double seconds = 2;
  double responses_per_second = 0;                  // 0: closed loop
  std::uint64_t max_responses = ~std::uint64_t{0};  // the run ends here, too
};

// A batch that was taken to be sent.
struct Order {
  Slice slice;
  SteadyTime intended;
};

class Meter {
 public:
  // `acks` may be null. Views outlive the meter.
  Meter(Workload& workload, AckLog* acks, std::uint32_t batch_size, const MeterOptions& options)
      : workload_(workload), acks_(acks), batch_size_(batch_size), options_(options) {}

  void Begin(SteadyTime now) {
    begin_ = last_ack_ = now;
    end_ = now + std::chrono::duration_cast<SteadyClock::duration>(
                     std::chrono::duration<double>(options_.seconds));
  }

  // None: the run is over, nothing is due yet, or the bytes are still being written; then
  // on_released is called when they no longer are.
  std::optional<Order> Next() {
    const SteadyTime now = SteadyClock::now();
    if (IsOver(now)) return std::nullopt;
    SteadyTime intended = now;
    if (is_open_loop()) {
      intended = NextDue();
      if (intended > now) return std::nullopt;
    }
    const std::optional<Slice> slice = workload_.Take();
    starved_ = !slice.has_value();
    if (starved_) return std::nullopt;
    ++batches_;
    responses_sent_ += slice->responses;
    bytes_ += slice->bytes.size();
    return Order{*slice, intended};
  }

  // The order's bytes are in the kernel.
  void Written(const Order& order) {
    workload_.Release(order.slice);
    if (std::exchange(starved_, false)) on_released();
  }

  // The order is durable. counts: as the server gave them; none from the null sink.
  void Acknowledged(const Order& order, const wave::BatchOutcome* outcome) {
    last_ack_ = SteadyClock::now();
    latency_.Record(NanosBetween(order.intended, last_ack_));
    ++batches_acknowledged_;
    responses_acknowledged_ += order.slice.responses;
    if (outcome == nullptr) return;
    for (std::size_t i = 0; i < counts_.size(); ++i) counts_[i] += outcome->counts[i];
    if (acks_ != nullptr) {
      acks_->Append(counts_[static_cast<std::size_t>(wave::Result::kAccepted)], last_ack_);
    }
  }

  bool is_open_loop() const { return options_.responses_per_second > 0; }
  SteadyTime NextDue() const {
    const double seconds =
        static_cast<double>(batches_) * batch_size_ / std::max(options_.responses_per_second, 1e-9);
    return begin_ + std::chrono::duration_cast<SteadyClock::duration>(
                        std::chrono::duration<double>(seconds));
  }
  SteadyTime end() const { return end_; }
  bool IsOver(SteadyTime now) const {
    return now >= end_ || responses_sent_ >= options_.max_responses;
  }
  bool AllAcknowledged() const { return batches_ == batches_acknowledged_; }

  // Open loop: responses that were due before the end and were never sent, since no connection had
  // room. Their latency is nowhere, so a run with many of them had too high a rate.
  std::uint64_t unsent() const {
    if (!is_open_loop() || responses_sent_ >= options_.max_responses) return 0;
    const double due = std::ceil(options_.seconds * options_.responses_per_second / batch_size_);
    return (std::max(static_cast<std::uint64_t>(due), batches_) - batches_) * batch_size_;
  }

  // From the first batch to the last acknowledgement.
  double seconds() const { return static_cast<double>(NanosBetween(begin_, last_ack_)) * 1e-9; }
  std::uint64_t batches() const { return batches_acknowledged_; }
  std::uint64_t responses() const { return responses_acknowledged_; }
  std::uint64_t bytes() const { return bytes_; }
  const std::array<std::uint64_t, wave::kResultCount>& counts() const { return counts_; }
  const Histogram& latency() const { return latency_; }

  std::function<void()> on_released = [] {};

 private:
  Workload& workload_;
  AckLog* const acks_;
  const std::uint32_t batch_size_;
  const MeterOptions options_;
  SteadyTime begin_, end_, last_ack_;
  std::uint64_t batches_ = 0;  // sent
  std::uint64_t responses_sent_ = 0;
  std::uint64_t bytes_ = 0;
  std::uint64_t batches_acknowledged_ = 0;
  std::uint64_t responses_acknowledged_ = 0;
  std::array<std::uint64_t, wave::kResultCount> counts_{};  // [Result]
  Histogram latency_;
  bool starved_ = false;
};

}  // namespace panelpuls::bench
