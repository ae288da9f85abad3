// A socket on one io thread, with deadlines that the thread's sweeper watches: a read or write that
// takes too long is cancelled, and the socket stays usable for the answer that says so.
// Threads  its io thread alone.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <span>

#include "server/asio.h"
#include "server/byte_source.h"
#include "server/connections.h"
#include "server/io_thread.h"

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
  virtual Standing standing() const = 0;
  Place place() const { return place_; }
  void set_place(Place place) { place_ = place; }
  // Cancels what is past its deadline.
  void Sweep(SteadyTime now);

 protected:
  asio::awaitable<Transferred> ReadSome(asio::mutable_buffer buffer) override;
  // Writes all; false: the peer is gone or too slow.
  asio::awaitable<bool> WriteAll(std::span<const asio::const_buffer> buffers,
                                 std::chrono::seconds timeout);
  // Tells the peer that nothing more comes, and takes what it still sends for a moment, so that it
  // can read the last answer before the connection is gone.
  asio::awaitable<void> CloseGently();

  void SetReadDeadline(std::chrono::seconds from_now);
  void ClearReadDeadline();
  // Lets a waiting read end now, and a write that is under way go on.
  void CancelRead();
  // For what does not fit in kOwnBytes; while others wait for it, a message is read and an answer
  // is written in kPressedPatience.
  static constexpr std::chrono::seconds kPressedPatience{2};
  ByteBudget::Share& message_bytes() { return message_bytes_; }
  ByteBudget::Share& batch_bytes() { return batch_bytes_; }
  // True: `share` holds `more`, of its own bytes or of the budget's.
  static bool TryHold(ByteBudget::Share& share, std::size_t more);
  // The same, waiting for room. False: `until` passed, or the session is to end.
  asio::awaitable<bool> Hold(ByteBudget::Share& share, std::size_t more, Signal& wake,
                             SteadyTime until);

  // As WriteAll, of what `owner` holds for others, too.
  asio::awaitable<bool> WriteShared(std::span<const asio::const_buffer> buffers,
                                    std::chrono::seconds timeout, const void* owner);

  bool read_timed_out() const { return read_.timed_out; }
  bool aborted() const { return aborted_; }
  // Nothing more is to be waited for.
  virtual bool is_ending() const { return aborted_ || io_thread_.stopping(); }
  SteadyTime opened_at() const { return opened_at_; }
  // Since when it waits for its peer to send or to take something; none: it does not.
  std::optional<SteadyTime> reads_since() const { return read_.Since(); }
  std::optional<SteadyTime> writes_since() const { return write_.Since(); }
  // Woken by Abort and BeginStop.
  virtual void OnInterrupted() = 0;

  tcp::socket& socket() { return socket_; }
  IoThread& io_thread() { return io_thread_; }
  const ServerOptions& options() { return io_thread_.shared().options; }

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
  bool aborted_ = false;
  bool writes_shared_ = false;
};

}  // namespace panelpuls::server
