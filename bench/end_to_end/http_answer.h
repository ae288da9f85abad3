// An HTTP/1.1 answer with Content-Length (or none, with 304), as the server under test writes them.
// Not a general parser: anything else is kBad.
// Threads  any; no shared state.
#pragma once

#include <cstddef>
#include <string_view>

namespace panelpuls::bench {

struct HttpAnswer {
  enum State { kWhole, kNeedMore, kBad } state = kNeedMore;
  int status = 0;
  std::string_view etag;  // with its quotes
  std::string_view body;
  std::size_t consumed = 0;
};

HttpAnswer ParseHttpAnswer(std::string_view buffer);

}  // namespace panelpuls::bench
