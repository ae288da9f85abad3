#include "state/event_register.h"

#include <cstring>

namespace panelpuls::state {
namespace {

constexpr std::uint32_t kWordsOffset = 16;
constexpr std::uint32_t kWordSize = 9;

}  // namespace

TableSize EventRegister::SizeFor(const wave::Wave& wave, std::uint64_t capacity) {
  const auto channels = static_cast<std::uint32_t>(wave.channels.size());
  return {.capacity = capacity, .record_size = kWordsOffset + channels * kWordSize};
}

absl::StatusOr<EventRegister> EventRegister::Create(const wave::Wave& wave,
                                                    std::uint64_t capacity) {
  EventRegister events;
  PP_ASSIGN_OR_RETURN(events.table_, PseudonymTable::Create(SizeFor(wave, capacity),
                                                            "the register of case events"));
  return events;
}

std::uint64_t EventRegister::BytesFor(const wave::Wave& wave, std::uint64_t capacity) {
  return PseudonymTable::BytesFor(SizeFor(wave, capacity));
}

EventWord EventRegister::LoadWord(std::uint32_t unit, std::uint32_t channel) const {
  const std::byte* at = table_.At(unit) + kWordsOffset + channel * kWordSize;
  EventWord word;
  std::memcpy(&word.at, at, 8);
  word.disposition = static_cast<wave::Disposition>(at[8]);
  return word;
}

void EventRegister::StoreWord(std::uint32_t unit, std::uint32_t channel, const EventWord& word) {
  std::byte* at = table_.At(unit) + kWordsOffset + channel * kWordSize;
  std::memcpy(at, &word.at, 8);
  at[8] = static_cast<std::byte>(word.disposition);
}

wave::Disposition EventRegister::Best(const wave::Wave& wave, std::uint32_t unit) const {
  wave::Disposition best = wave::Disposition::kNone;
  for (std::uint32_t channel = 0; channel < wave.channels.size(); ++channel) {
    best = BetterDisposition(wave, best, LoadWord(unit, channel).disposition);
  }
  return best;
}

wave::Disposition BetterDisposition(const wave::Wave& wave, wave::Disposition a,
                                    wave::Disposition b) {
  if (a == wave::Disposition::kNone) return b;
  if (b == wave::Disposition::kNone) return a;
  const auto rank = [&](wave::Disposition disposition) {
    return wave.disposition_rank[static_cast<std::size_t>(disposition)];
  };
  return rank(b) > rank(a) ? b : a;
}

}  // namespace panelpuls::state
