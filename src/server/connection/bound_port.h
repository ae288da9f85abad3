// An address and port that nobody else can take any more, while nobody is heard there yet.
// Threads  one at a time.
#pragma once

#include <cstdint>
#include <string>

#include "base/status.h"
#include "server/connection/asio.h"

namespace panelpuls::server {

class BoundPort {
 public:
  // Port 0: any free one. Unavailable: the port is taken, the address is not this machine's, or
  // there is no descriptor left.
  static absl::StatusOr<BoundPort> Take(const std::string& address, std::uint16_t port);
  ~BoundPort();
  BoundPort(BoundPort&& other) noexcept;
  BoundPort& operator=(BoundPort&&) = delete;

  // From now on it is heard by `acceptor`, which owns it.
  absl::Status Listen(tcp::acceptor& acceptor) &&;

 private:
  BoundPort(tcp::endpoint endpoint, int descriptor)
      : endpoint_(std::move(endpoint)), descriptor_(descriptor) {}

  tcp::endpoint endpoint_;  // as it was asked for
  int descriptor_;
};

}  // namespace panelpuls::server
