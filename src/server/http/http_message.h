// A request's head and a response, as plain values: copied from the parser before the body is read,
// so that nothing a trailer says can reach them.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "server/http/problem.h"

namespace panelpuls::server {

struct RequestHead {
  std::string method;
  // Percent-decoded segments of the path; "/" is one empty segment.
  std::vector<std::string> segments;
  std::vector<std::pair<std::string, std::string>> query;  // decoded, in order
  // What was asked for: of an absolute target its authority, which counts, else the Host field;
  // none: HTTP/1.0 without Host.
  std::optional<std::string> authority;
  std::optional<std::string> origin;
  std::string accept;
  std::string accept_encoding;
  std::string authorization;
  std::string content_type;
  std::string content_encoding;
  std::string expect;
  std::string if_none_match;
  std::optional<std::uint64_t> content_length;
  bool chunked = false;
  bool http_1_0 = false;
  bool keep_alive = false;

  bool has_body() const { return chunked || content_length.value_or(0) > 0; }
};

struct Response {
  unsigned status = 200;
  std::string content_type;
  std::vector<std::pair<std::string, std::string>> fields;  // names and values are ours
  std::string_view body;
  std::shared_ptr<const void> body_owner;  // keeps `body` alive
  bool close = false;
  bool no_cache = true;  // Cache-Control: no-cache unless a field says otherwise

  void SetBody(std::string text) {
    auto owned = std::make_shared<const std::string>(std::move(text));
    body = *owned;
    body_owner = std::move(owned);
  }
};

// An error as application/problem+json (RFC 9457).
struct Problem {
  unsigned status = 500;
  ProblemType type = ProblemType::kBadRequest;
  std::string detail;  // what is wrong and what would be right
};
Response ToResponse(const Problem& problem);

struct HeadOptions {
  bool http_1_0 = false;
  bool keep_alive = true;
  bool with_length = true;  // false: the body ends when the connection does, unless
  bool chunked = false;     // its end is told by the last chunk
  std::string_view date;    // IMF-fixdate
};
// Status line and header fields, ended by the blank line.
std::string ResponseHead(const Response& response, const HeadOptions& options);

std::string_view ReasonPhrase(unsigned status);

}  // namespace panelpuls::server
