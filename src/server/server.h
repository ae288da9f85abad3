// The network side: TCP stream, HTTP, SSE, page, metrics, on io threads of their own.
// Threads  each io thread has one io_context; a session lives on one of them. Start and Stop: one
//          caller.
#pragma once

#include <cstdint>
#include <memory>

#include "base/status.h"
#include "engine/engine.h"
#include "server/options.h"

namespace panelpuls::server {

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
