// Why the server refuses, as it says so on the wire. One list for each transport; docs/PROTOCOL.md
// explains every entry, which a test holds together.
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

// What HTTP's problem details are of: the last part of urn:panelpuls:problem:TYPE.
enum class ProblemType : std::size_t {
  kBadRequest,
  kBadTarget,
  kBadFraming,
  kBadChunking,
  kBadGzip,
  kBadBatch,
  kUnknownWave,
  kSimulatedTime,
  kNotAllowed,
  kForeignOrigin,
  kMisdirected,
  kNotFound,
  kMethod,
  kTooSlow,
  kBodyTooLarge,
  kBatchTooLarge,
  kMediaType,
  kContentEncoding,
  kExpect,
  kHeaderTooLarge,
  kNoRoom,
  kOverloaded,
  kStopping,
  kNoSnapshot,
  kTooManyExports,
  kTooManyStreams,
  kExportFailed,
  kQuery,
  kHttpVersion,
  kCount
};
inline constexpr std::array kProblemTypes = std::to_array<std::string_view>(
    {"bad_request",      "bad_target",       "bad_framing",    "bad_chunking",
     "bad_gzip",         "bad_batch",        "unknown_wave",   "simulated_time",
     "not_allowed",      "foreign_origin",   "misdirected",    "not_found",
     "method",           "too_slow",         "body_too_large", "batch_too_large",
     "media_type",       "content_encoding", "expect",         "header_too_large",
     "no_room",          "overloaded",       "stopping",       "no_snapshot",
     "too_many_exports", "too_many_streams", "export_failed",  "query",
     "http_version"});
static_assert(kProblemTypes.size() == static_cast<std::size_t>(ProblemType::kCount));

constexpr std::string_view TextOf(ProblemType type) {
  return kProblemTypes[static_cast<std::size_t>(type)];
}

}  // namespace panelpuls::server
