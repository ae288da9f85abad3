// The register of case events: a fixed-size record a unit with each channel's event word. Separate
// from the responses, so that a later non-contact never undoes a complete (docs/PROTOCOL.md).
// Unit     pseudonym 16, then per channel: at 8, disposition 1.
// Order    in a channel (at, precedence of the disposition); the highest is the word.
// Threads  one writer.
#pragma once

#include <cstdint>

#include "base/clock.h"
#include "state/pseudonym_table.h"
#include "state/unit_register.h"
#include "wave/wave.h"

namespace panelpuls::state {

struct EventWord {
  Micros at = kNoTime;
  wave::Disposition disposition = wave::Disposition::kNone;  // kNone: no event
};

class EventRegister {
 public:
  static constexpr std::uint32_t kNotFound = PseudonymTable::kNotFound;

  EventRegister() = default;
  static absl::StatusOr<EventRegister> Create(const wave::Wave& wave, std::uint64_t capacity);
  static std::uint64_t BytesFor(const wave::Wave& wave, std::uint64_t capacity);

  void TakePages(const std::stop_token& stop) const { table_.TakePages(stop); }

  std::uint32_t Find(const PseudonymKey& key) const { return table_.Find(key); }
  // A unit without events; kNotFound: full.
  std::uint32_t Insert(const PseudonymKey& key) { return table_.Insert(key); }
  bool empty() const { return table_.count() == 0; }

  EventWord LoadWord(std::uint32_t unit, std::uint32_t channel) const;
  void StoreWord(std::uint32_t unit, std::uint32_t channel, const EventWord& word);
  // Best of the channels' words by the wave's precedence, of equals the first channel's; kNone:
  // there is none. `has_response`: the unit's responses are known, so that what events say about
  // them is not heard (METHOD M8).
  CaseStanding Best(const wave::Wave& wave, std::uint32_t unit, bool has_response) const;

 private:
  static TableSize SizeFor(const wave::Wave& wave, std::uint64_t capacity);

  PseudonymTable table_;
};

// Whether a disposition says what became of a response.
inline bool IsAboutResponse(wave::Disposition disposition) {
  return disposition == wave::Disposition::kComplete || disposition == wave::Disposition::kPartial;
}

// The better of two by the wave's precedence, of equals the first; kNone is no statement.
CaseStanding BetterStanding(const wave::Wave& wave, CaseStanding a, CaseStanding b);

}  // namespace panelpuls::state
