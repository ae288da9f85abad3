// The event stream: at once, at every version, alive in silence, newest only for the slow.
#include <gtest/gtest.h>

#include <chrono>
#include <optional>
#include <string>

#include "server/gzip_sample.h"
#include "server/raw_connection.h"
#include "server/running_server.h"

namespace panelpuls::testing {
namespace {

using std::chrono::steady_clock;

class Subscriber {
 public:
  explicit Subscriber(std::uint16_t port, const char* version = "1.1",
                      const std::string& more_fields = {})
      : connection_(port) {
    connection_.Send(std::string("GET /v1/stream HTTP/") + version +
                     "\r\nHost: a\r\nAccept: text/event-stream\r\n" + more_fields + "\r\n");
    head_ = connection_.ReadAnswer(true);
    if (head_.Field("content-encoding") == "gzip") gzip_.emplace();
  }
  const HttpAnswer& head() const { return head_; }
  RawConnection& connection() { return connection_; }

  // The next block that an empty line ends; empty: closed or nothing came.
  std::string NextBlock(std::chrono::milliseconds deadline = std::chrono::seconds(10)) {
    TakeBuffer();
    std::size_t end = text_.find("\n\n");
    while (end == std::string::npos) {
      if (gzip_.has_value() && gzip_->broken()) return {};
      if (!connection_.ReadMore(deadline)) return {};
      TakeBuffer();
      end = text_.find("\n\n");
    }
    std::string block = text_.substr(0, end + 1);
    text_.erase(0, end + 2);
    return block;
  }
  // Data of the next event, comments passed over.
  std::string NextEvent() {
    for (std::string block = NextBlock(); !block.empty(); block = NextBlock()) {
      const std::size_t data = block.find("data: ");
      if (data == std::string::npos) continue;
      EXPECT_NE(block.find("event: snapshot\n"), std::string::npos);
      EXPECT_EQ(block.find("id: "), 0u);
      return block.substr(data + 6, block.size() - data - 7);
    }
    return {};
  }
  std::string EventWithRespondents(double count) {
    for (std::string event = NextEvent(); !event.empty(); event = NextEvent()) {
      if (NumberAt(event, {"collection", "respondents"}) == count) return event;
    }
    return {};
  }

 private:
  void TakeBuffer() {
    std::string& buffer = connection_.buffer();
    if (buffer.empty()) return;
    text_ += gzip_.has_value() ? gzip_->Take(buffer) : buffer;
    buffer.clear();
  }

  RawConnection connection_;
  HttpAnswer head_;
  std::optional<GzipReader> gzip_;
  std::string text_;
};

TEST(EventStream, BeginsWithTheWholeSnapshotAndFollowsEachPushWithinASecond) {
  RunningServer server;
  Subscriber subscriber(server.http_port());
  EXPECT_EQ(subscriber.head().status, 200u);
  EXPECT_TRUE(subscriber.head().Field("content-type").starts_with("text/event-stream"));
  EXPECT_EQ(subscriber.head().Field("cache-control"), "no-cache, no-transform");
  EXPECT_EQ(subscriber.head().Field("x-accel-buffering"), "no");
  EXPECT_EQ(subscriber.head().Field("transfer-encoding"), "");
  EXPECT_EQ(subscriber.NextBlock().find("retry: "), 0u);
  const std::string first = subscriber.NextEvent();
  EXPECT_EQ(NumberAt(first, {"collection", "respondents"}), 0.0) << first;
  EXPECT_NE(MemberText(first, "estimates"), "");
  EXPECT_NE(MemberText(first, "clock"), "");
  for (int i = 1; i <= 3; ++i) {
    const auto pushed = steady_clock::now();
    ASSERT_EQ(PostJson(server.http_port(), BatchJson({{.id = "S" + std::to_string(i)}})).status,
              200u);
    EXPECT_NE(subscriber.EventWithRespondents(i), "");
    EXPECT_LT(steady_clock::now() - pushed, std::chrono::seconds(1)) << i;
  }
}

TEST(EventStream, WhoTakesGzipGetsTheSameTextPieceByPiece) {
  ServerSetup setup;
  setup.server.sse_keep_alive_s = 1;
  RunningServer server(setup);
  Subscriber plain(server.http_port());
  EXPECT_EQ(plain.head().Field("content-encoding"), "");
  EXPECT_EQ(plain.head().Field("vary"), "Accept-Encoding");
  Subscriber packed(server.http_port(), "1.1", "Accept-Encoding: gzip, deflate, br\r\n");
  ASSERT_EQ(packed.head().Field("content-encoding"), "gzip");
  EXPECT_EQ(packed.head().Field("vary"), "Accept-Encoding");
  EXPECT_EQ(packed.NextBlock(), plain.NextBlock());
  for (int i = 1; i <= 3; ++i) {
    ASSERT_EQ(PostJson(server.http_port(), BatchJson({{.id = "S" + std::to_string(i)}})).status,
              200u);
    const std::string event = packed.EventWithRespondents(i);
    EXPECT_NE(event, "");
    EXPECT_EQ(MemberText(event, "estimates"),
              MemberText(plain.EventWithRespondents(i), "estimates"));
  }
  std::string block = packed.NextBlock(std::chrono::milliseconds(2500));
  while (!block.empty() && !block.starts_with(':')) block = packed.NextBlock();
  EXPECT_EQ(block, ": keep-alive\n");
}

TEST(EventStream, EventsComeNoFasterThanTheLimit) {
  ServerSetup setup;
  setup.server.sse_events_per_second = 4;
  setup.engine.snapshots_per_second = 100;
  RunningServer server(setup);
  Subscriber subscriber(server.http_port());
  const auto began = steady_clock::now();
  int events = 0;
  for (int i = 0; steady_clock::now() - began < std::chrono::milliseconds(1200); ++i) {
    ASSERT_EQ(PostJson(server.http_port(), BatchJson({{.id = "S" + std::to_string(i)}})).status,
              200u);
    while (subscriber.connection().ReadMore(std::chrono::milliseconds(0))) {
    }
  }
  const std::string& text = subscriber.connection().buffer();
  for (std::size_t at = text.find("event: "); at != std::string::npos;
       at = text.find("event: ", at + 1)) {
    ++events;
  }
  EXPECT_GE(events, 3);
  EXPECT_LE(events, 6);
}

TEST(EventStream, SilenceIsBrokenByComments) {
  ServerSetup setup;
  setup.server.sse_keep_alive_s = 1;
  RunningServer server(setup);
  Subscriber subscriber(server.http_port());
  int comments = 0;
  while (comments < 2) {
    const std::string block = subscriber.NextBlock(std::chrono::milliseconds(2500));
    ASSERT_NE(block, "") << "silent for longer than promised";
    comments += block.starts_with(':') ? 1 : 0;
  }
}

TEST(EventStream, Http10GetsItWithoutChunks) {
  RunningServer server;
  Subscriber subscriber(server.http_port(), "1.0");
  EXPECT_EQ(subscriber.head().status, 200u);
  EXPECT_EQ(subscriber.head().Field("connection"), "close");
  EXPECT_EQ(NumberAt(subscriber.NextEvent(), {"collection", "respondents"}), 0.0);
}

// So many snapshots as fill the buffers between the server and who does not read several times.
ServerSetup ManySnapshots() {
  ServerSetup setup;
  setup.server.sse_events_per_second = 1000;
  setup.engine.snapshots_per_second = 1000;
  return setup;
}

TEST(EventStream, ASlowSubscriberGetsOnlyTheNewest) {
  RunningServer server(ManySnapshots());
  Subscriber slow(server.http_port());
  slow.connection().LimitReceiveBuffer(128 * 1024);
  constexpr double kSnapshots = 500;
  RawConnection pusher(server.http_port());
  int pushes = 0;
  double snapshots = 0;
  while (snapshots < kSnapshots) {
    const std::string body = BatchJson({{.id = "S" + std::to_string(++pushes)}});
    pusher.Send(PostHead("Content-Length: " + std::to_string(body.size()) + "\r\n\r\n") + body);
    ASSERT_EQ(pusher.ReadAnswer().status, 200u);
    if (pushes % 10 == 0) snapshots = server.Metric("panelpuls_snapshots_total");
  }
  ASSERT_FALSE(server.WaitForRespondents(static_cast<std::uint64_t>(pushes)).empty());
  int events = 0;
  double last = -1;
  while (last < pushes) {
    const std::string event = slow.NextEvent();
    ASSERT_NE(event, "") << "the newest never came";
    ++events;
    const double count = NumberAt(event, {"collection", "respondents"}).value_or(-1);
    EXPECT_GE(count, last) << "an older snapshot behind a newer one";
    last = count;
  }
  // What lies in the kernel's buffers is sent; what came while they were full was passed over.
  EXPECT_LT(events, kSnapshots / 2);
}

TEST(EventStream, WhoReadsNothingForTooLongIsLetGo) {
  ServerSetup setup = ManySnapshots();
  setup.server.request_timeout_s = 1;
  RunningServer server(setup);
  Subscriber stuck(server.http_port());
  ASSERT_NE(stuck.NextEvent(), "");
  EXPECT_TRUE(server.WaitForMetric("panelpuls_event_streams", 1));
  EXPECT_TRUE(server.WaitForMetric("panelpuls_stream_events_total", 1));
  stuck.connection().LimitReceiveBuffer(16 * 1024);
  const auto deadline = steady_clock::now() + std::chrono::seconds(30);
  for (int i = 0; server.Metric("panelpuls_event_streams") > 0 && steady_clock::now() < deadline;
       ++i) {
    ASSERT_EQ(PostJson(server.http_port(), BatchJson({{.id = "S" + std::to_string(i)}})).status,
              200u);
  }
  EXPECT_EQ(server.Metric("panelpuls_event_streams"), 0);
}

TEST(EventStream, EndsWhenTheServerStops) {
  RunningServer server;
  Subscriber subscriber(server.http_port());
  ASSERT_NE(subscriber.NextEvent(), "");
  server.server().Stop();
  while (subscriber.connection().ReadMore()) {
  }
  EXPECT_TRUE(subscriber.connection().closed());
}

}  // namespace
}  // namespace panelpuls::testing
