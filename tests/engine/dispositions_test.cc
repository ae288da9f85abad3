// Every pair of a case event and what a unit's response says, through journals: METHOD M8.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <random>
#include <span>
#include <string>
#include <vector>

#include "archive/replay.h"
#include "archive/verify.h"
#include "base/clock.h"
#include "engine/fieldwork.h"
#include "engine/harness.h"
#include "engine/verified.h"
#include "offline/survey.h"
#include "testing/method_text.h"
#include "testing/simulated_file_system.h"

namespace panelpuls::engine {
namespace {

using panelpuls::testing::MethodRow;
using panelpuls::testing::SimulatedFileSystem;
using testing::Harness;
using testing::IsSound;
using testing::kDirectory;
using testing::kNoon;
using testing::Sent;
using testing::TestOptions;
using testing::TestWave;

constexpr std::array<const char*, 2> kChannels = {"web", "paper"};

using Counts = std::array<std::uint64_t, wave::kDispositionCount>;

struct Pairs {
  std::vector<Sent> records;  // of a unit in this order
  Counts expected{};
};

Sent ResponseThatSays(const std::string& what, const std::string& id) {
  Sent sent;
  sent.id = id;
  sent.channel = kChannels[0];
  sent.at = kNoon;
  sent.status = what == "complete"    ? wave::Status::kComplete
                : what == "withdrawn" ? wave::Status::kWithdrawn
                                      : wave::Status::kPartial;
  if (what == "withdrawn") return sent;
  sent.categories = {{"season", "winter"}, {"traveller", "local"}, {"age", "60+"}};
  if (what != "break-off") sent.answers = {{"satisfaction", {"4"}}};
  return sent;
}

Pairs MakePairs(std::uint64_t seed) {
  std::mt19937_64 random(seed);
  Pairs pairs;
  const std::vector<MethodRow> table = panelpuls::testing::TableOf("dispositions");
  std::vector<std::vector<Sent>> units;
  for (std::size_t row = 1; row < table.size(); ++row) {
    for (std::size_t column = 1; column < table[0].size(); ++column) {
      for (int variant = 0; variant < 4; ++variant) {
        const std::string id = fmt::format("unit {}-{}-{}", row, column, variant);
        std::vector<Sent> unit;
        if (table[0][column] != "no response") {
          unit.push_back(ResponseThatSays(table[0][column], id));
        }
        if (table[row][0] != "none") {
          Sent event;
          event.id = id;
          event.channel = kChannels[static_cast<std::size_t>(variant % 2)];
          event.at = kNoon - 1;
          event.disposition = table[row][0];
          unit.push_back(event);
        }
        if (unit.empty()) continue;
        if (variant / 2 == 1) std::reverse(unit.begin(), unit.end());
        ++pairs.expected[static_cast<std::size_t>(wave::ParseDisposition(table[row][column]))];
        units.push_back(std::move(unit));
      }
    }
  }
  std::shuffle(units.begin(), units.end(), random);
  for (const auto& unit : units) {
    pairs.records.insert(pairs.records.end(), unit.begin(), unit.end());
  }
  return pairs;
}

Counts CountsOf(const state::Counters& counters) {
  Counts counts{};
  std::copy(counters.dispositions.begin(), counters.dispositions.end(), counts.begin());
  return counts;
}

// A batch each, since a batch's events are applied behind its responses.
void SendInTurn(Harness& harness, std::span<const Sent> records) {
  for (const Sent& sent : records) harness.Post({sent});
  harness.WaitForOutcomes(records.size());
}

TEST(Dispositions, AreTheSameOverPartitionsRestartReplayAndOffline) {
  for (const std::uint32_t partitions : {1u, 2u, 7u}) {
    SCOPED_TRACE(::testing::Message() << partitions << " partitions");
    const Pairs pairs = MakePairs(partitions);
    SimulatedFileSystem files;
    ManualClock clock(kNoon);
    const std::size_t half = pairs.records.size() / 2;  // a pair may be split by the restart
    {
      Harness harness(TestWave(), TestOptions(files, clock, partitions));
      SendInTurn(harness, std::span(pairs.records).first(half));
    }
    {
      Harness harness(TestWave(), TestOptions(files, clock, partitions));
      SendInTurn(harness, std::span(pairs.records).subspan(half));
      EXPECT_EQ(CountsOf(harness.Stop()->counters), pairs.expected);
    }
    Harness again(TestWave(), TestOptions(files, clock, partitions));
    EXPECT_EQ(CountsOf(again.Stop()->counters), pairs.expected);
    EXPECT_TRUE(IsSound(archive::Verify(files, kDirectory)));
    const auto replayed = archive::Replay(files, kDirectory, std::nullopt);
    ASSERT_TRUE(replayed.ok()) << replayed.status();
    EXPECT_EQ(CountsOf(replayed->counters), pairs.expected);
    const auto offline = offline::Survey::Create(TestWave(), {});
    for (const Sent& sent : pairs.records) testing::AddOffline(**offline, sent);
    EXPECT_EQ(CountsOf((*offline)->state().counters()), pairs.expected);
  }
}

}  // namespace
}  // namespace panelpuls::engine
