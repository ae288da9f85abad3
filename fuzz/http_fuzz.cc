// What a peer sends over HTTP, through a pair of sockets into the server's reader: requests one
// after the other, heads, bodies counted, in chunks and packed, until it ends or is refused. And
// the fields and targets that choose what is answered.
#include <sys/socket.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include "server/http_reader.h"
#include "server/http_target.h"
#include "server/media_type.h"

namespace panelpuls::server {
namespace {

constexpr std::size_t kMaxBodyBytes = 1 << 20;

void Require(bool condition, const char* what) {
  if (condition) return;
  std::fprintf(stderr, "%s\n", what);
  std::abort();
}

void CheckProblem(const ReadResult& result) {
  if (result.kind != ReadResult::kRefused) return;
  Require(result.problem.status >= 400 && result.problem.status < 600,
          "a refusal without a status");
  Require(!result.problem.detail.empty(), "a refusal without a reason");
  Require(result.problem.detail.size() < 1000, "a detail as long as the request");
}

asio::awaitable<void> ReadRequests(tcp::socket& socket) {
  HttpReader reader(socket);
  BodyDecoder body;
  for (;;) {
    auto waiting = reader.WaitForRequest();
    if (!co_await std::move(waiting)) co_return;
    RequestHead head;
    auto reading = reader.ReadHead(&head);
    const ReadResult read = co_await std::move(reading);
    CheckProblem(read);
    if (read.kind != ReadResult::kOk) co_return;
    Require(!head.segments.empty(), "a target without a path");
    (void)ParseMediaType(head.content_type);
    (void)PreferredType(head.accept, MediaType::kJson);
    (void)AcceptsGzip(head.accept_encoding);
    (void)MatchesEtag(head.if_none_match, "\"a\"");
    (void)BearerToken(head.authorization);
    if (!head.has_body()) continue;
    body.Begin(ParseContentCoding(head.content_encoding) == ContentCoding::kGzip, kMaxBodyBytes);
    auto reading_body = reader.ReadBody(body, kMaxBodyBytes);
    const ReadResult whole = co_await std::move(reading_body);
    CheckProblem(whole);
    if (whole.kind != ReadResult::kOk) co_return;
    Require(body.bytes().size() <= kMaxBodyBytes, "a body beyond its limit");
  }
}

void CheckConnection(std::string_view bytes) {
  int ends[2] = {-1, -1};
  Require(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0, "no pair of sockets");
  // Fits in the socket's buffer: the fuzzer's inputs are shorter.
  Require(::send(ends[1], bytes.data(), bytes.size(), MSG_NOSIGNAL) ==
              static_cast<ssize_t>(bytes.size()),
          "the input does not fit in a socket's buffer");
  ::close(ends[1]);
  asio::io_context context(1);
  tcp::socket socket(context, tcp::v4(), ends[0]);
  asio::co_spawn(context, ReadRequests(socket), [](const std::exception_ptr& error) {
    Require(!error, "an exception left the reader");
  });
  context.run();
}

void CheckFields(std::string_view text) {
  (void)QueryParameters(text);
  if (const auto segments = PathSegments(text)) Require(!segments->empty(), "no segment");
  (void)ParseMediaType(text);
  (void)PreferredType(text, MediaType::kProtobuf);
  (void)ParseContentCoding(text);
  (void)AcceptsGzip(text);
  (void)MatchesEtag(text, "\"etag\"");
  (void)BearerToken(text);
}

}  // namespace
}  // namespace panelpuls::server

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  panelpuls::server::CheckFields(text.substr(0, text.find('\r')));
  panelpuls::server::CheckConnection(text.substr(0, 1 << 16));
  return 0;
}
