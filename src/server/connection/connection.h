// A socket on one io thread, with deadlines that the thread's sweeper watches: a read or write that
// takes too long is cancelled, and the socket stays usable for the answer that says so. Whatever
// the protocol, what comes is read as one message after the other, each under one deadline.
// Threads  its io thread alone.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <span>

#include "server/connection/asio.h"
#include "server/connection/byte_source.h"
#include "server/connection/connections.h"
#include "server/connection/io_thread.h"

namespace panelpuls::server {

class Connection : public ByteSource, public std::enable_shared_from_this<Connection> {
 public:
  Connection(IoThread& io_thread, tcp::socket socket, Transport transport, Place place);
  ~Connection() override;
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // Finish what has begun, take nothing new.
  virtual void BeginStop() = 0;
  // Close now.
  void Abort();
  // The same, for want of room; says so where that can be said.
  virtual void Evict() { Abort(); }
  Standing standing() const;
  Place place() const { return place_; }
  void set_place(Place place) { place_ = place; }
  // Cancels what is past its deadline.
  void Sweep(SteadyTime now);

  tcp::socket& socket() { return socket_; }
  IoThread& io_thread() { return io_thread_; }
  const ServerOptions& options() { return io_thread_.options(); }

  // The one way in. Nothing of the next message has come: its peer may be idle for a while.
  void AwaitMessage();
  // It is being read, and has to be here within one time.
  void BeginMessage();
  // It is here, or what is missing is not to be read.
  void EndMessage();
  bool awaits_message() const { return awaits_message_; }
  asio::awaitable<Transferred> ReadSome(asio::mutable_buffer buffer) override;
  bool read_timed_out() const { return read_.timed_out; }
  // Lets a waiting read end now, and a write that is under way go on.
  void CancelRead();
  // Holds so much for the message; the time spent waiting for room is not its peer's. False: there
  // was none within `patience`, or the session is to end; the message is not read on then.
  asio::awaitable<bool> HoldMessage(std::size_t more, Wakeup& wake, std::chrono::seconds patience);

  // The one way out. Writes all; false: the peer is gone or too slow.
  asio::awaitable<bool> WriteAll(std::span<const asio::const_buffer> buffers,
                                 std::chrono::seconds timeout);
  // The same of what `owner` holds for others, too.
  asio::awaitable<bool> WriteShared(std::span<const asio::const_buffer> buffers,
                                    std::chrono::seconds timeout, const void* owner);
  // How much the kernel may hold for a slow reader, where nothing newer can replace it.
  void BoundSendBuffer(int bytes);
  // Tells the peer that nothing more comes, and takes what it still sends for a moment, so that it
  // can read the last answer before the connection is gone.
  asio::awaitable<void> CloseGently();

  // What it holds of its thread's budgets, for what does not fit in kOwnBytes; while others wait
  // for it, a message is read and an answer is written in kPressedPatience.
  static constexpr std::chrono::seconds kPressedPatience{2};
  ByteBudget::Share& message_bytes() { return message_bytes_; }
  ByteBudget::Share& batch_bytes() { return batch_bytes_; }
  // True: `share` holds `more`, of its own bytes or of the budget's.
  static bool TryHold(ByteBudget::Share& share, std::size_t more);
  // The same, waiting for room. False: `until` passed, or the session is to end.
  asio::awaitable<bool> Hold(ByteBudget::Share& share, std::size_t more, Wakeup& wake,
                             SteadyTime until);

  bool aborted() const { return aborted_; }

 protected:
  // The peer has said who it is or what it wants: it is no longer the first to make room.
  void HasAsked() { has_asked_ = true; }
  bool has_asked() const { return has_asked_; }
  bool is_writing() const { return write_.Since().has_value(); }
  // The peer waits for us, though we read on.
  virtual bool has_in_flight() const { return false; }
  // Nothing more is to be waited for.
  virtual bool is_ending() const { return aborted_ || io_thread_.stopping(); }
  // Woken by Abort and BeginStop.
  virtual void OnInterrupted() = 0;

 private:
  struct Deadline {
    void Set(std::chrono::seconds from_now);
    void Clear();
    std::optional<SteadyTime> Since() const;

    SteadyTime at = SteadyTime::max();
    SteadyTime since{};
    bool timed_out = false;
  };
  static SteadyTime EndOf(const Deadline& deadline, bool pressed);

  IoThread& io_thread_;
  tcp::socket socket_;
  const Transport transport_;
  Place place_;
  const SteadyTime opened_at_ = std::chrono::steady_clock::now();
  ByteBudget::Share message_bytes_;
  ByteBudget::Share batch_bytes_;
  Deadline read_;
  Deadline write_;
  bool awaits_message_ = false;
  bool has_asked_ = false;
  bool aborted_ = false;
  bool writes_shared_ = false;
};

}  // namespace panelpuls::server
