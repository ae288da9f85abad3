// The history by hour against a plain model: all that came until the end of the hour, estimated at
// once.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "archive/directory.h"
#include "archive/rebuild.h"
#include "archive/replay.h"
#include "base/clock.h"
#include "engine/engine.h"
#include "engine/fieldwork.h"
#include "engine/harness.h"
#include "journal/journal.h"
#include "offline/survey.h"
#include "snapshot/contents.h"
#include "testing/simulated_file_system.h"

namespace panelpuls::engine {
namespace {

using panelpuls::testing::SimulatedFileSystem;
using testing::Harness;
using testing::kDirectory;
using testing::kNoon;
using testing::MakeResponse;
using testing::Sent;
using testing::TestOptions;
using testing::TestWave;

struct Arrival {
  Micros time = 0;
  std::vector<Sent> batch;
};

// Batches at growing times; gaps of some minutes to some hours. Collected before the first arrival,
// so that nothing is marked, which no offline estimate could know.
std::vector<Arrival> MakeArrivals(std::uint64_t seed, int batches) {
  std::mt19937_64 random(seed);
  std::vector<Arrival> arrivals;
  Micros time = kNoon;
  for (int number = 0; number < batches; ++number) {
    Arrival arrival;
    arrival.time = time;
    for (std::uint64_t left = 1 + random() % 3; left > 0; --left) {
      // Few units, so that there are corrections.
      Sent sent = MakeResponse("unit " + std::to_string(random() % 60), random);
      sent.revision = static_cast<std::uint32_t>(number + 1);
      arrival.batch.push_back(sent);
    }
    arrivals.push_back(arrival);
    time += static_cast<Micros>(random() % 100) * kMicrosPerMinute;
  }
  return arrivals;
}

struct Hour {
  std::uint64_t respondents = 0;
  std::uint64_t n = 0;
  std::optional<double> value;
  friend bool operator==(const Hour&, const Hour&) = default;
};
void PrintTo(const Hour& hour, std::ostream* out) {
  *out << hour.respondents << " respondents, n " << hour.n << ", value "
       << (hour.value.has_value() ? std::to_string(*hour.value) : "none");
}
using Hours = std::map<Micros, Hour>;

Hours Model(const std::vector<Arrival>& arrivals) {
  Hours hours;
  auto offline = offline::Survey::Create(TestWave(), {});
  for (const Arrival& arrival : arrivals) {
    for (const Sent& sent : arrival.batch) {
      EXPECT_NE(testing::AddOffline(**offline, sent), wave::Result::kRejected);
    }
    const snapshot::Contents inputs = (*offline)->Estimate();
    const estimate::FigureValue& indicator = inputs.estimates->figures[0];
    hours[TestWave()->time_zone.HourStart(arrival.time)] = {
        .respondents = inputs.counters->respondents, .n = indicator.n, .value = indicator.value};
  }
  return hours;
}

Hours ToHours(const std::vector<snapshot::HistoryHour>& history) {
  Hours hours;
  Micros last = kNoTime;
  for (const snapshot::HistoryHour& hour : history) {
    EXPECT_GT(hour.hour, last) << "hours are in order";
    last = hour.hour;
    hours[hour.hour] = {
        .respondents = hour.respondents, .n = hour.indicator.n, .value = hour.indicator.value};
  }
  return hours;
}

TEST(History, EachHourShowsTheStateAtItsEnd) {
  for (const std::uint32_t partitions : {1u, 2u, 7u}) {
    for (std::uint64_t seed = 1; seed <= 4; ++seed) {
      SCOPED_TRACE(::testing::Message() << partitions << " partitions, seed " << seed);
      SimulatedFileSystem files;
      ManualClock clock(kNoon);
      const auto arrivals = MakeArrivals(seed, 60);
      Harness harness(TestWave(), TestOptions(files, clock, partitions));
      for (const Arrival& arrival : arrivals) {
        clock.Set(arrival.time);
        harness.Send(arrival.batch);
      }
      EXPECT_EQ(ToHours(*harness.Stop()->hours), Model(arrivals));
    }
  }
}

TEST(History, RestartsInTheMiddleOfHoursChangeNothing) {
  for (const std::uint32_t partitions : {1u, 2u}) {
    SimulatedFileSystem files;
    ManualClock clock(kNoon);
    const auto arrivals = MakeArrivals(5, 60);
    std::size_t next = 0;
    while (next < arrivals.size()) {
      Harness harness(TestWave(), TestOptions(files, clock, partitions));
      for (const std::size_t end = std::min(arrivals.size(), next + 7); next < end; ++next) {
        clock.Set(arrivals[next].time);
        harness.Send(arrivals[next].batch);
      }
    }
    Harness harness(TestWave(), TestOptions(files, clock, partitions));
    EXPECT_EQ(ToHours(*harness.Stop()->hours), Model(arrivals)) << partitions << " partitions";
  }
}

TEST(History, SimulatedClockGivesTheSameHoursAsARealOne) {
  for (const std::uint32_t partitions : {1u, 2u, 7u}) {
    SCOPED_TRACE(::testing::Message() << partitions << " partitions");
    SimulatedFileSystem files;
    ManualClock clock(0);
    EngineOptions options = TestOptions(files, clock, partitions);
    options.simulated_clock = true;
    const auto arrivals = MakeArrivals(6, 80);
    Harness harness(TestWave(), options);
    for (const Arrival& arrival : arrivals) harness.Send(arrival.batch, arrival.time);
    const SnapshotPointer last = harness.Stop();
    EXPECT_EQ(ToHours(*last->hours), Model(arrivals));
    EXPECT_EQ(last->counters.last_receipt, arrivals.back().time);
    EXPECT_EQ(last->clock.now, arrivals.back().time);
    const auto replayed = archive::Replay(files, kDirectory, std::nullopt);
    ASSERT_TRUE(replayed.ok()) << replayed.status();
    EXPECT_EQ(ToHours(replayed->hours), Model(arrivals));
  }
}

// One writer, nobody waits for acknowledgements: batches of several hours are in its queue at once.
TEST(History, HoursOfASimulatedClockAreCutAlsoInsideOneTakeOfTheQueue) {
  SimulatedFileSystem files;
  ManualClock clock(0);
  EngineOptions options = TestOptions(files, clock);
  options.simulated_clock = true;
  const auto arrivals = MakeArrivals(8, 120);
  Harness harness(TestWave(), options);
  files.HoldDataSyncs();
  for (const Arrival& arrival : arrivals) harness.Post(arrival.batch, arrival.time);
  files.ReleaseDataSyncs();
  harness.WaitForOutcomes(arrivals.size());
  EXPECT_EQ(ToHours(*harness.Stop()->hours), Model(arrivals));
}

// Also where the other partitions were asked before the hour ended, and this one answered after it:
// with one unit both responses are the same writer's, so that happens in some of the rounds.
TEST(History, IdlePartitionsDoNotHoldAnHourUp) {
  for (const char* second : {"one", "two"}) {
    for (int round = 0; round < 25; ++round) {
      SCOPED_TRACE(::testing::Message() << second << ", round " << round);
      SimulatedFileSystem files;
      ManualClock clock(kNoon);
      Harness harness(TestWave(), TestOptions(files, clock, 7));
      std::mt19937_64 random(1);
      harness.Send({MakeResponse("one", random)});
      const Micros hour = TestWave()->time_zone.HourStart(kNoon);
      clock.AdvanceTo(kNoon + 2 * kMicrosPerHour);
      Sent later = MakeResponse(second, random);
      later.revision = 9;
      harness.Send({later});
      const SnapshotPointer snapshot = harness.WaitForSnapshot(
          [](const PublishedSnapshot& seen) { return seen.hours->size() == 2; });
      ASSERT_NE(snapshot, nullptr);
      EXPECT_EQ((*snapshot->hours)[0].hour, hour);
      EXPECT_EQ((*snapshot->hours)[0].respondents, 1u);
      EXPECT_EQ((*snapshot->hours)[1].respondents, second == std::string_view("one") ? 1u : 2u);
    }
  }
}

// Receipt never goes back, whatever the clock does, also over restarts.
TEST(History, ClockThatStepsBackIsHeldByTheLastReceipt) {
  for (const std::uint32_t partitions : {1u, 2u, 7u}) {
    for (std::uint64_t seed = 1; seed <= 4; ++seed) {
      SCOPED_TRACE(::testing::Message() << partitions << " partitions, seed " << seed);
      std::mt19937_64 random(seed);
      SimulatedFileSystem files;
      ManualClock clock(kNoon);
      std::string live;
      for (int start = 0; start < 4; ++start) {
        Harness harness(TestWave(), TestOptions(files, clock, partitions));
        for (int batch = 0; batch < 6; ++batch) {
          clock.Set(kNoon + static_cast<Micros>(random() % 600) * kMicrosPerMinute);
          harness.Send({MakeResponse("unit " + std::to_string(random() % 60), random)});
        }
        const SnapshotPointer last = harness.Stop();
        live = testing::HoursText(*TestWave(), *last->hours, last->counters);
      }
      const auto replayed = archive::Replay(files, kDirectory, std::nullopt);
      ASSERT_TRUE(replayed.ok()) << replayed.status();
      EXPECT_EQ(testing::HoursText(*TestWave(), replayed->hours, replayed->counters), live);
      for (std::uint32_t index = 0; index < partitions; ++index) {
        Micros last = kNoTime;
        const auto visit = [&last](const journal::GroupView& group) {
          EXPECT_GE(group.info.receipt_time, last);
          last = group.info.receipt_time;
          return absl::OkStatus();
        };
        const auto info = archive::ReadDirectory(files, kDirectory);
        ASSERT_TRUE(info.ok());
        EXPECT_TRUE(journal::ReadJournal(files, archive::PartitionPath(kDirectory, index),
                                         archive::JournalOptionsFor(*info, index), visit)
                        .ok());
      }
    }
  }
}

TEST(History, ReplayUntilATimeShowsTheHistoryAsItStood) {
  for (const std::uint32_t partitions : {1u, 2u}) {
    SimulatedFileSystem files;
    ManualClock clock(kNoon);
    const auto arrivals = MakeArrivals(9, 40);
    {
      Harness harness(TestWave(), TestOptions(files, clock, partitions));
      for (const Arrival& arrival : arrivals) {
        clock.Set(arrival.time);
        harness.Send(arrival.batch);
      }
    }
    for (const std::size_t kept : {1u, 13u, 39u}) {
      const std::vector<Arrival> until(arrivals.begin(),
                                       arrivals.begin() + static_cast<std::ptrdiff_t>(kept));
      if (arrivals[kept].time == until.back().time) continue;
      const auto replayed = archive::Replay(files, kDirectory, until.back().time);
      ASSERT_TRUE(replayed.ok()) << replayed.status();
      EXPECT_EQ(ToHours(replayed->hours), Model(until)) << partitions << " partitions, " << kept;
    }
    const auto nothing = archive::Replay(files, kDirectory, kNoon - 1);
    EXPECT_EQ(nothing.status().code(), absl::StatusCode::kNotFound) << nothing.status();
  }
}

}  // namespace
}  // namespace panelpuls::engine
