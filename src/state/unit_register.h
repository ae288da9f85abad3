// The register of respondents: a fixed-size record a unit with each channel's word inline.
//
// Unit     pseudonym 16, winner 1, standing 1, event disposition 1, its channel 1; with a frame
//          base weight 8, cell 4 and the unit's categories; then per channel: collected_at 8,
//          revision 4, day 2, flags 1 and the content. Nothing is padded or aligned.
// Memory   fixed at Create.
// Threads  one writer. References stay valid for the register's life.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "base/clock.h"
#include "state/counters.h"
#include "state/pseudonym_table.h"
#include "wave/record.h"
#include "wave/wave.h"

namespace panelpuls::state {

// Where a unit stands, and the channel that says so.
struct CaseStanding {
  wave::Disposition disposition = wave::Disposition::kNone;
  std::uint8_t channel = kNoChannel;
  friend bool operator==(const CaseStanding&, const CaseStanding&) = default;
};

inline constexpr std::uint16_t kNoDay = 0xffff;

// What a unit's winning word says about it.
enum class Standing : std::uint8_t {
  kNothing = 0,
  kWithdrawn = 1,
  kBreakOff = 2,  // partial without the required questions
  kPartial = 3,   // a respondent
  kComplete = 4,  // a respondent
};
inline bool IsRespondent(Standing standing) { return standing >= Standing::kPartial; }

// A channel's word without its content.
struct WordHead {
  Micros collected_at = kNoTime;
  std::uint32_t revision = 0;
  std::uint16_t day = kNoDay;  // of DayRange
  bool present = false;
  bool marked = false;
  bool conflict = false;  // has an entry in the conflict table
};

class UnitRegister {
 public:
  static constexpr std::uint32_t kNotFound = PseudonymTable::kNotFound;

  UnitRegister() = default;
  static absl::StatusOr<UnitRegister> Create(const wave::Wave& wave, std::uint64_t capacity);
  static std::uint64_t BytesFor(const wave::Wave& wave, std::uint64_t capacity);

  void TakePages(const std::stop_token& stop) const { table_.TakePages(stop); }

  std::uint32_t Find(const PseudonymKey& key) const { return table_.Find(key); }
  std::uint32_t count() const { return table_.count(); }
  // A unit of which nothing is known; kNotFound: full.
  std::uint32_t Insert(const PseudonymKey& key);
  void PrefetchSlot(std::uint64_t pseudonym_low) const { table_.PrefetchSlot(pseudonym_low); }
  void PrefetchUnit(std::uint64_t pseudonym_low, std::uint32_t before) const {
    table_.PrefetchRecord(pseudonym_low, before);
  }
  PseudonymKey KeyOf(std::uint32_t unit) const {
    PseudonymKey key;
    std::memcpy(&key, table_.At(unit), sizeof key);
    return key;
  }

  std::uint8_t winner(std::uint32_t unit) const { return ByteAt(unit, kWinnerOffset); }
  void set_winner(std::uint32_t unit, std::uint8_t channel) {
    SetByteAt(unit, kWinnerOffset, channel);
  }
  Standing standing(std::uint32_t unit) const {
    return static_cast<Standing>(ByteAt(unit, kStandingOffset));
  }
  void set_standing(std::uint32_t unit, Standing standing) {
    SetByteAt(unit, kStandingOffset, static_cast<std::uint8_t>(standing));
  }
  // Best of the unit's case events that count beside its responses.
  CaseStanding event_standing(std::uint32_t unit) const {
    const auto disposition = static_cast<wave::Disposition>(ByteAt(unit, kEventOffset));
    if (disposition == wave::Disposition::kNone) return {};
    return {.disposition = disposition, .channel = ByteAt(unit, kEventChannelOffset)};
  }
  void set_event_standing(std::uint32_t unit, const CaseStanding& standing) {
    SetByteAt(unit, kEventOffset, static_cast<std::uint8_t>(standing.disposition));
    SetByteAt(unit, kEventChannelOffset, standing.channel);
  }

  WordHead LoadWord(std::uint32_t unit, std::uint32_t channel) const {
    const std::byte* at = table_.At(unit) + words_offset_ + channel * word_size_;
    WordHead head;
    std::memcpy(&head.collected_at, at, 8);
    std::memcpy(&head.revision, at + 8, 4);
    std::memcpy(&head.day, at + 12, 2);
    const auto flags = static_cast<std::uint8_t>(at[14]);
    head.present = (flags & kPresent) != 0;
    head.marked = (flags & kMarkedWord) != 0;
    head.conflict = (flags & kConflict) != 0;
    return head;
  }
  void StoreWord(std::uint32_t unit, std::uint32_t channel, const WordHead& head) {
    std::byte* at = table_.At(unit) + words_offset_ + channel * word_size_;
    std::memcpy(at, &head.collected_at, 8);
    std::memcpy(at + 8, &head.revision, 4);
    std::memcpy(at + 12, &head.day, 2);
    at[14] =
        static_cast<std::byte>((head.present ? kPresent : 0) | (head.marked ? kMarkedWord : 0) |
                               (head.conflict ? kConflict : 0));
  }
  std::byte* Content(std::uint32_t unit, std::uint32_t channel) {
    return table_.At(unit) + ContentOffset(channel);
  }
  const std::byte* Content(std::uint32_t unit, std::uint32_t channel) const {
    return table_.At(unit) + ContentOffset(channel);
  }
  // The content as part of a record of the wave's layout. Only content fields may be read.
  const std::byte* Record(std::uint32_t unit, std::uint32_t channel) const {
    return Content(unit, channel) - content_offset_;
  }

  // The unit's part of the sample frame.
  struct FramePart {
    std::uint64_t base_weight = 0;  // d * 2^40
    std::uint32_t cell = 0;
  };
  FramePart LoadFrame(std::uint32_t unit) const;
  void StoreFrame(std::uint32_t unit, const FramePart& part);
  // Category fields as in a response's content, moved to the begin.
  std::byte* FrameCategories(std::uint32_t unit) { return table_.At(unit) + kFrameOffset + 12; }
  const std::byte* FrameCategories(std::uint32_t unit) const {
    return table_.At(unit) + kFrameOffset + 12;
  }

 private:
  enum WordFlag : std::uint8_t { kPresent = 1, kMarkedWord = 2, kConflict = 4 };

  static constexpr std::uint32_t kWinnerOffset = 16;
  static constexpr std::uint32_t kStandingOffset = 17;
  static constexpr std::uint32_t kEventOffset = 18;
  static constexpr std::uint32_t kEventChannelOffset = 19;
  static constexpr std::uint32_t kFrameOffset = 20;
  static constexpr std::uint32_t kWordHeadSize = 15;

  static std::uint32_t FrameSize(const wave::Wave& wave);
  static TableSize SizeFor(const wave::Wave& wave, std::uint64_t capacity);
  std::uint32_t ContentOffset(std::uint32_t channel) const {
    return words_offset_ + channel * word_size_ + kWordHeadSize;
  }
  std::uint8_t ByteAt(std::uint32_t unit, std::uint32_t offset) const {
    return static_cast<std::uint8_t>(table_.At(unit)[offset]);
  }
  void SetByteAt(std::uint32_t unit, std::uint32_t offset, std::uint8_t value) {
    table_.At(unit)[offset] = static_cast<std::byte>(value);
  }

  PseudonymTable table_;
  std::uint32_t words_offset_ = 0;
  std::uint32_t word_size_ = 0;
  std::uint32_t content_offset_ = 0;
};

// Bytes from the first category field of a response's content to the end of the last.
std::uint32_t CategoryBytes(const wave::Wave& wave);

}  // namespace panelpuls::state
