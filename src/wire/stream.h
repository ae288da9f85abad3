// The TCP stream's frames: varint-delimited ClientMessage and ServerMessage, both sides of them.
// Threads  any; no shared state.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/status.h"
#include "wave/outcome.h"

namespace panelpuls::wire {

inline constexpr std::uint32_t kProtocolVersion = 1;

// Splits a buffer into varint-delimited messages.
struct Frame {
  enum State { kWhole, kNeedMore, kBad } state = kNeedMore;
  std::string_view message;  // kWhole
  std::size_t consumed = 0;  // kWhole: bytes of prefix and message
  std::size_t needed = 0;    // kNeedMore: bytes still missing at least
  std::string error;         // kBad: length beyond max_bytes, or a prefix of more than 10 bytes
};
Frame NextFrame(std::string_view buffer, std::size_t max_bytes);
void AppendDelimited(std::string_view message, std::string& out);

struct HelloMessage {
  std::uint32_t protocol_version = kProtocolVersion;
  std::string wave, token, client;
};
struct BatchMessage {
  std::string_view bytes;  // the Batch, for BatchReader; a view into the frame
};
// InvalidArgument: neither hello nor batch, or not protobuf.
absl::StatusOr<std::variant<HelloMessage, BatchMessage>> ParseClientMessage(
    std::string_view message);

struct WelcomeMessage {
  std::uint32_t protocol_version = kProtocolVersion;
  std::string wave;
  std::uint32_t max_message_bytes = 0, max_records = 0, max_in_flight = 0;
};
struct AckMessage {
  std::uint64_t through_sequence = 0;
  std::vector<wave::BatchOutcome> results;
};
struct ErrorMessage {
  std::string code, detail;
  bool retryable = false;
};
using ServerMessageView = std::variant<WelcomeMessage, AckMessage, ErrorMessage>;
absl::StatusOr<ServerMessageView> ParseServerMessage(std::string_view message);

// Each appends one delimited message.
void AppendHello(const HelloMessage& hello, std::string& out);
// `batch` is a serialized Batch (with its sequence inside).
void AppendBatch(std::string_view batch, std::string& out);
void AppendWelcome(const WelcomeMessage& welcome, std::string& out);
// outcomes[i].sequence is set; through_sequence is that of the last.
void AppendAck(std::uint64_t through_sequence,
               const std::vector<const wave::BatchOutcome*>& outcomes, std::string& out);
void AppendError(const ErrorMessage& error, std::string& out);

// BatchResult over HTTP.
std::string OutcomeToJson(const wave::BatchOutcome& outcome);
std::string OutcomeToProtobuf(const wave::BatchOutcome& outcome);
absl::StatusOr<wave::BatchOutcome> OutcomeFromJson(std::string_view json);
absl::StatusOr<wave::BatchOutcome> OutcomeFromProtobuf(std::string_view bytes);

}  // namespace panelpuls::wire
