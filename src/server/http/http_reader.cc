#include "server/http/http_reader.h"

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/buffer_body.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/parser.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <span>
#include <utility>

#include "server/http/http_target.h"
#include "server/http/media_type.h"
#include "server/options.h"

namespace panelpuls::server {
namespace {

namespace beast = boost::beast;
namespace http = boost::beast::http;
using Parser = http::request_parser<http::buffer_body>;

// Beast's header limit covers neither chunk extensions nor trailers; a buffer that cannot grow
// does, and keeps its parser from ever throwing over a long one.
constexpr std::size_t kReadBufferBytes = 16 * 1024;
constexpr std::uint32_t kHeaderBytes = 8 * 1024;
// What is asked of the source at once. A buffer that cannot grow further is full.
constexpr std::size_t kReadBytes = 4 * 1024;
// Some clients end a body with a line end too many; more than a few are no such thing.
constexpr int kMostEmptyLines = 8;

std::string_view ToView(boost::core::string_view text) { return {text.data(), text.size()}; }

ReadResult Refused(unsigned status, ProblemType type, std::string detail) {
  ReadResult result;
  result.kind = ReadResult::kRefused;
  result.problem = {status, type, std::move(detail)};
  return result;
}

ReadResult Ended() {
  ReadResult result;
  result.kind = ReadResult::kEnded;
  return result;
}

std::string FieldText(const Parser& parser, http::field name) {
  return std::string(ToView(parser.get()[name]));
}

std::optional<std::string> OptionalText(const Parser& parser, http::field name) {
  const auto found = parser.get().find(name);
  if (found == parser.get().end()) return std::nullopt;
  return std::string(ToView(found->value()));
}

// Of a field that may stand several times and means one list then.
std::string ListText(const Parser& parser, http::field name) {
  std::string text;
  const auto [begin, end] = parser.get().equal_range(name);
  for (auto field = begin; field != end; ++field) {
    if (!text.empty()) text += ", ";
    text += ToView(field->value());
  }
  return text;
}

// A field that goes on in the next line (obs-fold), which others read as a field of its own.
bool HasFoldedField(std::string_view head) {
  head = head.substr(0, head.find("\r\n\r\n"));
  return head.find("\r\n ") != std::string_view::npos ||
         head.find("\r\n\t") != std::string_view::npos;
}

// Framing that two readers could understand differently, and so could be smuggled past one of them;
// and fields that say one thing said twice, of which each reader takes another.
std::optional<std::string> FramingFault(const Parser& parser) {
  const auto& message = parser.get();
  for (const http::field once :
       {http::field::content_type, http::field::authorization, http::field::origin}) {
    if (message.count(once) > 1) {
      return std::string(ToView(http::to_string(once))) + " stands more than once; send it once";
    }
  }
  const auto encodings = message.count(http::field::transfer_encoding);
  const auto lengths = message.count(http::field::content_length);
  const bool http_1_0 = message.version() < 11;
  if (encodings > 1) return "Transfer-Encoding stands more than once; send it once";
  const bool is_list = lengths == 1 && ToView(message[http::field::content_length]).find(',') !=
                                           std::string_view::npos;
  if (lengths > 1 || is_list) return "Content-Length stands more than once; send it once";
  if (encodings == 1) {
    if (http_1_0) return "HTTP/1.0 has no Transfer-Encoding; send a Content-Length";
    if (lengths > 0) return "Transfer-Encoding and Content-Length together; send one of them";
    if (!EqualsIgnoringCase(ToView(message[http::field::transfer_encoding]), "chunked")) {
      return "Transfer-Encoding is not exactly `chunked`; send `chunked` or a Content-Length";
    }
  }
  const auto hosts = message.count(http::field::host);
  if (hosts > 1) return "Host stands more than once; send it once";
  if (hosts == 0 && !http_1_0) return "Host is missing; HTTP/1.1 requires it";
  return std::nullopt;
}

// Whether the request line at the begin of `unread` ends in a version, whichever it is.
bool NamesAVersion(std::string_view unread) {
  constexpr std::string_view kName = "HTTP/";
  std::string_view line = unread.substr(0, unread.find("\r\n"));
  const std::size_t blank = line.rfind(' ');
  if (blank == std::string_view::npos || !line.substr(blank + 1).starts_with(kName)) return false;
  line.remove_prefix(blank + 1 + kName.size());
  return !line.empty() && line.find_first_not_of("0123456789.") == std::string_view::npos;
}

ReadResult FromHeadError(const ErrorCode& error, std::string_view unread) {
  if (error == http::error::header_limit || error == http::error::buffer_overflow) {
    return Refused(431, ProblemType::kHeaderTooLarge,
                   "the request's head is longer than 8 KiB; send fewer or shorter fields");
  }
  if (error == http::error::bad_version && NamesAVersion(unread)) {
    return Refused(505, ProblemType::kHttpVersion, "speak HTTP/1.1 or HTTP/1.0");
  }
  if (error == http::error::bad_content_length || error == http::error::multiple_content_length ||
      error == http::error::bad_transfer_encoding) {
    return Refused(400, ProblemType::kBadFraming,
                   "Content-Length and Transfer-Encoding do not say one length; send one "
                   "Content-Length, or Transfer-Encoding: chunked");
  }
  // Everything else of Beast's own category is a request that is no HTTP.
  if (error.category() == make_error_code(http::error::bad_method).category() &&
      error != http::error::end_of_stream && error != http::error::partial_message) {
    return Refused(400, ProblemType::kBadRequest, "not HTTP/1.1: " + error.message());
  }
  return Ended();
}

ReadResult FromBodyError(const ErrorCode& error) {
  if (error == http::error::body_limit) {
    return Refused(413, ProblemType::kBodyTooLarge, "the body is too large; send smaller batches");
  }
  if (error == http::error::buffer_overflow) {
    return Refused(400, ProblemType::kBadChunking,
                   "a chunk extension or trailer is longer than 16 KiB; leave it out");
  }
  if (error.category() == make_error_code(http::error::bad_method).category() &&
      error != http::error::end_of_stream && error != http::error::partial_message) {
    return Refused(400, ProblemType::kBadChunking,
                   "the body's framing is broken: " + error.message());
  }
  return Ended();
}

ReadResult FromBodyState(BodyState state) {
  switch (state) {
    case BodyState::kTooLarge:
      return Refused(413, ProblemType::kBodyTooLarge,
                     "the body is too large; send smaller batches");
    case BodyState::kCorrupt:
      return Refused(400, ProblemType::kBadGzip,
                     "the body is no gzip, though Content-Encoding says so");
    case BodyState::kOk:
      break;
  }
  return {};
}

bool CopyHead(const Parser& parser, RequestHead* head) {
  const auto& message = parser.get();
  head->method = std::string(ToView(message.method_string()));
  auto segments = PathSegments(ToView(message.target()));
  if (!segments.has_value()) return false;
  head->segments = *std::move(segments);
  head->query = QueryParameters(ToView(message.target()));
  head->authority = TargetAuthority(ToView(message.target()));
  if (!head->authority.has_value()) head->authority = OptionalText(parser, http::field::host);
  head->origin = OptionalText(parser, http::field::origin);
  head->accept = ListText(parser, http::field::accept);
  head->authorization = FieldText(parser, http::field::authorization);
  head->content_type = FieldText(parser, http::field::content_type);
  head->content_encoding = ListText(parser, http::field::content_encoding);
  head->expect = ListText(parser, http::field::expect);
  head->accept_encoding = ListText(parser, http::field::accept_encoding);
  head->if_none_match = ListText(parser, http::field::if_none_match);
  head->content_length.reset();
  if (const auto length = parser.content_length()) head->content_length = *length;
  head->chunked = parser.chunked();
  head->http_1_0 = message.version() < 11;
  head->keep_alive = message.keep_alive();
  return true;
}

}  // namespace

struct HttpReader::Impl {
  explicit Impl(ByteSource& the_source) : source(the_source) {}
  std::string_view Unread() const {
    return {static_cast<const char*>(buffer.data().data()), buffer.size()};
  }

  ByteSource& source;
  beast::flat_buffer buffer{kReadBufferBytes};
  std::optional<Parser> parser;
};

HttpReader::HttpReader(ByteSource& source) : impl_(std::make_unique<Impl>(source)) {}
HttpReader::~HttpReader() = default;

// More bytes into the buffer.
asio::awaitable<ErrorCode> HttpReader::ReadMore() {
  beast::flat_buffer& buffer = impl_->buffer;
  const std::size_t room = std::min(kReadBytes, buffer.max_size() - buffer.size());
  if (room == 0) co_return http::error::buffer_overflow;
  auto read = impl_->source.ReadSome(buffer.prepare(room));
  const Transferred transferred = co_await std::move(read);
  if (transferred.error) co_return transferred.error;
  buffer.commit(transferred.bytes);
  co_return ErrorCode{};
}

// Gives the parser what is there; need_more: that was not enough for a step.
ErrorCode HttpReader::Parse() {
  if (impl_->buffer.size() == 0) return http::error::need_more;
  ErrorCode error;
  const std::size_t used = impl_->parser->put(impl_->buffer.data(), error);
  impl_->buffer.consume(used);
  return error;
}

asio::awaitable<bool> HttpReader::WaitForRequest() {
  constexpr std::string_view kEmptyLine = "\r\n";
  for (int skipped = 0;;) {
    const std::string_view unread = impl_->Unread();
    if (unread.starts_with(kEmptyLine) && skipped < kMostEmptyLines) {
      impl_->buffer.consume(kEmptyLine.size());
      ++skipped;
    } else if (!kEmptyLine.starts_with(unread)) {
      co_return true;
    } else {
      auto more = ReadMore();
      if (co_await std::move(more)) co_return false;
    }
  }
}

asio::awaitable<ReadResult> HttpReader::ReadHead(RequestHead* head) {
  Parser& parser = impl_->parser.emplace();
  parser.header_limit(kHeaderBytes);
  parser.body_limit(boost::none);  // the head first, then what its body may be
  while (!parser.is_header_done()) {
    if (HasFoldedField(impl_->Unread())) {
      co_return Refused(400, ProblemType::kBadFraming,
                        "a field goes on in the next line; send each field in one line");
    }
    ErrorCode error = Parse();
    if (error == http::error::need_more) {
      auto more = ReadMore();
      error = co_await std::move(more);
    }
    if (error) co_return FromHeadError(error, impl_->Unread());
  }
  if (auto fault = FramingFault(parser))
    co_return Refused(400, ProblemType::kBadFraming, *std::move(fault));
  if (!CopyHead(parser, head)) {
    co_return Refused(400, ProblemType::kBadTarget,
                      "the request's target is no path such as /v1/snapshot");
  }
  co_return ReadResult{};
}

asio::awaitable<ReadResult> HttpReader::ReadBody(BodyDecoder& body, std::size_t max_bytes,
                                                 MakeRoom make_room) {
  Parser& parser = *impl_->parser;
  const auto length = parser.content_length();
  const bool is_counted = length.has_value() && !parser.chunked();
  if (is_counted && *length > max_bytes) co_return FromBodyError(http::error::body_limit);
  auto read =
      is_counted ? ReadCounted(body, *length) : ReadChunked(body, max_bytes, std::move(make_room));
  const ReadResult result = co_await std::move(read);
  if (result.kind != ReadResult::kOk) co_return result;
  if (body.End() != BodyState::kOk) {
    co_return Refused(400, ProblemType::kBadGzip, "the gzip body stops before its end");
  }
  co_return ReadResult{};
}

// Of a body whose length is known the framing is done: it goes from the socket into its place.
asio::awaitable<ReadResult> HttpReader::ReadCounted(BodyDecoder& body, std::uint64_t length) {
  beast::flat_buffer& buffer = impl_->buffer;
  const auto come = static_cast<std::size_t>(std::min<std::uint64_t>(length, buffer.size()));
  BodyState state = body.Add({static_cast<const char*>(buffer.data().data()), come});
  buffer.consume(come);
  for (std::uint64_t left = length - come; left > 0 && state == BodyState::kOk;) {
    const std::span<char> room = body.Room();
    const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(left, room.size()));
    auto read = impl_->source.ReadSome(asio::buffer(room.data(), wanted));
    const Transferred transferred = co_await std::move(read);
    if (transferred.error) co_return FromBodyError(transferred.error);
    state = body.Fill(transferred.bytes);
    left -= transferred.bytes;
  }
  co_return FromBodyState(state);
}

asio::awaitable<ReadResult> HttpReader::ReadChunked(BodyDecoder& body, std::size_t max_bytes,
                                                    MakeRoom make_room) {
  Parser& parser = *impl_->parser;
  parser.body_limit(max_bytes);
  std::array<char, 16 * 1024> piece;
  bool has_room = false;
  while (!parser.is_done()) {
    if (!has_room && body.bytes().size() + piece.size() + BodyDecoder::kPadding > kOwnBytes) {
      auto make = make_room();
      has_room = co_await std::move(make);
      if (!has_room) co_return Ended();
    }
    parser.get().body().data = piece.data();
    parser.get().body().size = piece.size();
    parser.get().body().more = true;
    ErrorCode error = Parse();
    if (error == http::error::need_more) {
      auto more = ReadMore();
      error = co_await std::move(more);
    }
    if (error && error != http::error::need_buffer) co_return FromBodyError(error);
    const std::size_t filled = piece.size() - parser.get().body().size;
    const BodyState state = body.Add({piece.data(), filled});
    if (state != BodyState::kOk) co_return FromBodyState(state);
  }
  co_return ReadResult{};
}

bool HttpReader::body_has_begun() const { return impl_->buffer.size() > 0; }

}  // namespace panelpuls::server
