// Reads requests: heads checked before any body, bodies counted while they come. The only user of
// Beast, whose parser does the syntax; what Beast lets pass and HTTP forbids is refused here
// (docs/DECISIONS.md). Every byte comes by way of the source, and so under its deadline.
// Threads  its io thread alone; one read at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "server/connection/asio.h"
#include "server/connection/byte_source.h"
#include "server/http/body.h"
#include "server/http/http_message.h"

namespace panelpuls::server {

// What reading came to.
struct ReadResult {
  enum Kind {
    kOk,
    kEnded,    // the peer is gone, or was idle: nothing to answer
    kRefused,  // answer `problem` and close
  } kind = kOk;
  Problem problem;
};

class HttpReader {
 public:
  // `source` outlives the reader.
  explicit HttpReader(ByteSource& source);
  ~HttpReader();

  // True: bytes of a next request are here; false: the peer is gone. Empty lines before a request
  // are skipped, a few of them.
  asio::awaitable<bool> WaitForRequest();
  // Reads and checks a head. A source that ends, or whose deadline passes, ends it with kEnded.
  asio::awaitable<ReadResult> ReadHead(RequestHead* head);
  // After ReadHead, once: reads the body into `body`, which was begun with the limits. `make_room`
  // is awaited once, before a body whose length was not announced takes more than kOwnBytes; where
  // it says false reading ends with kEnded.
  using MakeRoom = std::function<asio::awaitable<bool>()>;
  asio::awaitable<ReadResult> ReadBody(BodyDecoder& body, std::size_t max_bytes,
                                       MakeRoom make_room);
  // Whether some of the body is in the buffer already (a peer that did not wait for 100).
  bool body_has_begun() const;

 private:
  asio::awaitable<ErrorCode> ReadMore();
  ErrorCode Parse();
  asio::awaitable<ReadResult> ReadCounted(BodyDecoder& body, std::uint64_t length);
  asio::awaitable<ReadResult> ReadChunked(BodyDecoder& body, std::size_t max_bytes,
                                          MakeRoom make_room);

  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace panelpuls::server
