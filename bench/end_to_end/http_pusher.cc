#include <array>
#include <optional>
#include <utility>

#include "end_to_end/gather_writer.h"
#include "end_to_end/http_answer.h"
#include "end_to_end/pusher.h"
#include "wire/stream.h"

namespace panelpuls::bench {
namespace {

constexpr std::size_t kReadBytes = 64 << 10;

class HttpPusher final : public Pusher {
 public:
  HttpPusher(tcp::socket socket, const client::Target& target, Meter& meter,
             const PusherEvents& events)
      : socket_(std::move(socket)),
        meter_(meter),
        events_(events),
        writer_(socket_, [this](const ErrorCode& error) { OnWritten(error); }),
        head_(fmt::format("POST {} HTTP/1.1\r\nHost: {}\r\n"
                          "Content-Type: application/x-protobuf\r\nContent-Length: ",
                          target.path, target.authority)),
        head_stem_(head_.size()),
        buffer_(kReadBytes, '\0') {}

  bool Take() override {
    if (order_.has_value()) return false;
    order_ = meter_.Next();
    is_new_ = order_.has_value();
    return is_new_;
  }

  void Flush() override {
    if (!std::exchange(is_new_, false)) return;
    head_.resize(head_stem_);
    fmt::format_to(std::back_inserter(head_), "{}\r\n\r\n", order_->slice.bytes.size());
    writer_.Add(asio::buffer(head_));
    writer_.Add(asio::buffer(order_->slice.bytes));
    writer_.Start();
  }

 private:
  void OnWritten(const ErrorCode& error) {
    if (error) return events_.failed("a write failed: " + error.message());
    meter_.Written(*order_);
    Read();
  }

  void Read() {
    if (end_ == buffer_.size()) buffer_.resize(2 * buffer_.size());
    socket_.async_read_some(asio::buffer(buffer_.data() + end_, buffer_.size() - end_),
                            [this](const ErrorCode& error, std::size_t bytes) {
                              if (error) {
                                return events_.failed("a read failed: " + error.message());
                              }
                              end_ += bytes;
                              TakeAnswer();
                            });
  }

  void TakeAnswer() {
    const HttpAnswer answer = ParseHttpAnswer(std::string_view(buffer_).substr(0, end_));
    if (answer.state == HttpAnswer::kNeedMore) return Read();
    if (answer.state == HttpAnswer::kBad || answer.consumed != end_) {
      return events_.failed("the server's answer is no HTTP that is understood here");
    }
    if (answer.status != 200) {
      return events_.failed(fmt::format("HTTP {}: {}", answer.status, answer.body));
    }
    const auto outcome = wire::OutcomeFromProtobuf(answer.body);
    if (!outcome.ok()) return events_.failed(std::string(outcome.status().message()));
    end_ = 0;
    const Order order = *std::exchange(order_, std::nullopt);
    meter_.Acknowledged(order, &*outcome);
    if (Take()) Flush();
    events_.acknowledged();
  }

  tcp::socket socket_;
  Meter& meter_;
  const PusherEvents& events_;
  GatherWriter writer_;
  std::string head_;
  const std::size_t head_stem_;  // bytes of head_ that are the same in every request
  std::string buffer_;           // what was read
  std::size_t end_ = 0;
  std::optional<Order> order_;  // under way
  bool is_new_ = false;         // not yet sent
};

}  // namespace

absl::StatusOr<std::unique_ptr<Pusher>> ConnectHttp(asio::io_context& io,
                                                    const PusherOptions& options, Meter& meter,
                                                    const PusherEvents& events) {
  PP_ASSIGN_OR_RETURN(tcp::socket socket, Connect(io, options.target));
  return std::make_unique<HttpPusher>(std::move(socket), options.target, meter, events);
}

}  // namespace panelpuls::bench
