#include "server/listener.h"

#include <fcntl.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <chrono>
#include <exception>
#include <string_view>
#include <utility>

#include "server/log.h"
#include "server/refusal.h"

namespace panelpuls::server {
namespace {

constexpr std::chrono::milliseconds kPauseAfterError{100};

// What a connection beyond the limit is told. It may not arrive whole; the close says enough.
std::string TurnedAwayText(Transport transport) {
  if (transport == Transport::kHttp) {
    return "HTTP/1.1 503 Service Unavailable\r\nServer: panelpuls\r\nRetry-After: 5\r\n"
           "Content-Length: 0\r\nConnection: close\r\n\r\n";
  }
  std::string text;
  AppendRefusal({.error = StreamError::kOverloaded,
                 .detail = "too many connections are open; connect again later",
                 .retryable = true},
                text);
  return text;
}

void TurnAway(tcp::socket socket, Transport transport) {
  ErrorCode ignored;
  socket.non_blocking(true, ignored);
  socket.write_some(asio::buffer(TurnedAwayText(transport)), ignored);
  socket.shutdown(tcp::socket::shutdown_send, ignored);
}

// What is turned away at once of the connections that wait, before the next pause.
constexpr int kTurnedAwayAtOnce = 64;

// On the connection's own io thread.
void Begin(IoThread& io_thread, tcp::socket socket, Transport transport,
           Listener::StartSession start) {
  if (io_thread.stopping()) return;
  if (const auto place = io_thread.connections().MakeRoom(std::chrono::steady_clock::now())) {
    start(io_thread, std::move(socket), *place);
    return;
  }
  io_thread.shared().metrics.CountTurnedAway(transport);
  WarnSeldom("too many connections", "one was turned away");
  TurnAway(std::move(socket), transport);
}

}  // namespace

void SpareDescriptor::Take() {
  if (descriptor_ < 0) descriptor_ = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
}

void SpareDescriptor::GiveUp() {
  if (descriptor_ >= 0) ::close(std::exchange(descriptor_, -1));
}

Listener::Listener(std::vector<std::shared_ptr<IoThread>> threads, Transport transport,
                   StartSession start_session)
    : threads_(std::move(threads)),
      transport_(transport),
      start_session_(start_session),
      acceptor_(threads_.front()->context()),
      pause_(threads_.front()->context()) {}

absl::Status Listener::Open(BoundPort port) {
  PP_RETURN_IF_ERROR(std::move(port).Listen(acceptor_));
  ErrorCode ignored;
  port_ = acceptor_.local_endpoint(ignored).port();
  return absl::OkStatus();
}

void Listener::Start() {
  auto run = Run(shared_from_this());
  asio::co_spawn(threads_.front()->context(), std::move(run), [](std::exception_ptr error) {
    if (error) spdlog::error("accepting ended by an exception of its own");
  });
}

void Listener::Close() {
  asio::post(threads_.front()->context(), [self = shared_from_this()] {
    ErrorCode ignored;
    self->acceptor_.close(ignored);
    self->pause_.cancel();
  });
}

asio::awaitable<void> Listener::Run(std::shared_ptr<Listener> self) {
  while (self->acceptor_.is_open()) {
    IoThread& io_thread = *self->threads_[self->next_thread_];
    auto accept = self->acceptor_.async_accept(io_thread.context(), kTuple);
    auto [error, socket] = co_await std::move(accept);
    if (!error) {
      self->next_thread_ = (self->next_thread_ + 1) % self->threads_.size();
      self->Deal(io_thread, std::move(socket));
    } else if (self->acceptor_.is_open()) {
      // Out of descriptors, or a peer that went away between: neither is a reason to stop.
      WarnSeldom("accept", error.message());
      if (IsWantOfDescriptors(error)) self->TurnWaitingAway();
      self->pause_.expires_after(kPauseAfterError);
      auto pause = self->pause_.async_wait(kTuple);
      co_await std::move(pause);
    }
  }
}

void Listener::Deal(IoThread& io_thread, tcp::socket socket) {
  asio::post(io_thread.context(), [&io_thread, transport = transport_, start = start_session_,
                                   accepted = std::move(socket)]() mutable {
    Begin(io_thread, std::move(accepted), transport, start);
  });
}

// Who waits for longest is told to come again, and the longest idle makes room for who comes next.
void Listener::TurnWaitingAway() {
  ErrorCode error;
  spare_.GiveUp();
  for (int i = 0; i < kTurnedAwayAtOnce; ++i) {
    tcp::socket socket(threads_.front()->context());
    acceptor_.accept(socket, error);
    if (error) break;
    threads_.front()->shared().metrics.CountTurnedAway(transport_);
    TurnAway(std::move(socket), transport_);
  }
  spare_.Take();
  for (const auto& io_thread : threads_) {
    asio::post(io_thread->context(), [self = io_thread.get()] {
      self->connections().EvictOne(std::chrono::steady_clock::now());
    });
  }
}

}  // namespace panelpuls::server
