#include "journal/format.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "journal/journal.h"
#include "testing/protocol_text.h"
#include "testing/simulated_file_system.h"

namespace panelpuls::journal {
namespace {

std::span<const std::byte> Bytes(std::string_view text) { return std::as_bytes(std::span(text)); }

// The first is the check value of CRC-32C in catalogues of check sums; the others are of RFC 3720,
// B.4.
TEST(Crc32c, HasTheKnownAnswers) {
  EXPECT_EQ(Crc32c(0, Bytes("123456789")), 0xE3069283u);
  EXPECT_EQ(Crc32c(0, Bytes(std::string(32, '\0'))), 0x8A9136AAu);
  EXPECT_EQ(Crc32c(0, Bytes(std::string(32, '\xff'))), 0x62A8AB43u);
  std::string rising;
  for (int i = 0; i < 32; ++i) rising += static_cast<char>(i);
  EXPECT_EQ(Crc32c(0, Bytes(rising)), 0x46DD794Eu);
  EXPECT_EQ(Crc32c(0, {}), 0u);
}

TEST(Crc32c, ContinuesWhereItStopped) {
  const std::string text(5000, 'x');
  for (const std::size_t cut : {0u, 1u, 7u, 64u, 4999u, 5000u}) {
    const std::uint32_t first = Crc32c(0, Bytes(text).first(cut));
    EXPECT_EQ(Crc32c(first, Bytes(text).subspan(cut)), Crc32c(0, Bytes(text)));
  }
}

TEST(Format, AGroupTakesWholeBlocks) {
  EXPECT_EQ(GroupBytes(0), kBlockBytes);
  EXPECT_EQ(GroupBytes(kBlockBytes - kGroupHeaderBytes), kBlockBytes);
  EXPECT_EQ(GroupBytes(kBlockBytes - kGroupHeaderBytes + 1), 2 * kBlockBytes);
}

TEST(Format, TheExampleOfTheProtocolIsReadAndWritten) {
  constexpr char kPath[] = "d/00000001.segment";
  const std::string segment = testing::ProtocolHex("journal segment header", kBlockBytes) +
                              testing::ProtocolHex("journal group", kBlockBytes);
  const JournalOptions options = {.segment_bytes = 2 * kBlockBytes,
                                  .incarnation = 0x0102030405060708,
                                  .partition = 0,
                                  .max_payload_bytes = 100,
                                  .reserve_free_bytes = 0};
  testing::SimulatedFileSystem files;
  files.PutFile(kPath, segment);
  int groups = 0;
  const auto report = ReadJournal(files, "d", options, [&](const GroupView& view) {
    ++groups;
    EXPECT_EQ(view.info.position, 1u);
    EXPECT_EQ(view.info.definition_id, 5u);
    EXPECT_EQ(view.info.receipt_time, 1'759'831'200'000'000);  // 2025-10-07T10:00:00Z
    EXPECT_EQ(std::string(reinterpret_cast<const char*>(view.payload.data()), view.payload.size()),
              "panelpuls");
    return absl::OkStatus();
  });
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_EQ(groups, 1);

  testing::SimulatedFileSystem fresh;
  ASSERT_TRUE(fresh.CreateDirectories("d").ok());
  auto journal = Journal::Open(
      fresh, "d", options, [](const GroupView&) { return absl::OkStatus(); }, nullptr);
  ASSERT_TRUE(journal.ok()) << journal.status();
  ASSERT_TRUE((*journal)->Append(5, 1'759'831'200'000'000, Bytes("panelpuls")).ok());
  EXPECT_EQ(fresh.FileContent(kPath), segment);
}

}  // namespace
}  // namespace panelpuls::journal
