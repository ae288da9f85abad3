#include "server/http/http_message.h"

#include <fmt/format.h>

#include <iterator>

#include "base/json_writer.h"
#include "base/printable.h"

namespace panelpuls::server {

Response ToResponse(const Problem& problem) {
  std::string text;
  JsonWriter json(text);
  json.BeginObject();
  json.Field("type", fmt::format("urn:panelpuls:problem:{}", TextOf(problem.type)));
  json.Field("title", ReasonPhrase(problem.status));
  json.Field("status", problem.status);
  json.Field("detail", std::string_view(Printable(problem.detail, kMostLineBytes)));
  json.EndObject();
  Response response;
  response.status = problem.status;
  response.content_type = "application/problem+json";
  response.SetBody(std::move(text));
  return response;
}

std::string ResponseHead(const Response& response, const HeadOptions& options) {
  std::string head;
  head.reserve(512);
  auto out = std::back_inserter(head);
  fmt::format_to(out, "HTTP/1.1 {} {}\r\nServer: panelpuls\r\nDate: {}\r\n", response.status,
                 ReasonPhrase(response.status), options.date);
  if (!response.content_type.empty()) {
    fmt::format_to(out, "Content-Type: {}\r\n", response.content_type);
  }
  // A 304 describes the representation it stands for, whose length it does not know here.
  if (options.chunked) {
    head += "Transfer-Encoding: chunked\r\n";
  } else if (options.with_length && response.status != 304) {
    fmt::format_to(out, "Content-Length: {}\r\n", response.body.size());
  }
  if (!options.keep_alive) {
    head += "Connection: close\r\n";
  } else if (options.http_1_0) {
    head += "Connection: keep-alive\r\n";
  }
  head += "X-Content-Type-Options: nosniff\r\n";
  if (response.no_cache) head += "Cache-Control: no-cache\r\n";
  for (const auto& [name, value] : response.fields) {
    fmt::format_to(out, "{}: {}\r\n", name, value);
  }
  head += "\r\n";
  return head;
}

std::string_view ReasonPhrase(unsigned status) {
  switch (status) {
    case 200:
      return "OK";
    case 304:
      return "Not Modified";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 408:
      return "Request Timeout";
    case 413:
      return "Content Too Large";
    case 415:
      return "Unsupported Media Type";
    case 417:
      return "Expectation Failed";
    case 421:
      return "Misdirected Request";
    case 431:
      return "Request Header Fields Too Large";
    case 500:
      return "Internal Server Error";
    case 503:
      return "Service Unavailable";
    case 505:
      return "HTTP Version Not Supported";
    default:
      return "Unknown";
  }
}

}  // namespace panelpuls::server
