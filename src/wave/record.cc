#include "wave/record.h"

#include <cmath>

namespace panelpuls::wave {
namespace {

constexpr std::size_t PadToEight(std::size_t size) { return (size + 7) / 8 * 8; }

bool AnsweredWhatIsRequired(const Wave& wave, const std::byte* record) {
  for (std::size_t q = 0; q < wave.questions.size(); ++q) {
    if (wave.questions[q].required && LoadField(record, wave.layout.answers[q]) == 0) return false;
  }
  return true;
}

}  // namespace

std::size_t FrameUnitSize(const Wave& wave) {
  std::size_t size = sizeof(FrameUnitHeader);
  for (const Field& field : wave.layout.categories) size += field.width;
  return PadToEight(size);
}

std::size_t RecordLength(const Wave& wave, std::span<const std::byte> bytes) {
  if (bytes.empty()) return 0;
  std::size_t length = 0;
  switch (static_cast<RecordType>(bytes[0])) {
    case RecordType::kDefinition: {
      if (bytes.size() < sizeof(DefinitionHeader)) return 0;
      DefinitionHeader header;
      std::memcpy(&header, bytes.data(), sizeof header);
      length = PadToEight(sizeof header + std::size_t{header.length});
      break;
    }
    case RecordType::kResponse:
      length = wave.layout.size;
      break;
    case RecordType::kCaseEvent:
      length = sizeof(CaseEventRecord);
      break;
    case RecordType::kFrameUnit:
      length = FrameUnitSize(wave);
      break;
    case RecordType::kFrameEnd:
      length = sizeof(FrameEndRecord);
      break;
    case RecordType::kErasure:
      length = sizeof(ErasureRecord);
      break;
  }
  return length <= bytes.size() ? length : 0;
}

std::uint64_t FixedBaseWeight(const Wave& wave, double base_weight) {
  constexpr double kLeast = 0x1p-10;
  constexpr double kMost = 0x1p20;
  const double scaled = std::ldexp(base_weight, wave.base_weight_log2);
  if (!(scaled >= kLeast && scaled <= kMost)) return 0;
  return static_cast<std::uint64_t>(std::llrint(scaled * static_cast<double>(kBaseWeightOne)));
}

int RankOf(const Wave& wave, const std::byte* record) {
  switch (static_cast<Status>(LoadField(record, wave.layout.status))) {
    case Status::kComplete:
      return 3;
    case Status::kPartial:
      return AnsweredWhatIsRequired(wave, record) ? 2 : 1;
    case Status::kWithdrawn:
    case Status::kTest:
      break;
  }
  return 0;
}

}  // namespace panelpuls::wave
