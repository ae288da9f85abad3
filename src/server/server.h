// The network side: TCP stream, HTTP, SSE, page, metrics, on io threads of their own.
// Threads  each io thread has one io_context; a session lives on one of them. Start and Stop: one
//          caller.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/status.h"
#include "engine/engine.h"

namespace panelpuls::server {

struct ServerOptions {
  std::string address = "127.0.0.1";  // until there is access control only loopback is allowed
  std::uint16_t http_port = 8080;     // 0: any free port
  std::uint16_t tcp_port = 8081;
  // Names that requests may ask for besides loopback's (server/served_names.h); none given: also
  // names of one label.
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

// Options that were found right and ports that nobody else can take any more, before there is an
// engine: so that a start that is refused leaves nothing behind. Nobody is heard yet.
class PreparedServer {
 public:
  // InvalidArgument: address is not loopback, a host is no name, or the buffers are too few;
  // Unavailable: a port is taken, or there are no descriptors left (names it).
  static absl::StatusOr<PreparedServer> Make(const ServerOptions& options);
  ~PreparedServer();
  PreparedServer(PreparedServer&&) noexcept;
  PreparedServer& operator=(PreparedServer&&) = delete;

 private:
  friend class Server;
  struct Parts;
  explicit PreparedServer(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

class Server {
 public:
  // Listens; `engine` outlives the server. Unavailable: there are no threads or descriptors left
  // (names it). Nothing of it runs on after an error.
  static absl::StatusOr<std::unique_ptr<Server>> Start(engine::Engine& engine,
                                                       PreparedServer prepared);
  // Both at once.
  static absl::StatusOr<std::unique_ptr<Server>> Start(engine::Engine& engine,
                                                       const ServerOptions& options);
  // Stops accepting, lets sessions finish what is acknowledged, joins.
  ~Server();
  void Stop();

  std::uint16_t http_port() const;
  std::uint16_t tcp_port() const;

 private:
  struct Impl;
  explicit Server(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace panelpuls::server
