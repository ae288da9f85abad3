#include "server/connection/listener.h"

#include <fcntl.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <chrono>
#include <exception>
#include <utility>

#include "server/observation/log.h"

namespace panelpuls::server {
namespace {

constexpr std::chrono::milliseconds kPauseAfterError{100};

// What is turned away at once of the connections that wait, before the next pause.
constexpr int kTurnedAwayAtOnce = 64;

}  // namespace

void SpareDescriptor::Take() {
  if (descriptor_ < 0) descriptor_ = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
}

void SpareDescriptor::GiveUp() {
  if (descriptor_ >= 0) ::close(std::exchange(descriptor_, -1));
}

Listener::Listener(std::vector<Target> targets, Transport transport, std::string turned_away)
    : targets_(std::move(targets)),
      transport_(transport),
      turned_away_(std::move(turned_away)),
      acceptor_(targets_.front().io_thread->context()),
      pause_(targets_.front().io_thread->context()) {}

absl::Status Listener::Open(BoundPort port) {
  PP_RETURN_IF_ERROR(std::move(port).Listen(acceptor_));
  ErrorCode ignored;
  port_ = acceptor_.local_endpoint(ignored).port();
  return absl::OkStatus();
}

void Listener::Start() {
  auto run = Run(shared_from_this());
  asio::co_spawn(targets_.front().io_thread->context(), std::move(run),
                 [](std::exception_ptr error) {
                   if (error) spdlog::error("accepting ended by an exception of its own");
                 });
}

void Listener::Close() {
  asio::post(targets_.front().io_thread->context(), [self = shared_from_this()] {
    ErrorCode ignored;
    self->acceptor_.close(ignored);
    self->pause_.cancel();
  });
}

asio::awaitable<void> Listener::Run(std::shared_ptr<Listener> self) {
  while (self->acceptor_.is_open()) {
    const Target& target = self->targets_[self->next_target_];
    asio::io_context& context = target.io_thread->context();
    auto accept = self->acceptor_.async_accept(context, kTuple);
    auto [error, socket] = co_await std::move(accept);
    if (!error) {
      self->next_target_ = (self->next_target_ + 1) % self->targets_.size();
      // Bare: whoever owns the listener joins the threads first, and what is not run keeps nobody.
      asio::post(context, [listener = self.get(), &target, accepted = std::move(socket)]() mutable {
        listener->Begin(target, std::move(accepted));
      });
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

void Listener::Begin(const Target& target, tcp::socket socket) {
  IoThread& io_thread = *target.io_thread;
  if (io_thread.stopping()) return;
  if (const auto place = io_thread.connections().MakeRoom(std::chrono::steady_clock::now())) {
    target.start_session(std::move(socket), *place);
    return;
  }
  io_thread.metrics().CountTurnedAway(transport_);
  WarnSeldom("too many connections", "one was turned away");
  TurnAway(std::move(socket));
}

// It may not arrive whole; the close says enough.
void Listener::TurnAway(tcp::socket socket) const {
  ErrorCode ignored;
  socket.non_blocking(true, ignored);
  socket.write_some(asio::buffer(turned_away_), ignored);
  socket.shutdown(tcp::socket::shutdown_send, ignored);
}

// Who waits for longest is told to come again, and the longest idle makes room for who comes next.
void Listener::TurnWaitingAway() {
  ErrorCode error;
  spare_.GiveUp();
  for (int i = 0; i < kTurnedAwayAtOnce; ++i) {
    tcp::socket socket(targets_.front().io_thread->context());
    acceptor_.accept(socket, error);
    if (error) break;
    targets_.front().io_thread->metrics().CountTurnedAway(transport_);
    TurnAway(std::move(socket));
  }
  spare_.Take();
  for (const Target& target : targets_) {
    asio::post(target.io_thread->context(), [io_thread = target.io_thread.get()] {
      io_thread->connections().EvictOne(std::chrono::steady_clock::now());
    });
  }
}

}  // namespace panelpuls::server
