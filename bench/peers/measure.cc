#include "peers/measure.h"

#include <ctime>

#include <chrono>
#include <map>

namespace panelpuls::bench {
namespace {

double CpuSeconds(clockid_t clock) {
  timespec time{};
  if (::clock_gettime(clock, &time) != 0) return 0;
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

std::map<pid_t, double> CpuOf(const std::vector<pid_t>& processes) {
  std::map<pid_t, double> seconds;
  for (const pid_t process : processes) {
    clockid_t clock{};
    if (::clock_getcpuclockid(process, &clock) == 0) seconds[process] = CpuSeconds(clock);
  }
  return seconds;
}

}  // namespace

absl::StatusOr<Measurement> Measure(const Workload& workload, Intake& intake, Target& target,
                                    const std::function<std::vector<pid_t>()>& processes) {
  const std::map<pid_t, double> others_before = CpuOf(processes());
  const double cpu_before = CpuSeconds(CLOCK_PROCESS_CPUTIME_ID);
  const double intake_before = CpuSeconds(CLOCK_THREAD_CPUTIME_ID);
  const auto begin = std::chrono::steady_clock::now();
  for (const std::string& bytes : workload.batches) {
    while (auto back = target.TakeBack()) intake.Recycle(std::move(back));
    PP_ASSIGN_OR_RETURN(auto batch, intake.Read(bytes));
    PP_RETURN_IF_ERROR(target.Submit(std::move(batch)));
  }
  PP_RETURN_IF_ERROR(target.Drain());
  Measurement measured;
  measured.seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  measured.intake_cpu_seconds = CpuSeconds(CLOCK_THREAD_CPUTIME_ID) - intake_before;
  measured.cpu_seconds = CpuSeconds(CLOCK_PROCESS_CPUTIME_ID) - cpu_before;
  measured.batches_a_commit =
      static_cast<double>(workload.batches.size()) / static_cast<double>(target.commits());
  for (const auto& [process, seconds] : CpuOf(processes())) {
    // A process that was not there before spent all its time here.
    const auto before = others_before.find(process);
    measured.cpu_seconds += seconds - (before == others_before.end() ? 0 : before->second);
  }
  return measured;
}

Totals TotalsOf(const engine::Engine& engine) {
  const Slots slots(engine.wave());
  const state::Counters counters = engine.Latest()->counters;
  Totals totals{.respondents = counters.respondents,
                .group_count = std::vector<std::uint64_t>(slots.groups())};
  for (const state::ChannelCounters& channel : counters.channels) {
    totals.words += channel.accepted - channel.corrections;
  }
  for (std::size_t place = 0; place < counters.channel_groups.size(); ++place) {
    const auto group = static_cast<std::int32_t>(place % slots.groups());
    totals.group_count[static_cast<std::size_t>(group)] += counters.channel_groups[place];
    totals.score_sum += static_cast<double>(counters.channel_groups[place]) * slots.ScoreOf(group);
  }
  return totals;
}

}  // namespace panelpuls::bench
