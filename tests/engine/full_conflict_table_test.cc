// More conflicts than the table has room for: nothing of it is silent.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "archive/replay.h"
#include "archive/verify.h"
#include "engine/engine.h"
#include "engine/fieldwork.h"
#include "engine/harness.h"
#include "engine/verified.h"
#include "report/snapshot.h"
#include "testing/simulated_file_system.h"

namespace panelpuls::engine {
namespace {

using panelpuls::testing::SimulatedFileSystem;
using testing::Harness;
using ::testing::HasSubstr;
using testing::IsSound;
using testing::kDirectory;
using testing::kNoon;
using testing::Sent;

// 5,000 units have room for 1,024 conflicts.
constexpr int kRoom = 1024;
constexpr int kSmaller = 3;  // beyond it, of smaller content
constexpr int kLarger = 2;   // beyond it, of larger content

TEST(FullConflictTable, ShowsWhatItKeptAndWhatItCouldNot) {
  SimulatedFileSystem files;
  const ManualClock clock(kNoon);
  Harness harness(testing::TestWave(), testing::TestOptions(files, clock));
  std::mt19937_64 random(1);
  std::vector<Sent> first, second;
  for (int unit = 0; unit < kRoom + kSmaller + kLarger; ++unit) {
    Sent sent = testing::MakeResponse(std::to_string(unit), random);
    // Content begins with the status and the base weight, which differ in one byte here.
    sent.base_weight = 2;
    first.push_back(sent);
    sent.base_weight = unit < kRoom + kSmaller ? 1 : 3;
    second.push_back(sent);
  }
  harness.Send(first);
  const wave::BatchOutcome outcome = harness.Send(second);
  EXPECT_EQ(outcome.counts[static_cast<std::size_t>(wave::Result::kConflict)], second.size());
  EXPECT_EQ(harness.engine().metrics().conflicts_untracked,
            static_cast<std::uint64_t>(kSmaller + kLarger));

  const SnapshotPointer last = harness.Stop();
  const std::string kept = fmt::format("\"conflicts_untracked\":{}", kLarger);
  EXPECT_THAT(std::string(last->rendered.json.collection()), HasSubstr(kept));
  EXPECT_THAT(last->rendered.json.whole,
              HasSubstr(fmt::format("\"conflicts_untracked\":{}", kSmaller + kLarger)));
  const auto replayed = archive::Replay(files, kDirectory, std::nullopt);
  ASSERT_TRUE(replayed.ok()) << replayed.status();
  EXPECT_EQ(report::SnapshotToJson(replayed->Inputs()).collection(),
            last->rendered.json.collection());
  EXPECT_TRUE(IsSound(archive::Verify(files, kDirectory)));
}

// A content that could not be remembered is journaled each time it wins or finds room. With the
// larger table of a grown max_respondents it is known when the journal is read again: no damage.
TEST(FullConflictTable, AJournalFromASmallerTableIsReadWithALargerOne) {
  SimulatedFileSystem files;
  const ManualClock clock(kNoon);
  {
    Harness harness(testing::TestWave(), testing::TestOptions(files, clock));
    std::mt19937_64 random(1);
    std::vector<Sent> first, second;
    for (int unit = 0; unit <= kRoom; ++unit) {
      Sent sent = testing::MakeResponse(std::to_string(unit), random);
      sent.base_weight = 2;
      first.push_back(sent);
      sent.base_weight = unit < kRoom ? 1 : 3;
      second.push_back(sent);
    }
    harness.Send(first);
    harness.Send(second);
    Sent settled = second.front();
    settled.revision = 2;
    harness.Send({settled});
    const Sent unremembered = first.back();
    EXPECT_EQ(
        harness.Send({unremembered}).counts[static_cast<std::size_t>(wave::Result::kConflict)], 1u);
  }
  ASSERT_TRUE(IsSound(archive::Verify(files, kDirectory)));
  const auto grown = testing::LoadText(testing::Replaced(
      testing::WaveText(), "max_respondents: 5000\n", "max_respondents: 500000\n"));
  for (int start = 1; start <= 2; ++start) {
    const auto harness = Harness::TryOpen(grown, testing::TestOptions(files, clock));
    ASSERT_TRUE(harness.ok()) << harness.status();
  }
  EXPECT_TRUE(IsSound(archive::Verify(files, kDirectory)));
}

}  // namespace
}  // namespace panelpuls::engine
