#include "server/server.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <exception>
#include <utility>

#include "server/access.h"
#include "server/http_session.h"
#include "server/io_thread.h"
#include "server/listener.h"
#include "server/shared.h"
#include "server/tcp_session.h"

namespace panelpuls::server {

struct Server::Impl {
  Impl(engine::Engine& engine, const ServerOptions& options, ServedNames names)
      : shared(engine, options, std::move(names)) {}
  ~Impl() { Stop(); }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  absl::Status Begin(BoundPort http_port, BoundPort tcp_port);
  absl::Status Make();
  void Stop();

  Shared shared;
  // Of each protocol its own, so that a reader does not wait while the stream's batches are
  // decoded.
  std::vector<std::shared_ptr<IoThread>> http_threads;
  std::vector<std::shared_ptr<IoThread>> stream_threads;
  std::shared_ptr<Listener> http;
  std::shared_ptr<Listener> tcp;
  bool listening = false;
  bool stopped = false;
};

namespace {

// Each budget has room for the longest message, with what unpacking it takes beside.
absl::Status CheckBuffered(const ServerOptions& options) {
  const std::size_t least = kBudgetsOfThreads * std::max(options.io_threads, 1u) *
                            (options.max_body_bytes + kMostBesideBody);
  if (options.max_buffered_bytes >= least) return absl::OkStatus();
  return InvalidArgument("{} bytes of buffers for {} io threads of each protocol: give at least {}",
                         options.max_buffered_bytes, options.io_threads, least);
}

// The share of one of `threads` threads.
ConnectionLimits LimitsOf(const ServerOptions& options, Transport transport, unsigned threads) {
  const auto share = [threads](std::size_t all) { return std::max<std::size_t>(all / threads, 1); };
  if (transport == Transport::kTcp) return {.connections = share(options.max_tcp_connections)};
  return {.connections = share(options.max_http_connections),
          .reserve = kReservedConnections,
          .event_streams = share(options.max_event_streams)};
}

// The engine may hold its listener longer than the server lives.
void FanOut(engine::Engine& engine, const std::vector<std::shared_ptr<IoThread>>& threads) {
  std::vector<std::weak_ptr<IoThread>> to(threads.begin(), threads.end());
  engine.OnSnapshot([to = std::move(to)](const engine::SnapshotPointer& snapshot) {
    for (const auto& weak : to) {
      if (const auto io_thread = weak.lock()) io_thread->PublishSnapshot(snapshot);
    }
  });
  if (const engine::SnapshotPointer latest = engine.Latest()) {
    for (const auto& io_thread : threads) io_thread->PublishSnapshot(latest);
  }
}

}  // namespace

// An event loop takes descriptors, and Asio throws where there are none.
absl::Status Server::Impl::Make() {
  const unsigned count = std::max(shared.options.io_threads, 1u);
  try {
    for (unsigned i = 0; i < count; ++i) {
      http_threads.push_back(std::make_shared<IoThread>(
          shared, "io http", Transport::kHttp, LimitsOf(shared.options, Transport::kHttp, count)));
      stream_threads.push_back(std::make_shared<IoThread>(
          shared, "io stream", Transport::kTcp, LimitsOf(shared.options, Transport::kTcp, count)));
    }
    http = std::make_shared<Listener>(http_threads, Transport::kHttp, &HttpSession::Start);
    tcp = std::make_shared<Listener>(stream_threads, Transport::kTcp, &TcpSession::Start);
  } catch (const std::exception& error) {
    return Unavailable(
        "cannot make an event loop of the server: {}; raise the limit on descriptors (ulimit -n, "
        "LimitNOFILE of systemd), or take fewer --io-threads",
        error.what());
  }
  return absl::OkStatus();
}

absl::Status Server::Impl::Begin(BoundPort http_port, BoundPort tcp_port) {
  const ServerOptions& options = shared.options;
  shared.metrics.SetConnectionLimit(Transport::kHttp, options.max_http_connections);
  shared.metrics.SetConnectionLimit(Transport::kTcp, options.max_tcp_connections);
  shared.metrics.SetStreamLimit(options.max_event_streams);
  PP_RETURN_IF_ERROR(Make());
  PP_RETURN_IF_ERROR(http->Open(std::move(http_port)));
  PP_RETURN_IF_ERROR(tcp->Open(std::move(tcp_port)));
  for (const auto* threads : {&http_threads, &stream_threads}) {
    for (const auto& io_thread : *threads) PP_RETURN_IF_ERROR(io_thread->Start());
  }
  FanOut(shared.engine, http_threads);
  listening = true;
  http->Start();
  tcp->Start();
  return absl::OkStatus();
}

// Also of what was only begun.
void Server::Impl::Stop() {
  if (std::exchange(stopped, true)) return;
  if (listening) {
    http->Close();
    tcp->Close();
  }
  const auto all = {&http_threads, &stream_threads};
  for (const auto* threads : all) {
    for (const auto& io_thread : *threads) io_thread->BeginStop();
  }
  for (const auto* threads : all) {
    for (const auto& io_thread : *threads) io_thread->Join();
  }
  shared.exports.AwaitNone();
}

struct PreparedServer::Parts {
  ServerOptions options;
  ServedNames names;
  BoundPort http, tcp;
};

PreparedServer::PreparedServer(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
PreparedServer::~PreparedServer() = default;
PreparedServer::PreparedServer(PreparedServer&&) noexcept = default;

absl::StatusOr<PreparedServer> PreparedServer::Make(const ServerOptions& options) {
  PP_RETURN_IF_ERROR(CheckLoopback(options.address));
  PP_RETURN_IF_ERROR(CheckBuffered(options));
  PP_ASSIGN_OR_RETURN(ServedNames names, ServedNames::Make(options.hosts));
  PP_ASSIGN_OR_RETURN(BoundPort http, BoundPort::Take(options.address, options.http_port));
  PP_ASSIGN_OR_RETURN(BoundPort tcp, BoundPort::Take(options.address, options.tcp_port));
  return PreparedServer(
      std::make_unique<Parts>(options, std::move(names), std::move(http), std::move(tcp)));
}

absl::StatusOr<std::unique_ptr<Server>> Server::Start(engine::Engine& engine,
                                                      PreparedServer prepared) {
  PreparedServer::Parts& parts = *prepared.parts_;
  auto impl = std::make_unique<Impl>(engine, parts.options, std::move(parts.names));
  PP_RETURN_IF_ERROR(impl->Begin(std::move(parts.http), std::move(parts.tcp)));
  spdlog::info("listening on {}: http {}, tcp {}", parts.options.address, impl->http->port(),
               impl->tcp->port());
  return std::unique_ptr<Server>(new Server(std::move(impl)));
}

absl::StatusOr<std::unique_ptr<Server>> Server::Start(engine::Engine& engine,
                                                      const ServerOptions& options) {
  PP_ASSIGN_OR_RETURN(PreparedServer prepared, PreparedServer::Make(options));
  return Start(engine, std::move(prepared));
}

Server::Server(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Server::~Server() { Stop(); }

void Server::Stop() {
  if (impl_->stopped) return;
  impl_->Stop();
  spdlog::info("stopped listening");
}

std::uint16_t Server::http_port() const { return impl_->http->port(); }
std::uint16_t Server::tcp_port() const { return impl_->tcp->port(); }

}  // namespace panelpuls::server
