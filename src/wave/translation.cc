#include "wave/translation.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/status.h"

namespace panelpuls::wave {
namespace {

const std::string& NameOf(const Channel& channel) { return channel.code; }
const std::string& NameOf(const Category& category) { return category.code; }
const std::string& NameOf(const Option& option) { return option.code; }

template <typename Item>
std::vector<bool> Staying(const std::vector<Item>& before, const std::vector<Item>& after) {
  std::vector<bool> stays;
  for (std::size_t i = 0; i < before.size(); ++i) {
    stays.push_back(i < after.size() && NameOf(before[i]) == NameOf(after[i]));
  }
  return stays;
}

bool AllStay(const std::vector<bool>& stays) {
  return std::find(stays.begin(), stays.end(), false) == stays.end();
}

static_assert(offsetof(ResponseHeader, channel) == offsetof(CaseEventRecord, channel));
static_assert(offsetof(ResponseHeader, channel) == offsetof(FrameUnitHeader, channel));

bool SameField(const Field& a, const Field& b) {
  return a.offset == b.offset && a.width == b.width;
}

}  // namespace

RecordTranslation::RecordTranslation(const Wave& from, const Wave& to)
    : from_(from), to_(to), channels_(Staying(from.channels, to.channels)) {
  PP_CHECK(from.dimensions.size() == to.dimensions.size());
  PP_CHECK(from.layout.base_weight.has_value() == to.layout.base_weight.has_value());
  for (std::size_t d = 0; d < from.dimensions.size(); ++d) {
    parts_.push_back(
        {.from = from.layout.categories[d],
         .to = to.layout.categories[d],
         .stays = Staying(from.dimensions[d].categories, to.dimensions[d].categories)});
  }
  for (std::size_t q = 0; q < from.questions.size(); ++q) {
    const Question& before = from.questions[q];
    Part part{.from = from.layout.answers[q],
              .to = {},
              .is_set = before.multiple,
              .is_kept = q < to.questions.size() && to.questions[q].id == before.id &&
                         to.questions[q].multiple == before.multiple,
              .stays = {}};
    if (part.is_kept) {
      part.to = to.layout.answers[q];
      part.stays = Staying(before.options, to.questions[q].options);
    } else {
      part.stays.assign(before.options.size(), false);
    }
    parts_.push_back(std::move(part));
  }
  is_identity_ = from.layout.size == to.layout.size &&
                 from.layout.content_size == to.layout.content_size && AllStay(channels_) &&
                 from.questions.size() == to.questions.size();
  for (const Part& part : parts_) {
    is_identity_ =
        is_identity_ && part.is_kept && AllStay(part.stays) && SameField(part.from, part.to);
  }
}

std::string RecordTranslation::CategoryOrAnswer(std::size_t part, std::size_t number) const {
  if (part < from_.dimensions.size()) {
    const Dimension& dimension = from_.dimensions[part];
    return fmt::format("category \"{}\" of dimension \"{}\"", dimension.categories[number].code,
                       dimension.id);
  }
  const Question& question = from_.questions[part - from_.dimensions.size()];
  return fmt::format("option \"{}\" of question \"{}\"", question.options[number].code,
                     question.id);
}

std::string RecordTranslation::FindLost(const Part& part, std::uint64_t value,
                                        std::size_t place) const {
  if (!part.is_set) {
    if (value == 0 || part.stays[value - 1]) return {};
    return CategoryOrAnswer(place, value - 1);
  }
  for (std::size_t number = 0; number < part.stays.size(); ++number) {
    if (!part.stays[number] && ((value >> number) & 1) != 0) return CategoryOrAnswer(place, number);
  }
  return {};
}

std::string RecordTranslation::FindLostChannel(std::span<const std::byte> record) const {
  // All records of a unit have it at the same place.
  const auto channel = static_cast<std::size_t>(record[offsetof(ResponseHeader, channel)]);
  if (channels_[channel]) return {};
  return fmt::format("channel \"{}\"", from_.channels[channel].code);
}

std::string RecordTranslation::TranslateResponse(std::span<const std::byte> record,
                                                 std::byte* out) const {
  std::memcpy(out, record.data(), from_.layout.content_offset);
  StoreField(out, to_.layout.status, LoadField(record.data(), from_.layout.status));
  if (to_.layout.base_weight) {
    StoreField(out, *to_.layout.base_weight, LoadField(record.data(), *from_.layout.base_weight));
  }
  for (std::size_t place = 0; place < parts_.size(); ++place) {
    const Part& part = parts_[place];
    const std::uint64_t value = LoadField(record.data(), part.from);
    if (std::string lost = FindLost(part, value, place); !lost.empty()) return lost;
    if (part.is_kept) StoreField(out, part.to, value);
  }
  return {};
}

std::string RecordTranslation::TranslateFrameUnit(std::span<const std::byte> record,
                                                  std::byte* out) const {
  std::memcpy(out, record.data(), sizeof(FrameUnitHeader));
  Field from{.offset = sizeof(FrameUnitHeader)};
  Field to = from;
  for (std::size_t d = 0; d < from_.dimensions.size(); ++d) {
    from.width = parts_[d].from.width;
    to.width = parts_[d].to.width;
    const std::uint64_t value = LoadField(record.data(), from);
    if (std::string lost = FindLost(parts_[d], value, d); !lost.empty()) return lost;
    StoreField(out, to, value);
    from.offset += from.width;
    to.offset += to.width;
  }
  return {};
}

std::string RecordTranslation::Translate(std::span<const std::byte> record,
                                         std::vector<std::byte>* out) const {
  switch (static_cast<RecordType>(record[0])) {
    case RecordType::kResponse:
      out->assign(to_.layout.size, std::byte{0});
      if (std::string lost = FindLostChannel(record); !lost.empty()) return lost;
      return TranslateResponse(record, out->data());
    case RecordType::kFrameUnit:
      out->assign(FrameUnitSize(to_), std::byte{0});
      if (std::string lost = FindLostChannel(record); !lost.empty()) return lost;
      return TranslateFrameUnit(record, out->data());
    case RecordType::kCaseEvent:
      out->assign(record.begin(), record.end());
      return FindLostChannel(record);
    case RecordType::kDefinition:
    case RecordType::kFrameEnd:
    case RecordType::kErasure:
      break;
  }
  out->assign(record.begin(), record.end());
  return {};
}

}  // namespace panelpuls::wave
