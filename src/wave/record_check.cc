#include "wave/record_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>

namespace panelpuls::wave {
namespace {

constexpr std::string_view kNotZero = "is not zero";
constexpr std::string_view kNoneOfWave = "is none of the wave's";
constexpr std::string_view kOutsideYears = "is outside the years 1 to 9999";
constexpr RecordFault kReserved{.field = "reserved", .of = {}, .reason = kNotZero};

bool IsTime(Micros time) { return time == kNoTime || (time >= kLeastTime && time <= kMostTime); }

bool AllZero(std::span<const std::byte> bytes) {
  return std::all_of(bytes.begin(), bytes.end(), [](std::byte b) { return b == std::byte{0}; });
}

bool FitsChoices(std::uint64_t chosen, std::uint64_t options, std::uint64_t exclusive,
                 std::uint32_t most) {
  const auto count = static_cast<std::uint32_t>(std::popcount(chosen));
  return (chosen & ~options) == 0 && count <= most && ((chosen & exclusive) == 0 || count == 1);
}

template <typename Record>
Record Load(std::span<const std::byte> bytes) {
  Record record;
  std::memcpy(&record, bytes.data(), sizeof record);
  return record;
}

RecordFault FindInFrameEnd(const Wave& wave, const FrameEndRecord& end) {
  if (!wave.has_frame) return {"type", {}, "is of a sample frame, which the wave has not"};
  if (!AllZero(std::as_bytes(std::span(end.reserved)))) return kReserved;
  if (end.units == 0) return {"units", {}, "is zero"};
  return {};
}

RecordFault FindInDefinition(std::span<const std::byte> record) {
  const auto header = Load<DefinitionHeader>(record);
  if (!AllZero(std::as_bytes(std::span(header.reserved)))) return kReserved;
  if (!AllZero(record.subspan(sizeof header + header.length))) return {"padding", {}, kNotZero};
  return {};
}

}  // namespace

std::string RecordFault::text() const {
  if (field.empty()) return {};
  return of.empty() ? fmt::format("{} {}", field, reason)
                    : fmt::format("{} {} {}", field, of, reason);
}

RecordCheck::RecordCheck(const Wave& wave)
    : wave_(wave),
      least_(wave.layout.content_size, 0),
      span_(wave.layout.content_size, 0xff),
      choices_of_question_(wave.questions.size()),
      default_weight_(FixedBaseWeight(wave, 1)),
      content_end_(wave.layout.content_offset + wave.layout.content_size) {
  for (std::size_t d = 0; d < wave.dimensions.size(); ++d) {
    Add({wave.layout.categories[d], 1, wave.dimensions[d].categories.size()});
  }
  for (std::size_t q = 0; q < wave.questions.size(); ++q) {
    const Question& question = wave.questions[q];
    const std::size_t options = question.options.size();
    if (!question.multiple) {
      Add({wave.layout.answers[q], 0, options});
      continue;
    }
    Choices& choices = choices_of_question_[q];
    choices.field = wave.layout.answers[q];
    choices.options = options >= 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << options) - 1;
    choices.most = question.max_choices;
    for (std::size_t o = 0; o < options; ++o) {
      if (question.options[o].exclusive) choices.exclusive |= std::uint64_t{1} << o;
    }
    choices_.push_back(choices);
  }
}

void RecordCheck::Add(const Bounds& bounds) {
  if (bounds.field.width > 1 || bounds.most > 0xff) {
    wide_.push_back(bounds);
    return;
  }
  const std::size_t place = bounds.field.offset - wave_.layout.content_offset;
  least_[place] = static_cast<std::uint8_t>(bounds.least);
  span_[place] = static_cast<std::uint8_t>(bounds.most - bounds.least);
}

bool RecordCheck::ContentFits(const std::byte* record) const {
  const std::byte* const content = record + wave_.layout.content_offset;
  const std::uint8_t* const least = least_.data();
  const std::uint8_t* const span = span_.data();
  std::uint8_t beyond = 0;
  for (std::size_t place = 0; place < least_.size(); ++place) {
    const auto above =
        static_cast<std::uint8_t>(static_cast<std::uint8_t>(content[place]) - least[place]);
    beyond = static_cast<std::uint8_t>(beyond | (above > span[place] ? 1 : 0));
  }
  bool fits = beyond == 0;
  for (const Bounds& bounds : wide_) {
    const std::uint64_t value = LoadField(record, bounds.field);
    fits &= value >= bounds.least && value <= bounds.most;
  }
  for (const Choices& choices : choices_) {
    fits &= FitsChoices(LoadField(record, choices.field), choices.options, choices.exclusive,
                        choices.most);
  }
  return fits;
}

bool RecordCheck::IsBaseWeight(std::uint64_t fixed) const {
  return (fixed >= kLeastBaseWeight && fixed <= kMostBaseWeight) || fixed == default_weight_;
}

RecordFault RecordCheck::FindInContent(const std::byte* record, bool withdrawn) const {
  for (std::size_t d = 0; d < wave_.dimensions.size(); ++d) {
    const std::uint64_t category = LoadField(record, wave_.layout.categories[d]);
    const bool may_be_absent = withdrawn && !wave_.has_frame;
    if ((category == 0 && !may_be_absent) || category > wave_.dimensions[d].categories.size()) {
      return {"category of", wave_.dimensions[d].id, "is none of its"};
    }
  }
  for (std::size_t q = 0; q < wave_.questions.size(); ++q) {
    const Question& question = wave_.questions[q];
    const std::uint64_t answer = LoadField(record, wave_.layout.answers[q]);
    if (withdrawn && answer != 0) return {"answer to", question.id, "stands in a withdrawal"};
    const Choices& choices = choices_of_question_[q];
    const bool fits = question.multiple
                          ? FitsChoices(answer, choices.options, choices.exclusive, choices.most)
                          : answer <= question.options.size();
    if (!fits) return {"answer to", question.id, "is none that it takes"};
  }
  return {};
}

RecordFault RecordCheck::FindInResponse(std::span<const std::byte> record) const {
  const ResponseHeader header = LoadResponseHeader(record.data());
  const int known_flags = wave_.has_frame ? kMarked | kCategoriesDiffered : kMarked;
  if (header.channel >= wave_.channels.size()) return {"channel", {}, kNoneOfWave};
  if ((header.flags & ~known_flags) != 0) return {"flags", {}, "are none that a response has"};
  if (header.reserved != 0) return kReserved;
  if (!IsTime(header.collected_at)) return {"collected_at", {}, kOutsideYears};
  const std::uint64_t status = LoadField(record.data(), wave_.layout.status);
  if (status > static_cast<std::uint64_t>(Status::kTest)) return {"status", {}, "is unknown"};
  if (wave_.layout.base_weight &&
      !IsBaseWeight(LoadField(record.data(), *wave_.layout.base_weight))) {
    return {"base_weight", {}, "is out of range"};
  }
  const bool withdrawn = status == static_cast<std::uint64_t>(Status::kWithdrawn);
  if (withdrawn || !ContentFits(record.data())) {
    if (const RecordFault fault = FindInContent(record.data(), withdrawn)) return fault;
  }
  if (!AllZero(record.subspan(content_end_))) return {"padding", {}, kNotZero};
  return {};
}

RecordFault RecordCheck::FindInCaseEvent(std::span<const std::byte> record) const {
  const auto event = Load<CaseEventRecord>(record);
  if (event.channel >= wave_.channels.size()) return {"channel", {}, kNoneOfWave};
  const auto disposition = static_cast<int>(event.disposition);
  if (disposition == 0 || disposition >= kDispositionCount) {
    return {"disposition", {}, "is unknown"};
  }
  if (!AllZero(std::as_bytes(std::span(event.reserved)))) return kReserved;
  if (!IsTime(event.at)) return {"at", {}, kOutsideYears};
  return {};
}

RecordFault RecordCheck::FindInFrameUnit(std::span<const std::byte> record) const {
  if (!wave_.has_frame) return {"type", {}, "is of a sample frame, which the wave has not"};
  const auto header = Load<FrameUnitHeader>(record);
  if (header.channel >= wave_.channels.size()) return {"channel", {}, kNoneOfWave};
  if (!AllZero(std::as_bytes(std::span(header.reserved)))) return kReserved;
  const bool is_weight = wave_.base_weights == BaseWeights::kNone
                             ? header.base_weight == kBaseWeightOne
                             : IsBaseWeight(header.base_weight);
  if (!is_weight) return {"base_weight", {}, "is out of range"};
  std::uint32_t end = sizeof header;
  for (std::size_t d = 0; d < wave_.dimensions.size(); ++d) {
    const Field field{.offset = end, .width = wave_.layout.categories[d].width};
    const std::uint64_t category = LoadField(record.data(), field);
    if (category == 0 || category > wave_.dimensions[d].categories.size()) {
      return {"category of", wave_.dimensions[d].id, "is none of its"};
    }
    end += field.width;
  }
  if (!AllZero(record.subspan(end))) return {"padding", {}, kNotZero};
  return {};
}

RecordFault RecordCheck::Find(std::span<const std::byte> record) const {
  switch (static_cast<RecordType>(record[0])) {
    case RecordType::kResponse:
      return FindInResponse(record);
    case RecordType::kCaseEvent:
      return FindInCaseEvent(record);
    case RecordType::kFrameUnit:
      return FindInFrameUnit(record);
    case RecordType::kFrameEnd:
      return FindInFrameEnd(wave_, Load<FrameEndRecord>(record));
    case RecordType::kDefinition:
      return FindInDefinition(record);
    case RecordType::kErasure:
      break;
  }
  return {"type", {}, "is none that this program writes"};
}

}  // namespace panelpuls::wave
