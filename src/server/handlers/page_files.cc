#include "server/handlers/page_files.h"

#include <utility>

#include "server/http/representation.h"
#include "server/page/page.h"

namespace panelpuls::server {
namespace {

Response PageFileAt(const Route& route, const RequestHead& head) {
  for (const PageFile& file : PageFiles()) {
    if (file.path != route.page_path) continue;
    Representation representation;
    representation.content_type = file.media_type;
    representation.etag = file.etag;
    representation.body = file.content;
    Response response = Conditional(head, std::move(representation));
    response.fields.emplace_back("Content-Security-Policy",
                                 "default-src 'self'; base-uri 'none'; form-action 'self'; "
                                 "frame-ancestors 'none'");
    response.fields.emplace_back("Referrer-Policy", "no-referrer");
    response.fields.emplace_back("X-Frame-Options", "DENY");
    return response;
  }
  return ToResponse({404, ProblemType::kNotFound, "there is nothing at this path"});
}

}  // namespace

asio::awaitable<void> PageFilesHandler::Answer(Exchange& exchange) {
  auto send = exchange.Send(PageFileAt(exchange.route(), exchange.head()));
  co_await std::move(send);
}

}  // namespace panelpuls::server
