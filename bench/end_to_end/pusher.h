// A connection that pushes batches. Over TCP several may be in flight; over HTTP one.
// Threads  its io_context's one.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/status.h"
#include "client/target.h"
#include "end_to_end/asio.h"
#include "end_to_end/meter.h"

namespace panelpuls::bench {

// What a connection tells the run.
struct PusherEvents {
  std::function<void()> acknowledged;                  // something was, by Meter::Acknowledged
  std::function<void(const std::string& why)> failed;  // the run is worth nothing
};

class Pusher {
 public:
  virtual ~Pusher() = default;
  // Takes one batch if there is room and one is due; whether it did.
  virtual bool Take() = 0;
  // Sends what was taken.
  virtual void Flush() = 0;
};

struct PusherOptions {
  client::Target target;
  unsigned in_flight = 16;  // TCP: at most, and not more than the server allows
};

// Connects (and greets, over TCP) before it returns. References and events outlive the pusher.
absl::StatusOr<std::unique_ptr<Pusher>> ConnectTcp(asio::io_context& io,
                                                   const PusherOptions& options, Meter& meter,
                                                   const PusherEvents& events);
absl::StatusOr<std::unique_ptr<Pusher>> ConnectHttp(asio::io_context& io,
                                                    const PusherOptions& options, Meter& meter,
                                                    const PusherEvents& events);

// Sockets here have TCP_NODELAY. Unavailable: nobody listens.
absl::StatusOr<tcp::socket> Connect(asio::io_context& io, const client::Target& target);

}  // namespace panelpuls::bench
