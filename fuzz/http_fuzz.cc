// What a peer sends over HTTP, into the server's reader: requests one after the other, heads,
// bodies counted, in chunks and packed, until it ends or is refused. And the fields and targets
// that choose what is answered.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string_view>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include "server/access/served_names.h"
#include "server/http/http_reader.h"
#include "server/http/http_target.h"
#include "server/http/media_type.h"

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

// The input as a peer that sends it, in pieces, and goes.
class Input final : public ByteSource {
 public:
  explicit Input(std::string_view bytes) : bytes_(bytes) {}

  asio::awaitable<Transferred> ReadSome(asio::mutable_buffer buffer) override {
    if (bytes_.empty()) co_return Transferred{asio::error::eof, 0};
    const std::size_t size = std::min({buffer.size(), bytes_.size(), kPieceBytes});
    std::memcpy(buffer.data(), bytes_.data(), size);
    bytes_.remove_prefix(size);
    co_return Transferred{{}, size};
  }

 private:
  static constexpr std::size_t kPieceBytes = 100;
  std::string_view bytes_;
};

asio::awaitable<bool> ThereIsRoom() { co_return true; }

asio::awaitable<void> ReadRequests(Input& input) {
  HttpReader reader(input);
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
    body.Begin({.gzip = ParseContentCoding(head.content_encoding) == ContentCoding::kGzip,
                .max_bytes = kMaxBodyBytes,
                .known_bytes = static_cast<std::size_t>(
                    std::min<std::uint64_t>(head.content_length.value_or(0), kMaxBodyBytes))});
    auto reading_body = reader.ReadBody(body, kMaxBodyBytes, &ThereIsRoom);
    const ReadResult whole = co_await std::move(reading_body);
    CheckProblem(whole);
    if (whole.kind != ReadResult::kOk) co_return;
    Require(body.bytes().size() <= kMaxBodyBytes, "a body beyond its limit");
  }
}

void CheckConnection(std::string_view bytes) {
  asio::io_context context(1);
  Input input(bytes);
  asio::co_spawn(context, ReadRequests(input), [](const std::exception_ptr& error) {
    Require(!error, "an exception left the reader");
  });
  context.run();
}

void CheckFields(std::string_view text) {
  (void)QueryParameters(text);
  (void)TargetAuthority(text);
  if (const auto authority = ParseAuthority(text)) {
    Require(!authority->name.empty(), "a name without letters");
  }
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
