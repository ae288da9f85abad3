// The yardstick: a server of the TCP stream that does nothing but what every durable server must.
// It reads frames as the real one does (buffer, framing, Hello and Welcome, in-flight limit), looks
// at a batch's length and sequence alone, and appends its bytes to a preallocated file in groups:
// all that waits, one write, one fdatasync, then the acknowledgements.
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <boost/asio/signal_set.hpp>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <memory>
#include <string>
#include <thread>
#include <variant>
#include <vector>

#include "base/status.h"
#include "base/thread_name.h"
#include "end_to_end/asio.h"
#include "end_to_end/batch_frame.h"
#include "end_to_end/group_buffer.h"
#include "end_to_end/null_log.h"
#include "journal/format.h"
#include "wire/stream.h"

namespace panelpuls::bench {
namespace {

constexpr std::size_t kMaxGroupBytes = 4u << 20;  // EngineOptions::max_group_bytes
constexpr std::size_t kMaxMessageBytes = 4u << 20;
constexpr std::uint32_t kMaxRecords = 10'000;
constexpr std::uint32_t kMaxInFlight = 64;
constexpr std::size_t kReadBytes = 64 << 10;  // as src/server/stream/tcp_session.cc reads

class Session;
using SessionGroup = Group<Session>;
using SessionGroups = GroupBuffer<Session>;

// One connection. Lives until the process ends, so that the writer may name it.
class Session {
 public:
  Session(tcp::socket socket, SessionGroups& groups)
      : socket_(std::move(socket)), groups_(groups), buffer_(kReadBytes, '\0') {}

  void Read() {
    if (begin_ > 0) {
      std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
      end_ -= std::exchange(begin_, 0);
    }
    if (buffer_.size() - end_ < kReadBytes / 2) buffer_.resize(2 * buffer_.size());
    socket_.async_read_some(asio::buffer(buffer_.data() + end_, buffer_.size() - end_),
                            [this](const ErrorCode& error, std::size_t bytes) {
                              if (error) return;
                              end_ += bytes;
                              TakeFrames();
                            });
  }

  // Goes on where the group was full.
  void Resume() {
    if (std::exchange(waits_for_room_, false)) TakeFrames();
  }

  void SetDurable(std::uint64_t sequence) { durable_ = sequence; }

  void WriteAck() {
    if (writing_ || durable_ == acked_) return;
    text_.clear();
    acked_ = durable_;
    wire::AppendAck(acked_, {}, text_);
    Write();
  }

 private:
  void TakeFrames() {
    for (;;) {
      const wire::Frame frame = wire::NextFrame(
          std::string_view(buffer_).substr(begin_, end_ - begin_), kMaxMessageBytes);
      if (frame.state == wire::Frame::kNeedMore) return Read();
      if (frame.state == wire::Frame::kBad) return Refuse(frame.error);
      const auto message = wire::ParseClientMessage(frame.message);
      if (!message.ok()) return Refuse(ToStd(message.status().message()));
      if (std::holds_alternative<wire::HelloMessage>(*message)) {
        Welcome();
      } else {
        const std::string_view batch = std::get<wire::BatchMessage>(*message).bytes;
        if (!batch.ends_with(BatchTrailer(next_sequence_).text())) {
          return Refuse("a batch does not end in the sequence that was due");
        }
        waits_for_room_ =
            next_sequence_ - acked_ > kMaxInFlight || !groups_.TryPut(this, next_sequence_, batch);
        if (waits_for_room_) return;
        ++next_sequence_;
      }
      begin_ += frame.consumed;
    }
  }

  void Welcome() {
    wire::WelcomeMessage welcome;
    welcome.wave = "null-sink";
    welcome.max_message_bytes = kMaxMessageBytes;
    welcome.max_records = kMaxRecords;
    welcome.max_in_flight = kMaxInFlight;
    text_.clear();
    wire::AppendWelcome(welcome, text_);
    Write();
  }

  void Write() {
    writing_ = true;
    asio::async_write(socket_, asio::buffer(text_), [this](const ErrorCode& error, std::size_t) {
      writing_ = false;
      if (error) return;
      Resume();
      WriteAck();
    });
  }

  void Refuse(std::string_view reason) {
    std::fprintf(stderr, "null sink: %.*s\n", static_cast<int>(reason.size()), reason.data());
    ErrorCode ignored;
    socket_.close(ignored);
  }

  tcp::socket socket_;
  SessionGroups& groups_;
  std::string buffer_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  std::uint64_t next_sequence_ = 1;
  std::uint64_t durable_ = 0;
  std::uint64_t acked_ = 0;
  bool waits_for_room_ = false;
  bool writing_ = false;
  std::string text_;
};

class NullSink {
 public:
  explicit NullSink(std::unique_ptr<NullLog> log)
      : log_(std::move(log)), acceptor_(io_), signals_(io_, SIGINT, SIGTERM) {}

  std::uint16_t Listen(std::uint16_t port) {
    const tcp::endpoint endpoint(asio::ip::address_v4::loopback(), port);
    acceptor_.open(endpoint.protocol());
    acceptor_.set_option(asio::socket_base::reuse_address(true));
    acceptor_.bind(endpoint);
    acceptor_.listen();
    return acceptor_.local_endpoint().port();
  }

  absl::Status Run() {
    Accept();
    signals_.async_wait([this](const ErrorCode&, int) { io_.stop(); });
    std::thread writer([this] {
      NameThisThread("writer");
      status_ = WriteGroups();
    });
    NameThisThread("io");
    io_.run();
    groups_.Close();
    writer.join();
    return status_;
  }

 private:
  void Accept() {
    acceptor_.async_accept([this](const ErrorCode& error, tcp::socket socket) {
      if (error) return;
      sessions_.push_back(std::make_unique<Session>(std::move(socket), groups_));
      sessions_.back()->Read();
      Accept();
    });
  }

  // The writer's thread.
  absl::Status WriteGroups() {
    SessionGroup group;
    while (groups_.Take(group)) {
      constexpr std::size_t kBlock = journal::kBlockBytes;
      group.bytes.resize((group.bytes.size() + kBlock - 1) / kBlock * kBlock);
      if (absl::Status status = log_->Commit(group.bytes); !status.ok()) {
        io_.stop();
        return status;
      }
      asio::post(io_, [this, entries = std::move(group.entries)] { Tell(entries); });
    }
    return absl::OkStatus();
  }

  void Tell(const std::vector<GroupEntry<Session>>& entries) {
    for (const auto& entry : entries) entry.sender->SetDurable(entry.sequence);
    for (const auto& session : sessions_) {
      session->WriteAck();
      session->Resume();
    }
  }

  std::unique_ptr<NullLog> log_;
  SessionGroups groups_{kMaxGroupBytes};
  asio::io_context io_{1};
  tcp::acceptor acceptor_;
  boost::asio::signal_set signals_;
  std::vector<std::unique_ptr<Session>> sessions_;
  absl::Status status_;
};

absl::Status Serve(const std::string& directory, std::uint16_t port) {
  PP_ASSIGN_OR_RETURN(std::unique_ptr<NullLog> log, NullLog::Make(directory));
  NullSink sink(std::move(log));
  std::printf("listening tcp=tcp://127.0.0.1:%d\n", sink.Listen(port));
  std::fflush(stdout);
  return sink.Run();
}

int Main(int argc, char** argv) {
  CLI::App app("The null sink: takes batches over the TCP stream and makes their bytes durable.");
  std::string directory;
  std::uint16_t port = 0;
  app.add_option("--data", directory, "Directory of its file; made")->required();
  app.add_option("--port", port, "0: any free one")->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  const absl::Status status = Serve(directory, port);
  if (status.ok()) return 0;
  std::fprintf(stderr, "null sink: %s\n", std::string(ToStd(status.message())).c_str());
  return 1;
}

}  // namespace
}  // namespace panelpuls::bench

int main(int argc, char** argv) { return panelpuls::bench::Main(argc, argv); }
