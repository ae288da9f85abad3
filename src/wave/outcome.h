// What became of a batch, record by record: filled by whoever decodes and by the writers, encoded
// by wire.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace panelpuls::wave {

// FORMATS F3; the codes are those of the wire.
enum class Result : std::uint8_t {
  kAccepted = 0,
  kDuplicate = 1,
  kSuperseded = 2,
  kConflict = 3,
  kErased = 4,
  kRejected = 5,
  kRegisterFull = 6,
};
inline constexpr int kResultCount = 7;

inline constexpr std::array<std::string_view, kResultCount> kResultCodes = {
    "accepted", "duplicate", "superseded", "conflict", "erased", "rejected", "register_full"};

enum class RecordKind : std::uint8_t { kResponse = 0, kCaseEvent = 1 };

// A record that was not simply accepted.
struct RecordOutcome {
  RecordKind kind = RecordKind::kResponse;
  std::uint32_t index = 0;  // in the sender's batch, among records of its kind
  Result result = Result::kRejected;
  std::string field;
  std::string reason;
  std::string event_id;
};

struct BatchOutcome {
  std::uint64_t sequence = 0;
  std::array<std::uint32_t, kResultCount> counts{};  // [Result]; add up to the records sent
  std::vector<RecordOutcome> results;                // sorted by (kind, index)

  void Clear() {
    sequence = 0;
    counts.fill(0);
    results.clear();
  }
};

}  // namespace panelpuls::wave
