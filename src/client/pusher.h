// Pushing responses to a server, over TCP or HTTP, with resend and back-off. A record is done when
// its result has come back; what was not acknowledged is sent again after a broken connection.
// Threads  one; blocking, with its own io_context.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/status.h"
#include "wave/outcome.h"

namespace panelpuls::client {

struct PushWait {
  std::string_view reason;  // why the last try failed; empty: it goes on
  double without_progress_s = 0;
  double gives_up_in_s = 0;
};

struct PusherOptions {
  // http://127.0.0.1:8080 (the path /v1/responses is added) or tcp://127.0.0.1:8081.
  std::string target;
  std::string wave;  // empty: the server's one wave
  std::string token;
  std::uint32_t batch_records = 1'000;
  std::uint32_t max_in_flight = 16;  // batches; HTTP sends one at a time
  bool gzip = false;                 // HTTP
  // Without an acknowledged batch, while the pusher works or waits; nothing else is progress.
  double give_up_after_s = 60;
  double first_retry_s = 0.1;  // doubled up to 5 s, with jitter
  // Asked some times a second while something is waited for. False: the call ends with Cancelled.
  std::function<bool(const PushWait&)> keep_waiting = {};
};

// What became of one record; tag is the caller's.
struct PushResult {
  std::uint64_t tag = 0;
  wave::Result result = wave::Result::kAccepted;
  std::string field;
  std::string reason;
};

struct PushTotals {
  std::uint64_t counts[wave::kResultCount] = {};
  std::uint64_t sent = 0;     // records, resends not counted
  std::uint64_t unknown = 0;  // of these: no answer came, so the server may have them
  std::uint64_t resent = 0;   // records sent again
  std::uint64_t reconnects = 0;
};

class Pusher {
 public:
  static absl::StatusOr<std::unique_ptr<Pusher>> Connect(const PusherOptions& options);
  ~Pusher();

  // Called for every record once its result is known, in the order they were added within a batch.
  void OnResult(std::function<void(const PushResult&)> listener);

  // Takes one serialized Response or CaseEvent; sends when a batch is full. Unavailable: gave up;
  // PermissionDenied, NotFound, InvalidArgument: the server will never take this, or what it
  // answers makes no sense (not retried); Cancelled: nobody wanted to wait on.
  absl::Status AddResponse(std::string_view bytes, std::uint64_t tag);
  absl::Status AddCaseEvent(std::string_view bytes, std::uint64_t tag);
  // The simulated time of the batches from now on; sends what was gathered under the old one.
  absl::Status SetSimulatedTime(Micros time);
  // Sends what was gathered and waits for every acknowledgement.
  absl::Status Flush();
  PushTotals totals() const;

 private:
  struct Impl;
  explicit Pusher(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace panelpuls::client
