// What became of a batch, record by record: filled by whoever decodes and by the writers, encoded
// by wire.
// Memory   32 bytes a record that was not simply accepted, and the texts; a text that stands again
//          within four is kept once. Each text is cut, so that a batch's outcome is bounded.
// Threads  one at a time.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace panelpuls::wave {

// The codes are those of the wire (docs/PROTOCOL.md).
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

// Most bytes of the texts of a record's result; a longer field or reason is cut at a character.
inline constexpr std::size_t kMaxFieldBytes = 64;
inline constexpr std::size_t kMaxReasonBytes = 320;
// An event id is never cut: a longer one rejects its record and is not sent back.
inline constexpr std::size_t kMaxEventIdBytes = 128;

// The texts that a record's result may have, as whoever adds it has them.
struct RecordTexts {
  std::string_view field;
  std::string_view reason;
  std::string_view event_id;
};

// A record that was not simply accepted. Its texts: BatchOutcome::Text.
struct RecordOutcome {
  // A place in the outcome's texts.
  struct Text {
    std::uint32_t begin = 0;
    std::uint32_t size = 0;
    bool empty() const { return size == 0; }
  };

  std::uint32_t index = 0;  // in the sender's batch, among records of its kind
  RecordKind kind = RecordKind::kResponse;
  Result result = Result::kRejected;
  Text field;
  Text reason;
  Text event_id;
};
static_assert(sizeof(RecordOutcome) == 32);

class BatchOutcome {
 public:
  std::uint64_t sequence = 0;
  std::array<std::uint32_t, kResultCount> counts{};  // [Result]; add up to the records sent

  // A result of a record, which is not counted by this.
  void Add(RecordKind kind, std::uint32_t index, Result result, const RecordTexts& texts);
  // Room for so many more results.
  void Reserve(std::size_t more) { results_.reserve(results_.size() + more); }
  // By (kind, index).
  void Sort();

  const std::vector<RecordOutcome>& results() const { return results_; }
  // Valid until the next Add.
  std::string_view Text(const RecordOutcome::Text& text) const {
    return std::string_view(texts_).substr(text.begin, text.size);
  }

  // Most bytes of an answer with these results, whatever its encoding.
  std::size_t answer_bytes() const { return MostAnswerBytes(results_.size(), text_bytes_); }
  // The same of so many results with texts of so many bytes, those of the writers beside.
  static constexpr std::size_t MostAnswerBytes(std::size_t results, std::size_t text_bytes) {
    // JSON has the names of the fields, and six bytes for a control character of an event id.
    constexpr std::size_t kOfResult = 192;
    constexpr std::size_t kOfTextByte = 6;
    return results * kOfResult + text_bytes * kOfTextByte;
  }
  // Of memory that it holds beside itself.
  std::size_t bytes() const {
    return results_.capacity() * sizeof(RecordOutcome) + texts_.capacity();
  }
  // Keeps the room.
  void Clear();

 private:
  // The texts that came last, so that a few that take turns are kept once each.
  struct Recent {
    std::array<RecordOutcome::Text, 4> texts{};
    std::size_t next = 0;
  };
  RecordOutcome::Text Keep(std::string_view text, std::size_t max_bytes, Recent* recent);

  std::vector<RecordOutcome> results_;
  std::string texts_;
  std::size_t text_bytes_ = 0;  // of all results, as if none were kept once
  Recent fields_;
  Recent reasons_;
};

}  // namespace panelpuls::wave
