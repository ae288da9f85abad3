// A listening socket on a free port of the loopback address, for servers that a test plays itself.
#pragma once

#include <cstdint>

namespace panelpuls::testing {

class LoopbackListener {
 public:
  LoopbackListener();
  ~LoopbackListener();
  LoopbackListener(const LoopbackListener&) = delete;
  LoopbackListener& operator=(const LoopbackListener&) = delete;

  // To poll and accept on.
  int socket() const { return socket_; }
  std::uint16_t port() const { return port_; }

 private:
  int socket_ = -1;
  std::uint16_t port_ = 0;
};

}  // namespace panelpuls::testing
