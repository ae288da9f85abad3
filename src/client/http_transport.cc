#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <charconv>
#include <string>
#include <utility>

#include "client/gzip.h"
#include "client/transport.h"
#include "wire/stream.h"

namespace panelpuls::client {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using asio::ip::tcp;
using ErrorCode = boost::system::error_code;

constexpr std::size_t kMaxAnswerBytes = 64u << 20;
constexpr std::size_t kShownBytes = 500;  // of an error's body

using Answer = http::response<http::string_body>;

std::string_view ToView(boost::core::string_view text) { return {text.data(), text.size()}; }

std::optional<std::chrono::seconds> RetryAfter(const Answer& answer) {
  const std::string_view text = ToView(answer[http::field::retry_after]);
  unsigned seconds = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return std::chrono::seconds(seconds);
}

std::string Describe(const Answer& answer) {
  const std::string_view type = ToView(answer[http::field::content_type]);
  // A proxy's page says nothing to a reader of messages.
  const bool shown = type.starts_with("application/") || type.starts_with("text/plain");
  return fmt::format(
      "HTTP {} {}{}{}", answer.result_int(), ToView(answer.reason()), shown ? ": " : "",
      shown ? std::string_view(answer.body()).substr(0, kShownBytes) : std::string_view());
}

Step FromStatus(const Answer& answer) {
  Step step;
  const std::string text = Describe(answer);
  switch (answer.result_int()) {
    case 413:
      step.kind = Step::kTooLarge;
      return step;
    case 408:
    case 429:
    case 502:
    case 503:
    case 504:
      step.kind = Step::kBroken;
      step.status = absl::UnavailableError(text);
      step.retry_after = RetryAfter(answer);
      return step;
    default:
      break;
  }
  step.kind = Step::kPermanent;
  switch (answer.result_int()) {
    case 401:
    case 403:
      step.status = absl::PermissionDeniedError(text);
      break;
    case 404:
      step.status = absl::NotFoundError(text);
      break;
    default:
      step.status = absl::InvalidArgumentError(text);
      break;
  }
  return step;
}

class HttpTransport final : public Transport {
 public:
  explicit HttpTransport(const TransportOptions& options) : options_(options) {}

  Step Advance(Window& window, bool wait) override;
  std::size_t max_in_flight() const override { return 1; }

 private:
  absl::Status Connect();
  void Disconnect();
  absl::Status Exchange(const OutgoingBatch& batch, Answer* answer);
  // Runs what was started to its end; the stream's own deadline bounds it.
  ErrorCode Finish(ErrorCode* result);

  const TransportOptions options_;
  asio::io_context context_{1};
  std::unique_ptr<beast::tcp_stream> stream_;
  beast::flat_buffer buffer_;
};

void HttpTransport::Disconnect() {
  stream_.reset();
  buffer_.clear();
}

ErrorCode HttpTransport::Finish(ErrorCode* result) {
  context_.restart();
  context_.run();
  return *result;
}

absl::Status HttpTransport::Connect() {
  ErrorCode error;
  tcp::resolver resolver(context_);
  const auto endpoints = resolver.resolve(options_.target.host, options_.target.port, error);
  if (error) return Unavailable("{}: {}", options_.target.host, error.message());
  stream_ = std::make_unique<beast::tcp_stream>(context_);
  stream_->expires_after(options_.patience);
  stream_->async_connect(endpoints,
                         [&](const ErrorCode& outcome, const tcp::endpoint&) { error = outcome; });
  if (Finish(&error)) {
    Disconnect();
    return Unavailable("connecting: {}", error.message());
  }
  stream_->socket().set_option(tcp::no_delay(true), error);
  if (on_connect) on_connect();
  return absl::OkStatus();
}

absl::Status HttpTransport::Exchange(const OutgoingBatch& batch, Answer* answer) {
  http::request<http::string_body> request(http::verb::post, options_.target.path, 11);
  request.set(http::field::host, options_.target.authority);
  request.set(http::field::content_type, "application/x-protobuf");
  request.set(http::field::accept, "application/x-protobuf");
  request.set(http::field::user_agent, "panelpuls");
  if (!options_.token.empty()) {
    request.set(http::field::authorization, "Bearer " + options_.token);
  }
  request.body() = batch.Encode(options_.wave, 0);
  if (options_.gzip) {
    request.set(http::field::content_encoding, "gzip");
    request.body() = Gzip(request.body());
  }
  request.prepare_payload();

  ErrorCode written;
  stream_->expires_after(options_.patience);
  http::async_write(*stream_, request,
                    [&](const ErrorCode& outcome, std::size_t) { written = outcome; });
  Finish(&written);
  // A server that refuses a body answers before it has read it, so there may be an answer anyway.
  ErrorCode received;
  http::response_parser<http::string_body> parser;
  parser.body_limit(kMaxAnswerBytes);
  stream_->expires_after(options_.patience);
  http::async_read(*stream_, buffer_, parser,
                   [&](const ErrorCode& outcome, std::size_t) { received = outcome; });
  if (Finish(&received)) {
    Disconnect();
    return Unavailable("the connection broke: {}", (written ? written : received).message());
  }
  *answer = parser.release();
  if (written || !answer->keep_alive()) Disconnect();
  return absl::OkStatus();
}

Step HttpTransport::Advance(Window& window, bool /*wait*/) {
  if (window.empty()) return Step{};
  const bool reused = stream_ != nullptr;
  Step broken;
  broken.kind = Step::kBroken;
  if (!reused) {
    broken.status = Connect();
    if (!broken.status.ok()) return broken;
  }
  if (on_send) on_send(window.front());
  Answer answer;
  broken.status = Exchange(window.front(), &answer);
  if (!broken.status.ok()) {
    broken.at_once = reused;  // most likely the server had closed it, being idle
    return broken;
  }
  if (answer.result() != http::status::ok) return FromStatus(answer);
  const bool json = ToView(answer[http::field::content_type]).starts_with("application/json");
  auto outcome =
      json ? wire::OutcomeFromJson(answer.body()) : wire::OutcomeFromProtobuf(answer.body());
  Step step;
  step.status = outcome.ok() ? acknowledge(*outcome) : std::move(outcome).status();
  if (!step.status.ok()) step.kind = Step::kPermanent;
  return step;
}

}  // namespace

std::unique_ptr<Transport> MakeHttpTransport(const TransportOptions& options) {
  return std::make_unique<HttpTransport>(options);
}

}  // namespace panelpuls::client
