#include "client/scripted_stream.h"

#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <utility>
#include <variant>

namespace panelpuls::testing {
namespace {

constexpr std::chrono::seconds kPatience{10};

bool IsReadable(int socket, std::chrono::milliseconds deadline) {
  pollfd waiting{socket, POLLIN, 0};
  return ::poll(&waiting, 1, static_cast<int>(deadline.count())) > 0;
}

}  // namespace

ScriptedStream::~ScriptedStream() { Close(); }

std::string ScriptedStream::url() const {
  return fmt::format("tcp://127.0.0.1:{}", listener_.port());
}

bool ScriptedStream::Accept(std::chrono::milliseconds deadline) {
  Close();
  if (!IsReadable(listener_.socket(), deadline)) return false;
  socket_ = ::accept(listener_.socket(), nullptr, nullptr);
  const auto hello = ReadMessage(kPatience);
  if (!hello.has_value()) return false;
  const auto parsed = wire::ParseClientMessage(*hello);
  return parsed.ok() && std::holds_alternative<wire::HelloMessage>(*parsed);
}

bool ScriptedStream::Welcome(std::uint32_t max_in_flight, std::chrono::milliseconds deadline) {
  if (!Accept(deadline)) return false;
  wire::WelcomeMessage welcome;
  welcome.wave = "cases";
  welcome.max_message_bytes = 1u << 20;
  welcome.max_records = 1000;
  welcome.max_in_flight = max_in_flight;
  std::string bytes;
  wire::AppendWelcome(welcome, bytes);
  Send(bytes);
  return true;
}

std::optional<std::string> ScriptedStream::ReadMessage(std::chrono::milliseconds deadline) {
  for (;;) {
    const wire::Frame frame = wire::NextFrame(buffer_, 1u << 20);
    if (frame.state == wire::Frame::kBad) return std::nullopt;
    if (frame.state == wire::Frame::kWhole) {
      std::string message(frame.message);
      buffer_.erase(0, frame.consumed);
      return message;
    }
    if (!IsReadable(socket_, deadline)) return std::nullopt;
    char piece[64 * 1024];
    const ssize_t got = ::recv(socket_, piece, sizeof piece, 0);
    if (got <= 0) return std::nullopt;
    buffer_.append(piece, static_cast<std::size_t>(got));
  }
}

std::optional<std::string> ScriptedStream::ReadBatch(std::chrono::milliseconds deadline) {
  const auto message = ReadMessage(deadline);
  if (!message.has_value()) return std::nullopt;
  const auto parsed = wire::ParseClientMessage(*message);
  if (!parsed.ok() || !std::holds_alternative<wire::BatchMessage>(*parsed)) return std::nullopt;
  return std::string(std::get<wire::BatchMessage>(*parsed).bytes);
}

void ScriptedStream::Send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
}

void ScriptedStream::SendAck(const std::vector<wave::BatchOutcome>& outcomes) {
  SendAck(outcomes, outcomes.back().sequence);
}

void ScriptedStream::SendAck(const std::vector<wave::BatchOutcome>& outcomes,
                             std::uint64_t through_sequence) {
  std::vector<const wave::BatchOutcome*> pointers;
  for (const wave::BatchOutcome& outcome : outcomes) pointers.push_back(&outcome);
  std::string bytes;
  wire::AppendAck(through_sequence, pointers, bytes);
  Send(bytes);
}

void ScriptedStream::SendError(const wire::ErrorMessage& error) {
  std::string bytes;
  wire::AppendError(error, bytes);
  Send(bytes);
}

void ScriptedStream::Close() {
  if (socket_ >= 0) ::close(std::exchange(socket_, -1));
  buffer_.clear();
}

wave::BatchOutcome AllAccepted(std::uint64_t sequence, std::uint32_t records) {
  wave::BatchOutcome outcome;
  outcome.sequence = sequence;
  outcome.counts[static_cast<std::size_t>(wave::Result::kAccepted)] = records;
  return outcome;
}

}  // namespace panelpuls::testing
