// Server-sent events: the whole snapshot at each new version, to each subscriber at its own pace.
#include <algorithm>
#include <array>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "server/deflate.h"
#include "server/http_session.h"
#include "server/media_type.h"

namespace panelpuls::server {
namespace {

using std::chrono::steady_clock;

constexpr std::string_view kKeepAlive = ": keep-alive\n\n";
// What a browser waits before it connects again, in milliseconds.
constexpr std::string_view kBegin = "retry: 2000\n\n";
// Events in the kernel's buffer can no longer be replaced by newer ones.
constexpr int kSendBufferBytes = 256 * 1024;

Response StreamResponse(bool gzip) {
  Response response;
  response.content_type = "text/event-stream; charset=utf-8";
  response.no_cache = false;
  response.fields.emplace_back("Cache-Control", "no-cache, no-transform");
  response.fields.emplace_back("X-Accel-Buffering", "no");
  response.fields.emplace_back("Vary", "Accept-Encoding");
  if (gzip) response.fields.emplace_back("Content-Encoding", "gzip");
  return response;
}

// A few bytes as they go into the stream.
std::string InStream(std::string_view text, bool gzip) {
  return gzip ? StoredSegment(text) : std::string(text);
}

Response TooManyStreams() {
  Response response =
      ToResponse({503, ProblemType::kTooManyStreams,
                  "as many event streams are open as there may be; try again later"});
  response.fields.emplace_back("Retry-After", "10");
  return response;
}

// Subscribed as long as it lives, on an event stream's place that was taken before.
class Subscription {
 public:
  Subscription(IoThread& io_thread, Signal& signal) : io_thread_(io_thread), signal_(signal) {
    io_thread_.views().Subscribe(&signal_);
    io_thread_.shared().metrics.OpenStream();
  }
  ~Subscription() {
    io_thread_.views().Unsubscribe(&signal_);
    io_thread_.shared().metrics.CloseStream();
    io_thread_.connections().GiveStream();
  }
  Subscription(const Subscription&) = delete;
  Subscription& operator=(const Subscription&) = delete;

 private:
  IoThread& io_thread_;
  Signal& signal_;
};

}  // namespace

asio::awaitable<bool> HttpSession::SendEvent(bool gzip) {
  const engine::SnapshotPointer snapshot = io_thread().views().snapshot();
  // The JSON holds no line break, so it is one data line.
  const std::string begin =
      InStream(fmt::format("id: {}\nevent: snapshot\ndata: ", snapshot->version), gzip);
  const std::string end = InStream("\n\n", gzip);
  // All subscribers share it.
  const auto segment = gzip ? io_thread().views().Get(View::kSnapshotSegment) : nullptr;
  const std::array<asio::const_buffer, 3> buffers = {
      asio::buffer(begin), asio::buffer(gzip ? *segment : snapshot->rendered.json.whole),
      asio::buffer(end)};
  auto write =
      WriteShared(buffers, std::chrono::seconds(options().request_timeout_s), snapshot.get());
  const bool written = co_await std::move(write);
  if (written) io_thread().shared().metrics.CountStreamEvent();
  co_return written;
}

asio::awaitable<HttpSession::Next> HttpSession::ServeStream(const RequestHead& head) {
  std::optional<Subscription> subscription;
  if (head.method != "HEAD") {
    if (!io_thread().connections().TakeStream()) {
      auto send = Send(head, TooManyStreams());
      co_return co_await std::move(send);
    }
    subscription.emplace(io_thread(), wake_);
  }
  ErrorCode ignored;
  socket().set_option(asio::socket_base::send_buffer_size(kSendBufferBytes), ignored);
  HeadOptions head_options;
  head_options.keep_alive = false;  // ends by close, which every proxy and HTTP/1.0 understand
  head_options.with_length = false;
  head_options.date = io_thread().Date();
  const bool gzip = AcceptsGzip(head.accept_encoding);
  std::string text = ResponseHead(StreamResponse(gzip), head_options);
  io_thread().shared().metrics.CountRequest(200);
  if (subscription.has_value()) {
    if (gzip) text += GzipBegin();
    text += InStream(kBegin, gzip);
  }
  const std::array<asio::const_buffer, 1> begin = {asio::buffer(text)};
  auto write_begin = WriteAll(begin, std::chrono::seconds(options().request_timeout_s));
  if (co_await std::move(write_begin) && subscription.has_value()) {
    auto send = SendEvents(gzip);
    co_await std::move(send);
  }
  co_return Next::kClose;
}

// Until the subscriber is gone or too slow, or the server stops.
asio::awaitable<void> HttpSession::SendEvents(bool gzip) {
  const std::string keep_alive = InStream(kKeepAlive, gzip);
  const auto keep_alive_pause = std::chrono::seconds(options().sse_keep_alive_s);
  const auto event_pause = std::chrono::duration_cast<steady_clock::duration>(
      std::chrono::duration<double>(1.0 / options().sse_events_per_second));
  std::string sent;  // not the snapshot itself, which would be kept in memory by it
  SteadyTime next_event = steady_clock::now();
  SteadyTime next_keep_alive = next_event + keep_alive_pause;
  while (!io_thread().stopping() && !aborted()) {
    const engine::SnapshotPointer newest = io_thread().views().snapshot();
    const bool news = newest != nullptr && newest->etag_stem != sent;
    const SteadyTime now = steady_clock::now();
    bool written = true;
    if (news && now >= next_event) {
      auto send = SendEvent(gzip);
      written = co_await std::move(send);
      sent = newest->etag_stem;
      next_event = steady_clock::now() + event_pause;
      next_keep_alive = steady_clock::now() + keep_alive_pause;
    } else if (now >= next_keep_alive) {
      const std::array<asio::const_buffer, 1> buffers = {asio::buffer(keep_alive)};
      auto write = WriteAll(buffers, std::chrono::seconds(options().request_timeout_s));
      written = co_await std::move(write);
      next_keep_alive = steady_clock::now() + keep_alive_pause;
    } else {
      auto wait = wake_.Wait(news ? std::min(next_event, next_keep_alive) : next_keep_alive);
      co_await std::move(wait);
    }
    if (!written) co_return;
  }
}

}  // namespace panelpuls::server
