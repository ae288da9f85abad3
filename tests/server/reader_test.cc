// The deadline of what a request is read from holds at every read, whatever the session did before.
#include "server/http/http_reader.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <cstring>
#include <string>
#include <utility>

namespace panelpuls::server {
namespace {

// Gives its text in pieces; what is asked for behind it finds the deadline over.
class Scripted final : public ByteSource {
 public:
  explicit Scripted(std::string text, std::size_t step) : text_(std::move(text)), step_(step) {}

  asio::awaitable<Transferred> ReadSome(asio::mutable_buffer buffer) override {
    if (text_.empty()) co_return Transferred{asio::error::timed_out, 0};
    const std::size_t bytes = std::min({step_, buffer.size(), text_.size()});
    std::memcpy(buffer.data(), text_.data(), bytes);
    text_.erase(0, bytes);
    co_return Transferred{{}, bytes};
  }

 private:
  std::string text_;
  const std::size_t step_;
};

struct Came {
  bool request = false;
  ReadResult head;
  ReadResult body;
  std::string text;
};

asio::awaitable<bool> ThereIsRoom() { co_return true; }

asio::awaitable<void> ReadOne(Scripted& source, Came& came) {
  HttpReader reader(source);
  auto wait = reader.WaitForRequest();
  came.request = co_await std::move(wait);
  if (!came.request) co_return;
  RequestHead head;
  auto read_head = reader.ReadHead(&head);
  came.head = co_await std::move(read_head);
  if (came.head.kind != ReadResult::kOk) co_return;
  BodyDecoder body;
  body.Begin({.max_bytes = 1000});
  auto read_body = reader.ReadBody(body, 1000, &ThereIsRoom);
  came.body = co_await std::move(read_body);
  came.text = std::string(body.bytes());
}

Came Read(const std::string& text, std::size_t step) {
  asio::io_context context(1);
  Scripted source(text, step);
  Came came;
  asio::co_spawn(context, ReadOne(source, came), asio::detached);
  context.run();
  return came;
}

const std::string kHead = "POST / HTTP/1.1\r\nHost: localhost\r\n";

TEST(Reader, EndsWhereverTheDeadlinePasses) {
  const std::string counted = kHead + "Content-Length: 10\r\n\r\n0123456789";
  const std::string chunked =
      kHead + "Transfer-Encoding: chunked\r\n\r\n4\r\n0123\r\n6;a=b\r\n456789\r\n0\r\nT: a\r\n\r\n";
  for (const std::string& whole : {counted, chunked}) {
    for (const std::size_t step : {std::size_t{1}, std::size_t{7}, whole.size()}) {
      const Came all = Read(whole, step);
      EXPECT_EQ(all.body.kind, ReadResult::kOk) << step;
      EXPECT_EQ(all.text, "0123456789") << step;
      for (std::size_t length = 0; length < whole.size(); ++length) {
        const Came came = Read(whole.substr(0, length), step);
        if (!came.request) continue;
        const bool has_head = came.head.kind == ReadResult::kOk;
        EXPECT_EQ((has_head ? came.body : came.head).kind, ReadResult::kEnded) << length;
      }
    }
  }
}

TEST(Reader, SkipsEmptyLinesBeforeARequest) {
  EXPECT_FALSE(Read("", 1).request);
  EXPECT_FALSE(Read("\r\n\r\n", 1).request);
  EXPECT_FALSE(Read("\r", 1).request);
  EXPECT_EQ(Read("\r\n\r\n" + kHead + "\r\n", 1).head.kind, ReadResult::kOk);
  EXPECT_EQ(Read("\r\r\n" + kHead + "\r\n", 1).head.kind, ReadResult::kRefused);
}

}  // namespace
}  // namespace panelpuls::server
