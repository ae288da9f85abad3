// Which requests are let in: by the name asked for, the page that sends it, the resource, the
// method and the token. Threads  any.
#pragma once

#include <optional>
#include <string_view>

#include "server/access/access.h"
#include "server/access/served_names.h"
#include "server/http/http_message.h"
#include "server/http/routes.h"

namespace panelpuls::server {

struct Admission {
  const ServedNames& names;
  const AccessPolicy& access;
  std::string_view wave;  // the open one's id
};
// What is wrong with a request before its body is looked at; none: it is let in.
std::optional<Response> Refusal(const RequestHead& head, const Route& route,
                                const Admission& admission);

}  // namespace panelpuls::server
