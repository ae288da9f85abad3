#include "state/unit_register.h"

#include <algorithm>

namespace panelpuls::state {
std::uint32_t CategoryBytes(const wave::Wave& wave) {
  if (wave.layout.categories.empty()) return 0;
  const wave::Field& first = wave.layout.categories.front();
  const wave::Field& last = wave.layout.categories.back();
  return last.offset + last.width - first.offset;
}

std::uint32_t UnitRegister::FrameSize(const wave::Wave& wave) {
  return wave.has_frame ? 12 + CategoryBytes(wave) : 0;
}

TableSize UnitRegister::SizeFor(const wave::Wave& wave, std::uint64_t capacity) {
  const auto channels = static_cast<std::uint32_t>(wave.channels.size());
  return {.capacity = capacity,
          .record_size = kFrameOffset + FrameSize(wave) +
                         channels * (kWordHeadSize + wave.layout.content_size)};
}

absl::StatusOr<UnitRegister> UnitRegister::Create(const wave::Wave& wave, std::uint64_t capacity) {
  UnitRegister units;
  PP_ASSIGN_OR_RETURN(units.table_,
                      PseudonymTable::Create(SizeFor(wave, capacity), "the register of units"));
  units.words_offset_ = kFrameOffset + FrameSize(wave);
  units.word_size_ = kWordHeadSize + wave.layout.content_size;
  units.content_offset_ = wave.layout.content_offset;
  return units;
}

std::uint64_t UnitRegister::BytesFor(const wave::Wave& wave, std::uint64_t capacity) {
  return PseudonymTable::BytesFor(SizeFor(wave, capacity));
}

std::uint32_t UnitRegister::Insert(const PseudonymKey& key) {
  const std::uint32_t unit = table_.Insert(key);
  if (unit != kNotFound) set_winner(unit, kNoChannel);
  return unit;
}

UnitRegister::FramePart UnitRegister::LoadFrame(std::uint32_t unit) const {
  const std::byte* at = table_.At(unit) + kFrameOffset;
  FramePart part;
  std::memcpy(&part.base_weight, at, 8);
  std::memcpy(&part.cell, at + 8, 4);
  return part;
}

void UnitRegister::StoreFrame(std::uint32_t unit, const FramePart& part) {
  std::byte* at = table_.At(unit) + kFrameOffset;
  std::memcpy(at, &part.base_weight, 8);
  std::memcpy(at + 8, &part.cell, 4);
}

}  // namespace panelpuls::state
