#include "server/stream/tcp_session.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <array>
#include <boost/asio/co_spawn.hpp>
#include <chrono>
#include <exception>
#include <span>
#include <utility>
#include <variant>
#include <vector>

#include "base/printable.h"
#include "server/observation/log.h"
#include "wire/stream.h"

namespace panelpuls::server {
namespace {

constexpr std::size_t kMaxHelloBytes = 4096;
// Of a thread's batches in flight and answers what one connection may hold.
constexpr std::size_t kConnectionsThatFillABudget = 4;
constexpr std::chrono::milliseconds kFirstPause{1};
constexpr std::chrono::milliseconds kLongestPause{50};

void LogEnd(std::exception_ptr error) {
  if (error) spdlog::error("a TCP session ended by an exception of its own");
}

}  // namespace

void TcpSession::Start(const Common& common, tcp::socket socket, Place place) {
  auto session = std::make_shared<TcpSession>(common, std::move(socket), place);
  auto writer = RunWriter(session);
  auto reader = RunReader(std::move(session));
  asio::co_spawn(common.io_thread.context(), std::move(writer), &LogEnd);
  asio::co_spawn(common.io_thread.context(), std::move(reader), &LogEnd);
}

std::string TcpSession::TurnedAway() {
  std::string text;
  AppendRefusal({.error = StreamError::kOverloaded,
                 .detail = "too many connections are open; connect again later",
                 .retryable = true},
                text);
  return text;
}

TcpSession::TcpSession(const Common& common, tcp::socket the_socket, Place place)
    : Connection(common.io_thread, std::move(the_socket), Transport::kTcp, place),
      common_(common),
      window_(batch_bytes()),
      durable_(common.io_thread.context()),
      room_(common.io_thread.context()) {}

TcpSession::~TcpSession() { common_.intake.LeaveBehind(window_.bytes_with_writers()); }

void TcpSession::BeginStop() {
  CancelRead();
  OnInterrupted();
}

// Waits for nobody: the error may not arrive whole, and the close says enough.
void TcpSession::Evict() {
  if (!is_writing()) {
    std::string text;
    AppendRefusal({StreamError::kIdle,
                   "nothing came for a while and others needed the room; connect again when there "
                   "is something",
                   true},
                  text);
    ErrorCode ignored;
    socket().non_blocking(true, ignored);
    socket().write_some(asio::buffer(text), ignored);
    socket().shutdown(tcp::socket::shutdown_send, ignored);
  }
  Abort();
}

void TcpSession::OnInterrupted() {
  durable_.Set();
  room_.Set();
}

void TcpSession::OnBatchDone(std::unique_ptr<engine::Batch> batch) {
  window_.End(std::move(batch));
  if (window_.front() != nullptr) durable_.Set();
}

void TcpSession::Fail(StreamRefusal refusal) {
  WarnSeldom("tcp stream refused", refusal.detail);
  if (!refusal_.has_value()) refusal_ = std::move(refusal);
}

void TcpSession::FailStopping() {
  Fail({StreamError::kStopping, "the server is stopping; send what was not acknowledged again",
        true});
}

void TcpSession::FailNoRoom() {
  Fail(
      {StreamError::kNoRoom, "the disk is full; send what was not acknowledged again later", true});
}

bool TcpSession::FrontIs(bool durable) const {
  const engine::Batch* const front = window_.front();
  return front != nullptr && (front->end == engine::BatchEnd::kDurable) == durable;
}

void TcpSession::EndUndurable() {
  refusal_.reset();  // of a later batch
  if (window_.front()->end == engine::BatchEnd::kNoRoom) {
    FailNoRoom();
  } else {
    FailStopping();
  }
  CancelRead();
  room_.Set();
}

void TcpSession::FailForRoom(std::string_view why) {
  if (io_thread().stopping()) FailStopping();
  Fail({StreamError::kOverloaded,
        fmt::format("{}; send what was not acknowledged again, in smaller batches", why), true});
}

asio::awaitable<void> TcpSession::RunReader(std::shared_ptr<TcpSession> self) {
  try {
    auto read = self->ReadMessages();
    co_await std::move(read);
  } catch (const std::exception& error) {
    LogError("tcp session", error.what());
    self->Fail({StreamError::kInternal,
                "the server made a mistake; send what was not acknowledged again", true});
  }
  self->reading_ended_ = true;
  self->durable_.Set();
}

asio::awaitable<void> TcpSession::ReadMessages() {
  auto first = NextMessage();
  const auto hello = co_await std::move(first);
  if (!hello.has_value()) co_return;
  auto greet = Greet(*hello);
  if (!co_await std::move(greet)) co_return;
  for (;;) {
    auto next = NextMessage();
    const auto message = co_await std::move(next);
    if (!message.has_value()) co_return;
    auto take = TakeBatch(*message);
    if (!co_await std::move(take)) co_return;
  }
}

asio::awaitable<std::optional<std::string_view>> TcpSession::NextMessage() {
  ForgetMessage();
  if (has_asked() && buffer_.rest().empty()) {
    AwaitMessage();
  } else {
    BeginMessage();
  }
  for (;;) {
    if (io_thread().stopping()) FailStopping();
    if (refusal_.has_value()) co_return std::nullopt;
    const std::string_view rest = buffer_.rest();
    const wire::Frame frame =
        wire::NextFrame(rest, has_asked() ? options().max_body_bytes : kMaxHelloBytes);
    if (frame.state == wire::Frame::kWhole) {
      EndMessage();
      buffer_.Consume(frame.consumed);
      co_return frame.message;
    }
    if (frame.state == wire::Frame::kBad) {
      Fail({StreamError::kBadFrame, frame.error, false});
      co_return std::nullopt;
    }
    if (!rest.empty() && awaits_message()) BeginMessage();
    auto make_room = MakeRoom(rest.size() + frame.needed);
    if (!co_await std::move(make_room)) co_return std::nullopt;
    const std::span<char> room = buffer_.room();
    auto read = ReadSome(asio::buffer(room.data(), room.size()));
    const Transferred transferred = co_await std::move(read);
    if (transferred.error) {
      EndReading(transferred.error);
      co_return std::nullopt;
    }
    buffer_.Fill(transferred.bytes);
    io_thread().metrics().CountReceivedBytes(Transport::kTcp, transferred.bytes);
  }
}

void TcpSession::ForgetMessage() {
  if (buffer_.Forget()) message_bytes().Set(0);
}

asio::awaitable<bool> TcpSession::MakeRoom(std::size_t message_size) {
  const std::size_t size = std::max(message_size, kOwnBytes);
  if (size <= buffer_.capacity()) {
    buffer_.MakeSpace();
    co_return true;
  }
  if (size > kOwnBytes) {
    auto hold = HoldMessage(size, room_, std::chrono::seconds(options().request_timeout_s));
    if (!co_await std::move(hold)) {
      FailForRoom("too many long messages are being read");
      co_return false;
    }
  }
  buffer_.Grow(size);
  co_return true;
}

void TcpSession::EndReading(const ErrorCode& error) {
  if (io_thread().stopping()) {
    FailStopping();
  } else if (error == asio::error::timed_out) {
    const bool idle = awaits_message();
    Fail({idle ? StreamError::kIdle : StreamError::kTooSlow,
          idle ? "nothing came for a long time; connect again when there is something"
               : "a message did not arrive in time; send smaller batches",
          true});
  } else if (error == asio::error::eof && !buffer_.rest().empty()) {
    Fail(
        {StreamError::kBadFrame, "the stream ended inside a message; send that batch again", true});
  }
}

asio::awaitable<bool> TcpSession::Greet(std::string_view message) {
  const auto parsed = wire::ParseClientMessage(message);
  if (!parsed.ok() || !std::holds_alternative<wire::HelloMessage>(*parsed)) {
    Fail({StreamError::kHelloExpected, "the first message must be a Hello", false});
    co_return false;
  }
  const auto& hello = std::get<wire::HelloMessage>(*parsed);
  if (hello.protocol_version != wire::kProtocolVersion) {
    Fail({StreamError::kProtocolVersion,
          fmt::format("protocol version {} is not spoken here; speak version {}",
                      hello.protocol_version, wire::kProtocolVersion),
          false});
    co_return false;
  }
  if (!hello.wave.empty() && hello.wave != common_.wave) {
    Fail({StreamError::kUnknownWave,
          fmt::format("wave \"{}\" is not open here; \"{}\" is",
                      Printable(hello.wave, kMostQuotedOfSender), common_.wave),
          false});
    co_return false;
  }
  if (!MayWrite(common_.access.RoleOf(hello.token))) {
    Fail({StreamError::kNotAllowed, "the token does not allow this", false});
    co_return false;
  }
  wire::WelcomeMessage welcome;
  welcome.wave = common_.wave;
  welcome.max_message_bytes = static_cast<std::uint32_t>(options().max_body_bytes);
  welcome.max_records = options().max_records;
  welcome.max_in_flight = options().max_in_flight;
  std::string text;
  wire::AppendWelcome(welcome, text);
  HasAsked();
  // The writer has nothing to write before the first batch, so this write is alone.
  auto write = WriteText(text);
  co_return co_await std::move(write);
}

bool TcpSession::MayTakeMore() {
  const std::size_t most = BudgetBytes(options()) / kConnectionsThatFillABudget;
  return window_.size() < options().max_in_flight &&
         (batch_bytes().bytes() < most || window_.empty());
}

asio::awaitable<bool> TcpSession::TakeBatch(std::string_view message) {
  Metrics& metrics = io_thread().metrics();
  while (!MayTakeMore()) {
    if (io_thread().stopping()) FailStopping();
    if (aborted() || refusal_.has_value()) co_return false;
    auto wait = room_.Wait();
    co_await std::move(wait);
  }
  const auto parsed = wire::ParseClientMessage(message);
  if (!parsed.ok() || !std::holds_alternative<wire::BatchMessage>(*parsed)) {
    metrics.CountRefusedBatch(Transport::kTcp);
    Fail({StreamError::kBadMessage, "after the Hello every message must be a Batch", false});
    co_return false;
  }
  const std::string_view bytes = std::get<wire::BatchMessage>(*parsed).bytes;
  DecodeOptions decode_options;
  decode_options.format = wire::BatchFormat::kProtobuf;
  decode_options.expected_sequence = next_sequence_;
  auto decode = common_.intake.Decode(bytes, decode_options, *this, room_,
                                      std::chrono::seconds(options().request_timeout_s));
  auto decoded = co_await std::move(decode);
  if (absl::IsUnavailable(decoded.status())) {
    FailForRoom("too many results wait to be read");
    co_return false;
  }
  if (!decoded.ok()) {
    metrics.CountRefusedBatch(Transport::kTcp);
    Fail(RefusalOf(decoded.status()));
    co_return false;
  }
  ForgetMessage();
  auto submit = SubmitPatiently(*decoded);
  co_return co_await std::move(submit);
}

asio::awaitable<bool> TcpSession::SubmitPatiently(DecodedBatch& decoded) {
  auto pause = kFirstPause;
  for (;;) {
    const std::shared_ptr<BatchWaiter> waiter =
        std::static_pointer_cast<TcpSession>(shared_from_this());
    const engine::SubmitResult result = common_.intake.Submit(decoded, waiter);
    if (result == engine::SubmitResult::kQueued) {
      window_.Add(decoded.held_bytes);
      ++next_sequence_;
      co_return true;
    }
    if (result == engine::SubmitResult::kNoRoom) {
      FailNoRoom();
    } else if (result == engine::SubmitResult::kStopped || io_thread().stopping()) {
      FailStopping();
    }
    if (refusal_.has_value() || aborted()) {
      common_.intake.Recycle(std::move(decoded.batch));
      batch_bytes().Set(batch_bytes().bytes() - decoded.held_bytes);
      co_return false;
    }
    // The queues are full. Nothing more is read meanwhile, so the sender waits too.
    auto wait = room_.Wait(std::chrono::steady_clock::now() + pause);
    co_await std::move(wait);
    pause = std::min(2 * pause, kLongestPause);
  }
}

asio::awaitable<void> TcpSession::RunWriter(std::shared_ptr<TcpSession> self) {
  try {
    bool peer_is_there = true;
    while (peer_is_there && !self->aborted()) {
      if (self->FrontIs(true)) {
        auto acks = self->WriteAcks();
        peer_is_there = co_await std::move(acks);
        self->room_.Set();
      } else if (self->FrontIs(false)) {
        self->EndUndurable();
        while (!self->reading_ended_) {
          auto wait = self->durable_.Wait();
          co_await std::move(wait);
        }
        break;
      } else if (self->reading_ended_ && self->window_.empty()) {
        break;
      } else {
        auto wait = self->durable_.Wait();
        co_await std::move(wait);
      }
    }
    if (!peer_is_there) {
      self->Abort();
    } else if (self->refusal_.has_value()) {
      std::string text;
      AppendRefusal(*self->refusal_, text);
      auto write = self->WriteText(text);
      co_await std::move(write);
      auto close = self->CloseGently();
      co_await std::move(close);
    }
  } catch (const std::exception& error) {
    LogError("tcp session", error.what());
    self->Abort();
  }
}

asio::awaitable<bool> TcpSession::WriteAcks() {
  const std::string text = window_.EncodeAcks(common_.intake);
  auto write = WriteText(text);
  const bool written = co_await std::move(write);
  window_.Answered();  // only now is there room for more in flight
  co_return written;
}

asio::awaitable<bool> TcpSession::WriteText(const std::string& text) {
  const std::array<asio::const_buffer, 1> buffers = {asio::buffer(text)};
  auto write = WriteAll(buffers, std::chrono::seconds(options().request_timeout_s));
  co_return co_await std::move(write);
}

}  // namespace panelpuls::server
