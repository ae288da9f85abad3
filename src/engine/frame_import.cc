#include "engine/frame_import.h"

#include <bit>
#include <cstring>

#include "identity/digest.h"
#include "wave/record.h"

namespace panelpuls::engine {
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
  if (unit.unit_id.empty() || unit.unit_id.size() > identity::kMaxIdBytes) {
    return InvalidArgument("sample frame: unit \"{}\": an id has 1 to {} bytes", unit.unit_id,
                           identity::kMaxIdBytes);
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

absl::Status ImportPartition(const FrameImport& import, std::uint32_t partitions,
                             std::uint32_t index, Partition& partition) {
  identity::Pseudonymizer pseudonymizer(*import.key);
  std::vector<std::byte> group;
  std::vector<std::byte> record;
  const auto flush = [&]() -> absl::Status {
    if (group.empty()) return absl::OkStatus();
    PP_RETURN_IF_ERROR(
        partition.AppendSetup(import.wave->definition_id, import.receipt_time, group));
    group.clear();
    return absl::OkStatus();
  };
  std::uint64_t own = 0;
  for (const wave::FrameUnit& unit : import.units) {
    PP_ASSIGN_OR_RETURN(const auto pseudonym,
                        FrameRecord(*import.wave, unit, pseudonymizer, &record));
    if (identity::PartitionOf(pseudonym, partitions) != index) continue;
    const state::Applied applied = partition.state().ApplyFrameUnit(record);
    ++own;
    if (applied.result == wave::Result::kRejected ||
        applied.result == wave::Result::kRegisterFull) {
      return ResourceExhausted("sample frame: no room for unit \"{}\"; raise max_respondents",
                               unit.unit_id);
    }
    if (!applied.journal) continue;
    if (group.size() + record.size() > import.max_group_bytes) PP_RETURN_IF_ERROR(flush());
    group.insert(group.end(), record.begin(), record.end());
  }
  PP_RETURN_IF_ERROR(flush());
  if (partition.state().counters().frame_units > own) {
    return FailedPrecondition(
        "sample frame: an import that broke off has left {} units in partition {}, of which this "
        "frame has only {}; give the frame it was begun with, or give a new directory",
        partition.state().counters().frame_units, index, own);
  }
  // The marker says that all before it is whole, so it goes last and alone.
  wave::FrameEndRecord end;
  end.units = import.units.size();
  const auto* const bytes = reinterpret_cast<const std::byte*>(&end);
  group.assign(bytes, bytes + sizeof end);
  PP_RETURN_IF_ERROR(flush());
  partition.state().EndFrame();
  return absl::OkStatus();
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

std::string FrameDigest(std::span<const wave::FrameUnit> units) {
  identity::Digest digest;
  for (const wave::FrameUnit& unit : units) {
    digest.Add(unit.unit_id);
    digest.Add(unit.channel);
    digest.Add(std::bit_cast<std::uint64_t>(unit.base_weight));
    digest.Add(std::as_bytes(std::span(unit.categories)));
  }
  return digest.Hex();
}

absl::Status ImportFrame(const FrameImport& import,
                         std::span<const std::unique_ptr<Partition>> partitions) {
  for (std::uint32_t index = 0; index < partitions.size(); ++index) {
    if (partitions[index]->state().frame_complete()) continue;
    PP_RETURN_IF_ERROR(ImportPartition(import, static_cast<std::uint32_t>(partitions.size()), index,
                                       *partitions[index]));
  }
  return absl::OkStatus();
}

}  // namespace panelpuls::engine
