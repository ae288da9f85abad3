// How batches reach the server: the two protocols behind one step. What to do about a failure
// (wait, split, give up) is the pusher's. Threads  one; each call blocks.
#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <optional>

#include "base/status.h"
#include "client/outgoing.h"
#include "client/target.h"

namespace panelpuls::client {

// Batches not yet acknowledged, in order. The transport reads it; the pusher takes off its front in
// `acknowledge`.
using Window = std::deque<OutgoingBatch>;

struct Step {
  enum Kind {
    kDone,       // what was asked for
    kBroken,     // worth trying again
    kTooLarge,   // batch `index` of the window must become smaller
    kPermanent,  // the server will never take this, makes no sense, or nobody wants to wait on
  } kind = kDone;
  // kBroken, kPermanent; kTooLarge: what the server said of it, ok where its greeting did.
  absl::Status status;
  std::optional<std::chrono::seconds> retry_after;  // kBroken: as the server asked
  bool at_once = false;  // kBroken: an idle connection had been closed; no reason to wait
  std::size_t index = 0;
};

struct TransportOptions {
  Target target;
  std::string wave;
  std::string token;
  bool gzip = false;
  std::chrono::milliseconds patience{30'000};  // for one connect, write or answer
};

// Texts of a server's in a status are printable and cut.
class Transport {
 public:
  using Clock = std::chrono::steady_clock;

  virtual ~Transport() = default;
  // Called for each batch sent, before it is.
  std::function<void(OutgoingBatch&)> on_send;
  std::function<void()> on_connect;
  // Called with the outcome of the window's front batch, which is taken off by the call.
  std::function<absl::Status(const wave::BatchOutcome&)> acknowledge;
  // Asked at least every kSlice while something is waited for; not ok: the wait ends with that.
  std::function<absl::Status(Clock::time_point now)> keep_waiting;
  // When the caller gives up. Every wait ends by then.
  std::function<Clock::time_point()> deadline;

  // Sends what the window holds unsent. With `wait` it also waits for at least one acknowledgement.
  virtual Step Advance(Window& window, bool wait) = 0;
  // Batches that may be in flight; known after the first Advance.
  virtual std::size_t max_in_flight() const = 0;
};

inline constexpr std::chrono::milliseconds kSlice{50};

std::unique_ptr<Transport> MakeTcpTransport(const TransportOptions& options);
std::unique_ptr<Transport> MakeHttpTransport(const TransportOptions& options);

}  // namespace panelpuls::client
