#include "sim/calendar.h"

#include <algorithm>
#include <string>

namespace panelpuls::sim {
namespace {

constexpr std::size_t kHours = 24;
constexpr double kMaxDays = 10'000;

absl::StatusOr<std::vector<double>> ReadHours(const Parameters& parameters,
                                              std::string_view section) {
  PP_ASSIGN_OR_RETURN(std::vector<double> hours,
                      parameters.Numbers(section, "hours", {.low = 0, .high = 1e6}));
  const bool any =
      std::any_of(hours.begin(), hours.end(), [](double weight) { return weight > 0; });
  if (hours.size() == kHours && any) return hours;
  return parameters.ErrorAt(
      *parameters.Find(section, "hours"),
      fmt::format("hours has {} weights; write 24 of them, from the hour 0 on, not all 0",
                  hours.size()));
}

}  // namespace

Calendar::Calendar(const wave::Wave& wave)
    : days_(wave.fieldwork_end - wave.fieldwork_start + 1), first_(wave.fieldwork_start) {
  for (int day = 0; day <= days_; ++day)
    start_of_day_.push_back(wave.time_zone.DateStart(first_ + day));
}

bool Calendar::IsWeekday(int day) const {
  constexpr int kThursday = 3;  // 1970-01-01, when Monday is 0
  return ((first_ + day + kThursday) % 7 + 7) % 7 < 5;
}

Micros Calendar::At(const Moment& moment) const {
  const auto day = static_cast<std::size_t>(moment.day);
  constexpr int kClocksChange = 3 * 3600;  // they change in the night, by then at the latest
  const Micros length = start_of_day_[day + 1] - start_of_day_[day];
  const Micros shift = moment.second >= kClocksChange ? length - 24 * kMicrosPerHour : 0;
  return start_of_day_[day] + moment.second * kMicrosPerSecond + shift;
}

Moment ArrivalCurve::Draw(Random& random) const {
  const std::size_t day = random.Pick(days);
  const std::size_t hour = random.Pick(day == 0 ? first_day_hours : hours);
  return {.day = static_cast<int>(day),
          .second = static_cast<int>(hour * 3600 + random.Below(3600))};
}

absl::StatusOr<ArrivalCurve> ReadSelfCurve(const Parameters& parameters, const Calendar& calendar) {
  const std::string_view section = "arrivals.self";
  ArrivalCurve curve;
  curve.days.assign(static_cast<std::size_t>(calendar.days()), 0);
  PP_ASSIGN_OR_RETURN(curve.hours, ReadHours(parameters, section));
  PP_ASSIGN_OR_RETURN(const double first_hour,
                      parameters.Number(section, "first_hour", {.low = 0, .high = 23}));
  curve.first_day_hours = curve.hours;
  for (std::size_t hour = 0; hour < kHours; ++hour) {
    if (static_cast<double>(hour) < first_hour) curve.first_day_hours[hour] = 0;
  }
  if (std::all_of(curve.first_day_hours.begin(), curve.first_day_hours.end(),
                  [](double w) { return w <= 0; })) {
    return parameters.ErrorAt(*parameters.Find(section, "first_hour"),
                              "no hour from then on has a weight");
  }
  int last_day = 0;
  double last_percent = 0;
  for (const Parameters::Entry* entry : parameters.Section(section)) {
    if (!entry->name.starts_with("day.")) continue;
    int day = calendar.days();
    if (entry->name != "day.last") {
      Parameters::Entry number = *entry;
      number.value = entry->name.substr(4);
      PP_ASSIGN_OR_RETURN(const double value,
                          parameters.Number(number, {.low = 1, .high = kMaxDays}));
      day = std::min(static_cast<int>(value), calendar.days());
    }
    PP_ASSIGN_OR_RETURN(const double percent, parameters.Number(*entry, {.low = 0, .high = 100}));
    if (percent < last_percent || day < last_day) {
      return parameters.ErrorAt(*entry,
                                "days and cumulative percents must not fall from line to line");
    }
    const int first = day == last_day ? std::max(0, day - 1) : last_day;
    for (int i = first; i < day; ++i) {
      curve.days[static_cast<std::size_t>(i)] += (percent - last_percent) / 100 / (day - first);
    }
    last_day = day;
    last_percent = percent;
  }
  if (last_percent < 100 - 1e-9 || last_percent > 100 + 1e-9) {
    return InvalidArgument("{}: [{}] ends at {} percent; its last line must be 'day.last = 100'",
                           parameters.file_name(), section, last_percent);
  }
  return curve;
}

absl::StatusOr<ArrivalCurve> ReadTelephoneCurve(const Parameters& parameters,
                                                const Calendar& calendar) {
  const std::string_view section = "arrivals.telephone";
  ArrivalCurve curve;
  PP_ASSIGN_OR_RETURN(curve.hours, ReadHours(parameters, section));
  curve.first_day_hours = curve.hours;
  PP_ASSIGN_OR_RETURN(const double first,
                      parameters.Number(section, "first_day", {.low = 1, .high = kMaxDays}));
  PP_ASSIGN_OR_RETURN(const double last,
                      parameters.Number(section, "last_day", {.low = first, .high = kMaxDays}));
  curve.days.assign(static_cast<std::size_t>(calendar.days()), 0);
  double sum = 0;
  for (int day = 0; day < calendar.days(); ++day) {
    const bool called = day + 1 >= first && day + 1 <= last && calendar.IsWeekday(day);
    sum += curve.days[static_cast<std::size_t>(day)] = called ? 1 : 0;
  }
  if (sum <= 0) {  // a fieldwork too short for it: all of it is called on
    std::fill(curve.days.begin(), curve.days.end(), 1);
    sum = static_cast<double>(curve.days.size());
  }
  for (double& weight : curve.days) weight /= sum;
  return curve;
}

}  // namespace panelpuls::sim
