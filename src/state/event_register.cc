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

CaseStanding EventRegister::Best(const wave::Wave& wave, std::uint32_t unit,
                                 bool has_response) const {
  CaseStanding best;
  for (std::size_t channel = 0; channel < wave.channels.size(); ++channel) {
    const EventWord word = LoadWord(unit, static_cast<std::uint32_t>(channel));
    if (has_response && IsAboutResponse(word.disposition)) continue;
    best = BetterStanding(wave, best, {word.disposition, static_cast<std::uint8_t>(channel)});
  }
  return best;
}

CaseStanding BetterStanding(const wave::Wave& wave, CaseStanding a, CaseStanding b) {
  if (b.disposition == wave::Disposition::kNone) return a;
  if (a.disposition == wave::Disposition::kNone) return b;
  const auto rank = [&](const CaseStanding& standing) {
    return wave.disposition_rank[static_cast<std::size_t>(standing.disposition)];
  };
  return rank(b) > rank(a) ? b : a;
}

}  // namespace panelpuls::state
