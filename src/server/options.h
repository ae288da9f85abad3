// What a server is started with, and the bounds that follow from it.
// Threads  plain data.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace panelpuls::server {

struct ServerOptions {
  std::string address = "127.0.0.1";  // until there is access control only loopback is allowed
  std::uint16_t http_port = 8080;     // 0: any free port
  std::uint16_t tcp_port = 8081;
  // Names that requests may ask for besides loopback's (server/access/served_names.h); none given:
  // also names of one label.
  std::vector<std::string> hosts;
  unsigned io_threads = 1;                // of each protocol
  std::size_t max_body_bytes = 4u << 20;  // after unpacking too
  std::uint32_t max_records = 10'000;     // of a batch
  std::uint32_t max_in_flight = 64;       // batches of a TCP connection
  // Limits of their own, so that neither readers nor idlers keep senders out.
  std::size_t max_http_connections = 1'024;
  std::size_t max_tcp_connections = 1'024;
  std::size_t max_event_streams = 256;  // of the HTTP connections
  // What is held for peers in all, beside kConnectionBytes for each: messages while they are read,
  // batches in flight and answers, each half, shared evenly by the io threads.
  std::size_t max_buffered_bytes = 256u << 20;
  unsigned request_timeout_s = 30;
  unsigned idle_timeout_s = 120;
  unsigned sse_keep_alive_s = 15;
  double sse_events_per_second = 2;
  unsigned max_exports = 2;  // of responses at once: each holds a copy of the state
};

// A connection has so much to read into, and as much for a batch in flight, whatever the others
// hold. What is longer has to find room in max_buffered_bytes.
inline constexpr std::size_t kOwnBytes = 32u << 10;
// Both, and its head, its coroutines and its socket.
inline constexpr std::size_t kConnectionBytes = 3 * kOwnBytes;
// Unpacking a body takes so much beside it.
inline constexpr std::size_t kMostBesideBody = 128u << 10;
// Messages and batches, of the threads for HTTP and of those for the stream.
inline constexpr std::size_t kBudgetsOfThreads = 4;

// Of each HTTP io thread, besides its connections: for who asks for /healthz, /readyz or /metrics
// when all places are taken.
inline constexpr std::size_t kReservedConnections = 16;

// Of each budget of an io thread.
inline std::size_t BudgetBytes(const ServerOptions& options) {
  return options.max_buffered_bytes / kBudgetsOfThreads / std::max(options.io_threads, 1u);
}

}  // namespace panelpuls::server
