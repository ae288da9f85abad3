// Where bytes come from, under a deadline of the source's own.
// Threads  its io thread alone; one read at a time.
#pragma once

#include <cstddef>

#include "server/connection/asio.h"

namespace panelpuls::server {

struct Transferred {
  ErrorCode error;  // timed_out: the deadline passed, be it before the call
  std::size_t bytes = 0;
};

class ByteSource {
 public:
  virtual ~ByteSource() = default;
  // Reads what is there, at least one byte.
  virtual asio::awaitable<Transferred> ReadSome(asio::mutable_buffer buffer) = 0;
};

}  // namespace panelpuls::server
