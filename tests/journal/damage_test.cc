#include "journal/format.h"
#include "journal_fixture.h"

namespace panelpuls::journal {
namespace {

using ::testing::HasSubstr;

class Damage : public JournalTest {
 protected:
  // Opening and reading have the same verdict.
  absl::Status Verdict() {
    const absl::Status opened = Open();
    std::vector<Group> groups;
    const absl::Status read = ReadAll(groups).status();
    EXPECT_EQ(opened, read);
    return opened;
  }
  void ExpectRefused(const std::vector<std::string>& parts) { ExpectDataLoss(Verdict(), parts); }
  void LoseSegments() {
    for (int id = 1; files_.Exists(SegmentFile(id)); ++id) files_.LoseFile(SegmentFile(id));
  }
  void CopySegment(int from, int to) {
    files_.PutFile(SegmentFile(to), files_.FileContent(SegmentFile(from)));
  }
};

struct Place {
  Position position;
  int segment;
  std::uint64_t offset;
  std::uint64_t bytes;
};

// Where each of `sizes` comes to stand in segments of 15 blocks for groups.
std::vector<Place> Places(const std::vector<std::size_t>& sizes) {
  std::vector<Place> places;
  int segment = 1;
  std::uint64_t offset = kBlock;
  for (const std::size_t size : sizes) {
    const std::uint64_t bytes = (size + kGroupHeader + kBlock - 1) / kBlock * kBlock;
    if (offset + bytes > 16 * kBlock) {
      ++segment;
      offset = kBlock;
    }
    places.push_back({places.size() + 1, segment, offset, bytes});
    offset += bytes;
  }
  return places;
}

const std::vector<std::size_t> kSizes = {100,    2 * kBlock, 0,         5 * kBlock, 4 * kBlock,
                                         kBlock, 6 * kBlock, 10,        3 * kBlock, 4000,
                                         4033,   7 * kBlock, 2 * kBlock};

TEST_F(Damage, AFlippedBitInAnyGroupButTheLastIsRefusedByPosition) {
  MustOpen();
  Write(kSizes);
  journal_.reset();
  std::mt19937_64 random(3);
  for (const Place& place : Places(kSizes)) {
    if (place.position == kSizes.size()) break;
    SCOPED_TRACE(place.position);
    // Every bit of the header, the last of the padding, and some of what lies between.
    std::vector<std::uint64_t> bits = {place.bytes * 8 - 1};
    for (std::uint64_t bit = 0; bit < kGroupHeader * 8; ++bit) bits.push_back(bit);
    for (int i = 0; i < 100; ++i) bits.push_back(random() % (place.bytes * 8));
    for (const std::uint64_t bit : bits) {
      const auto flip = [&] {
        files_.FlipBit(SegmentFile(place.segment), place.offset + bit / 8,
                       static_cast<unsigned>(bit % 8));
      };
      flip();
      std::vector<Group> groups;
      const absl::Status status = ReadAll(groups).status();
      flip();
      ASSERT_EQ(status.code(), absl::StatusCode::kDataLoss) << "bit " << bit << " " << status;
      ASSERT_THAT(std::string(status.message()),
                  HasSubstr(fmt::format("{}: group {} at offset {} is damaged",
                                        SegmentFile(place.segment), place.position, place.offset)));
      ASSERT_EQ(groups.size(), place.position - 1);
    }
  }
  MustOpen();
  EXPECT_EQ(groups_, written_);
}

TEST_F(Damage, IsRefusedWithTheMend) {
  MustOpen();
  Write({10, 10, 10});
  files_.FlipBit(SegmentFile(1), 2 * kBlock + 64, 0);
  ExpectRefused({"00000001.segment", "group 2", "offset 8192", "group 3",
                 "restore data/partition-000/00000001.segment from a copy"});
  EXPECT_EQ(groups_.size(), 1u);
}

TEST_F(Damage, BlocksOfZerosInTheMiddleAreNoEnd) {
  MustOpen();
  Write({10, 10, 10});
  std::string content = files_.FileContent(SegmentFile(1));
  content.replace(2 * kBlock, kBlock, kBlock, '\0');
  files_.PutFile(SegmentFile(1), content);
  ExpectRefused({"group 2", "offset 8192"});
}

TEST_F(Damage, ZerosInsteadOfTheLastGroupOfASegmentAreNoEnd) {
  MustOpen();
  Write({8 * kBlock - kGroupHeader, 10, 8 * kBlock - kGroupHeader});
  std::string content = files_.FileContent(SegmentFile(1));
  content.replace(9 * kBlock, kBlock, kBlock, '\0');
  files_.PutFile(SegmentFile(1), content);
  ExpectRefused({"group 2", "offset 36864", "group 3 in data/partition-000/00000002.segment"});
}

TEST_F(Damage, TheFirstGroupOfALaterSegmentIsNoTornEndEither) {
  MustOpen();
  Write({8 * kBlock - kGroupHeader, 8 * kBlock - kGroupHeader, 10});
  files_.FlipBit(SegmentFile(2), kBlock + 200, 5);
  ExpectRefused({"00000002.segment: group 2 at offset 4096", "group 3 in",
                 "restore data/partition-000/00000002.segment"});
}

TEST_F(Damage, NothingIsChangedByARefusedOpening) {
  MustOpen();
  Write({10, 10, 10});
  files_.FlipBit(SegmentFile(1), kBlock + 64, 0);
  const std::string content = files_.FileContent(SegmentFile(1));
  ExpectRefused({"group 1"});
  EXPECT_EQ(files_.FileContent(SegmentFile(1)), content);
}

// The header of a later group is proof enough: it was only written when the ones before were
// durable.
TEST_F(Damage, ToEachOfTheLastGroupsIsNoTornEnd) {
  for (std::size_t count = 2; count <= 10; ++count) {
    SCOPED_TRACE(count);
    LoseSegments();
    written_.clear();
    MustOpen();
    Write(std::vector<std::size_t>(20, 100));
    for (std::size_t group = 21 - count; group <= 20; ++group) {
      const int segment = group <= 15 ? 1 : 2;
      const std::uint64_t block = group <= 15 ? group : group - 15;
      files_.FlipBit(SegmentFile(segment), block * kBlock + 100, 0);
    }
    const std::size_t first = 21 - count;
    ExpectRefused({fmt::format("group {} at offset", first),
                   fmt::format("the header of group {}", first + 1)});
  }
}

TEST_F(Damage, AnEndBeforeWhatIsKnownToHaveBeenDurableIsRefusedOrAccepted) {
  MustOpen();
  Write({10, 10, 10});
  const Mark known = journal_->durable_mark();
  EXPECT_EQ(known.position, 3u);
  Write({10});
  options_.durable = known;
  MustOpen();  // longer
  std::string content = files_.FileContent(SegmentFile(1));
  content.replace(3 * kBlock, 2 * kBlock, 2 * kBlock, '\0');
  files_.PutFile(SegmentFile(1), content);
  ExpectRefused({"ends at group 2, but group 3 was durable at", "so 1 groups are missing"});
  EXPECT_EQ(files_.FileContent(SegmentFile(1)), content);
  options_.accept_loss = true;
  MustOpen();
  EXPECT_THAT(report_.loss, HasSubstr("ends at group 2"));
  Write({20});
  options_.accept_loss = false;
  ExpectRefused({"has another group 3 than was durable at"});
}

TEST_F(Damage, InRoomThatNoGroupUsesIsReportedAndHarmless) {
  MustOpen();
  Write({8 * kBlock - kGroupHeader, 8 * kBlock - kGroupHeader, 10});
  files_.FlipBit(SegmentFile(1), 12 * kBlock, 0);
  MustOpen();
  EXPECT_EQ(groups_, written_);
  EXPECT_FALSE(report_.torn_tail);
  EXPECT_EQ(report_.stray_where, SegmentFile(1) + " at offset 36864");
}

TEST_F(Damage, ASegmentOfAnotherIncarnationIsRefusedByName) {
  MustOpen();
  Write(std::vector<std::size_t>(40, 100));
  const std::string stale = files_.FileContent(SegmentFile(2));
  LoseSegments();
  options_.incarnation += 1;
  written_.clear();
  MustOpen();
  Write(std::vector<std::size_t>(40, 100));
  const std::string right = files_.FileContent(SegmentFile(2));
  files_.PutFile(SegmentFile(2), stale);
  ExpectRefused({"00000002.segment belongs to another journal", "1122334455667788",
                 "1122334455667789", "move it away"});
  files_.PutFile(SegmentFile(2), right);
  MustOpen();
  EXPECT_EQ(groups_, written_);
}

// Behind a torn end of the right incarnation, too: a stale group must not pass for a later one, nor
// for the next one.
TEST_F(Damage, AGroupOfAnotherIncarnationIsNoGroup) {
  MustOpen();
  Write({10, 10, 10});
  const std::string stale = files_.FileContent(SegmentFile(1));
  LoseSegments();
  options_.incarnation += 1;
  written_.clear();
  MustOpen();
  Write({20});
  std::string content = files_.FileContent(SegmentFile(1));
  for (const std::uint64_t offset : {2 * kBlock, 3 * kBlock}) {
    content.replace(offset, kBlock, stale, offset, kBlock);
  }
  files_.PutFile(SegmentFile(1), content);
  MustOpen();
  EXPECT_EQ(groups_, written_);
  EXPECT_TRUE(report_.torn_tail);
}

TEST_F(Damage, AGroupWithAnEarlierPositionBehindTheEndIsNoLaterGroup) {
  MustOpen();
  Write({10, 10, 10});
  std::string content = files_.FileContent(SegmentFile(1));
  std::string group = content.substr(2 * kBlock, kBlock);
  GroupHeader header = *DecodeGroupHeader(std::as_bytes(std::span(group)).first<kBlock>());
  header.block = 6;  // as if the place had been used for it
  EncodeGroupHeader(header, std::as_writable_bytes(std::span(group)));
  content.replace(6 * kBlock, kBlock, group);
  files_.PutFile(SegmentFile(1), content);
  MustOpen();
  EXPECT_EQ(groups_, written_);
  EXPECT_TRUE(report_.torn_tail);
  EXPECT_EQ(files_.FileContent(SegmentFile(1)).find_first_not_of('\0', 4 * kBlock),
            std::string::npos);
}

TEST_F(Damage, AGroupInAnotherPlaceThanItsOwnIsNoGroup) {
  MustOpen();
  Write({10, 10, 10, 10});
  std::string content = files_.FileContent(SegmentFile(1));
  content.replace(2 * kBlock, kBlock, content, 3 * kBlock, kBlock);  // a misdirected write
  files_.PutFile(SegmentFile(1), content);
  ExpectRefused({"group 2 at offset 8192"});
}

TEST_F(Damage, NorIsTheExpectedGroupOne) {
  MustOpen();
  Write({10, 10, 10});
  std::string content = files_.FileContent(SegmentFile(1));
  content.replace(6 * kBlock, kBlock, content, 3 * kBlock, kBlock);
  content.replace(3 * kBlock, kBlock, kBlock, '\0');
  files_.PutFile(SegmentFile(1), content);
  MustOpen();
  EXPECT_TRUE(report_.torn_tail);
  EXPECT_EQ(groups_.size(), 2u);
}

TEST_F(Damage, AMissingSegmentIsRefusedByName) {
  MustOpen();
  Write(std::vector<std::size_t>(50, 100));
  const std::string first = files_.FileContent(SegmentFile(1));
  const std::string second = files_.FileContent(SegmentFile(2));
  files_.LoseFile(SegmentFile(2));
  ExpectRefused({"00000002.segment is missing", "00000003.segment is there", "put it back"});
  files_.PutFile(SegmentFile(2), second);
  files_.LoseFile(SegmentFile(1));
  ExpectRefused({"00000001.segment is missing"});
  files_.PutFile(SegmentFile(1), first);
  MustOpen();
  EXPECT_EQ(groups_, written_);
}

TEST_F(Damage, ACopyUnderAnotherNameIsRefusedByName) {
  MustOpen();
  Write(std::vector<std::size_t>(20, 100));
  CopySegment(1, 2);
  ExpectRefused({"00000002.segment is a copy of 00000001.segment"});
}

TEST_F(Damage, OtherNamesOfSegmentsAreRefused) {
  MustOpen();
  Write({10});
  const std::string content = files_.FileContent(SegmentFile(1));
  for (const std::string name : {"2.segment", "00000000.segment", "00000001 copy.segment",
                                 "000000001.segment", "+0000001.segment", "0000000a.segment"}) {
    SCOPED_TRACE(name);
    const std::string path = fmt::format("{}/{}", kDirectory, name);
    files_.PutFile(path, content);
    ExpectRefused({path, "move it away"});
    files_.LoseFile(path);
  }
  files_.PutFile(fmt::format("{}/notes.txt", kDirectory), "not a segment");
  files_.PutFile(fmt::format("{}/00000001.segment.bak", kDirectory), content);
  MustOpen();
}

TEST_F(Damage, ASegmentOfAnotherPartitionIsRefused) {
  MustOpen();
  Write({10});
  options_.partition = 4;
  ExpectRefused({"belongs to partition 3, not to 4"});
}

TEST_F(Damage, ASegmentCutShortOrLengthenedIsRefused) {
  MustOpen();
  Write({10});
  const std::string content = files_.FileContent(SegmentFile(1));
  files_.PutFile(SegmentFile(1), content.substr(0, 10 * kBlock));
  ExpectRefused({"00000001.segment has 40960 bytes instead of 65536"});
  files_.PutFile(SegmentFile(1), content + "x");
  ExpectRefused({"has 65537 bytes"});
  files_.PutFile(SegmentFile(1), content.substr(0, 100));
  ExpectRefused({"the header at offset 0 is damaged"});
  files_.PutFile(SegmentFile(1), "");
  ExpectRefused({"the header at offset 0 is damaged"});
}

TEST_F(Damage, AnyBitOfASegmentsHeaderIsRefused) {
  MustOpen();
  Write({10});
  journal_.reset();
  for (std::uint64_t bit = 0; bit < kBlock * 8; bit += bit < 512 ? 1 : 37) {
    const auto flip = [&] { files_.FlipBit(SegmentFile(1), bit / 8, bit % 8); };
    flip();
    std::vector<Group> groups;
    const absl::Status status = ReadAll(groups).status();
    flip();
    ASSERT_EQ(status.code(), absl::StatusCode::kDataLoss) << bit;
    ASSERT_THAT(std::string(status.message()), HasSubstr("header at offset 0 is damaged"));
  }
}

TEST_F(Damage, ANewerFormatIsRefusedAsSuch) {
  MustOpen();
  std::string content = files_.FileContent(SegmentFile(1));
  EncodeSegmentHeader({.format = 2, .incarnation = options_.incarnation},
                      std::as_writable_bytes(std::span(content)).first<kBlock>());
  files_.PutFile(SegmentFile(1), content);
  const absl::Status status = Verdict();
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(status.message()), HasSubstr("format 2"));
}

}  // namespace
}  // namespace panelpuls::journal
