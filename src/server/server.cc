#include "server/server.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

#include "server/access.h"
#include "server/http_session.h"
#include "server/io_thread.h"
#include "server/listener.h"
#include "server/shared.h"
#include "server/tcp_session.h"

namespace panelpuls::server {

struct Server::Impl {
  Impl(engine::Engine& engine, const ServerOptions& options) : shared(engine, options) {}

  Shared shared;
  // Of each protocol its own, so that a reader does not wait while the stream's batches are
  // decoded.
  std::vector<std::shared_ptr<IoThread>> http_threads;
  std::vector<std::shared_ptr<IoThread>> stream_threads;
  std::shared_ptr<Listener> http;
  std::shared_ptr<Listener> tcp;
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

absl::StatusOr<std::unique_ptr<Server>> Server::Start(engine::Engine& engine,
                                                      const ServerOptions& options) {
  PP_RETURN_IF_ERROR(CheckLoopback(options.address));
  PP_RETURN_IF_ERROR(CheckBuffered(options));
  auto impl = std::make_unique<Impl>(engine, options);
  const unsigned count = std::max(options.io_threads, 1u);
  for (unsigned i = 0; i < count; ++i) {
    impl->http_threads.push_back(std::make_shared<IoThread>(impl->shared, "io http"));
    impl->stream_threads.push_back(std::make_shared<IoThread>(impl->shared, "io stream"));
  }
  impl->http =
      std::make_shared<Listener>(impl->http_threads, Transport::kHttp, &HttpSession::Start);
  impl->tcp = std::make_shared<Listener>(impl->stream_threads, Transport::kTcp, &TcpSession::Start);
  PP_RETURN_IF_ERROR(impl->http->Open(options.address, options.http_port));
  PP_RETURN_IF_ERROR(impl->tcp->Open(options.address, options.tcp_port));
  FanOut(engine, impl->http_threads);
  for (const auto* threads : {&impl->http_threads, &impl->stream_threads}) {
    for (const auto& io_thread : *threads) io_thread->Start();
  }
  impl->http->Start();
  impl->tcp->Start();
  spdlog::info("listening on {}: http {}, tcp {}", options.address, impl->http->port(),
               impl->tcp->port());
  return std::unique_ptr<Server>(new Server(std::move(impl)));
}

Server::Server(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Server::~Server() { Stop(); }

void Server::Stop() {
  if (impl_->stopped) return;
  impl_->stopped = true;
  impl_->http->Close();
  impl_->tcp->Close();
  const auto all = {&impl_->http_threads, &impl_->stream_threads};
  for (const auto* threads : all) {
    for (const auto& io_thread : *threads) io_thread->BeginStop();
  }
  for (const auto* threads : all) {
    for (const auto& io_thread : *threads) io_thread->Join();
  }
  spdlog::info("stopped listening");
}

std::uint16_t Server::http_port() const { return impl_->http->port(); }
std::uint16_t Server::tcp_port() const { return impl_->tcp->port(); }

}  // namespace panelpuls::server
