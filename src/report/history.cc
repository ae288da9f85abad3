#include <algorithm>

#include "base/json_writer.h"
#include "report/message_json.h"
#include "report/parts.h"
#include "snapshot/contents.h"

namespace panelpuls::report {
namespace {

void FillHour(const wave::Wave& wave, const snapshot::HistoryHour& hour, v1::HistoryHour* out) {
  out->set_hour(wave.time_zone.Format(hour.hour));
  out->set_n(hour.respondents);
  if (const auto x = Finite(hour.indicator.value)) out->set_value(*x);
  if (const auto x = Finite(hour.indicator.low)) out->set_low(*x);
  if (const auto x = Finite(hour.indicator.high)) out->set_high(*x);
  for (const estimate::Flag& flag : hour.indicator.flags) out->add_flags(FlagText(wave, flag));
}

std::uint64_t RespondentsOn(const state::Counters& counters, const state::DayRange& range,
                            std::size_t channel, std::uint32_t day) {
  return counters.days[channel * range.count + day];
}

// Days of the range from the first with a respondent to behind the last; first == end: none.
struct DaySpan {
  std::uint32_t first = 0;
  std::uint32_t end = 0;
};

DaySpan DaysWithRespondents(const state::Counters& counters, const state::DayRange& range,
                            std::size_t channels) {
  DaySpan span;
  for (std::uint32_t day = 0; day < range.count; ++day) {
    std::uint64_t respondents = 0;
    for (std::size_t c = 0; c < channels; ++c) {
      respondents += RespondentsOn(counters, range, c, day);
    }
    if (respondents == 0) continue;
    if (span.end == 0) span.first = day;
    span.end = day + 1;
  }
  return span;
}

// Of the day's respondents alone, each counting once.
void FillDayMean(const HistoryInputs& inputs, std::uint32_t day, v1::HistoryDay* row) {
  if (!inputs.wave->indicator) return;
  const std::size_t groups = state::Counters::GroupCount(*inputs.wave);
  const std::span<const std::uint32_t> counts(inputs.counters->day_groups);
  const GroupMean mean =
      MeanOfGroups(*inputs.wave->indicator, counts.subspan(day * groups, groups));
  row->set_answered(static_cast<std::uint64_t>(mean.answered));
  if (mean.value) row->set_day_value(*mean.value);
}

void FillDays(const HistoryInputs& inputs, v1::History* out) {
  const wave::Wave& wave = *inputs.wave;
  const state::DayRange range(wave);
  const std::size_t channels = wave.channels.size();
  const DaySpan span = DaysWithRespondents(*inputs.counters, range, channels);
  std::size_t hour = 0;  // first hour behind the day
  for (std::uint32_t day = span.first; day < span.end; ++day) {
    const LocalDate date = range.first + static_cast<LocalDate>(day);
    const Micros next_day = wave.time_zone.DateStart(date + 1);
    v1::HistoryDay* row = out->add_days();
    row->set_date(FormatDate(date));
    std::uint64_t respondents = 0;
    for (std::size_t c = 0; c < channels; ++c) {
      const std::uint64_t of_channel = RespondentsOn(*inputs.counters, range, c, day);
      row->add_channels(of_channel);
      respondents += of_channel;
    }
    row->set_respondents(respondents);
    FillDayMean(inputs, day, row);
    while (hour < inputs.hours.size() && inputs.hours[hour].hour < next_day) ++hour;
    if (hour == 0) continue;
    const estimate::FigureValue& indicator = inputs.hours[hour - 1].indicator;
    if (const auto x = Finite(indicator.value)) row->set_value(*x);
    if (const auto x = Finite(indicator.low)) row->set_low(*x);
    if (const auto x = Finite(indicator.high)) row->set_high(*x);
  }
}

// Of every date of the fieldwork and of responses outside it, where the plan has begun.
void FillPlanned(const wave::Wave& wave, v1::History* out) {
  LocalDate first = wave.fieldwork_start;
  LocalDate last = wave.fieldwork_end;
  if (out->days_size() > 0) {
    first = std::min(first, *ParseDate(out->days(0).date()));
    last = std::max(last, *ParseDate(out->days(out->days_size() - 1).date()));
  }
  for (LocalDate date = first; date <= last; ++date) {
    const std::optional<double> expected = ExpectedRespondents(wave, wave::kNone, date);
    if (!expected) continue;
    v1::PlannedDay* row = out->add_planned();
    row->set_date(FormatDate(date));
    row->set_respondents(*expected);
  }
}

}  // namespace

std::string HistoryToJson(const HistoryInputs& inputs) {
  v1::History history;
  history.set_wave(inputs.wave->id);
  for (const wave::Channel& channel : inputs.wave->channels) history.add_channels(channel.code);
  for (const snapshot::HistoryHour& hour : inputs.hours)
    FillHour(*inputs.wave, hour, history.add_hours());
  FillDays(inputs, &history);
  FillPlanned(*inputs.wave, &history);
  std::string text;
  JsonWriter json(text);
  WriteMessage(history, json);
  return text;
}

}  // namespace panelpuls::report
