// Layout of segments and groups on disk (docs/PROTOCOL.md, Journal). All numbers little-endian.
//
//   segment file   block 0: segment header | group | group | ... | zeros to the end of the file
//   group          64-byte header | payload | zeros to the next multiple of 4096
//
//   segment header                          group header
//    0  u32 "PPS1"                            0  u32 "PPG1"
//    4  u16 format (1)                        4  u16 format (1)
//    6  u16 bytes of a block (4096)           6  u16 bytes of this header (64)
//    8  u64 incarnation                       8  u64 incarnation
//   16  u64 bytes of the file                16  u64 position
//   24  u32 segment id                       24  u64 definition id
//   28  u32 partition                        32  i64 receipt time, microseconds since 1970 UTC
//   32  zeros                                40  u32 segment id
//   4092 u32 CRC-32C of bytes 0-4091         44  u32 block of the segment where the group starts
//                                            48  u32 bytes of payload
//                                            52  u32 partition
//                                            56  u32 zero
//                                            60  u32 CRC-32C of bytes 0-59, payload and padding
// Threads  any; pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "base/clock.h"

namespace panelpuls::journal {

inline constexpr std::uint16_t kFormat = 1;
inline constexpr std::uint64_t kBlockBytes = 4096;
inline constexpr std::size_t kGroupHeaderBytes = 64;
inline constexpr std::uint64_t kFirstGroupOffset = kBlockBytes;

// Bytes of a group on disk. payload_bytes fits in 32 bits.
constexpr std::uint64_t GroupBytes(std::uint64_t payload_bytes) {
  return (kGroupHeaderBytes + payload_bytes + kBlockBytes - 1) / kBlockBytes * kBlockBytes;
}

struct SegmentHeader {
  std::uint16_t format = kFormat;
  std::uint64_t incarnation = 0;
  std::uint64_t file_bytes = 0;
  std::uint32_t segment_id = 0;
  std::uint32_t partition = 0;
};

struct GroupHeader {
  std::uint64_t incarnation = 0;
  std::uint64_t position = 0;
  std::uint64_t definition_id = 0;
  Micros receipt_time = 0;
  std::uint32_t segment_id = 0;
  std::uint32_t block = 0;
  std::uint32_t payload_bytes = 0;
  std::uint32_t partition = 0;
  std::uint32_t checksum = 0;  // as it stands there; made by EncodeGroupHeader
};

using Block = std::span<std::byte, kBlockBytes>;
using ConstBlock = std::span<const std::byte, kBlockBytes>;

void EncodeSegmentHeader(const SegmentHeader& header, Block block);
// None: no segment header, or damaged. The format may be another one; the rest is only known for
// kFormat.
std::optional<SegmentHeader> DecodeSegmentHeader(ConstBlock block);

// Fills in header and check sum of a group whose payload and padding are in place; the check sum.
std::uint32_t EncodeGroupHeader(const GroupHeader& header, std::span<std::byte> group);
// None: these bytes start no group. The check sum is not looked at.
std::optional<GroupHeader> DecodeGroupHeader(ConstBlock block);
// Whether the check sum fits. group: GroupBytes(header.payload_bytes) bytes.
bool GroupIsWhole(std::span<const std::byte> group);

}  // namespace panelpuls::journal
