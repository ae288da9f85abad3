#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/string.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <string>
#include <utility>

#include "base/printable.h"
#include "client/gzip.h"
#include "client/retry_after.h"
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
constexpr std::size_t kMaxHeadBytes = 64u << 10;
constexpr std::size_t kShownBytes = 500;  // of an error's body

using Answer = http::response<http::string_body>;

std::string_view ToView(boost::core::string_view text) { return {text.data(), text.size()}; }

// A server that makes no sense; asking again would not help.
template <typename... Args>
absl::Status Nonsense(fmt::format_string<Args...> format, Args&&... args) {
  return InvalidArgument("the server breaks the protocol: {}; is it panelpuls that listens there?",
                         fmt::format(format, std::forward<Args>(args)...));
}

std::string_view MediaType(const Answer& answer) {
  const std::string_view type = ToView(answer[http::field::content_type]);
  return type.substr(0, type.find_first_of("; \t"));
}

std::string Describe(const Answer& answer) {
  const std::string_view type = MediaType(answer);
  // A proxy's page says nothing to a reader of messages.
  const bool shown = type.starts_with("application/") || type == "text/plain";
  std::string text =
      fmt::format("HTTP {} {}", answer.result_int(), Printable(ToView(answer.reason())));
  if (shown) text += ": " + Printable(answer.body(), kShownBytes);
  return text;
}

Step FromStatus(const Answer& answer) {
  Step step;
  const std::string text = Describe(answer);
  switch (answer.result_int()) {
    case 413:
      step.kind = Step::kTooLarge;
      step.status = absl::UnavailableError(text);
      return step;
    case 408:
    case 429:
    case 502:
    case 503:
    case 504:
      step.kind = Step::kBroken;
      step.status = absl::UnavailableError(text);
      step.retry_after =
          RetryAfter(ToView(answer[http::field::retry_after]), ToView(answer[http::field::date]));
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
  // The error that the connection broke with, if it did.
  absl::StatusOr<ErrorCode> Write(const OutgoingBatch& batch);
  absl::Status ReadAnswer(Answer* answer);
  Step Acknowledge(const Answer& answer);
  // Closes an idle connection on which an answer lies that nobody asked for (a second one, or a
  // word of farewell): it would pass for that of the next batch.
  void DropIfUnasked();
  // For what is started next.
  void SetDeadline() {
    stream_->expires_at(std::min(Clock::now() + options_.patience, deadline()));
  }
  // Runs what was started until its handler has set `done`; the stream's deadline bounds it. What
  // keep_waiting says, with the connection closed.
  absl::Status Finish(const bool& done);

  const TransportOptions options_;
  asio::io_context context_{1};
  std::unique_ptr<beast::tcp_stream> stream_;
  beast::flat_buffer buffer_{kMaxHeadBytes + kMaxAnswerBytes};
};

void HttpTransport::Disconnect() {
  stream_.reset();
  buffer_.clear();
}

void HttpTransport::DropIfUnasked() {
  if (stream_ == nullptr) return;
  ErrorCode ignored;
  if (buffer_.size() > 0 || stream_->socket().available(ignored) > 0) Disconnect();
}

absl::Status HttpTransport::Finish(const bool& done) {
  absl::Status status;
  while (!done) {
    if (status.ok()) {
      status = keep_waiting(Clock::now());
      if (!status.ok()) stream_->close();  // its handlers refer to the caller's frame and still run
    }
    context_.restart();
    context_.run_one_for(kSlice);
  }
  return status;
}

absl::Status HttpTransport::Connect() {
  ErrorCode error;
  tcp::resolver resolver(context_);
  const auto endpoints = resolver.resolve(options_.target.host, options_.target.port, error);
  if (error) return Unavailable("{}: {}", options_.target.host, error.message());
  stream_ = std::make_unique<beast::tcp_stream>(context_);
  SetDeadline();
  bool done = false;
  stream_->async_connect(endpoints, [&](const ErrorCode& outcome, const tcp::endpoint&) {
    error = outcome;
    done = true;
  });
  const absl::Status waited = Finish(done);
  if (!waited.ok() || error) {
    Disconnect();
    return waited.ok() ? Unavailable("connecting: {}", error.message()) : waited;
  }
  stream_->socket().set_option(tcp::no_delay(true), error);
  if (on_connect) on_connect();
  return absl::OkStatus();
}

absl::StatusOr<ErrorCode> HttpTransport::Write(const OutgoingBatch& batch) {
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
  bool done = false;
  SetDeadline();
  http::async_write(*stream_, request, [&](const ErrorCode& outcome, std::size_t) {
    written = outcome;
    done = true;
  });
  PP_RETURN_IF_ERROR(Finish(done));
  return written;
}

// The final answer: interim ones (100 Continue, 102 Processing, 103 Early Hints) are passed over.
absl::Status HttpTransport::ReadAnswer(Answer* answer) {
  SetDeadline();  // of all of them together
  for (;;) {
    http::response_parser<http::string_body> parser;
    parser.header_limit(kMaxHeadBytes);
    parser.body_limit(kMaxAnswerBytes);
    ErrorCode received;
    bool done = false;
    http::async_read(*stream_, buffer_, parser, [&](const ErrorCode& outcome, std::size_t) {
      received = outcome;
      done = true;
    });
    PP_RETURN_IF_ERROR(Finish(done));
    if (received == http::error::header_limit) return Nonsense("the head of its answer has no end");
    if (received == http::error::body_limit) {
      return Nonsense("its answer is longer than {} MiB", kMaxAnswerBytes >> 20);
    }
    if (received.category() == http::make_error_code(http::error::bad_version).category() &&
        received != http::error::end_of_stream && received != http::error::partial_message) {
      return Nonsense("its answer is no HTTP ({})", received.message());
    }
    if (received == beast::error::timeout) return Unavailable("no answer in time");
    if (received) return Unavailable("the connection broke: {}", received.message());
    const unsigned status = parser.get().result_int();
    if (status >= 200) {
      *answer = parser.release();
      return absl::OkStatus();
    }
    if (status == 101) return Nonsense("it changes to another protocol");
  }
}

absl::Status HttpTransport::Exchange(const OutgoingBatch& batch, Answer* answer) {
  const auto written = Write(batch);
  if (!written.ok()) return written.status();
  // A server that refuses a body answers before it has read it, so there may be an answer anyway.
  const absl::Status received = ReadAnswer(answer);
  if (!received.ok()) {
    Disconnect();
    if (absl::IsUnavailable(received) && *written) {
      return Unavailable("the connection broke: {}", written->message());
    }
    return received;
  }
  if (*written || !answer->keep_alive()) Disconnect();
  return absl::OkStatus();
}

Step HttpTransport::Acknowledge(const Answer& answer) {
  const std::string_view type = MediaType(answer);
  Step step;
  step.kind = Step::kPermanent;
  const bool json = beast::iequals({type.data(), type.size()}, "application/json");
  if (!json && !beast::iequals({type.data(), type.size()}, "application/x-protobuf")) {
    step.status = Nonsense("{} with Content-Type \"{}\" is no result of a batch",
                           answer.result_int(), Printable(type));
    return step;
  }
  const auto outcome =
      json ? wire::OutcomeFromJson(answer.body()) : wire::OutcomeFromProtobuf(answer.body());
  absl::Status status = outcome.status();
  if (status.ok() && outcome->sequence != 0) {
    status = InvalidArgument("it speaks of batch {} where a batch without a number was sent",
                             outcome->sequence);
  }
  if (status.ok()) status = acknowledge(*outcome);
  if (status.ok()) return Step{};
  step.status = Nonsense("{}", Printable(ToStd(status.message()), kShownBytes));
  return step;
}

Step HttpTransport::Advance(Window& window, bool /*wait*/) {
  if (window.empty()) return Step{};
  DropIfUnasked();
  const bool reused = stream_ != nullptr;
  Step broken;
  broken.kind = Step::kBroken;
  if (!reused) broken.status = Connect();
  Answer answer;
  if (broken.status.ok()) {
    if (on_send) on_send(window.front());
    broken.status = Exchange(window.front(), &answer);
    if (broken.status.ok()) {
      return answer.result() == http::status::ok ? Acknowledge(answer) : FromStatus(answer);
    }
    broken.at_once = reused;  // most likely the server had closed it, being idle
  }
  if (!absl::IsUnavailable(broken.status)) broken.kind = Step::kPermanent;
  return broken;
}

}  // namespace

std::unique_ptr<Transport> MakeHttpTransport(const TransportOptions& options) {
  return std::make_unique<HttpTransport>(options);
}

}  // namespace panelpuls::client
