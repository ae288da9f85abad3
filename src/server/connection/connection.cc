#include "server/connection/connection.h"

#include <algorithm>
#include <array>
#include <boost/asio/write.hpp>
#include <utility>

namespace panelpuls::server {
namespace {

// Of one in reserve, whose place others need soon.
constexpr std::chrono::seconds kReservePatience{2};

}  // namespace

void Connection::Deadline::Set(std::chrono::seconds from_now) {
  since = std::chrono::steady_clock::now();
  at = since + from_now;
  timed_out = false;
}

void Connection::Deadline::Clear() {
  at = SteadyTime::max();
  timed_out = false;
}

std::optional<SteadyTime> Connection::Deadline::Since() const {
  return at == SteadyTime::max() ? std::nullopt : std::optional(since);
}

Connection::Connection(IoThread& io_thread, tcp::socket socket, Transport transport, Place place)
    : io_thread_(io_thread),
      socket_(std::move(socket)),
      transport_(transport),
      place_(place),
      message_bytes_(io_thread.message_budget()),
      batch_bytes_(io_thread.batch_budget()) {
  io_thread_.Add(this);
  io_thread_.metrics().OpenConnection(transport_);
  ErrorCode ignored;
  // Answers are written whole, so there is nothing to gather by waiting.
  socket_.set_option(tcp::no_delay(true), ignored);
}

Connection::~Connection() {
  io_thread_.metrics().CloseConnection(transport_);
  io_thread_.Remove(this);
}

Standing Connection::standing() const {
  if (!has_asked_) return {Standing::kSilent, opened_at_};
  if (const auto since = write_.Since()) return {Standing::kSlow, *since};
  const auto since = read_.Since();
  if (has_in_flight() || !since.has_value()) return {};
  return {awaits_message_ ? Standing::kIdle : Standing::kSlow, *since};
}

void Connection::Abort() {
  aborted_ = true;
  io_thread_.connections().Leave(this);
  ErrorCode ignored;
  socket_.close(ignored);
  OnInterrupted();
}

SteadyTime Connection::EndOf(const Deadline& deadline, bool pressed) {
  if (!pressed || deadline.at == SteadyTime::max()) return deadline.at;
  return std::min(deadline.at, deadline.since + kPressedPatience);
}

void Connection::Sweep(SteadyTime now) {
  const bool others_wait_to_answer =
      batch_bytes_.bytes() > 0 && io_thread_.batch_budget().pressed();
  const bool others_wait_to_read =
      message_bytes_.bytes() > 0 && io_thread_.message_budget().pressed();
  const bool holds_old_versions = writes_shared_ && io_thread_.shared_bodies().crowded();
  // Who takes no answer holds the message behind it, too.
  if (now >= EndOf(write_, others_wait_to_answer || others_wait_to_read || holds_old_versions)) {
    write_.at = SteadyTime::max();
    ErrorCode ignored;
    socket_.cancel(ignored);
  }
  if (now >= EndOf(read_, others_wait_to_read)) {
    read_.at = SteadyTime::max();
    read_.timed_out = true;
    CancelRead();
  }
}

void Connection::CancelRead() {
  ErrorCode ignored;
  const bool writing = write_.at != SteadyTime::max();
  if (writing) {
    socket_.shutdown(tcp::socket::shutdown_receive, ignored);  // cancel would end the write too
  } else {
    socket_.cancel(ignored);
  }
}

bool Connection::TryHold(ByteBudget::Share& share, std::size_t more) {
  if (share.bytes() + more > kOwnBytes) return share.TryTake(more);
  share.Set(share.bytes() + more);
  return true;
}

asio::awaitable<bool> Connection::Hold(ByteBudget::Share& share, std::size_t more, Wakeup& wake,
                                       SteadyTime until) {
  ByteBudget::Waiter waiter(share, more, wake);
  while (!waiter.has_taken()) {
    if (is_ending()) co_return false;
    if (share.bytes() + more <= kOwnBytes) {
      share.Set(share.bytes() + more);
      co_return true;
    }
    auto wait = wake.Wait(until);
    const bool woken = co_await std::move(wait);
    if (!woken && !waiter.has_taken()) co_return false;
  }
  co_return true;
}

asio::awaitable<Transferred> Connection::ReadSome(asio::mutable_buffer buffer) {
  if (aborted_) co_return Transferred{asio::error::operation_aborted, 0};
  if (read_.timed_out) co_return Transferred{asio::error::timed_out, 0};
  auto read = socket_.async_read_some(asio::buffer(buffer), kTuple);
  auto [error, bytes] = co_await std::move(read);
  Transferred transferred;
  transferred.error = error;
  transferred.bytes = bytes;
  if (error && read_.timed_out) transferred.error = asio::error::timed_out;
  co_return transferred;
}

asio::awaitable<bool> Connection::WriteAll(std::span<const asio::const_buffer> buffers,
                                           std::chrono::seconds timeout) {
  if (aborted_) co_return false;
  write_.Set(timeout);
  auto write = asio::async_write(socket_, buffers, kTuple);
  auto [error, bytes] = co_await std::move(write);
  static_cast<void>(bytes);
  write_.Clear();
  co_return !error;
}

asio::awaitable<bool> Connection::WriteShared(std::span<const asio::const_buffer> buffers,
                                              std::chrono::seconds timeout, const void* owner) {
  // Of a snapshot each representation, and the figures it was rendered from.
  constexpr std::size_t kBytesBesideBody = 4;
  const SharedBodies::Use use(io_thread_.shared_bodies(), owner,
                              kBytesBesideBody * asio::buffer_size(buffers));
  writes_shared_ = true;
  auto write = WriteAll(buffers, timeout);
  const bool written = co_await std::move(write);
  writes_shared_ = false;
  co_return written;
}

void Connection::BoundSendBuffer(int bytes) {
  ErrorCode ignored;
  socket_.set_option(asio::socket_base::send_buffer_size(bytes), ignored);
}

asio::awaitable<void> Connection::CloseGently() {
  const std::chrono::seconds patience(io_thread_.stopping() ? 1 : 2);
  constexpr std::size_t kMostBytes = 4u << 20;
  ErrorCode ignored;
  socket_.shutdown(tcp::socket::shutdown_send, ignored);
  read_.Set(patience);
  std::array<char, 4096> thrown_away;
  std::size_t total = 0;
  while (total < kMostBytes) {
    auto read = ReadSome(asio::buffer(thrown_away));
    const Transferred transferred = co_await std::move(read);
    if (transferred.error) break;
    total += transferred.bytes;
  }
  read_.Clear();
  socket_.close(ignored);
}

void Connection::AwaitMessage() {
  awaits_message_ = true;
  read_.Set(place_ == Place::kReserve ? kReservePatience
                                      : std::chrono::seconds(options().idle_timeout_s));
}

void Connection::BeginMessage() {
  awaits_message_ = false;
  read_.Set(place_ == Place::kReserve ? kReservePatience
                                      : std::chrono::seconds(options().request_timeout_s));
}

void Connection::EndMessage() {
  awaits_message_ = false;
  read_.Clear();
}

asio::awaitable<bool> Connection::HoldMessage(std::size_t more, Wakeup& wake,
                                              std::chrono::seconds patience) {
  if (TryHold(message_bytes_, more)) co_return true;
  EndMessage();
  auto hold = Hold(message_bytes_, more, wake, std::chrono::steady_clock::now() + patience);
  if (!co_await std::move(hold)) co_return false;
  BeginMessage();
  co_return true;
}

}  // namespace panelpuls::server
