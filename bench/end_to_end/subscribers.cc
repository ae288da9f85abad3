#include "end_to_end/subscribers.h"

#include <algorithm>
#include <array>
#include <utility>

#include "end_to_end/pusher.h"

namespace panelpuls::bench {

// What stands before an event's data is not compressed, and in no other place.
void EventCounter::Take(std::string_view piece) {
  static constexpr std::string_view kMark = "\nevent: snapshot\ndata: ";
  rest_.append(piece);
  std::size_t begin = 0;
  for (std::size_t found; (found = rest_.find(kMark, begin)) != std::string::npos;) {
    ++events_;
    begin = found + kMark.size();
  }
  const std::size_t tail = std::min(rest_.size() - begin, kMark.size() - 1);
  rest_.erase(0, rest_.size() - tail);
}

struct Subscribers::Subscriber {
  explicit Subscriber(tcp::socket the_socket) : socket(std::move(the_socket)) {}
  tcp::socket socket;
  EventCounter counter;
  std::array<char, 64 << 10> buffer;
};

Subscribers::Subscribers(const client::Target& target, unsigned count)
    : target_(target), count_(count) {}

Subscribers::~Subscribers() { Stop(); }

absl::Status Subscribers::Start() {
  const std::string request = fmt::format(
      "GET /v1/stream HTTP/1.1\r\nHost: {}\r\nAccept: text/event-stream\r\n"
      "Accept-Encoding: gzip\r\n\r\n",
      target_.authority);
  for (unsigned i = 0; i < count_; ++i) {
    PP_ASSIGN_OR_RETURN(tcp::socket socket, Connect(io_, target_));
    subscribers_.push_back(std::make_unique<Subscriber>(std::move(socket)));
    ErrorCode error;
    asio::write(subscribers_.back()->socket, asio::buffer(request), error);
    if (error) return Unavailable("cannot subscribe: {}", error.message());
    Read(*subscribers_.back());
  }
  thread_ = std::thread([this] { io_.run(); });
  return absl::OkStatus();
}

void Subscribers::Stop() {
  io_.stop();
  if (thread_.joinable()) thread_.join();
}

std::uint64_t Subscribers::events() const {
  std::uint64_t events = 0;
  for (const auto& subscriber : subscribers_) events += subscriber->counter.events();
  return events;
}

void Subscribers::Read(Subscriber& subscriber) {
  subscriber.socket.async_read_some(
      asio::buffer(subscriber.buffer),
      [this, &subscriber](const ErrorCode& error, std::size_t got) {
        bytes_ += got;
        subscriber.counter.Take(std::string_view(subscriber.buffer.data(), got));
        if (error) {
          ++lost_;
        } else {
          Read(subscriber);
        }
      });
}

}  // namespace panelpuls::bench
