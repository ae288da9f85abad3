#include "journal/format.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "base/status.h"
#include "journal/journal.h"

namespace panelpuls::journal {
namespace {

static_assert(std::endian::native == std::endian::little, "numbers are copied as they are");

constexpr std::uint32_t kSegmentMagic = 0x31535050;  // "PPS1"
constexpr std::uint32_t kGroupMagic = 0x31475050;    // "PPG1"
constexpr std::size_t kSegmentCheckOffset = kBlockBytes - 4;
constexpr std::size_t kGroupCheckOffset = 60;

template <typename T>
void Put(std::span<std::byte> bytes, std::size_t offset, T value) {
  std::memcpy(bytes.data() + offset, &value, sizeof value);
}

template <typename T>
T Get(std::span<const std::byte> bytes, std::size_t offset) {
  T value;
  std::memcpy(&value, bytes.data() + offset, sizeof value);
  return value;
}

std::uint32_t GroupCheck(std::span<const std::byte> group) {
  const std::uint32_t header = Crc32c(0, group.first(kGroupCheckOffset));
  return Crc32c(header, group.subspan(kGroupHeaderBytes));
}

}  // namespace

std::uint64_t BytesOnDisk(std::uint64_t payload_bytes) { return GroupBytes(payload_bytes); }

void EncodeSegmentHeader(const SegmentHeader& header, Block block) {
  std::fill(block.begin(), block.end(), std::byte{0});
  Put(block, 0, kSegmentMagic);
  Put(block, 4, header.format);
  Put(block, 6, static_cast<std::uint16_t>(kBlockBytes));
  Put(block, 8, header.incarnation);
  Put(block, 16, header.file_bytes);
  Put(block, 24, header.segment_id);
  Put(block, 28, header.partition);
  Put(block, kSegmentCheckOffset, Crc32c(0, block.first(kSegmentCheckOffset)));
}

std::optional<SegmentHeader> DecodeSegmentHeader(ConstBlock block) {
  if (Get<std::uint32_t>(block, 0) != kSegmentMagic) return std::nullopt;
  if (Get<std::uint32_t>(block, kSegmentCheckOffset) !=
      Crc32c(0, block.first(kSegmentCheckOffset))) {
    return std::nullopt;
  }
  return SegmentHeader{.format = Get<std::uint16_t>(block, 4),
                       .incarnation = Get<std::uint64_t>(block, 8),
                       .file_bytes = Get<std::uint64_t>(block, 16),
                       .segment_id = Get<std::uint32_t>(block, 24),
                       .partition = Get<std::uint32_t>(block, 28)};
}

std::uint32_t EncodeGroupHeader(const GroupHeader& header, std::span<std::byte> group) {
  PP_CHECK(group.size() == GroupBytes(header.payload_bytes));
  Put(group, 0, kGroupMagic);
  Put(group, 4, kFormat);
  Put(group, 6, static_cast<std::uint16_t>(kGroupHeaderBytes));
  Put(group, 8, header.incarnation);
  Put(group, 16, header.position);
  Put(group, 24, header.definition_id);
  Put(group, 32, header.receipt_time);
  Put(group, 40, header.segment_id);
  Put(group, 44, header.block);
  Put(group, 48, header.payload_bytes);
  Put(group, 52, header.partition);
  Put(group, 56, std::uint32_t{0});
  const std::uint32_t checksum = GroupCheck(group);
  Put(group, kGroupCheckOffset, checksum);
  return checksum;
}

std::optional<GroupHeader> DecodeGroupHeader(ConstBlock block) {
  if (Get<std::uint32_t>(block, 0) != kGroupMagic || Get<std::uint16_t>(block, 4) != kFormat ||
      Get<std::uint16_t>(block, 6) != kGroupHeaderBytes) {
    return std::nullopt;
  }
  return GroupHeader{.incarnation = Get<std::uint64_t>(block, 8),
                     .position = Get<std::uint64_t>(block, 16),
                     .definition_id = Get<std::uint64_t>(block, 24),
                     .receipt_time = Get<Micros>(block, 32),
                     .segment_id = Get<std::uint32_t>(block, 40),
                     .block = Get<std::uint32_t>(block, 44),
                     .payload_bytes = Get<std::uint32_t>(block, 48),
                     .partition = Get<std::uint32_t>(block, 52),
                     .checksum = Get<std::uint32_t>(block, kGroupCheckOffset)};
}

bool GroupIsWhole(std::span<const std::byte> group) {
  return Get<std::uint32_t>(group, kGroupCheckOffset) == GroupCheck(group);
}

}  // namespace panelpuls::journal
