// Responses: docs/PROTOCOL.md.
#include <algorithm>
#include <cstring>
#include <tuple>

#include "state/state_impl.h"

namespace panelpuls::state {
namespace {

constexpr Cause kNotInFrame{.field = "respondent_id", .reason = "unit is not in the sample frame"};

// Which content of two that stand under one revision and time counts from now on.
constexpr Cause kCounts{
    .field = "", .reason = "this content counts now; send a higher revision that settles it"};
constexpr Cause kCountsNot{
    .field = "",
    .reason = "the content that was there counts; send a higher revision that settles it"};

// Whether a version of another revision or time than the word's is the newer one.
bool IsNewer(const wave::ResponseHeader& version, bool version_marked, const WordHead& word) {
  return std::tuple(version.revision, !version_marked, version.collected_at) >
         std::tuple(word.revision, !word.marked, word.collected_at);
}

}  // namespace

Applied State::Impl::ApplyResponse(std::span<std::byte> record, Micros receipt_time) {
  PP_CHECK(record.size() >= wave->layout.size);
  Version version{.header = wave::LoadResponseHeader(record.data()),
                  .record = record.data(),
                  .content = record.data() + wave->layout.content_offset,
                  .receipt_time = receipt_time};
  PP_CHECK(version.header.channel < wave->channels.size());
  std::uint32_t unit = units.Find(version.key());
  if (wave->has_frame) {
    if (unit == UnitRegister::kNotFound) {
      return {.result = wave::Result::kRejected, .cause = &kNotInFrame};
    }
    if (ReplaceByFrame(unit, record.data())) {
      version.header.flags |= wave::kCategoriesDiffered;
      wave::StoreFlags(record.data(), version.header.flags);
    }
  }
  const auto status =
      static_cast<wave::Status>(wave::LoadField(record.data(), wave->layout.status));
  if (status == wave::Status::kTest) return ApplyTest(version);
  if (unit == UnitRegister::kNotFound) {
    unit = InsertUnit(version.key());
    if (unit == UnitRegister::kNotFound) return {.result = wave::Result::kRegisterFull};
  }

  const WordHead word = units.LoadWord(unit, version.header.channel);
  if (!word.present) {
    ReplaceWord(unit, version, false);
    CountJournaled(version);
    ++counters.channels[version.header.channel].accepted;
    return {.journal = true};
  }
  if (version.header.revision == word.revision &&
      version.header.collected_at == word.collected_at) {
    return ApplyConflict(unit, word, version);
  }
  if (!IsNewer(version.header, version.marked(), word)) {
    return {.result = wave::Result::kSuperseded};
  }
  if (word.conflict) {
    conflicts.Close({.pseudonym = version.key(), .channel = version.header.channel});
    counters.conflicts_open = conflicts.open();
    ++attention_changes;
  }
  group_taken_out = group_put_in = group_count;
  ReplaceWord(unit, version, false);
  if (group_count > 0) {
    ++counters.correction_moves[group_taken_out * (group_count + 1) + group_put_in];
  }
  CountJournaled(version);
  ++counters.channels[version.header.channel].accepted;
  ++counters.channels[version.header.channel].corrections;
  return {.journal = true, .correction = true};
}

Applied State::Impl::ApplyTest(const Version& version) {
  ++counters.channels[version.header.channel].tests;
  CountJournaled(version);
  return {.journal = true};
}

// The word's revision and time: the same content is a duplicate whatever its verdict, another one
// a conflict that the larger of the two wins.
Applied State::Impl::ApplyConflict(std::uint32_t unit, const WordHead& word,
                                   const Version& version) {
  const std::uint8_t channel = version.header.channel;
  const std::size_t size = wave->layout.content_size;
  const JudgedContent mine{.marked = version.marked(), .content = version.content};
  const JudgedContent standing{.marked = word.marked, .content = units.Content(unit, channel)};
  if (std::memcmp(mine.content, standing.content, size) == 0) {
    return {.result = wave::Result::kDuplicate};
  }
  const ConflictKey key{.pseudonym = version.key(), .channel = channel};
  std::uint32_t entry = word.conflict ? conflicts.Find(key) : ConflictTable::kNotFound;
  if (entry != ConflictTable::kNotFound && conflicts.Knows(entry, mine.content)) {
    return {.result = wave::Result::kConflict, .cause = &kCountsNot};
  }
  const bool wins = LargerContent(mine, standing, size);
  if (entry == ConflictTable::kNotFound) entry = conflicts.Open(key, word.revision);
  const bool tracked = entry != ConflictTable::kNotFound;
  // A loser that cannot be remembered is not journaled either, or each resend of it would be.
  const bool keep = wins || (tracked && conflicts.AddLoser(entry, mine));
  if (!keep) {
    return {.result = wave::Result::kConflict, .untracked = !tracked, .cause = &kCountsNot};
  }

  if (wins && tracked) conflicts.AddLoser(entry, standing);
  if (wins) {
    ReplaceWord(unit, version, tracked);
  } else if (!word.conflict) {
    WordHead noted = word;
    noted.conflict = true;
    units.StoreWord(unit, channel, noted);
  }
  if (tracked) {
    conflicts.Note(entry, version.receipt_time);
    ++attention_changes;
  } else {
    ++counters.conflicts_untracked;
  }
  counters.conflicts_open = conflicts.open();
  ++counters.channels[channel].conflicts;
  CountJournaled(version);
  return {.result = wave::Result::kConflict,
          .journal = true,
          .untracked = !tracked,
          .cause = wins ? &kCounts : &kCountsNot};
}

std::uint32_t State::Impl::InsertUnit(const PseudonymKey& key) {
  const std::uint32_t unit = units.Insert(key);
  if (unit == UnitRegister::kNotFound) return unit;
  if (!events.empty()) {
    const std::uint32_t event_unit = events.Find(key);
    if (event_unit != EventRegister::kNotFound) {
      units.set_event_standing(unit, events.Best(*wave, event_unit, false));
      return unit;  // counted when its first event came
    }
  }
  ++counters.units;
  counters.CountCase(kNoChannel, wave::Disposition::kNone, 1);
  return unit;
}

void State::Impl::ReplaceWord(std::uint32_t unit, const Version& version, bool conflict) {
  const std::uint8_t channel = version.header.channel;
  const std::uint8_t old_winner = units.winner(unit);
  const Standing old_standing = units.standing(unit);
  const std::uint16_t old_day =
      old_winner == kNoChannel ? kNoDay : units.LoadWord(unit, old_winner).day;
  const CaseStanding old_case = CaseStandingOf(unit);
  // Before the old content is overwritten.
  if (old_winner == channel && IsRespondent(old_standing)) CountInCube(unit, channel, false);

  WordHead word{.collected_at = version.header.collected_at,
                .revision = version.header.revision,
                .day = kNoDay,
                .present = true,
                .marked = version.marked(),
                .conflict = conflict};
  const Micros day_time = word.marked ? version.receipt_time : word.collected_at;
  if (day_time != kNoTime) word.day = static_cast<std::uint16_t>(days.IndexOf(day_time));
  units.StoreWord(unit, channel, word);
  std::memcpy(units.Content(unit, channel), version.content, wave->layout.content_size);

  const std::uint8_t winner = old_winner == kNoChannel ? channel : PickWinner(unit);
  if (winner == old_winner && winner != channel) return;
  if (old_winner != channel && IsRespondent(old_standing)) CountInCube(unit, old_winner, false);
  const Standing standing = StandingOf(unit, winner);
  units.set_winner(unit, winner);
  units.set_standing(unit, standing);
  if (old_winner == kNoChannel) ForgetEventsAboutResponse(unit, version.key());
  if (IsRespondent(standing)) CountInCube(unit, winner, true);
  if (old_winner != kNoChannel) CountStanding(old_standing, old_winner, old_day, -1);
  CountStanding(standing, winner, units.LoadWord(unit, winner).day, 1);
  MoveCase(unit, old_case, CaseStandingOf(unit));
}

void State::Impl::CountJournaled(const Version& version) {
  ChannelCounters& channel = counters.channels[version.header.channel];
  channel.last_receipt = std::max(channel.last_receipt, version.receipt_time);
  counters.last_receipt = std::max(counters.last_receipt, version.receipt_time);
  if ((version.header.flags & wave::kCategoriesDiffered) != 0) ++counters.category_differences;
  const auto status =
      static_cast<wave::Status>(wave::LoadField(version.record, wave->layout.status));
  if (status == wave::Status::kWithdrawn) ++channel.withdrawals;
  if (!version.marked() || status == wave::Status::kTest) return;
  ++channel.marked;
  marked_versions.Add({.channel = version.header.channel,
                       .revision = version.header.revision,
                       .pseudonym_high = version.header.pseudonym_high,
                       .pseudonym_low = version.header.pseudonym_low,
                       .claimed = version.header.collected_at},
                      version.receipt_time);
  ++attention_changes;
}

std::uint8_t State::Impl::PickWinner(std::uint32_t unit) const {
  const auto channels = static_cast<std::uint8_t>(wave->channels.size());
  std::uint8_t best = kNoChannel;
  WordHead best_word;
  int best_rank = -1;
  for (std::uint8_t channel = 0; channel < channels; ++channel) {
    const WordHead word = units.LoadWord(unit, channel);
    if (!word.present) continue;
    const int rank = wave::RankOf(*wave, units.Record(unit, channel));
    const auto time_order = [&] {
      return std::tuple(!word.marked, word.collected_at) >
             std::tuple(!best_word.marked, best_word.collected_at);
    };
    // Channels come in order: on a tie the one before stays.
    const bool better = best == kNoChannel || rank > best_rank ||
                        (rank == best_rank && !wave->channel_priority && time_order());
    if (!better) continue;
    best = channel;
    best_word = word;
    best_rank = rank;
  }
  return best;
}

Standing State::Impl::StandingOf(std::uint32_t unit, std::uint8_t winner) const {
  switch (wave::RankOf(*wave, units.Record(unit, winner))) {
    case 3:
      return Standing::kComplete;
    case 2:
      return Standing::kPartial;
    case 1:
      return Standing::kBreakOff;
    default:
      return Standing::kWithdrawn;
  }
}

void State::Impl::CountStanding(Standing standing, std::uint8_t channel, std::uint16_t day,
                                int sign) {
  const auto one = static_cast<std::uint64_t>(sign);  // -1 wraps around, exactly
  if (standing == Standing::kWithdrawn) counters.withdrawn += one;
  if (standing == Standing::kBreakOff) counters.break_offs += one;
  if (standing == Standing::kPartial) counters.partial += one;
  if (!IsRespondent(standing)) return;
  counters.respondents += one;
  counters.channels[channel].respondents += one;
  if (day != kNoDay) {
    counters.days[std::size_t{channel} * day_count + day] += static_cast<std::uint32_t>(one);
  }
}

void State::Impl::CountInCube(std::uint32_t unit, std::uint8_t channel, bool add) {
  const Counted counted = contributor.Count(units.Record(unit, channel), channel, add, &cube);
  touched.Touch(counted.cell);
  if (group_count == 0) return;
  const std::size_t group = counted.first_entry - wave->tables.front().offset;
  CountGroup(unit, channel, group, add ? 1 : -1);
}

void State::Impl::CountGroup(std::uint32_t unit, std::uint8_t channel, std::size_t group,
                             int sign) {
  (sign < 0 ? group_taken_out : group_put_in) = group;
  const auto one = static_cast<std::uint64_t>(sign);  // -1 wraps around, exactly
  counters.channel_groups[channel * group_count + group] += one;
  const std::uint16_t day = units.LoadWord(unit, channel).day;
  if (day != kNoDay) {
    counters.day_groups[day * group_count + group] += static_cast<std::uint32_t>(one);
  }
}

bool State::Impl::ReplaceByFrame(std::uint32_t unit, std::byte* record) const {
  bool differs = false;
  if (category_bytes > 0) {
    const std::uint32_t first = wave->layout.categories.front().offset;
    const std::byte* frame = units.FrameCategories(unit);
    for (const wave::Field& field : wave->layout.categories) {
      const std::uint64_t sent = wave::LoadField(record, field);
      const wave::Field in_frame{.offset = field.offset - first, .width = field.width};
      differs |= sent != 0 && sent != wave::LoadField(frame, in_frame);
    }
    std::memcpy(record + first, frame, category_bytes);
  }
  if (wave->layout.base_weight) {
    wave::StoreField(record, *wave->layout.base_weight, units.LoadFrame(unit).base_weight);
  }
  return differs;
}

}  // namespace panelpuls::state
