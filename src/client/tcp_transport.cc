#include <algorithm>
#include <array>
#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <string>
#include <utility>
#include <variant>

#include "base/printable.h"
#include "client/transport.h"
#include "wire/stream.h"

namespace panelpuls::client {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using ErrorCode = boost::system::error_code;
using std::chrono::steady_clock;

// The longest message a server may send: an Ack that lists each record of many batches.
constexpr std::size_t kMaxServerMessageBytes = 64u << 20;
constexpr std::size_t kShownDetailBytes = 500;  // of an error's detail

Step Broken(absl::Status status) {
  Step step;
  step.kind = Step::kBroken;
  step.status = std::move(status);
  return step;
}

// `said`: by the server of the batch; ok where its greeting said it of all.
Step TooLarge(std::size_t index, absl::Status said) {
  Step step;
  step.kind = Step::kTooLarge;
  step.index = index;
  step.status = std::move(said);
  return step;
}

Step Permanent(absl::Status status) {
  Step step;
  step.kind = Step::kPermanent;
  step.status = std::move(status);
  return step;
}

// A server that makes no sense; asking again would not help.
template <typename... Args>
absl::Status StreamNonsense(fmt::format_string<Args...> format, Args&&... args) {
  return InvalidArgument("the server breaks the protocol: {}",
                         fmt::format(format, std::forward<Args>(args)...));
}

// `in_flight`: whether a batch was on its way that the error can be about.
Step FromError(const wire::ErrorMessage& error, bool in_flight) {
  const std::string text =
      fmt::format("{}: {}", Printable(error.code), Printable(error.detail, kShownDetailBytes));
  if (error.code == "batch_too_large" || error.code == "message_too_large") {
    if (in_flight) return TooLarge(0, absl::UnavailableError(text));
    return Permanent(StreamNonsense("it refuses a batch before one was sent ({})", text));
  }
  if (error.retryable) return Broken(absl::UnavailableError(text));
  Step step;
  step.kind = Step::kPermanent;
  if (error.code == "unknown_wave") {
    step.status = absl::NotFoundError(text);
  } else if (error.code == "not_allowed") {
    step.status = absl::PermissionDeniedError(text);
  } else {
    step.status = absl::InvalidArgumentError(text);
  }
  return step;
}

// A connection reads all the time, also while it writes: a server that cannot get rid of its
// acknowledgements stops reading, and both would wait for ever.
class TcpTransport final : public Transport {
 public:
  explicit TcpTransport(const TransportOptions& options) : options_(options) {}

  Step Advance(Window& window, bool wait) override;
  std::size_t max_in_flight() const override { return welcome_.max_in_flight; }

 private:
  absl::Status Connect();
  void Disconnect();
  void StartRead();
  void TakeMessages();
  void TakeMessage(std::string_view message);
  absl::Status TakeWelcome(const wire::WelcomeMessage& welcome);
  absl::Status TakeAck(wire::AckMessage& ack);
  absl::Status Write(const std::string& bytes);
  // Runs until `done` or the connection has failed; DeadlineExceeded after the patience; what
  // keep_waiting says.
  template <typename Predicate>
  absl::Status RunUntil(Predicate done);
  std::optional<Step> SendUnsent(Window& window);
  absl::Status DeliverAcks();
  // Nothing more is to be had from this connection.
  bool Ended() const;
  Step Fail(absl::Status status);
  // Of a server whose messages make no sense.
  Step Refuse(const absl::Status& status);

  const TransportOptions options_;
  asio::io_context context_{1};
  std::unique_ptr<tcp::socket> socket_;
  std::string inbox_;
  std::array<char, 64 * 1024> piece_{};
  wire::WelcomeMessage welcome_;
  bool welcomed_ = false;
  std::deque<wave::BatchOutcome> acks_;
  std::optional<wire::ErrorMessage> error_;
  absl::Status broken_;    // not ok: nothing more comes
  absl::Status nonsense_;  // not ok: nor may it
  std::size_t sent_ = 0;   // batches at the window's front that are in flight
  std::uint64_t next_sequence_ = 1;
  std::uint64_t next_ack_ = 1;
};

template <typename Predicate>
absl::Status TcpTransport::RunUntil(Predicate done) {
  const auto began = steady_clock::now();
  const auto until = std::min(began + options_.patience, deadline());
  while (!done()) {
    if (Ended()) return absl::OkStatus();
    const auto now = steady_clock::now();
    if (now >= until) {
      return absl::DeadlineExceededError(fmt::format(
          "no answer within {:.1f} s", std::chrono::duration<double>(now - began).count()));
    }
    PP_RETURN_IF_ERROR(keep_waiting(now));
    context_.restart();
    context_.run_one_until(std::min(until, now + kSlice));
  }
  return absl::OkStatus();
}

absl::Status TcpTransport::Connect() {
  Disconnect();
  ErrorCode error;
  tcp::resolver resolver(context_);
  const auto endpoints = resolver.resolve(options_.target.host, options_.target.port, error);
  if (error) return Unavailable("{}: {}", options_.target.host, error.message());
  socket_ = std::make_unique<tcp::socket>(context_);
  bool connected = false;
  asio::async_connect(*socket_, endpoints, [&](const ErrorCode& result, const tcp::endpoint&) {
    connected = !result;
    if (result) broken_ = Unavailable("connecting: {}", result.message());
  });
  absl::Status status = RunUntil([&] { return connected; });
  if (status.ok()) status = broken_;
  if (!status.ok()) {
    Disconnect();  // runs the handler, which refers to this frame
    return status;
  }
  socket_->set_option(tcp::no_delay(true), error);
  StartRead();
  wire::HelloMessage hello;
  hello.wave = options_.wave;
  hello.token = options_.token;
  hello.client = "panelpuls";
  std::string bytes;
  wire::AppendHello(hello, bytes);
  PP_RETURN_IF_ERROR(Write(bytes));
  PP_RETURN_IF_ERROR(RunUntil([this] { return welcomed_; }));
  if (welcomed_ && nonsense_.ok() && on_connect) on_connect();
  return broken_;
}

void TcpTransport::Disconnect() {
  if (socket_ != nullptr) {
    ErrorCode ignored;
    socket_->close(ignored);
    context_.restart();
    context_.run();  // handlers of what was under way
    socket_.reset();
  }
  inbox_.clear();
  acks_.clear();
  error_.reset();
  broken_ = absl::OkStatus();
  nonsense_ = absl::OkStatus();
  welcomed_ = false;
  sent_ = 0;
  next_sequence_ = 1;
  next_ack_ = 1;
}

void TcpTransport::StartRead() {
  socket_->async_read_some(asio::buffer(piece_), [this](const ErrorCode& error, std::size_t bytes) {
    if (error) {
      if (broken_.ok()) broken_ = Unavailable("the connection broke: {}", error.message());
      return;
    }
    inbox_.append(piece_.data(), bytes);
    TakeMessages();
    if (broken_.ok() && nonsense_.ok()) StartRead();
  });
}

void TcpTransport::TakeMessages() {
  std::size_t consumed = 0;
  for (;;) {
    const auto frame =
        wire::NextFrame(std::string_view(inbox_).substr(consumed), kMaxServerMessageBytes);
    if (frame.state == wire::Frame::kBad) {
      nonsense_ = StreamNonsense("it sent no message of the stream: {}", frame.error);
    }
    if (frame.state != wire::Frame::kWhole) break;
    TakeMessage(frame.message);
    consumed += frame.consumed;
    if (!nonsense_.ok()) break;
  }
  inbox_.erase(0, consumed);
}

void TcpTransport::TakeMessage(std::string_view message) {
  auto parsed = wire::ParseServerMessage(message);
  if (!parsed.ok()) {
    nonsense_ =
        StreamNonsense("it sent no message of the stream: {}", ToStd(parsed.status().message()));
  } else if (const auto* welcome = std::get_if<wire::WelcomeMessage>(&*parsed)) {
    nonsense_ = TakeWelcome(*welcome);
  } else if (auto* ack = std::get_if<wire::AckMessage>(&*parsed)) {
    nonsense_ = TakeAck(*ack);
  } else if (const auto* error = std::get_if<wire::ErrorMessage>(&*parsed)) {
    if (!error_.has_value()) error_ = *error;
  }
}

absl::Status TcpTransport::TakeWelcome(const wire::WelcomeMessage& welcome) {
  if (welcomed_) return StreamNonsense("it greets twice");
  if (welcome.protocol_version != wire::kProtocolVersion) {
    return StreamNonsense("it speaks version {} where version {} was asked for",
                          welcome.protocol_version, wire::kProtocolVersion);
  }
  if (!options_.wave.empty() && welcome.wave != options_.wave) {
    return StreamNonsense("it takes wave {} where {} was asked for", Printable(welcome.wave),
                          options_.wave);
  }
  if (welcome.max_in_flight == 0) return StreamNonsense("it allows no batch to be on its way");
  welcome_ = welcome;
  welcomed_ = true;
  return absl::OkStatus();
}

// Results of the batches that are due, one each and in order, and of nothing else; or none of them.
absl::Status TcpTransport::TakeAck(wire::AckMessage& ack) {
  const std::uint64_t sent = next_sequence_ - 1;
  std::uint64_t due = next_ack_;
  for (const wave::BatchOutcome& outcome : ack.results) {
    if (outcome.sequence > sent) {
      return StreamNonsense("it acknowledges more than was sent: batch {}, where {} were sent",
                            outcome.sequence, sent);
    }
    if (outcome.sequence < due) {
      return StreamNonsense("it acknowledges batch {} again", outcome.sequence);
    }
    if (outcome.sequence != due) {
      return StreamNonsense("it acknowledges batch {} where batch {} is due", outcome.sequence,
                            due);
    }
    ++due;
  }
  if (ack.through_sequence != due - 1) {
    return StreamNonsense("it acknowledges all through batch {} with results through batch {}",
                          ack.through_sequence, due - 1);
  }
  next_ack_ = due;
  for (wave::BatchOutcome& outcome : ack.results) acks_.push_back(std::move(outcome));
  return absl::OkStatus();
}

absl::Status TcpTransport::Write(const std::string& bytes) {
  bool written = false;
  asio::async_write(*socket_, asio::buffer(bytes), [&](const ErrorCode& error, std::size_t) {
    written = true;
    // A server that closes has said why before; let that be read.
    static_cast<void>(error);
  });
  absl::Status status = RunUntil([&] { return written; });
  if (!written) {
    ErrorCode ignored;
    socket_->close(ignored);
    context_.restart();
    context_.run();  // the handler refers to this frame
  }
  return status;
}

std::optional<Step> TcpTransport::SendUnsent(Window& window) {
  while (sent_ < window.size() && sent_ < max_in_flight()) {
    OutgoingBatch& batch = window[sent_];
    std::string bytes;
    wire::AppendBatch(batch.Encode({}, next_sequence_), bytes);
    const bool too_large =
        (welcome_.max_message_bytes > 0 && bytes.size() > welcome_.max_message_bytes) ||
        (welcome_.max_records > 0 && batch.size() > welcome_.max_records);
    if (too_large) return TooLarge(sent_, absl::OkStatus());
    if (on_send) on_send(batch);
    ++next_sequence_;
    ++sent_;
    const absl::Status written = Write(bytes);
    const absl::Status delivered = DeliverAcks();
    if (!delivered.ok()) return Refuse(delivered);
    if (!written.ok()) return Fail(written);
    if (Ended()) return Fail(broken_);
  }
  return std::nullopt;
}

absl::Status TcpTransport::DeliverAcks() {
  while (!acks_.empty()) {
    PP_CHECK(sent_ > 0);  // TakeAck
    const wave::BatchOutcome outcome = std::move(acks_.front());
    acks_.pop_front();
    --sent_;
    if (const absl::Status status = acknowledge(outcome); !status.ok()) {
      return StreamNonsense("{}", ToStd(status.message()));
    }
  }
  return absl::OkStatus();
}

bool TcpTransport::Ended() const { return error_.has_value() || !broken_.ok() || !nonsense_.ok(); }

Step TcpTransport::Fail(absl::Status status) {
  const std::optional<wire::ErrorMessage> error = error_;
  const bool in_flight = sent_ > 0;
  if (!nonsense_.ok()) return Refuse(absl::Status(nonsense_));
  if (status.ok()) status = Unavailable("the connection broke");
  Disconnect();
  if (absl::IsCancelled(status)) return Permanent(std::move(status));
  return error.has_value() ? FromError(*error, in_flight) : Broken(std::move(status));
}

Step TcpTransport::Refuse(const absl::Status& status) {
  Step step = Permanent(status);
  Disconnect();
  return step;
}

Step TcpTransport::Advance(Window& window, bool wait) {
  if (socket_ == nullptr) {
    const absl::Status status = Connect();
    if (!status.ok() || !welcomed_ || !nonsense_.ok()) return Fail(status);
  }
  if (auto step = SendUnsent(window)) return *std::move(step);
  const std::size_t before = window.size();
  if (wait && before > 0) {
    const absl::Status status = RunUntil([this] { return !acks_.empty(); });
    const absl::Status delivered = DeliverAcks();
    if (!delivered.ok()) return Refuse(delivered);
    if (!status.ok() || !nonsense_.ok()) return Fail(status);
    if (window.size() == before) return Fail(broken_);
  }
  return Step{};
}

}  // namespace

std::unique_ptr<Transport> MakeTcpTransport(const TransportOptions& options) {
  return std::make_unique<TcpTransport>(options);
}

}  // namespace panelpuls::client
