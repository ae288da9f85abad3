// One TCP stream connection: Hello and Welcome, then batches in and acknowledgements out, in order.
// Two coroutines: one reads, decodes and submits, one writes what is durable. Too many batches in
// flight, or full queues, end the reading for a while: the sender feels that as TCP back-pressure.
// Threads  its io thread alone.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "server/access/access.h"
#include "server/connection/asio.h"
#include "server/connection/connection.h"
#include "server/connection/wakeup.h"
#include "server/intake/thread_intake.h"
#include "server/stream/batch_window.h"
#include "server/stream/refusal.h"
#include "server/stream/stream_buffer.h"

namespace panelpuls::server {

class TcpSession final : public Connection, public BatchWaiter {
 public:
  // What the sessions of an io thread have in common.
  struct Common {
    IoThread& io_thread;
    ThreadIntake& intake;
    const AccessPolicy& access;
    std::string_view wave;  // the open one's id
  };
  // On the io thread. The session keeps itself until its connection ends; `common` outlives it.
  static void Start(const Common& common, tcp::socket socket, Place place);
  // What a connection is told for which there is no place.
  static std::string TurnedAway();

  TcpSession(const Common& common, tcp::socket socket, Place place);
  ~TcpSession() override;

  void BeginStop() override;
  void Evict() override;
  void OnBatchDone(std::unique_ptr<engine::Batch> batch) override;

 private:
  static asio::awaitable<void> RunReader(std::shared_ptr<TcpSession> self);
  static asio::awaitable<void> RunWriter(std::shared_ptr<TcpSession> self);

  asio::awaitable<void> ReadMessages();
  // The next whole message, valid until the next call; nullopt: no more are to be read.
  asio::awaitable<std::optional<std::string_view>> NextMessage();
  // The message handed out last is done with; a long one's room is given back.
  void ForgetMessage();
  // Room for a message of that size, of which some has come. False: the session ends.
  asio::awaitable<bool> MakeRoom(std::size_t message_size);
  asio::awaitable<bool> Greet(std::string_view message);
  asio::awaitable<bool> TakeBatch(std::string_view message);
  bool MayTakeMore();
  asio::awaitable<bool> SubmitPatiently(DecodedBatch& decoded);
  void EndReading(const ErrorCode& error);
  void Fail(StreamRefusal refusal);
  void FailStopping();
  void FailNoRoom();
  // The first batch in flight has ended and is not durable: what it and later ones were is not
  // acknowledged, and nothing more is read.
  void EndUndurable();
  void FailForRoom(std::string_view why);

  // Whether the first batch in flight has ended so.
  bool FrontIs(bool durable) const;
  // Of all durable batches at the window's front.
  asio::awaitable<bool> WriteAcks();
  asio::awaitable<bool> WriteText(const std::string& text);

  void OnInterrupted() override;
  bool has_in_flight() const override { return !window_.empty(); }
  bool is_ending() const override { return Connection::is_ending() || refusal_.has_value(); }

  const Common& common_;
  StreamBuffer buffer_;
  std::uint64_t next_sequence_ = 1;  // of the batch to come
  BatchWindow window_;
  bool reading_ended_ = false;
  std::optional<StreamRefusal> refusal_;
  Wakeup durable_;  // wakes the writer
  Wakeup room_;     // wakes the reader
};

}  // namespace panelpuls::server
