// Why the stream is refused, as the server says so on the wire. docs/PROTOCOL.md explains every
// entry, which a test holds together.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

#include "base/status.h"

namespace panelpuls::server {

// Codes of the TCP stream's Error. The connection closes after each of them.
enum class StreamError : std::size_t {
  kBadFrame,
  kHelloExpected,
  kProtocolVersion,
  kUnknownWave,
  kNotAllowed,
  kBadMessage,
  kBadBatch,
  kBatchTooLarge,
  kSequence,
  kSimulatedTime,
  kIdle,
  kTooSlow,
  kNoRoom,
  kOverloaded,
  kStopping,
  kInternal,
  kCount
};
inline constexpr std::array kStreamErrorCodes = std::to_array<std::string_view>(
    {"bad_frame", "hello_expected", "protocol_version", "unknown_wave", "not_allowed",
     "bad_message", "bad_batch", "batch_too_large", "sequence", "simulated_time", "idle",
     "too_slow", "no_room", "overloaded", "stopping", "internal"});
static_assert(kStreamErrorCodes.size() == static_cast<std::size_t>(StreamError::kCount));

constexpr std::string_view CodeOf(StreamError error) {
  return kStreamErrorCodes[static_cast<std::size_t>(error)];
}

struct StreamRefusal {
  StreamError error = StreamError::kBadBatch;
  std::string detail;  // what is wrong and what would be right
  bool retryable = false;
};
// Of Intake::Decode's error.
StreamRefusal RefusalOf(const absl::Status& status);
// The delimited ServerMessage.
void AppendRefusal(const StreamRefusal& refusal, std::string& out);

}  // namespace panelpuls::server
