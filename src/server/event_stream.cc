// Server-sent events: the whole snapshot at each new version, to each subscriber at its own pace.
#include <algorithm>
#include <array>
#include <chrono>
#include <memory>
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

// Subscribed as long as it lives.
class Subscription {
 public:
  Subscription(Views& views, Signal& signal, Metrics& metrics)
      : views_(views), signal_(signal), metrics_(metrics) {
    views_.Subscribe(&signal_);
    metrics_.OpenStream();
  }
  ~Subscription() {
    views_.Unsubscribe(&signal_);
    metrics_.CloseStream();
  }
  Subscription(const Subscription&) = delete;
  Subscription& operator=(const Subscription&) = delete;

 private:
  Views& views_;
  Signal& signal_;
  Metrics& metrics_;
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
      asio::buffer(begin), asio::buffer(gzip ? *segment : snapshot->json.whole), asio::buffer(end)};
  auto write =
      WriteShared(buffers, std::chrono::seconds(options().request_timeout_s), snapshot.get());
  const bool written = co_await std::move(write);
  if (written) io_thread().shared().metrics.CountStreamEvent();
  co_return written;
}

asio::awaitable<void> HttpSession::ServeStream(const RequestHead& head) {
  ErrorCode ignored;
  socket().set_option(asio::socket_base::send_buffer_size(kSendBufferBytes), ignored);
  HeadOptions head_options;
  head_options.keep_alive = false;  // ends by close, which every proxy and HTTP/1.0 understand
  head_options.with_length = false;
  head_options.date = io_thread().Date();
  const bool gzip = AcceptsGzip(head.accept_encoding);
  std::string text = ResponseHead(StreamResponse(gzip), head_options);
  io_thread().shared().metrics.CountRequest(200);
  if (head.method != "HEAD") {
    if (gzip) text += GzipBegin();
    text += InStream(kBegin, gzip);
  }
  const std::chrono::seconds timeout(options().request_timeout_s);
  const std::array<asio::const_buffer, 1> begin = {asio::buffer(text)};
  auto write_begin = WriteAll(begin, timeout);
  if (!co_await std::move(write_begin) || head.method == "HEAD") co_return;

  const std::string keep_alive = InStream(kKeepAlive, gzip);
  const Subscription subscription(io_thread().views(), wake_, io_thread().shared().metrics);
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
      auto write = WriteAll(buffers, timeout);
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
