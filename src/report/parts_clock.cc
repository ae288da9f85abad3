#include "report/parts.h"
#include "snapshot/contents.h"

namespace panelpuls::report {
namespace {

// Rounds towards the past, also before 1970.
Micros CutToMinute(Micros time) {
  const Micros rest = time % kMicrosPerMinute;
  return time - rest - (rest < 0 ? kMicrosPerMinute : 0);
}

bool HasPlan(const wave::Wave& wave, int channel) {
  for (const wave::PlannedArrival& planned : wave.planned_arrivals) {
    if (planned.channel == channel) return true;
  }
  return false;
}

// Share of the last planned date not after `date`; the dates need not stand in order.
std::optional<double> PlannedShare(const wave::Wave& wave, int channel, LocalDate date) {
  const wave::PlannedArrival* last = nullptr;
  for (const wave::PlannedArrival& planned : wave.planned_arrivals) {
    if (planned.channel != channel || planned.date > date) continue;
    if (last == nullptr || planned.date > last->date) last = &planned;
  }
  return last == nullptr ? std::nullopt : std::optional<double>(last->share);
}

std::optional<double> ExpectedOfChannel(const wave::Wave& wave, int channel, LocalDate date) {
  const std::optional<std::uint64_t>& target =
      wave.channels[static_cast<std::size_t>(channel)].target;
  const std::optional<double> share = PlannedShare(wave, channel, date);
  if (!target || !share) return std::nullopt;
  return *share * static_cast<double>(*target);
}

// A channel whose plan has not begun adds nothing; one without plan or target leaves no sum.
std::optional<double> ExpectedOverChannels(const wave::Wave& wave, LocalDate date) {
  double sum = 0;
  bool any = false;
  for (std::size_t i = 0; i < wave.channels.size(); ++i) {
    const int channel = static_cast<int>(i);
    if (!wave.channels[i].target || !HasPlan(wave, channel)) return std::nullopt;
    if (const auto expected = ExpectedOfChannel(wave, channel, date)) {
      sum += *expected;
      any = true;
    }
  }
  return any ? std::optional<double>(sum) : std::nullopt;
}

}  // namespace

std::optional<double> ExpectedRespondents(const wave::Wave& wave, int channel, LocalDate date) {
  if (channel != wave::kNone) return ExpectedOfChannel(wave, channel, date);
  if (!HasPlan(wave, wave::kNone)) return ExpectedOverChannels(wave, date);
  const std::optional<double> share = PlannedShare(wave, wave::kNone, date);
  if (!share || wave.planned_respondents == 0) return std::nullopt;
  return *share * static_cast<double>(wave.planned_respondents);
}

void FillClock(const snapshot::Contents& inputs, v1::Clock* out) {
  const wave::Wave& wave = *inputs.wave;
  const snapshot::ClockPart& clock = inputs.clock;
  const LocalDate today = wave.time_zone.DateOf(clock.now);
  out->set_as_of(wave.time_zone.Format(CutToMinute(clock.now)));
  out->set_simulated(clock.simulated);
  out->set_today(FormatDate(today));
  out->set_fieldwork_day(today - wave.fieldwork_start + 1);
  out->set_fieldwork_days(wave.fieldwork_end - wave.fieldwork_start + 1);
  for (int channel = wave::kNone; channel < static_cast<int>(wave.channels.size()); ++channel) {
    const std::optional<double> expected = ExpectedRespondents(wave, channel, today);
    if (!expected) continue;
    v1::ExpectedByToday* row = out->add_expected();
    if (channel != wave::kNone) {
      row->set_channel(wave.channels[static_cast<std::size_t>(channel)].code);
    }
    row->set_respondents(*expected);
  }
  if (clock.last_sign_of_life != kNoTime) {
    out->set_last_sign_of_life(wave.time_zone.Format(CutToMinute(clock.last_sign_of_life)));
  }
  v1::ProcessCounters* process = out->mutable_process();
  process->set_received(clock.process.received);
  process->set_duplicate(clock.process.duplicate);
  process->set_superseded(clock.process.superseded);
  process->set_rejected(clock.process.rejected);
  process->set_register_full(clock.process.register_full);
  process->set_ignored_questions(clock.process.ignored_questions);
  process->set_ignored_fields(clock.process.ignored_fields);
  process->set_conflicts_untracked(clock.process.conflicts_untracked);
}

}  // namespace panelpuls::report
