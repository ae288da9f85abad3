// The page's files, and what a browser may do with them.
// Threads  its io thread alone.
#pragma once

#include "server/http/exchange.h"
#include "server/http/handler.h"

namespace panelpuls::server {

class PageFilesHandler final : public Handler {
 public:
  asio::awaitable<void> Answer(Exchange& exchange) override;
};

}  // namespace panelpuls::server
