// Why a request is refused, as the server says so on the wire. docs/PROTOCOL.md explains every
// entry, which a test holds together.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

namespace panelpuls::server {

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
