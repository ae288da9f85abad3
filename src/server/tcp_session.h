// One TCP stream connection: Hello and Welcome, then batches in and acknowledgements out, in order.
// Two coroutines: one reads, decodes and submits, one writes what is durable. Too many batches in
// flight, or full queues, end the reading for a while: the sender feels that as TCP back-pressure.
// Threads  its io thread alone.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "server/asio.h"
#include "server/connection.h"
#include "server/refusal.h"
#include "server/signal.h"

namespace panelpuls::server {

class TcpSession final : public Connection, public BatchWaiter {
 public:
  // On the io thread. The session keeps itself until its connection ends.
  static void Start(IoThread& io_thread, tcp::socket socket);

  TcpSession(IoThread& io_thread, tcp::socket socket);

  void BeginStop() override;
  void OnBatchDone(std::unique_ptr<engine::Batch> batch) override;

 private:
  static asio::awaitable<void> RunReader(std::shared_ptr<TcpSession> self);
  static asio::awaitable<void> RunWriter(std::shared_ptr<TcpSession> self);

  asio::awaitable<void> ReadMessages();
  // The next whole message, valid until the next call; nullopt: no more are to be read.
  asio::awaitable<std::optional<std::string_view>> NextMessage();
  asio::awaitable<bool> Greet(std::string_view message);
  asio::awaitable<bool> TakeBatch(std::string_view message);
  asio::awaitable<bool> SubmitPatiently(DecodedBatch& decoded);
  void EndReading(const ErrorCode& error);
  void Fail(StreamRefusal refusal);
  void FailStopping();
  void FailNoRoom();
  // The first batch in flight has ended and is not durable: what it and later ones were is not
  // acknowledged, and nothing more is read.
  void EndUndurable();

  // Whether the first batch in flight has ended so.
  bool FrontIs(bool durable) const;
  // Of all durable batches at the window's front.
  asio::awaitable<bool> WriteAcks();
  asio::awaitable<bool> WriteText(const std::string& text);

  void OnInterrupted() override;

  // Bytes read and not yet consumed: [begin_, end_) of buffer_.
  std::string buffer_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  std::size_t consume_ = 0;  // of the message handed out last

  std::uint64_t next_sequence_ = 1;                    // of the batch to come
  std::uint64_t next_ack_ = 1;                         // sequence of window_.front()
  std::deque<std::unique_ptr<engine::Batch>> window_;  // in flight; null: has not ended yet
  bool greeted_ = false;
  bool reading_ended_ = false;
  std::optional<StreamRefusal> refusal_;
  Signal durable_;  // wakes the writer
  Signal room_;     // wakes the reader
};

}  // namespace panelpuls::server
