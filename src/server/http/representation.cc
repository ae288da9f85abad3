#include "server/http/representation.h"

#include <utility>

#include "server/http/media_type.h"

namespace panelpuls::server {

Response Conditional(const RequestHead& head, Representation representation) {
  Response response;
  response.content_type = representation.content_type;
  if (MatchesEtag(head.if_none_match, representation.etag)) {
    response.status = 304;
    response.content_type.clear();
  } else {
    response.body = representation.body;
    response.body_owner = std::move(representation.owner);
  }
  response.fields.emplace_back("ETag", std::move(representation.etag));
  return response;
}

Response PlainText(unsigned status, std::string_view text) {
  Response response;
  response.status = status;
  response.content_type = "text/plain; charset=utf-8";
  response.SetBody(std::string(text));
  return response;
}

}  // namespace panelpuls::server
