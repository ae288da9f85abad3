// The end of a journal is known: what is missing there is refused, accepted on request, and never
// missed where nothing was lost.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "archive/directory.h"
#include "archive/replay.h"
#include "archive/responses_export.h"
#include "archive/verify.h"
#include "archive/witness.h"
#include "base/clock.h"
#include "engine/engine.h"
#include "engine/fieldwork.h"
#include "engine/harness.h"
#include "engine/verified.h"
#include "report/export_csv.h"
#include "testing/simulated_file_system.h"

namespace panelpuls::engine {
namespace {

using panelpuls::testing::SimulatedFileSystem;
using testing::Harness;
using ::testing::HasSubstr;
using testing::IsSound;
using testing::kDirectory;
using testing::kNoon;
using testing::MakeResponse;
using testing::TestOptions;
using testing::TestWave;

constexpr std::uint32_t kPartitions = 2;
constexpr std::size_t kBlock = 4096;
const std::string kFolder = archive::PartitionPath(kDirectory, 1);

EngineOptions SmallSegments(FileSystem& files, const Clock& clock) {
  EngineOptions options = TestOptions(files, clock, kPartitions);
  options.max_group_bytes = 8000;
  options.segment_bytes = 16 * kBlock;
  return options;
}

std::string SegmentPath(int id) { return fmt::format("{}/{:08}.segment", kFolder, id); }

// Sends responses of new units one by one until the second partition has `groups` groups.
void Fill(SimulatedFileSystem& files, std::size_t groups, int* next_unit) {
  const ManualClock clock(kNoon);
  Harness harness(TestWave(), SmallSegments(files, clock));
  std::mt19937_64 random(1);
  SnapshotPointer shot = harness.engine().Latest();
  while (shot->positions[1] < groups) {
    const std::uint64_t version = shot->version + 1;
    harness.Send({MakeResponse("unit " + std::to_string((*next_unit)++), random)});
    shot = harness.WaitForSnapshot(
        [version](const PublishedSnapshot& newest) { return newest.version == version; });
    ASSERT_NE(shot, nullptr);
  }
}

// Where the groups of the second partition begin.
struct Place {
  std::string path;
  std::size_t offset = 0;
};
std::vector<Place> Groups(const SimulatedFileSystem& files) {
  std::vector<Place> groups;
  for (int id = 1; files.Exists(SegmentPath(id)); ++id) {
    const std::string content = files.FileContent(SegmentPath(id));
    for (std::size_t at = kBlock; at < content.size(); at += kBlock) {
      if (content.compare(at, 4, "PPG1") == 0) groups.push_back({SegmentPath(id), at});
    }
  }
  return groups;
}

void ZeroLast(SimulatedFileSystem& files, std::size_t count) {
  const std::vector<Place> groups = Groups(files);
  for (std::size_t i = groups.size() - count; i < groups.size(); ++i) {
    std::string content = files.FileContent(groups[i].path);
    content.replace(groups[i].offset, kBlock, kBlock, '\0');
    files.PutFile(groups[i].path, content);
  }
}

void FlipInLast(SimulatedFileSystem& files, std::size_t count, std::size_t byte) {
  const std::vector<Place> groups = Groups(files);
  for (std::size_t i = groups.size() - count; i < groups.size(); ++i) {
    files.FlipBit(groups[i].path, groups[i].offset + byte, 0);
  }
}

absl::StatusOr<std::unique_ptr<Engine>> Open(SimulatedFileSystem& files, bool accept_loss = false) {
  static const ManualClock clock(kNoon);
  EngineOptions options = SmallSegments(files, clock);
  options.accept_loss = accept_loss;
  options.on_fatal = [](const absl::Status&) {};  // a stop after the disk has gone
  return Engine::Open(TestWave(), std::move(options));
}

// Every way of reading refuses, and says so in the same words.
void ExpectRefused(SimulatedFileSystem& files, const std::vector<std::string>& texts) {
  std::vector<absl::Status> verdicts = {
      archive::Replay(files, kDirectory, std::nullopt).status(),
      archive::ResponsesExport::Open(files, kDirectory, {.make_table = report::ResponsesCsvIn({})})
          .status(),
      Open(files).status()};
  const auto verified = archive::Verify(files, kDirectory);
  ASSERT_TRUE(verified.ok()) << verified.status();
  ASSERT_FALSE(verified->findings.empty());
  EXPECT_EQ(verified->line, "");
  verdicts.push_back(DataLoss("{}", verified->findings.front()));
  for (const absl::Status& status : verdicts) {
    EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss) << status;
    for (const std::string& text : texts) {
      EXPECT_THAT(std::string(status.message()), HasSubstr(text));
    }
  }
}

class Witnessed : public ::testing::Test {
 protected:
  // 40 groups in the second partition, and what its folder and the directory were at 25.
  Witnessed() {
    Fill(files_, 25, &units_);
    Remember(earlier_);
    Fill(files_, 40, &units_);
    Remember(now_);
    end_ = Groups(files_).size();
  }

  using Image = std::vector<std::pair<std::string, std::string>>;
  void Remember(Image& image) {
    for (int id = 1; files_.Exists(SegmentPath(id)); ++id) {
      image.emplace_back(SegmentPath(id), files_.FileContent(SegmentPath(id)));
    }
    image.emplace_back(archive::WitnessPath(kDirectory),
                       files_.FileContent(archive::WitnessPath(kDirectory)));
  }
  void Restore() {
    for (int id = 1; files_.Exists(SegmentPath(id)); ++id) files_.LoseFile(SegmentPath(id));
    for (const auto& [path, content] : now_) files_.PutFile(path, content);
  }
  std::string Missing(std::size_t count) const {
    return fmt::format("{} ends at group {}, but group {} was durable at 2026-02-10T12:00:00",
                       kFolder, end_ - count, end_);
  }
  void PutEarlierSegments() {
    for (int id = 1; files_.Exists(SegmentPath(id)); ++id) files_.LoseFile(SegmentPath(id));
    for (const auto& [path, content] : earlier_) {
      if (path != archive::WitnessPath(kDirectory)) files_.PutFile(path, content);
    }
  }

  SimulatedFileSystem files_;
  int units_ = 0;
  Image earlier_;
  Image now_;
  std::size_t end_ = 0;
};

TEST_F(Witnessed, LastGroupsThatAreZerosAreMissed) {
  for (std::size_t count = 1; count < end_; ++count) {
    SCOPED_TRACE(count);
    ZeroLast(files_, count);
    ExpectRefused(files_,
                  {Missing(count), fmt::format("{} groups are missing", count), "--accept-loss"});
    Restore();
  }
  EXPECT_TRUE(Open(files_).ok());
}

TEST_F(Witnessed, NewestSegmentsLeftOutOfACopyAreMissed) {
  int last = 1;
  while (files_.Exists(SegmentPath(last + 1))) ++last;
  ASSERT_GE(last, 3);
  // The last one may be empty.
  for (int id = last; id > 1; --id) {
    files_.LoseFile(SegmentPath(id));
    const std::size_t left = Groups(files_).size();
    if (left == end_) continue;
    ExpectRefused(files_, {Missing(end_ - left)});
  }
}

TEST_F(Witnessed, AnOldCopyOfTheLastSegmentIsMissed) {
  // As it was when it had half of its groups.
  const std::string last = Groups(files_).back().path;
  std::string content = files_.FileContent(last);
  std::size_t half = 0;
  for (const Place& group : Groups(files_)) half += group.path == last ? 1 : 0;
  half = (half + 1) / 2;
  ZeroLast(files_, half);
  ExpectRefused(files_, {Missing(half)});
}

TEST_F(Witnessed, YesterdaysPartitionBesideTodaysIsMissed) {
  PutEarlierSegments();
  ExpectRefused(files_, {Missing(end_ - Groups(files_).size())});
}

TEST_F(Witnessed, AnOlderPartitionThatWentAnotherWayIsMissed) {
  // The earlier state is gone on with elsewhere, beyond the groups that are known here.
  SimulatedFileSystem elsewhere;
  for (const char* const name : {"/data/panelpuls.directory", "/data/panelpuls.key"}) {
    elsewhere.PutFile(name, files_.FileContent(name));
  }
  const auto names = files_.List(archive::PartitionPath(kDirectory, 0));
  for (const std::string& name : *names) {
    const std::string path = archive::PartitionPath(kDirectory, 0) + "/" + name;
    elsewhere.PutFile(path, files_.FileContent(path));
  }
  for (const auto& [path, content] : earlier_) elsewhere.PutFile(path, content);
  int other_units = 1000;
  {
    ASSERT_TRUE(Open(elsewhere, true).ok());
    Fill(elsewhere, end_ + 5, &other_units);
  }
  for (int id = 1; elsewhere.Exists(SegmentPath(id)); ++id) {
    files_.PutFile(SegmentPath(id), elsewhere.FileContent(SegmentPath(id)));
  }
  ExpectRefused(files_, {fmt::format("has another group {} than was durable", end_)});
}

TEST_F(Witnessed, FlippedBitsInTheLastGroupsAreNoTornEnd) {
  struct Row {
    const char* name;
    std::size_t byte;
  };
  for (const Row& row : {Row{"magic", 0}, Row{"position", 16}, Row{"payload", 100}}) {
    for (std::size_t count = 1; count <= 10; ++count) {
      SCOPED_TRACE(::testing::Message() << row.name << " of the last " << count);
      FlipInLast(files_, count, row.byte);
      ExpectRefused(files_, {kFolder});
      // Refused, so nothing was cut.
      FlipInLast(files_, count, row.byte);
      Restore();
    }
  }
  EXPECT_TRUE(IsSound(archive::Verify(files_, kDirectory)));
}

TEST_F(Witnessed, AcceptedLossIsSaidOnceAndTheWitnessFollows) {
  ZeroLast(files_, 3);
  {
    const auto engine = Open(files_, true);
    ASSERT_TRUE(engine.ok()) << engine.status();
    EXPECT_EQ((*engine)->recovery()[0].loss, "");
    EXPECT_THAT((*engine)->recovery()[1].loss, HasSubstr(Missing(3)));
  }
  EXPECT_TRUE(IsSound(archive::Verify(files_, kDirectory)));
  const auto again = Open(files_);
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ((*again)->recovery()[1].loss, "");
}

TEST_F(Witnessed, AWitnessThatKnowsNothingIsNoticed) {
  const std::string path = archive::WitnessPath(kDirectory);
  const std::string own = files_.FileContent(path);
  SimulatedFileSystem others;
  int units = 0;
  Fill(others, 2, &units);
  struct Row {
    const char* name;
    std::string content;
    const char* text;
  };
  for (const Row& row :
       {Row{"zeros", std::string(own.size(), '\0'), "is damaged"},
        Row{"nothing", "", "has another length"},
        Row{"half of it", own.substr(0, kBlock), "has another length"},
        Row{"another directory's", others.FileContent(path), "of another directory"}}) {
    SCOPED_TRACE(row.name);
    files_.PutFile(path, row.content);
    ExpectRefused(files_, {path, row.text});
  }
  files_.LoseFile(path);
  ExpectRefused(files_, {path, "is missing"});
  {
    const auto engine = Open(files_, true);
    ASSERT_TRUE(engine.ok()) << engine.status();
    EXPECT_THAT((*engine)->recovery()[0].loss, HasSubstr("is missing"));
  }
  EXPECT_TRUE(Open(files_).ok());
}

// A slot that power cut short is no reason to refuse: the other one is whole.
TEST_F(Witnessed, OneDamagedSlotLeavesTheOther) {
  for (const std::size_t slot : {0u, 1u}) {
    files_.FlipBit(archive::WitnessPath(kDirectory), slot * kBlock + 64, 0);
    EXPECT_TRUE(IsSound(archive::Verify(files_, kDirectory)));
    files_.FlipBit(archive::WitnessPath(kDirectory), slot * kBlock + 64, 0);
  }
}

TEST_F(Witnessed, OfATornTailIsSaidWhatIsKnown) {
  const auto tear = [&] {
    const Place last = Groups(files_).back();
    std::string content = files_.FileContent(last.path);
    content[last.offset + kBlock] = 'P';
    files_.PutFile(last.path, content);
  };
  tear();
  const auto clean = archive::Verify(files_, kDirectory);
  ASSERT_EQ(clean->torn_tails.size(), 1u);
  EXPECT_THAT(clean->torn_tails[0], HasSubstr("were never acknowledged"));
  Restore();
  {
    const auto engine = Open(files_);
    ASSERT_TRUE(engine.ok());
    files_.KillProcess();
  }
  tear();
  const auto crashed = archive::Verify(files_, kDirectory);
  ASSERT_EQ(crashed->torn_tails.size(), 1u);
  EXPECT_THAT(crashed->torn_tails[0], HasSubstr("or damage to the last one"));
  EXPECT_THAT(crashed->torn_tails[0], HasSubstr(fmt::format("group {} was durable at", end_)));
}

// Once in an interval, and only then, it has what was durable at that moment.
TEST(Witness, FollowsARunningEngine) {
  SimulatedFileSystem files;
  const ManualClock clock(kNoon);
  EngineOptions options = SmallSegments(files, clock);
  options.witness_interval = std::chrono::milliseconds(1);
  Harness harness(TestWave(), options);
  const archive::DirectoryInfo info = *archive::ReadDirectory(files, kDirectory);
  std::mt19937_64 random(1);
  for (int unit = 0; unit < 20; ++unit) {
    harness.Send({MakeResponse("unit " + std::to_string(unit), random)});
    const std::uint64_t sent = static_cast<std::uint64_t>(unit) + 1 + kPartitions;
    for (std::uint64_t seen = 0; seen < sent; std::this_thread::yield()) {
      const auto witness = archive::ReadWitness(files, kDirectory, info);
      ASSERT_TRUE(witness.ok()) << witness.status();
      EXPECT_FALSE(witness->stopped);
      seen = witness->marks[0].position + witness->marks[1].position;
      ASSERT_LE(seen, sent);
    }
  }
  files.Crash();
  // A group that it knew of is taken away: the crash is no excuse.
  ZeroLast(files, 1);
  ExpectRefused(files, {kFolder + " ends at group"});
}

TEST(Witness, IsExactAfterACleanStopOnly) {
  SimulatedFileSystem files;
  int units = 0;
  Fill(files, 3, &units);
  const archive::DirectoryInfo info = *archive::ReadDirectory(files, kDirectory);
  EXPECT_TRUE(archive::ReadWitness(files, kDirectory, info)->stopped);
  {
    const auto engine = Open(files);
    ASSERT_TRUE(engine.ok());
    EXPECT_FALSE(archive::ReadWitness(files, kDirectory, info)->stopped);
  }
  EXPECT_TRUE(archive::ReadWitness(files, kDirectory, info)->stopped);
}

TEST(KeptLine, HoldsALaterJournalToItsGroups) {
  SimulatedFileSystem files;
  int units = 0;
  Fill(files, 10, &units);
  const auto first = archive::Verify(files, kDirectory);
  ASSERT_TRUE(IsSound(first));
  ASSERT_THAT(first->line, HasSubstr("directory "));
  EXPECT_EQ(first->positions.size(), kPartitions);
  const std::string kept = "partition 0: whatever\nok\n" + first->line + "\n";
  EXPECT_TRUE(IsSound(archive::Verify(files, kDirectory, kept)));
  Fill(files, 20, &units);
  const auto later = archive::Verify(files, kDirectory, kept);
  EXPECT_TRUE(IsSound(later));
  EXPECT_NE(later->line, first->line);
  EXPECT_TRUE(IsSound(archive::Verify(files, kDirectory, kept + later->line)));
  EXPECT_EQ(archive::Verify(files, kDirectory, "nothing of the kind").status().code(),
            absl::StatusCode::kInvalidArgument);

  // Groups lost, and the loss accepted: the directory says nothing any more, the kept line does.
  ZeroLast(files, 15);
  ASSERT_TRUE(Open(files, true).ok());
  ASSERT_TRUE(IsSound(archive::Verify(files, kDirectory)));
  const auto shorter = archive::Verify(files, kDirectory, kept);
  ASSERT_EQ(shorter->findings.size(), 1u);
  EXPECT_THAT(shorter->findings[0], HasSubstr(kFolder + " ends at group"));
  // Other groups in their places.
  Fill(files, 20, &units);
  const auto other = archive::Verify(files, kDirectory, kept);
  ASSERT_EQ(other->findings.size(), 1u);
  EXPECT_THAT(other->findings[0], HasSubstr("are not those of then"));

  SimulatedFileSystem another;
  Fill(another, 10, &units);
  const auto foreign = archive::Verify(another, kDirectory, kept);
  ASSERT_EQ(foreign->findings.size(), 1u);
  EXPECT_THAT(foreign->findings[0], HasSubstr("the kept line is of directory"));
}

}  // namespace
}  // namespace panelpuls::engine
