#include "server/server.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <exception>
#include <string>
#include <utility>
#include <vector>

#include "server/access/access.h"
#include "server/access/served_names.h"
#include "server/connection/bound_port.h"
#include "server/connection/io_thread.h"
#include "server/connection/listener.h"
#include "server/handlers/export_job.h"
#include "server/handlers/handlers.h"
#include "server/handlers/views.h"
#include "server/http/http_session.h"
#include "server/intake/thread_intake.h"
#include "server/observation/metrics.h"
#include "server/stream/tcp_session.h"

namespace panelpuls::server {
namespace {

// What all io threads have in common.
struct Shared {
  engine::Engine& engine;
  const ServerOptions options;
  const ServedNames names;
  const OpenLoopback access{};
  Metrics metrics{engine};
  RunningExports exports{options.max_exports};
};

// An io thread and what its sessions use on it. Of each protocol its own, so that a reader does not
// wait while the stream's batches are decoded.
struct HttpThread {
  HttpThread(Shared& shared, std::size_t threads);

  const std::shared_ptr<IoThread> io_thread;
  ThreadIntake intake;
  Views views;
  Handlers handlers;
  const HttpSession::Common sessions;
};
struct StreamThread {
  StreamThread(Shared& shared, std::size_t threads);

  const std::shared_ptr<IoThread> io_thread;
  ThreadIntake intake;
  const TcpSession::Common sessions;
};

// The share of one of `threads` threads.
std::size_t ShareOf(std::size_t all, std::size_t threads) {
  return std::max<std::size_t>(all / threads, 1);
}

HttpThread::HttpThread(Shared& shared, std::size_t threads)
    : io_thread(std::make_shared<IoThread>(
          shared.options, shared.metrics, "io http", Transport::kHttp,
          ConnectionLimits{.connections = ShareOf(shared.options.max_http_connections, threads),
                           .reserve = kReservedConnections})),
      intake(io_thread, shared.engine),
      handlers({.engine = shared.engine,
                .intake = intake,
                .views = views,
                .exports = shared.exports,
                .most_streams = ShareOf(shared.options.max_event_streams, threads)}),
      sessions{.io_thread = *io_thread,
               .admission = {.names = shared.names,
                             .access = shared.access,
                             .wave = shared.engine.wave().id},
               .handlers = handlers.table()} {}

StreamThread::StreamThread(Shared& shared, std::size_t threads)
    : io_thread(std::make_shared<IoThread>(
          shared.options, shared.metrics, "io stream", Transport::kTcp,
          ConnectionLimits{.connections = ShareOf(shared.options.max_tcp_connections, threads)})),
      intake(io_thread, shared.engine),
      sessions{.io_thread = *io_thread,
               .intake = intake,
               .access = shared.access,
               .wave = shared.engine.wave().id} {}

}  // namespace

struct Server::Impl {
  Impl(engine::Engine& engine, const ServerOptions& options, ServedNames names)
      : shared{.engine = engine, .options = options, .names = std::move(names)} {}
  ~Impl() { Stop(); }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  absl::Status Begin(BoundPort http_port, BoundPort tcp_port);
  absl::Status Make();
  void Stop();
  std::vector<IoThread*> All() const;

  Shared shared;
  std::vector<std::shared_ptr<HttpThread>> http_threads;
  std::vector<std::shared_ptr<StreamThread>> stream_threads;
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

// On the io thread, or never: what is posted must not keep it alive.
void Publish(HttpThread& thread, engine::SnapshotPointer snapshot) {
  asio::post(thread.io_thread->context(), [&thread, newer = std::move(snapshot)]() mutable {
    thread.views.Publish(std::move(newer));
  });
}

// The engine may hold its listener longer than the server lives.
void FanOut(engine::Engine& engine, const std::vector<std::shared_ptr<HttpThread>>& threads) {
  std::vector<std::weak_ptr<HttpThread>> to(threads.begin(), threads.end());
  engine.OnSnapshot([to = std::move(to)](const engine::SnapshotPointer& snapshot) {
    for (const auto& weak : to) {
      if (const auto thread = weak.lock()) Publish(*thread, snapshot);
    }
  });
  if (const engine::SnapshotPointer latest = engine.Latest()) {
    for (const auto& thread : threads) Publish(*thread, latest);
  }
}

// Listens with `threads`, whose sessions are of type Session.
template <typename Session, typename Thread>
std::shared_ptr<Listener> ListenerOf(const std::vector<std::shared_ptr<Thread>>& threads,
                                     Transport transport) {
  std::vector<Listener::Target> targets;
  for (const auto& thread : threads) {
    targets.push_back(
        {thread->io_thread, [&sessions = thread->sessions](tcp::socket socket, Place place) {
           Session::Start(sessions, std::move(socket), place);
         }});
  }
  return std::make_shared<Listener>(std::move(targets), transport,
                                    std::string(Session::TurnedAway()));
}

}  // namespace

// An event loop takes descriptors, and Asio throws where there are none.
absl::Status Server::Impl::Make() {
  const unsigned count = std::max(shared.options.io_threads, 1u);
  try {
    for (unsigned i = 0; i < count; ++i) {
      http_threads.push_back(std::make_shared<HttpThread>(shared, count));
      stream_threads.push_back(std::make_shared<StreamThread>(shared, count));
    }
    http = ListenerOf<HttpSession>(http_threads, Transport::kHttp);
    tcp = ListenerOf<TcpSession>(stream_threads, Transport::kTcp);
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
  for (IoThread* const io_thread : All()) PP_RETURN_IF_ERROR(io_thread->Start());
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
  for (IoThread* const io_thread : All()) io_thread->BeginStop();
  for (IoThread* const io_thread : All()) io_thread->Join();
  shared.exports.AwaitNone();
}

std::vector<IoThread*> Server::Impl::All() const {
  std::vector<IoThread*> all;
  for (const auto& thread : http_threads) all.push_back(thread->io_thread.get());
  for (const auto& thread : stream_threads) all.push_back(thread->io_thread.get());
  return all;
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
