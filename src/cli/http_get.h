// One GET of a small document from a server of ours; blocking, with a deadline.
// Errors   Unavailable: no connection, or no answer in time; Internal: another status than 200.
// Threads  any; each call has its own connection.
#pragma once

#include <string>
#include <string_view>

#include "base/status.h"

namespace panelpuls::cli {

struct HttpAddress {
  std::string host;
  std::string port;
};
// http://127.0.0.1:8080 or http://[::1]:8080; a trailing / is all right. InvalidArgument: anything
// else.
absl::StatusOr<HttpAddress> ParseHttpAddress(std::string_view url);

// The body. `path` begins with /.
absl::StatusOr<std::string> HttpGet(const HttpAddress& address, std::string_view path);

}  // namespace panelpuls::cli
