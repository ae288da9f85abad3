// What a resource looks like to who asks, and whether they have it already.
// Threads  any; pure.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "server/http/http_message.h"

namespace panelpuls::server {

struct Representation {
  std::string_view content_type;
  std::string etag;  // with quotes
  std::string_view body;
  std::shared_ptr<const void> owner;
};

// The representation, or 304 where the client has it.
Response Conditional(const RequestHead& head, Representation representation);
Response PlainText(unsigned status, std::string_view text);

}  // namespace panelpuls::server
