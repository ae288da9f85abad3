#include <algorithm>
#include <atomic>
#include <chrono>
#include <deque>
#include <limits>
#include <stop_token>
#include <utility>

#include "archive/hour_cut.h"
#include "archive/rebuild.h"
#include "base/doorbell.h"
#include "base/hand_over.h"
#include "base/thread.h"

namespace panelpuls::archive {
namespace {

// A partition being replayed: a thread that paces itself by its hours being taken.
struct Runner {
  HandOver<WaitWord, HourCut> hour;
  // The thread is through: its state, progress and status may be read.
  // pairs-with: itself. Store (release) of the thread, load (acquire) of the settling loop.
  std::atomic<bool> ended{false};
  absl::Status status;
  Thread thread;
};

struct RunContext {
  std::shared_ptr<const wave::Wave> wave;
  std::optional<Micros> until;
  Doorbell* signal;
  std::stop_token stop;
};

void Run(const RunContext& context, PartitionReplay& partition, Runner& runner) {
  GroupApplier::Options options;
  options.wave = context.wave;
  options.until = context.until;
  options.where = partition.where;
  options.partition = partition.partition;
  options.partitions = partition.partitions;
  options.on_hour = [&](Micros hour, Micros passed, const std::shared_ptr<const wave::Wave>& wave) {
    runner.hour.WaitUntilWanted();
    runner.hour.Give([&](HourCut& cut) {
      cut.hour = hour;
      cut.passed = passed;
      cut.wave = wave;
      FillIndicatorTable(*context.wave, partition.state->cube(),
                         partition.state->counters().respondents, &cut.table);
    });
    context.signal->Poke();
  };
  GroupApplier applier(*partition.state, std::move(options));
  runner.status = partition.read([&](const journal::GroupView& group) {
    return context.stop.stop_requested() ? absl::CancelledError("nothing more is wanted")
                                         : applier.Apply(group);
  });
  partition.progress = applier.progress();
  runner.ended.store(true, std::memory_order_release);
  context.signal->Poke();
}

// Those before one that cannot be started run; stopping them is the caller's.
absl::Status StartAll(const RunContext& context, std::vector<PartitionReplay>& partitions,
                      std::deque<Runner>& runners) {
  for (std::size_t index = 0; index < partitions.size(); ++index) {
    Runner& runner = runners[index];
    runner.hour.Want();
    PP_ASSIGN_OR_RETURN(runner.thread, StartThread(fmt::format("replay {}", index), [&, index] {
                          Run(context, partitions[index], runners[index]);
                        }));
  }
  return absl::OkStatus();
}

// A runner without a thread has ended.
void EndUnstarted(std::deque<Runner>& runners, Doorbell& signal) {
  for (Runner& runner : runners) {
    if (!runner.thread.joinable()) runner.ended.store(true, std::memory_order_release);
  }
  signal.Poke();
}

// Nothing of an ended partition comes before `passed`; its state stands for its last hour.
void PassEnded(std::uint32_t index, Micros passed, const PartitionReplay& partition,
               Historian& historian) {
  const Micros hour = partition.progress.hour;
  if (hour != kNoTime && hour < passed && hour > historian.LastHour(index)) {
    HourCut cut{.hour = hour, .passed = passed, .table = {}, .wave = partition.progress.wave};
    FillIndicatorTable(partition.state->wave(), partition.state->cube(),
                       partition.state->counters().respondents, &cut.table);
    historian.Add(index, std::move(cut));
  }
  historian.Pass(index, passed);
}

// Takes what the threads hand over until all have ended. An ended partition holds nobody up.
void Settle(const std::vector<PartitionReplay>& partitions, std::deque<Runner>& runners,
            Doorbell& signal, Historian& historian) {
  std::vector<std::uint32_t> ended;
  while (ended.size() < runners.size()) {
    signal.WaitUntil(SteadyClock::time_point::max());
    ended.clear();
    Micros passed = std::numeric_limits<Micros>::max();
    for (std::uint32_t index = 0; index < runners.size(); ++index) {
      Runner& runner = runners[index];
      const bool has_ended = runner.ended.load(std::memory_order_acquire);
      if (runner.hour.Take([&](const HourCut& cut) { historian.Add(index, cut); }))
        runner.hour.Want();
      if (has_ended) {
        ended.push_back(index);
      } else {
        passed = std::min(passed, historian.passed(index));
      }
    }
    if (ended.size() == runners.size()) return;
    for (const std::uint32_t index : ended) PassEnded(index, passed, partitions[index], historian);
    historian.Settle();
  }
}

}  // namespace

absl::Status ReplayPartitions(std::shared_ptr<const wave::Wave> wave, std::optional<Micros> until,
                              std::vector<PartitionReplay>& partitions, Historian& historian) {
  Doorbell signal;
  std::deque<Runner> runners(partitions.size());
  std::stop_source stop;
  const RunContext context{
      .wave = std::move(wave), .until = until, .signal = &signal, .stop = stop.get_token()};
  const absl::Status started = StartAll(context, partitions, runners);
  if (!started.ok()) {
    stop.request_stop();
    EndUnstarted(runners, signal);
  }
  Settle(partitions, runners, signal, historian);
  for (Runner& runner : runners) {
    if (runner.thread.joinable()) runner.thread.join();
  }
  PP_RETURN_IF_ERROR(started);
  for (const Runner& runner : runners) PP_RETURN_IF_ERROR(runner.status);
  Micros last_hour = kNoTime;
  for (const PartitionReplay& partition : partitions) {
    last_hour = std::max(last_hour, partition.progress.hour);
  }
  SettleBefore(last_hour, partitions, historian);
  return absl::OkStatus();
}

void SettleBefore(Micros passed, const std::vector<PartitionReplay>& partitions,
                  Historian& historian) {
  for (std::uint32_t index = 0; index < partitions.size(); ++index) {
    PassEnded(index, passed, partitions[index], historian);
  }
  historian.Settle();
}

}  // namespace panelpuls::archive
