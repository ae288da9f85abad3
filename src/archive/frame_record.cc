#include "archive/frame_record.h"

#include <cstring>

#include "base/limits.h"
#include "wave/record.h"

namespace panelpuls::archive {
namespace {

absl::StatusOr<std::uint64_t> BaseWeightOf(const wave::Wave& wave, const wave::FrameUnit& unit) {
  double base_weight = 1;
  if (wave.base_weights == wave::BaseWeights::kPerUnit) base_weight = unit.base_weight;
  if (wave.base_weights == wave::BaseWeights::kPerCell) {
    const auto stratum = static_cast<std::size_t>(wave.stratum_dimension);
    base_weight = wave.dimensions[stratum].categories[unit.categories[stratum]].base_weight;
  }
  if (wave.base_weights == wave::BaseWeights::kNone) return wave::kBaseWeightOne;
  const std::uint64_t fixed = wave::FixedBaseWeight(wave, base_weight);
  if (fixed == 0) {
    return InvalidArgument(
        "sample frame: unit \"{}\": base weight {} is out of range; give 2^-10 to 2^20",
        unit.unit_id, base_weight);
  }
  return fixed;
}

absl::Status CheckUnit(const wave::Wave& wave, const wave::FrameUnit& unit) {
  if (unit.unit_id.empty() || unit.unit_id.size() > kMaxIdBytes) {
    return InvalidArgument("sample frame: unit \"{}\": an id has 1 to {} bytes", unit.unit_id,
                           kMaxIdBytes);
  }
  bool fits = unit.categories.size() == wave.dimensions.size() && unit.channel >= 0 &&
              static_cast<std::size_t>(unit.channel) < wave.channels.size();
  for (std::size_t place = 0; fits && place < unit.categories.size(); ++place) {
    fits = unit.categories[place] < wave.dimensions[place].categories.size();
  }
  if (fits) return absl::OkStatus();
  return InvalidArgument(
      "sample frame: unit \"{}\": give a known channel and one category a dimension", unit.unit_id);
}

}  // namespace

absl::StatusOr<identity::Pseudonym> FrameRecord(const wave::Wave& wave, const wave::FrameUnit& unit,
                                                identity::Pseudonymizer& pseudonymizer,
                                                std::vector<std::byte>* record) {
  PP_RETURN_IF_ERROR(CheckUnit(wave, unit));
  const identity::Pseudonym pseudonym = pseudonymizer.Make(unit.unit_id);
  wave::FrameUnitHeader header;
  header.channel = static_cast<std::uint8_t>(unit.channel);
  PP_ASSIGN_OR_RETURN(header.base_weight, BaseWeightOf(wave, unit));
  header.pseudonym_high = pseudonym.high;
  header.pseudonym_low = pseudonym.low;
  record->assign(wave::FrameUnitSize(wave), std::byte{0});
  std::memcpy(record->data(), &header, sizeof header);
  std::uint32_t offset = sizeof header;
  for (std::size_t place = 0; place < wave.dimensions.size(); ++place) {
    const wave::Field field{.offset = offset, .width = wave.layout.categories[place].width};
    wave::StoreField(record->data(), field, unit.categories[place] + 1u);
    offset += field.width;
  }
  return pseudonym;
}

}  // namespace panelpuls::archive
