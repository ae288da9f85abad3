// Case events, dispositions and the sample frame: docs/PROTOCOL.md.
#include <algorithm>
#include <cstring>

#include "state/state_impl.h"

namespace panelpuls::state {
namespace {

// METHOD M8: a break-off stands among the refusals; a withdrawn response says that there is none.
wave::Disposition DispositionOfStanding(Standing standing) {
  switch (standing) {
    case Standing::kComplete:
      return wave::Disposition::kComplete;
    case Standing::kPartial:
      return wave::Disposition::kPartial;
    case Standing::kBreakOff:
      return wave::Disposition::kRefusal;
    case Standing::kWithdrawn:
    case Standing::kNothing:
      break;
  }
  return wave::Disposition::kNone;
}

constexpr Cause kUnitNotInFrame{.field = "unit_id", .reason = "unit is not in the sample frame"};

}  // namespace

Applied State::Impl::ApplyCaseEvent(const wave::CaseEventRecord& event, Micros receipt_time) {
  PP_CHECK(event.channel < wave->channels.size());
  const PseudonymKey key{event.pseudonym_high, event.pseudonym_low};
  const std::uint32_t unit = units.Find(key);
  if (wave->has_frame && unit == UnitRegister::kNotFound) {
    return {.result = wave::Result::kRejected, .cause = &kUnitNotInFrame};
  }
  std::uint32_t event_unit = events.Find(key);
  if (event_unit == EventRegister::kNotFound) {
    event_unit = events.Insert(key);
    if (event_unit == EventRegister::kNotFound) return {.result = wave::Result::kRegisterFull};
    if (unit == UnitRegister::kNotFound) {
      ++counters.units;
      counters.CountCase(kNoChannel, wave::Disposition::kNone, 1);
    }
  }

  const EventWord word = events.LoadWord(event_unit, event.channel);
  const bool present = word.disposition != wave::Disposition::kNone;
  if (present && word.at == event.at && word.disposition == event.disposition) {
    return {.result = wave::Result::kDuplicate};
  }
  const bool newer = !present || event.at > word.at ||
                     (event.at == word.at &&
                      BetterStanding(*wave, {word.disposition}, {event.disposition}).disposition ==
                          event.disposition);
  if (!newer) return {.result = wave::Result::kSuperseded};

  const bool known = unit != UnitRegister::kNotFound;
  const bool has_response = known && units.standing(unit) != Standing::kNothing;
  const CaseStanding before = known ? CaseStandingOf(unit) : events.Best(*wave, event_unit, false);
  events.StoreWord(event_unit, event.channel, {.at = event.at, .disposition = event.disposition});
  const CaseStanding best = events.Best(*wave, event_unit, has_response);
  if (known) units.set_event_standing(unit, best);
  MoveCase(unit, before, known ? CaseStandingOf(unit) : best);

  ChannelCounters& channel = counters.channels[event.channel];
  ++channel.case_events;
  channel.last_receipt = std::max(channel.last_receipt, receipt_time);
  counters.last_receipt = std::max(counters.last_receipt, receipt_time);
  return {.journal = true, .correction = present};
}

Applied State::Impl::ApplyFrameUnit(std::span<const std::byte> record) {
  PP_CHECK(wave->has_frame && record.size() >= wave::FrameUnitSize(*wave));
  wave::FrameUnitHeader header;
  std::memcpy(&header, record.data(), sizeof header);
  const PseudonymKey key{header.pseudonym_high, header.pseudonym_low};
  if (units.Find(key) != UnitRegister::kNotFound) return {.result = wave::Result::kDuplicate};
  const std::uint32_t unit = InsertUnit(key);
  if (unit == UnitRegister::kNotFound) return {.result = wave::Result::kRegisterFull};
  ++counters.frame_units;

  std::uint64_t cell = 0;
  if (category_bytes > 0) {
    const std::byte* categories = record.data() + sizeof header;
    std::memcpy(units.FrameCategories(unit), categories, category_bytes);
    // Field offsets count from the begin of a response.
    cell = wave::CellOf(*wave, categories - wave->layout.categories.front().offset);
  }
  units.StoreFrame(unit,
                   {.base_weight = header.base_weight, .cell = static_cast<std::uint32_t>(cell)});
  Contribution nothing_known{.cell = cell,
                             .base_weight = header.base_weight,
                             .entries = {cube.shape().disposition_offset}};
  cube.Add(nothing_known);
  touched.Touch(cell);
  return {.journal = true};
}

CaseStanding State::Impl::CaseStandingOf(std::uint32_t unit) const {
  CaseStanding by_response{.disposition = DispositionOfStanding(units.standing(unit))};
  if (by_response.disposition != wave::Disposition::kNone) by_response.channel = units.winner(unit);
  return BetterStanding(*wave, by_response, units.event_standing(unit));
}

void State::Impl::ForgetEventsAboutResponse(std::uint32_t unit, const PseudonymKey& key) {
  if (!IsAboutResponse(units.event_standing(unit).disposition)) return;
  const std::uint32_t event_unit = events.Find(key);
  PP_CHECK(event_unit != EventRegister::kNotFound);
  units.set_event_standing(unit, events.Best(*wave, event_unit, true));
}

void State::Impl::MoveCase(std::uint32_t unit, const CaseStanding& from_case,
                           const CaseStanding& to_case) {
  if (from_case == to_case) return;
  counters.CountCase(from_case.channel, from_case.disposition, -1);
  counters.CountCase(to_case.channel, to_case.disposition, 1);
  const wave::Disposition from = from_case.disposition;
  const wave::Disposition to = to_case.disposition;
  if (from == to || !wave->has_frame) return;
  const UnitRegister::FramePart frame = units.LoadFrame(unit);
  const std::uint32_t offset = cube.shape().disposition_offset;
  contribution.cell = frame.cell;
  contribution.base_weight = frame.base_weight;
  contribution.entries.assign(1, offset + static_cast<std::uint32_t>(from));
  cube.Subtract(contribution);
  contribution.entries.assign(1, offset + static_cast<std::uint32_t>(to));
  cube.Add(contribution);
  touched.Touch(frame.cell);
}

}  // namespace panelpuls::state
