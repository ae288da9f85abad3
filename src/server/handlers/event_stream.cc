#include "server/handlers/event_stream.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "server/http/deflate.h"
#include "server/http/media_type.h"

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

}  // namespace

// Subscribed, and one of the streams that there may be, as long as it lives.
class EventStreams::Subscription {
 public:
  Subscription(EventStreams& streams, Exchange& exchange)
      : streams_(streams),
        wakeup_(exchange.wake()),
        metrics_(exchange.connection().io_thread().metrics()) {
    ++streams_.open_;
    streams_.views_.Subscribe(&wakeup_);
    metrics_.OpenStream();
  }
  ~Subscription() {
    metrics_.CloseStream();
    streams_.views_.Unsubscribe(&wakeup_);
    --streams_.open_;
  }
  Subscription(const Subscription&) = delete;
  Subscription& operator=(const Subscription&) = delete;

 private:
  EventStreams& streams_;
  Wakeup& wakeup_;
  Metrics& metrics_;
};

asio::awaitable<bool> EventStreams::SendEvent(Exchange& exchange, bool gzip) {
  const engine::SnapshotPointer snapshot = views_.snapshot();
  // The JSON holds no line break, so it is one data line.
  const std::string begin =
      InStream(fmt::format("id: {}\nevent: snapshot\ndata: ", snapshot->version), gzip);
  const std::string end = InStream("\n\n", gzip);
  // All subscribers share it.
  const auto segment = gzip ? views_.Get(View::kSnapshotSegment) : nullptr;
  const std::array<asio::const_buffer, 3> buffers = {
      asio::buffer(begin), asio::buffer(gzip ? *segment : snapshot->rendered.json.whole),
      asio::buffer(end)};
  auto write = exchange.Write(buffers, snapshot.get());
  const bool written = co_await std::move(write);
  if (written) exchange.connection().io_thread().metrics().CountStreamEvent();
  co_return written;
}

asio::awaitable<void> EventStreams::Answer(Exchange& exchange) {
  const bool only_head = exchange.head().method == "HEAD";
  if (!only_head && open_ >= most_) {
    auto send = exchange.Send(TooManyStreams());
    co_return co_await std::move(send);
  }
  std::optional<Subscription> subscription;
  if (!only_head) subscription.emplace(*this, exchange);
  exchange.connection().BoundSendBuffer(kSendBufferBytes);
  const bool gzip = AcceptsGzip(exchange.head().accept_encoding);
  std::string first;
  if (!only_head) first = (gzip ? std::string(GzipBegin()) : "") + InStream(kBegin, gzip);
  auto begin = exchange.Begin(StreamResponse(gzip), Exchange::Framing::kUntilClose, first);
  if (!co_await std::move(begin) || only_head) co_return;
  auto send = SendEvents(exchange, gzip);
  co_await std::move(send);
}

// Until the subscriber is gone or too slow, or the server stops.
asio::awaitable<void> EventStreams::SendEvents(Exchange& exchange, bool gzip) {
  const std::string keep_alive = InStream(kKeepAlive, gzip);
  const auto keep_alive_pause = std::chrono::seconds(exchange.options().sse_keep_alive_s);
  const auto event_pause = std::chrono::duration_cast<steady_clock::duration>(
      std::chrono::duration<double>(1.0 / exchange.options().sse_events_per_second));
  std::string sent;  // not the snapshot itself, which would be kept in memory by it
  SteadyTime next_event = steady_clock::now();
  SteadyTime next_keep_alive = next_event + keep_alive_pause;
  while (!exchange.is_ending()) {
    const engine::SnapshotPointer newest = views_.snapshot();
    const bool news = newest != nullptr && newest->etag_stem != sent;
    const SteadyTime now = steady_clock::now();
    bool written = true;
    if (news && now >= next_event) {
      auto send = SendEvent(exchange, gzip);
      written = co_await std::move(send);
      sent = newest->etag_stem;
      next_event = steady_clock::now() + event_pause;
      next_keep_alive = steady_clock::now() + keep_alive_pause;
    } else if (now >= next_keep_alive) {
      const std::array<asio::const_buffer, 1> buffers = {asio::buffer(keep_alive)};
      auto write = exchange.Write(buffers, nullptr);
      written = co_await std::move(write);
      next_keep_alive = steady_clock::now() + keep_alive_pause;
    } else {
      auto wait =
          exchange.wake().Wait(news ? std::min(next_event, next_keep_alive) : next_keep_alive);
      co_await std::move(wait);
    }
    if (!written) co_return;
  }
}

}  // namespace panelpuls::server
