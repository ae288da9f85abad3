// Where to push to, out of its URL. Pure; any thread.
#pragma once

#include <string>
#include <string_view>

#include "base/status.h"

namespace panelpuls::client {

struct Target {
  enum Scheme { kHttp, kTcp } scheme = kHttp;
  std::string host;
  std::string port;
  std::string path;       // HTTP: what the POST names, ends in /v1/responses
  std::string authority;  // HTTP: the Host field
};

// http://HOST[:PORT][/prefix] or tcp://HOST:PORT. InvalidArgument: anything else.
absl::StatusOr<Target> ParseTarget(std::string_view url);

}  // namespace panelpuls::client
