#include "archive/frame_import.h"

#include <bit>

#include "archive/frame_record.h"
#include "identity/digest.h"
#include "wave/record.h"

namespace panelpuls::archive {
namespace {

absl::Status ImportPartition(const FrameImport& import, std::uint32_t partitions,
                             std::uint32_t index, const FrameTarget& partition) {
  identity::Pseudonymizer pseudonymizer(*import.key);
  std::vector<std::byte> group;
  std::vector<std::byte> record;
  const auto flush = [&]() -> absl::Status {
    if (group.empty()) return absl::OkStatus();
    PP_RETURN_IF_ERROR(partition.append(group));
    group.clear();
    return absl::OkStatus();
  };
  std::uint64_t own = 0;
  for (const wave::FrameUnit& unit : import.units) {
    PP_ASSIGN_OR_RETURN(const auto pseudonym,
                        FrameRecord(*import.wave, unit, pseudonymizer, &record));
    if (identity::PartitionOf(pseudonym, partitions) != index) continue;
    const state::Applied applied = partition.state->ApplyFrameUnit(record);
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
  if (partition.state->counters().frame_units > own) {
    return FailedPrecondition(
        "sample frame: an import that broke off has left {} units in partition {}, of which this "
        "frame has only {}; give the frame it was begun with, or give a new directory",
        partition.state->counters().frame_units, index, own);
  }
  // The marker says that all before it is whole, so it goes last and alone.
  wave::FrameEndRecord end;
  end.units = import.units.size();
  const auto* const bytes = reinterpret_cast<const std::byte*>(&end);
  group.assign(bytes, bytes + sizeof end);
  PP_RETURN_IF_ERROR(flush());
  partition.state->EndFrame();
  return absl::OkStatus();
}

}  // namespace

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

absl::Status ImportFrame(const FrameImport& import, std::span<const FrameTarget> partitions) {
  for (std::uint32_t index = 0; index < partitions.size(); ++index) {
    if (partitions[index].state->frame_complete()) continue;
    PP_RETURN_IF_ERROR(ImportPartition(import, static_cast<std::uint32_t>(partitions.size()), index,
                                       partitions[index]));
  }
  return absl::OkStatus();
}

}  // namespace panelpuls::archive
