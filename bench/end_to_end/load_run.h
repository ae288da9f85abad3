// One run of the client: connections that push a workload until the time is over, and all their
// acknowledgements.
// Threads  the caller's one.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/status.h"
#include "end_to_end/asio.h"
#include "end_to_end/meter.h"
#include "end_to_end/pusher.h"

namespace panelpuls::bench {

class LoadRun {
 public:
  explicit LoadRun(Meter& meter);

  absl::Status Connect(const PusherOptions& options, unsigned connections);
  // Pushes; returns when all is acknowledged. Unavailable: a connection failed, or acknowledgements
  // did not come within ten seconds of the end.
  absl::Status Run();

 private:
  void Deal();
  void ArmTimer();
  void EndIfDone();
  void Fail(const std::string& why);

  Meter& meter_;
  asio::io_context io_{1};
  asio::steady_timer timer_{io_};  // open loop: when the next batch is due
  asio::steady_timer patience_{io_};
  PusherEvents events_;
  std::vector<std::unique_ptr<Pusher>> pushers_;
  std::size_t turn_ = 0;
  absl::Status status_;
  bool done_ = false;
};

}  // namespace panelpuls::bench
