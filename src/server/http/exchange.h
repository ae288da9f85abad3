// One request and its answer: all that a handler has of the session. Here the body is received, the
// answer is sent and counted, and it is decided whether the connection goes on.
// Threads  its io thread alone.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <span>
#include <string_view>

#include "server/connection/asio.h"
#include "server/connection/connection.h"
#include "server/connection/wakeup.h"
#include "server/http/body.h"
#include "server/http/http_message.h"
#include "server/http/http_reader.h"
#include "server/http/routes.h"

namespace panelpuls::server {

class Exchange {
 public:
  // What becomes of the connection.
  enum class End { kKeepAlive, kClose, kCloseGently };
  // What the session's exchanges have in common, one after the other.
  struct Channel {
    Connection& connection;
    HttpReader& reader;
    BodyDecoder& body;
    Wakeup& wake;
  };
  // Taking in a shorter body holds others up for less than turns would cost.
  static constexpr std::size_t kLongBodyBytes = 16u << 10;
  // What a body or the answer to it waits for room at most.
  static constexpr std::chrono::seconds kPatienceForRoom{5};

  // `channel` and `head` outlive it.
  Exchange(const Channel& channel, const RequestHead& head, Route route);
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;

  const RequestHead& head() const { return head_; }
  const Route& route() const { return route_; }
  Connection& connection() { return channel_.connection; }
  const ServerOptions& options() { return channel_.connection.options(); }

  // Receives the body under the request's deadline; kRefused: what Refuse is to say.
  asio::awaitable<ReadResult> ReceiveBody();
  const BodyDecoder& body() const { return channel_.body; }
  // It is no longer needed.
  void ReleaseBody();

  // Answers. A body that was not received ends the connection, since nobody reads it.
  asio::awaitable<void> Send(Response response);
  // The same of a request whose rest cannot be read.
  asio::awaitable<void> Refuse(Problem problem);

  // Or answers piece by piece: the head, with `first` behind it, then Writes, then Finish. False:
  // the peer is gone or too slow. The head alone answers a HEAD.
  enum class Framing {
    kChunks,      // for HTTP/1.0 as kUntilClose
    kUntilClose,  // which every proxy understands
  };
  asio::awaitable<bool> Begin(Response response, Framing framing, std::string_view first = {});
  asio::awaitable<bool> WritePiece(std::string_view piece);
  asio::awaitable<bool> Finish();
  // As they are, of what `owner` holds for others too; null: of its own.
  asio::awaitable<bool> Write(std::span<const asio::const_buffer> buffers, const void* owner);

  // Nothing more is to be waited for.
  bool is_ending() const;
  // Set by an abort, a stop, room that has become free, and whoever is given it.
  Wakeup& wake() { return channel_.wake; }
  // Sets it from any thread, be the exchange over.
  std::function<void()> Waker();

  End end() const { return end_; }

 private:
  // Of an answer that is to be counted, now.
  std::string CountedHead(const Response& response, HeadOptions options);
  bool MayKeepAlive() const;
  std::chrono::seconds timeout() { return std::chrono::seconds(options().request_timeout_s); }
  asio::awaitable<bool> HoldBody(std::size_t bytes);
  asio::awaitable<ReadResult> ReadBody();

  const Channel& channel_;
  const RequestHead& head_;
  const Route route_;
  bool body_left_;
  bool found_no_room_ = false;
  bool in_chunks_ = false;
  bool keep_alive_ = false;  // once all pieces are written
  End end_ = End::kClose;
};

}  // namespace panelpuls::server
