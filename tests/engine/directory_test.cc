// What a directory keeps over restarts: its wave and definitions, its partitions, its frame, its
// key.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "archive/directory.h"
#include "archive/rebuild.h"
#include "archive/replay.h"
#include "archive/verify.h"
#include "base/clock.h"
#include "engine/engine.h"
#include "engine/fieldwork.h"
#include "engine/harness.h"
#include "engine/verified.h"
#include "identity/pseudonym.h"
#include "journal/journal.h"
#include "report/snapshot.h"
#include "snapshot/rendered.h"
#include "testing/simulated_file_system.h"

namespace panelpuls::engine {
namespace {

using panelpuls::testing::SimulatedFileSystem;

using testing::Harness;
using testing::HoursText;
using testing::IsSound;
using testing::kDirectory;
using testing::kNoon;
using testing::LoadText;
using testing::MakeFieldwork;
using testing::MakeResponse;
using testing::Replaced;
using testing::Sent;
using testing::TestOptions;
using testing::TestWave;
using testing::WaveText;

absl::Status OpenStatus(std::shared_ptr<const wave::Wave> wave, EngineOptions options) {
  return Engine::Open(std::move(wave), std::move(options)).status();
}

bool Mentions(const absl::Status& status, std::string_view text) {
  return ToStd(status.message()).find(text) != std::string_view::npos;
}

struct Edit {
  const char* name;
  const char* part;
  const char* by;
};

TEST(Directory, EditsOfLabelsAndTotalsAreJournaledAndSurviveReplay) {
  const Edit edits[] = {
      {"label", "en: \"Winter\"", "en: \"Cold season\""},
      {"total", "population: 120000", "population: 130000"},
      {"respondents", "max_respondents: 5000", "max_respondents: 6000"},
  };
  for (const std::uint32_t partitions : {1u, 2u}) {
    for (const Edit& edit : edits) {
      SCOPED_TRACE(::testing::Message() << edit.name << ", " << partitions << " partitions");
      SimulatedFileSystem files;
      ManualClock clock(kNoon);
      std::string before;
      {
        Harness harness(TestWave(), TestOptions(files, clock, partitions));
        harness.Send(MakeFieldwork(1, 60));
        before = harness.Stop()->rendered.json.estimates();
      }
      clock.AdvanceTo(kNoon + 3 * kMicrosPerHour);
      // The margins of a dimension must add up to the same total as the others'.
      std::string text = Replaced(WaveText(), edit.part, edit.by);
      if (std::string(edit.name) == "total") {
        text = Replaced(text, "population: 90000", "population: 100000");
        text = Replaced(text, "population: 70000", "population: 80000");
      }
      const auto edited = LoadText(text);
      Harness harness(edited, TestOptions(files, clock, partitions));
      const SnapshotPointer reopened = harness.engine().Latest();
      EXPECT_EQ(reopened->version, partitions * 2 + partitions);
      const bool totals = std::string(edit.name) == "total";
      EXPECT_EQ(std::string(reopened->rendered.json.estimates()) != before, totals);
      std::mt19937_64 random(3);
      harness.Send({MakeResponse("after the edit", random)});
      const SnapshotPointer last = harness.Stop();
      const auto replayed = archive::Replay(files, kDirectory, std::nullopt);
      ASSERT_TRUE(replayed.ok()) << replayed.status();
      EXPECT_EQ(replayed->wave->definition_id, edited->definition_id);
      const snapshot::Json json = report::SnapshotToJson(replayed->Inputs());
      EXPECT_EQ(json.estimates(), last->rendered.json.estimates());
      EXPECT_EQ(json.collection(), last->rendered.json.collection());
      EXPECT_EQ(HoursText(*edited, replayed->hours, replayed->counters),
                HoursText(*edited, *last->hours, last->counters));
      // The hour before the edit stands as it was shown then.
      ASSERT_EQ(last->hours->size(), 2u);
      const auto then = archive::Replay(files, kDirectory, kNoon);
      ASSERT_TRUE(then.ok()) << then.status();
      EXPECT_EQ(then->wave->definition_id, TestWave()->definition_id);
      EXPECT_EQ((*last->hours)[0].indicator.value, then->hours[0].indicator.value);
      EXPECT_TRUE(IsSound(archive::Verify(files, kDirectory)));
    }
  }
}

TEST(Directory, TheSameDefinitionIsNotJournaledAgain) {
  SimulatedFileSystem files;
  ManualClock clock(kNoon);
  for (int start = 0; start < 3; ++start) {
    Harness harness(TestWave(), TestOptions(files, clock));
    EXPECT_EQ(harness.engine().Latest()->version, 1u);
  }
}

TEST(Directory, RemovedOptionIsRefusedWithTheMend) {
  SimulatedFileSystem files;
  ManualClock clock(kNoon);
  {
    Harness harness(TestWave(), TestOptions(files, clock));
  }
  const auto edited =
      LoadText(Replaced(WaveText(),
                        R"(  options { code: "food" label { da: "Mad" en: "Food" } })"
                        "\n",
                        ""));
  const absl::Status status = OpenStatus(edited, TestOptions(files, clock));
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition) << status;
  EXPECT_TRUE(Mentions(status, "food")) << status;
  // Nothing was changed by the attempt.
  EXPECT_TRUE(OpenStatus(TestWave(), TestOptions(files, clock)).ok());
}

TEST(Directory, AnotherWaveOrNumberOfPartitionsIsRefused) {
  SimulatedFileSystem files;
  ManualClock clock(kNoon);
  {
    Harness harness(TestWave(), TestOptions(files, clock, 2));
  }
  const absl::Status partitions = OpenStatus(TestWave(), TestOptions(files, clock, 3));
  EXPECT_EQ(partitions.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_TRUE(Mentions(partitions, "start with 2")) << partitions;
  const auto other = LoadText(Replaced(WaveText(), "id: \"tilfredshed-2026\"", "id: \"another\""));
  const absl::Status wave = OpenStatus(other, TestOptions(files, clock, 2));
  EXPECT_EQ(wave.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_TRUE(Mentions(wave, "tilfredshed-2026")) << wave;
}

TEST(Directory, IsHeldByOneEngine) {
  SimulatedFileSystem files;
  ManualClock clock(kNoon);
  Harness harness(TestWave(), TestOptions(files, clock));
  EXPECT_EQ(OpenStatus(TestWave(), TestOptions(files, clock)).code(),
            absl::StatusCode::kFailedPrecondition);
}

TEST(Directory, LostPartsAreRefusedInsteadOfMadeAnew) {
  for (const std::string name :
       {"panelpuls.key", "panelpuls.directory", "partition-001/00000001.segment"}) {
    SimulatedFileSystem files;
    ManualClock clock(kNoon);
    {
      Harness harness(TestWave(), TestOptions(files, clock, 2));
      harness.Send(MakeFieldwork(1, 20));
    }
    files.LoseFile(std::string(kDirectory) + "/" + name);
    const absl::Status status = OpenStatus(TestWave(), TestOptions(files, clock, 2));
    EXPECT_FALSE(status.ok()) << name;
    EXPECT_TRUE(Mentions(status, "/data")) << status;
  }
}

TEST(Directory, FlippedBitIsFoundByVerifyWithItsPosition) {
  SimulatedFileSystem files;
  ManualClock clock(kNoon);
  {
    Harness harness(TestWave(), TestOptions(files, clock));
    std::mt19937_64 random(1);
    for (const char* id : {"a", "b", "c"}) harness.Send({MakeResponse(id, random)});
  }
  const auto names = files.List(std::string(kDirectory) + "/partition-000");
  ASSERT_TRUE(names.ok());
  const std::string path = std::string(kDirectory) + "/partition-000/" + names->front();
  // The second group: behind the segment's header and the definition.
  const std::string content = files.FileContent(path);
  identity::Pseudonymizer pseudonymizer(
      *identity::DirectoryKey::Load(files, "/data/panelpuls.key"));
  const std::uint64_t high = pseudonymizer.Make("a").high;
  const std::size_t place =
      content.find(std::string_view(reinterpret_cast<const char*>(&high), sizeof high));
  ASSERT_NE(place, std::string::npos);
  files.FlipBit(path, place, 3);
  const auto verified = archive::Verify(files, kDirectory);
  ASSERT_TRUE(verified.ok()) << verified.status();
  ASSERT_EQ(verified->findings.size(), 1u);
  EXPECT_NE(verified->findings[0].find("2"), std::string::npos) << verified->findings[0];
  EXPECT_TRUE(verified->torn_tails.empty());
  EXPECT_FALSE(archive::Replay(files, kDirectory, std::nullopt).ok());
}

TEST(Directory, VerifyFindsARecordThatIsNotWorthItsPlace) {
  SimulatedFileSystem files;
  ManualClock clock(kNoon);
  archive::DirectoryInfo info;
  {
    Harness harness(TestWave(), TestOptions(files, clock));
    std::mt19937_64 random(1);
    harness.Send({MakeResponse("a", random)});
  }
  info = *archive::ReadDirectory(files, kDirectory);
  // The last group once more, as a program with a fault might have written it.
  std::vector<std::byte> payload;
  const auto keep = [&payload](const journal::GroupView& group) {
    payload.assign(group.payload.begin(), group.payload.end());
    return absl::OkStatus();
  };
  journal::JournalOptions options = archive::JournalOptionsFor(info, 0);
  options.segment_bytes = 64u << 10;
  options.max_payload_bytes = 16u << 10;
  auto journal =
      journal::Journal::Open(files, archive::PartitionPath(kDirectory, 0), options, keep, nullptr);
  ASSERT_TRUE(journal.ok()) << journal.status();
  ASSERT_TRUE((*journal)->Append(TestWave()->definition_id, kNoon, payload).ok());
  ASSERT_TRUE((*journal)->Sync().ok());
  const auto verified = archive::Verify(files, kDirectory);
  ASSERT_TRUE(verified.ok()) << verified.status();
  ASSERT_EQ(verified->findings.size(), 1u);
  EXPECT_NE(verified->findings[0].find("duplicate"), std::string::npos) << verified->findings[0];
}

}  // namespace
}  // namespace panelpuls::engine
