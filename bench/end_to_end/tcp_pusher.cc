#include <algorithm>
#include <deque>
#include <utility>
#include <variant>
#include <vector>

#include "end_to_end/batch_frame.h"
#include "end_to_end/gather_writer.h"
#include "end_to_end/pusher.h"
#include "wire/stream.h"

namespace panelpuls::bench {
namespace {

constexpr std::size_t kMaxMessageBytes = 16u << 20;
constexpr std::size_t kReadBytes = 64 << 10;

class TcpPusher final : public Pusher {
 public:
  TcpPusher(tcp::socket socket, unsigned in_flight, Meter& meter, const PusherEvents& events)
      : socket_(std::move(socket)),
        in_flight_(in_flight),
        meter_(meter),
        events_(events),
        writer_(socket_, [this](const ErrorCode& error) { OnWritten(error); }),
        buffer_(kReadBytes, '\0') {
    Read();
  }

  bool Take() override {
    if (waiting_.size() >= in_flight_) return false;
    const std::optional<Order> order = meter_.Next();
    if (!order.has_value()) return false;
    waiting_.push_back(*order);
    taken_.push_back(Framed(*order, next_sequence_++));
    return true;
  }

  void Flush() override {
    if (!written_.empty() || taken_.empty()) return;
    std::swap(written_, taken_);
    for (const Framed& batch : written_) {
      writer_.Add(asio::buffer(batch.header.text()));
      writer_.Add(asio::buffer(batch.order.slice.bytes));
      writer_.Add(asio::buffer(batch.trailer.text()));
    }
    writer_.Start();
  }

 private:
  struct Framed {
    Framed(const Order& the_order, std::uint64_t sequence)
        : order(the_order),
          trailer(sequence),
          header(the_order.slice.bytes.size() + trailer.text().size()) {}
    Order order;
    BatchTrailer trailer;
    BatchHeader header;
  };

  void OnWritten(const ErrorCode& error) {
    if (error) return events_.failed("a write failed: " + error.message());
    for (const Framed& batch : written_) meter_.Written(batch.order);
    written_.clear();
    Flush();
  }

  void Read() {
    if (begin_ > 0) {
      std::copy(buffer_.begin() + static_cast<std::ptrdiff_t>(begin_),
                buffer_.begin() + static_cast<std::ptrdiff_t>(end_), buffer_.begin());
      end_ -= std::exchange(begin_, 0);
    }
    if (end_ == buffer_.size()) buffer_.resize(2 * buffer_.size());
    socket_.async_read_some(asio::buffer(buffer_.data() + end_, buffer_.size() - end_),
                            [this](const ErrorCode& error, std::size_t bytes) {
                              if (error) {
                                return events_.failed("a read failed: " + error.message());
                              }
                              end_ += bytes;
                              TakeMessages();
                            });
  }

  void TakeMessages() {
    for (;;) {
      const wire::Frame frame = wire::NextFrame(
          std::string_view(buffer_).substr(begin_, end_ - begin_), kMaxMessageBytes);
      if (frame.state == wire::Frame::kBad) return events_.failed(frame.error);
      if (frame.state == wire::Frame::kNeedMore) break;
      const auto message = wire::ParseServerMessage(frame.message);
      if (!message.ok()) return events_.failed(std::string(message.status().message()));
      if (const auto* error = std::get_if<wire::ErrorMessage>(&*message)) {
        return events_.failed(fmt::format("{}: {}", error->code, error->detail));
      }
      if (const auto* ack = std::get_if<wire::AckMessage>(&*message)) OnAck(*ack);
      begin_ += frame.consumed;
    }
    while (Take()) {
    }
    Flush();
    events_.acknowledged();
    Read();
  }

  void OnAck(const wire::AckMessage& ack) {
    for (std::size_t i = 0; acknowledged_ < ack.through_sequence && !waiting_.empty(); ++i) {
      const bool listed = i < ack.results.size();
      meter_.Acknowledged(waiting_.front(), listed ? &ack.results[i] : nullptr);
      waiting_.pop_front();
      ++acknowledged_;
    }
  }

  tcp::socket socket_;
  const unsigned in_flight_;
  Meter& meter_;
  const PusherEvents& events_;
  GatherWriter writer_;
  std::string buffer_;  // what was read
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  std::uint64_t next_sequence_ = 1;
  std::uint64_t acknowledged_ = 0;
  std::deque<Order> waiting_;    // for their acknowledgement
  std::vector<Framed> taken_;    // for the next write
  std::vector<Framed> written_;  // by the write that is under way
};

// Hello and Welcome, before anything is measured.
absl::StatusOr<wire::WelcomeMessage> Greet(tcp::socket& socket) {
  std::string text;
  wire::HelloMessage hello;
  hello.client = "end-to-end benchmark";
  wire::AppendHello(hello, text);
  ErrorCode error;
  asio::write(socket, asio::buffer(text), error);
  std::string answer;
  while (!error) {
    const wire::Frame frame = wire::NextFrame(answer, kMaxMessageBytes);
    if (frame.state == wire::Frame::kBad) return Unavailable("no Welcome: {}", frame.error);
    if (frame.state == wire::Frame::kWhole) {
      PP_ASSIGN_OR_RETURN(const auto message, wire::ParseServerMessage(frame.message));
      const auto* const welcome = std::get_if<wire::WelcomeMessage>(&message);
      if (welcome == nullptr) return Unavailable("the server does not answer Hello by Welcome");
      return *welcome;
    }
    const std::size_t begin = answer.size();
    answer.resize(begin + frame.needed);
    asio::read(socket, asio::buffer(answer.data() + begin, frame.needed), error);
  }
  return Unavailable("no Welcome: {}", error.message());
}

}  // namespace

absl::StatusOr<tcp::socket> Connect(asio::io_context& io, const client::Target& target) {
  ErrorCode error;
  tcp::resolver resolver(io);
  const auto addresses = resolver.resolve(target.host, target.port, error);
  tcp::socket socket(io);
  if (!error) asio::connect(socket, addresses, error);
  if (!error) socket.set_option(tcp::no_delay(true), error);
  if (error) {
    return Unavailable("cannot connect to {}:{}: {}", target.host, target.port, error.message());
  }
  return socket;
}

absl::StatusOr<std::unique_ptr<Pusher>> ConnectTcp(asio::io_context& io,
                                                   const PusherOptions& options, Meter& meter,
                                                   const PusherEvents& events) {
  PP_ASSIGN_OR_RETURN(tcp::socket socket, Connect(io, options.target));
  PP_ASSIGN_OR_RETURN(const wire::WelcomeMessage welcome, Greet(socket));
  const unsigned in_flight = std::min(options.in_flight, welcome.max_in_flight);
  return std::make_unique<TcpPusher>(std::move(socket), in_flight, meter, events);
}

}  // namespace panelpuls::bench
