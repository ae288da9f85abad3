// Reads GET /v1/snapshot (protobuf) on one kept connection at a fixed rate while a run pushes:
// every other request is conditional (If-None-Match). Latency counts from when a request was due.
// It stands for a reader on another machine, so its thread takes a processor whenever it wants one
// (SCHED_FIFO), where it may: else its own waits for one are in what it measures.
// Threads  one of its own; Start and Stop by one caller. What it found is read after Stop.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>
#include <thread>

#include "client/target.h"
#include "end_to_end/ack_log.h"
#include "end_to_end/histogram.h"

namespace panelpuls::bench {

struct PollerOptions {
  client::Target target;  // of the read side
  double per_second = 100;
};

// Responses that a snapshot (v1.Snapshot, serialized) shows: what its channels accepted, trials
// included, so that the number is the one that acknowledgements add up to.
// 0 also where the bytes are no snapshot.
std::uint64_t ShownResponses(std::string_view snapshot);

class Poller {
 public:
  // `acks` outlives the poller.
  Poller(const PollerOptions& options, const AckLog& acks) : options_(options), acks_(acks) {}
  ~Poller() { Stop(); }

  void Start();
  // When the last snapshot shows all that was acknowledged, or a second later.
  void Stop();

  const Histogram& whole() const { return whole_; }              // nanoseconds
  const Histogram& conditional() const { return conditional_; }  // nanoseconds, 200 and 304
  const Histogram& staleness() const { return staleness_; }      // nanoseconds
  std::uint64_t not_modified() const { return not_modified_; }
  std::uint64_t last_shown() const { return last_shown_; }  // responses
  std::uint64_t largest_bytes() const { return largest_bytes_; }
  bool real_time() const { return real_time_; }  // it might
  // Why it stopped early; empty: it did not.
  const std::string& error() const { return error_; }

 private:
  void Run();
  bool Goes() const;

  const PollerOptions options_;
  const AckLog& acks_;
  std::thread thread_;
  // When it is to end whatever is shown; Stop sets it. pairs-with: Goes (relaxed); it orders
  // nothing, join does.
  std::atomic<SteadyTime> give_up_at_{SteadyTime::max()};
  Histogram whole_, conditional_, staleness_;
  std::uint64_t not_modified_ = 0;
  std::uint64_t last_shown_ = 0;
  std::uint64_t largest_bytes_ = 0;
  bool real_time_ = false;
  std::string error_;
};

}  // namespace panelpuls::bench
