#include "end_to_end/poller.h"

#include <pthread.h>
#include <sched.h>

#include <protozero/pbf_reader.hpp>

#include "end_to_end/asio.h"
#include "end_to_end/http_answer.h"
#include "end_to_end/pusher.h"

namespace panelpuls::bench {
namespace {

constexpr std::size_t kReadBytes = 64 << 10;
constexpr std::chrono::seconds kPatience{1};
constexpr std::uint32_t kCollection = 2;  // of Snapshot
constexpr std::uint32_t kChannels = 9;    // of Collection
constexpr std::uint32_t kAccepted = 4;    // of ChannelCollection
constexpr std::uint32_t kTests = 8;       // of ChannelCollection; answered as accepted, too

// One request and its answer; the views live until the next.
class Getter {
 public:
  Getter(tcp::socket socket, const client::Target& target)
      : socket_(std::move(socket)),
        head_(fmt::format("GET /v1/snapshot HTTP/1.1\r\nHost: {}\r\n"
                          "Accept: application/x-protobuf\r\n",
                          target.authority)) {}

  HttpAnswer Get(const std::string& etag, ErrorCode& error) {
    std::string request = head_;
    if (!etag.empty()) request += "If-None-Match: " + etag + "\r\n";
    request += "\r\n";
    asio::write(socket_, asio::buffer(request), error);
    end_ = 0;
    while (!error) {
      if (buffer_.size() - end_ < kReadBytes) buffer_.resize(2 * buffer_.size());
      end_ += socket_.read_some(asio::buffer(buffer_.data() + end_, buffer_.size() - end_), error);
      const HttpAnswer answer = ParseHttpAnswer(std::string_view(buffer_).substr(0, end_));
      if (answer.state != HttpAnswer::kNeedMore) return answer;
    }
    return {};
  }

 private:
  tcp::socket socket_;
  const std::string head_;
  std::string buffer_ = std::string(4 * kReadBytes, '\0');
  std::size_t end_ = 0;
};

}  // namespace

std::uint64_t ShownResponses(std::string_view snapshot) {
  using Reader = protozero::pbf_reader;
  std::uint64_t shown = 0;
  try {
    for (Reader top(snapshot.data(), snapshot.size()); top.next(kCollection);) {
      for (Reader collection = top.get_message(); collection.next(kChannels);) {
        for (Reader channel = collection.get_message(); channel.next();) {
          if (channel.tag() == kAccepted || channel.tag() == kTests) {
            shown += channel.get_uint64();
          } else {
            channel.skip();
          }
        }
      }
    }
  } catch (const protozero::exception&) {
    return 0;
  }
  return shown;
}

void Poller::Start() {
  thread_ = std::thread([this] { Run(); });
}

void Poller::Stop() {
  give_up_at_.store(SteadyClock::now() + kPatience, std::memory_order_relaxed);
  if (thread_.joinable()) thread_.join();
}

bool Poller::Goes() const {
  const SteadyTime give_up_at = give_up_at_.load(std::memory_order_relaxed);
  if (give_up_at == SteadyTime::max()) return true;
  return last_shown_ < acks_.total() && SteadyClock::now() < give_up_at;
}

void Poller::Run() {
  const sched_param lowest{.sched_priority = 1};
  real_time_ = ::pthread_setschedparam(::pthread_self(), SCHED_FIFO, &lowest) == 0;
  asio::io_context io;
  auto socket = Connect(io, options_.target);
  if (!socket.ok()) {
    error_ = std::string(socket.status().message());
    return;
  }
  Getter getter(*std::move(socket), options_.target);
  const auto pause = std::chrono::duration_cast<SteadyClock::duration>(
      std::chrono::duration<double>(1 / options_.per_second));
  std::string etag;
  bool is_conditional = false;
  for (SteadyTime due = SteadyClock::now(); Goes(); due += pause) {
    std::this_thread::sleep_until(due);  // when a request is due, not for something to happen
    ErrorCode error;
    const HttpAnswer answer = getter.Get(is_conditional ? etag : std::string(), error);
    const SteadyTime now = SteadyClock::now();
    const bool is_ok = answer.status == 200 || (is_conditional && answer.status == 304);
    if (error || answer.state != HttpAnswer::kWhole || !is_ok) {
      error_ = error ? error.message() : fmt::format("GET /v1/snapshot: {}", answer.status);
      return;
    }
    (is_conditional ? conditional_ : whole_).Record(NanosBetween(due, now));
    if (answer.status == 304) {
      ++not_modified_;
    } else {
      last_shown_ = ShownResponses(answer.body);
      staleness_.Record(acks_.Staleness(last_shown_, now));
      largest_bytes_ = std::max<std::uint64_t>(largest_bytes_, answer.body.size());
    }
    etag = answer.etag;
    is_conditional = !is_conditional;
  }
}

}  // namespace panelpuls::bench
