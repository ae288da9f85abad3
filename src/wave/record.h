// Records as the journal keeps them and as the writer applies them: little-endian, fixed layout per
// definition (byte by byte in docs/PROTOCOL.md). A batch on its way to the writer holds
// records in this very form, so that journaling one is a copy.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

#include "base/clock.h"
#include "wave/wave.h"

namespace panelpuls::wave {

enum class RecordType : std::uint8_t {
  kDefinition = 1,  // DefinitionHeader, then the canonical definition
  kResponse = 2,    // ResponseHeader, then content
  kCaseEvent = 3,   // CaseEventRecord
  kFrameUnit = 4,   // FrameUnitHeader, then categories as in a response's content
  kFrameEnd = 5,    // FrameEndRecord
  kErasure = 6,     // ErasureRecord
};

enum class Status : std::uint8_t { kComplete = 0, kPartial = 1, kWithdrawn = 2, kTest = 3 };

// Bits of ResponseHeader::flags.
inline constexpr std::uint8_t kMarked = 1;  // the claimed time could not be believed
// With a frame: the sender's categories were others than the frame's. Set when the record is first
// applied and kept in the journal, so that differences are counted alike in replay.
inline constexpr std::uint8_t kCategoriesDiffered = 2;

// 32 bytes. pseudonym: two words, high first, as identity::Pseudonym.
struct ResponseHeader {
  RecordType type = RecordType::kResponse;
  std::uint8_t channel = 0;
  std::uint8_t flags = 0;
  std::uint8_t reserved = 0;
  std::uint32_t revision = 0;
  Micros collected_at = kNoTime;
  std::uint64_t pseudonym_high = 0;
  std::uint64_t pseudonym_low = 0;
};
static_assert(sizeof(ResponseHeader) == 32);

// 32 bytes.
struct CaseEventRecord {
  RecordType type = RecordType::kCaseEvent;
  std::uint8_t channel = 0;
  Disposition disposition = Disposition::kNone;
  std::uint8_t reserved[5] = {};
  Micros at = kNoTime;
  std::uint64_t pseudonym_high = 0;
  std::uint64_t pseudonym_low = 0;
};
static_assert(sizeof(CaseEventRecord) == 32);

// 32 bytes, followed by the categories of the unit (layout of the response's category fields,
// moved to the begin), padded to a multiple of 8.
struct FrameUnitHeader {
  RecordType type = RecordType::kFrameUnit;
  std::uint8_t channel = 0;
  std::uint8_t reserved[6] = {};
  std::uint64_t base_weight = 0;  // d * 2^40
  std::uint64_t pseudonym_high = 0;
  std::uint64_t pseudonym_low = 0;
};
static_assert(sizeof(FrameUnitHeader) == 32);

// 16 bytes; after it the frame is whole.
struct FrameEndRecord {
  RecordType type = RecordType::kFrameEnd;
  std::uint8_t reserved[7] = {};
  std::uint64_t units = 0;  // of all partitions
};
static_assert(sizeof(FrameEndRecord) == 16);

// 24 bytes.
struct ErasureRecord {
  RecordType type = RecordType::kErasure;
  std::uint8_t reserved[7] = {};
  std::uint64_t pseudonym_high = 0;
  std::uint64_t pseudonym_low = 0;
};
static_assert(sizeof(ErasureRecord) == 24);

// 8 bytes, followed by `length` bytes, padded with zeros to a multiple of 8.
struct DefinitionHeader {
  RecordType type = RecordType::kDefinition;
  std::uint8_t reserved[3] = {};
  std::uint32_t length = 0;
};
static_assert(sizeof(DefinitionHeader) == 8);

// Reads and writes a field of a record. The record holds at least offset + width bytes.
inline std::uint64_t LoadField(const std::byte* record, const Field& field) {
  switch (field.width) {
    case 1:
      return static_cast<std::uint8_t>(record[field.offset]);
    case 2: {
      std::uint16_t value;
      std::memcpy(&value, record + field.offset, sizeof value);
      return value;
    }
    default: {
      std::uint64_t value = 0;
      std::memcpy(&value, record + field.offset, field.width < 8 ? field.width : 8);
      return value;
    }
  }
}
inline void StoreField(std::byte* record, const Field& field, std::uint64_t value) {
  switch (field.width) {
    case 1:
      record[field.offset] = static_cast<std::byte>(value);
      return;
    case 2:
      std::memcpy(record + field.offset, &value, 2);
      return;
    default:
      std::memcpy(record + field.offset, &value, field.width < 8 ? field.width : 8);
  }
}

// Typed views; `record` is at least as long as the header. Copies, so alignment does not matter.
inline ResponseHeader LoadResponseHeader(const std::byte* record) {
  ResponseHeader header;
  std::memcpy(&header, record, sizeof header);
  return header;
}
inline void StoreResponseHeader(std::byte* record, const ResponseHeader& header) {
  std::memcpy(record, &header, sizeof header);
}
// The parts that several writers look at: whose record it is stands in the pseudonym, at the same
// place in all records of a unit, which no writer changes; only the owner of a record changes it,
// and then the flags alone.
static_assert(offsetof(ResponseHeader, pseudonym_high) ==
              offsetof(CaseEventRecord, pseudonym_high));
static_assert(offsetof(ResponseHeader, pseudonym_high) ==
              offsetof(FrameUnitHeader, pseudonym_high));
inline std::uint64_t LoadPseudonymHigh(const std::byte* record) {
  std::uint64_t value;
  std::memcpy(&value, record + offsetof(ResponseHeader, pseudonym_high), sizeof value);
  return value;
}
inline std::uint64_t LoadPseudonymLow(const std::byte* record) {
  std::uint64_t value;
  std::memcpy(&value, record + offsetof(ResponseHeader, pseudonym_low), sizeof value);
  return value;
}
inline std::uint8_t LoadFlags(const std::byte* record) {
  return static_cast<std::uint8_t>(record[offsetof(ResponseHeader, flags)]);
}
inline void StoreFlags(std::byte* record, std::uint8_t flags) {
  record[offsetof(ResponseHeader, flags)] = std::byte{flags};
}

// Length of the record at the begin of `bytes`, header and padding included; 0: not a whole record
// of this wave (damage, or an unknown type).
std::size_t RecordLength(const Wave& wave, std::span<const std::byte> bytes);

// Verdict on a version's clock, taken once at receipt (docs/PROTOCOL.md).
inline bool IsMarked(const Wave& wave, Micros collected_at, Micros receipt_time) {
  return collected_at < wave.fieldwork_start_time ||
         collected_at > receipt_time + wave.clock_tolerance;
}

// Size of a frame unit's record.
std::size_t FrameUnitSize(const Wave& wave);

// Base weights in integers (METHOD M9): d * 2^40, for 2^-10 <= d <= 2^20 after the declared scale.
inline constexpr std::uint64_t kBaseWeightOne = 1ull << 40;
inline constexpr std::uint64_t kLeastBaseWeight = kBaseWeightOne >> 10;
inline constexpr std::uint64_t kMostBaseWeight = kBaseWeightOne << 20;
// 0: not a base weight (not finite, or out of range).
std::uint64_t FixedBaseWeight(const Wave& wave, double base_weight);

// Class of a response's content in each variable.
struct Classes {
  std::uint32_t group = 0;      // indicator group, or groups.size()
  std::uint32_t direction = 0;  // Direction
};
// `record` is a response of this wave.
inline Classes IndicatorClasses(const Wave& wave, const std::byte* record) {
  if (!wave.indicator) return {0, kNoDirection};
  const Indicator& indicator = *wave.indicator;
  std::uint64_t combination = 0;
  for (const Digit& digit : indicator.digits) {
    combination += LoadField(record, digit.field) * digit.stride;
  }
  // Only a damaged record leads out of the table.
  const std::size_t group = combination < indicator.group_of.size()
                                ? std::size_t{indicator.group_of[combination]}
                                : indicator.groups.size();
  return {static_cast<std::uint32_t>(group),
          static_cast<std::uint32_t>(indicator.direction_of[group])};
}
// Weighting cell; every category must be present.
inline std::uint64_t CellOf(const Wave& wave, const std::byte* record) {
  std::uint64_t sum = 0;
  for (const Digit& digit : wave.layout.cell_digits) {
    sum += LoadField(record, digit.field) * digit.stride;
  }
  return sum - wave.layout.first_cell;
}
// F3 rank: complete 3, partial with the required questions 2, partial 1, withdrawn 0.
int RankOf(const Wave& wave, const std::byte* record);

}  // namespace panelpuls::wave
