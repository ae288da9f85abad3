#include "server/http/exchange.h"

#include <fmt/format.h>

#include <array>
#include <boost/asio/post.hpp>
#include <string>
#include <utility>

#include "server/http/media_type.h"
#include "server/observation/log.h"

namespace panelpuls::server {
namespace {

constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
constexpr std::string_view kLastChunk = "0\r\n\r\n";

BodyDecoder::Options BodyOptionsOf(const RequestHead& head, const ServerOptions& options) {
  BodyDecoder::Options body;
  body.gzip = ParseContentCoding(head.content_encoding) == ContentCoding::kGzip;
  body.max_bytes = options.max_body_bytes;
  if (!body.gzip && !head.chunked) body.known_bytes = head.content_length.value_or(0);
  return body;
}

ReadResult RefusedBody(unsigned status, ProblemType type, std::string_view detail) {
  ReadResult result;
  result.kind = ReadResult::kRefused;
  result.problem = {status, type, std::string(detail)};
  return result;
}

}  // namespace

Exchange::Exchange(const Channel& channel, const RequestHead& head, Route route)
    : channel_(channel), head_(head), route_(std::move(route)), body_left_(head.has_body()) {}

asio::awaitable<bool> Exchange::HoldBody(std::size_t bytes) {
  auto hold = connection().HoldMessage(bytes, wake(), kPatienceForRoom);
  found_no_room_ = !co_await std::move(hold);
  co_return !found_no_room_;
}

asio::awaitable<ReadResult> Exchange::ReadBody() {
  const BodyDecoder::Options body = BodyOptionsOf(head_, options());
  const std::size_t most_room = BodyDecoder::MostRoom(body);
  ReadResult ended;
  ended.kind = ReadResult::kEnded;
  // A chunked body asks for room when it has become long.
  if (body.gzip || !head_.chunked) {
    auto hold = HoldBody(most_room);
    if (!co_await std::move(hold)) co_return ended;
  }
  if (head_.chunked || head_.content_length.value_or(0) > kLongBodyBytes) {
    auto turn = connection().io_thread().body_turns().Next();
    co_await std::move(turn);
  }
  const bool waits = !head_.expect.empty() && !head_.http_1_0 && head_.has_body();
  if (waits && !channel_.reader.body_has_begun()) {
    const std::array buffers = {asio::const_buffer(asio::buffer(kContinue))};
    auto write = connection().WriteAll(buffers, timeout());
    if (!co_await std::move(write)) co_return ended;
  }
  channel_.body.Begin(body);
  const auto hold_body = [this, most_room] { return HoldBody(most_room); };
  auto read = channel_.reader.ReadBody(channel_.body, options().max_body_bytes, hold_body);
  co_return co_await std::move(read);
}

asio::awaitable<ReadResult> Exchange::ReceiveBody() {
  auto read = ReadBody();
  ReadResult result = co_await std::move(read);
  if (found_no_room_) {
    co_return RefusedBody(
        503, ProblemType::kOverloaded,
        "too many long bodies are being read; send smaller batches, or again later");
  }
  if (result.kind == ReadResult::kEnded && connection().read_timed_out()) {
    co_return RefusedBody(408, ProblemType::kTooSlow,
                          "the body did not arrive in time; send smaller batches");
  }
  if (result.kind == ReadResult::kOk) {
    body_left_ = false;
    connection().EndMessage();
  }
  co_return result;
}

void Exchange::ReleaseBody() {
  channel_.body.Release();
  connection().message_bytes().Set(0);
}

bool Exchange::MayKeepAlive() const {
  return head_.keep_alive && !body_left_ && !channel_.connection.io_thread().stopping() &&
         channel_.connection.place() == Place::kOwn;
}

std::string Exchange::CountedHead(const Response& response, HeadOptions options) {
  IoThread& io_thread = connection().io_thread();
  io_thread.metrics().CountRequest(response.status);
  options.http_1_0 = head_.http_1_0;
  options.date = io_thread.Date();
  return ResponseHead(response, options);
}

asio::awaitable<void> Exchange::Send(Response response) {
  const bool close = response.close || body_left_;
  HeadOptions head_options;
  head_options.keep_alive = !close && MayKeepAlive();
  const std::string text = CountedHead(response, head_options);
  const bool with_body = head_.method != "HEAD" && response.status != 304;
  const std::array<asio::const_buffer, 2> buffers = {
      asio::buffer(text), with_body ? asio::buffer(response.body) : asio::const_buffer()};
  // What is held for this peer alone is in batch_bytes() already.
  const bool shared = connection().batch_bytes().bytes() == 0;
  auto write = Write(buffers, shared ? response.body_owner.get() : nullptr);
  if (!co_await std::move(write)) co_return;
  end_ = head_options.keep_alive ? End::kKeepAlive : close ? End::kCloseGently : End::kClose;
}

asio::awaitable<void> Exchange::Refuse(Problem problem) {
  WarnSeldom("http request refused", problem.detail);
  Response response = ToResponse(problem);
  response.close = true;
  if (problem.status == 503) response.fields.emplace_back("Retry-After", "1");
  auto send = Send(std::move(response));
  co_await std::move(send);
}

asio::awaitable<bool> Exchange::Begin(Response response, Framing framing, std::string_view first) {
  in_chunks_ = framing == Framing::kChunks && !head_.http_1_0;
  HeadOptions head_options;
  head_options.with_length = false;
  head_options.chunked = in_chunks_;
  head_options.keep_alive = keep_alive_ = in_chunks_ && MayKeepAlive();
  const std::string text = CountedHead(response, head_options);
  const std::array<asio::const_buffer, 2> buffers = {asio::buffer(text), asio::buffer(first)};
  auto write = Write(buffers, nullptr);
  const bool written = co_await std::move(write);
  if (written && head_.method == "HEAD" && keep_alive_) end_ = End::kKeepAlive;
  co_return written;
}

asio::awaitable<bool> Exchange::WritePiece(std::string_view piece) {
  const std::string begin = in_chunks_ ? fmt::format("{:x}\r\n", piece.size()) : "";
  const std::string_view end = in_chunks_ ? "\r\n" : "";
  const std::array<asio::const_buffer, 3> buffers = {asio::buffer(begin), asio::buffer(piece),
                                                     asio::buffer(end)};
  auto write = Write(buffers, nullptr);
  co_return co_await std::move(write);
}

asio::awaitable<bool> Exchange::Finish() {
  if (in_chunks_) {
    const std::array<asio::const_buffer, 1> buffers = {asio::buffer(kLastChunk)};
    auto write = Write(buffers, nullptr);
    if (!co_await std::move(write)) co_return false;
  }
  if (keep_alive_) end_ = End::kKeepAlive;
  co_return true;
}

asio::awaitable<bool> Exchange::Write(std::span<const asio::const_buffer> buffers,
                                      const void* owner) {
  auto write = owner != nullptr ? connection().WriteShared(buffers, timeout(), owner)
                                : connection().WriteAll(buffers, timeout());
  co_return co_await std::move(write);
}

bool Exchange::is_ending() const {
  return channel_.connection.aborted() || channel_.connection.io_thread().stopping();
}

std::function<void()> Exchange::Waker() {
  return [weak = connection().weak_from_this(), &wake = channel_.wake,
          &context = connection().io_thread().context()] {
    asio::post(context, [weak, &wake] {
      if (const auto connection = weak.lock()) wake.Set();  // it has the wakeup
    });
  };
}

}  // namespace panelpuls::server
