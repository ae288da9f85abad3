// A small journal in a simulated file system, and groups whose content follows from their position.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <random>
#include <string>
#include <vector>

#include "journal/journal.h"
#include "testing/simulated_file_system.h"

namespace panelpuls::journal {

inline constexpr char kDirectory[] = "data/partition-000";
inline constexpr std::uint64_t kBlock = 4096;
inline constexpr std::uint64_t kGroupHeader = 64;

inline std::string SegmentFile(int id) { return fmt::format("{}/{:08}.segment", kDirectory, id); }

// 16 blocks a segment, 15 of them for groups.
inline JournalOptions SmallOptions() {
  return {.segment_bytes = 16 * kBlock,
          .incarnation = 0x1122334455667788,
          .partition = 3,
          .max_payload_bytes = 8 * kBlock - kGroupHeader,
          .reserve_free_bytes = 0,
          .must_exist = false};
}

struct Group {
  Position position = 0;
  std::uint64_t definition_id = 0;
  Micros receipt_time = 0;
  std::string payload;
  friend bool operator==(const Group&, const Group&) = default;
};

// Never a zero byte in the payload, so that no damage hides in zeros.
inline Group MakeGroup(Position position, std::size_t payload_bytes) {
  std::mt19937_64 random(position * 1000 + payload_bytes);
  Group group{.position = position,
              .definition_id = 100 + position,
              .receipt_time = static_cast<Micros>(position) * 1000 - 5000,
              .payload = std::string(payload_bytes, ' ')};
  for (char& byte : group.payload) byte = static_cast<char>(1 + random() % 255);
  return group;
}

inline std::span<const std::byte> Payload(const Group& group) {
  return std::as_bytes(std::span(group.payload));
}

inline GroupVisitor CollectInto(std::vector<Group>& groups) {
  return [&groups](const GroupView& view) {
    groups.push_back({.position = view.info.position,
                      .definition_id = view.info.definition_id,
                      .receipt_time = view.info.receipt_time,
                      .payload = std::string(reinterpret_cast<const char*>(view.payload.data()),
                                             view.payload.size())});
    return absl::OkStatus();
  };
}

class JournalTest : public ::testing::Test {
 protected:
  JournalTest() { EXPECT_TRUE(files_.CreateDirectories(kDirectory).ok()); }

  // Opens; groups_ and report_ then say what was found.
  absl::Status Open() {
    journal_.reset();
    groups_.clear();
    auto opened = Journal::Open(files_, kDirectory, options_, CollectInto(groups_), &report_);
    if (!opened.ok()) return opened.status();
    journal_ = *std::move(opened);
    return absl::OkStatus();
  }
  void MustOpen() {
    const absl::Status status = Open();
    ASSERT_TRUE(status.ok()) << status;
  }
  // What another process sees.
  absl::StatusOr<RecoveryReport> ReadAll(std::vector<Group>& groups) {
    return ReadJournal(files_, kDirectory, options_, CollectInto(groups));
  }

  absl::Status Append(const Group& group) {
    const auto position = journal_->Append(group.definition_id, group.receipt_time, Payload(group));
    if (position.ok()) {
      EXPECT_EQ(*position, group.position);
    }
    return position.status();
  }
  // Appends and syncs groups of these payload sizes, and remembers them in written_.
  void Write(const std::vector<std::size_t>& sizes) {
    ASSERT_NE(journal_, nullptr);
    for (const std::size_t size : sizes) {
      written_.push_back(MakeGroup(journal_->End() + 1, size));
      ASSERT_TRUE(Append(written_.back()).ok());
      ASSERT_TRUE(journal_->Sync().ok());
    }
  }
  void ExpectDataLoss(const absl::Status& status, const std::vector<std::string>& parts) {
    EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss) << status;
    for (const std::string& part : parts) {
      EXPECT_THAT(std::string(status.message()), ::testing::HasSubstr(part));
    }
  }

  testing::SimulatedFileSystem files_;
  JournalOptions options_ = SmallOptions();
  std::unique_ptr<Journal> journal_;
  std::vector<Group> groups_;
  std::vector<Group> written_;
  RecoveryReport report_;
};

}  // namespace panelpuls::journal
