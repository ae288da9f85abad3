#include "archive/witness.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

namespace panelpuls::archive {
namespace {

constexpr std::size_t kSlotBytes = 4096;
constexpr std::size_t kSlots = 2;
constexpr std::uint32_t kMagic = 0x31575050;  // "PPW1"
constexpr std::uint16_t kFormat = 1;
constexpr std::size_t kMarksOffset = 64;
constexpr std::size_t kMarkBytes = 12;
constexpr std::size_t kCheckOffset = kSlotBytes - 4;
constexpr std::uint32_t kStopped = 1;
static_assert(kMarksOffset + kMaxPartitions * kMarkBytes <= kCheckOffset);

using Slot = std::span<std::byte, kSlotBytes>;
using ConstSlot = std::span<const std::byte, kSlotBytes>;

template <typename T>
void Put(Slot slot, std::size_t offset, T value) {
  std::memcpy(slot.data() + offset, &value, sizeof value);
}

template <typename T>
T Get(ConstSlot slot, std::size_t offset) {
  T value;
  std::memcpy(&value, slot.data() + offset, sizeof value);
  return value;
}

void Encode(const Witness& witness, std::uint64_t incarnation, Slot slot) {
  PP_CHECK(witness.marks.size() <= kMaxPartitions);
  std::fill(slot.begin(), slot.end(), std::byte{0});
  Put(slot, 0, kMagic);
  Put(slot, 4, kFormat);
  Put(slot, 6, static_cast<std::uint16_t>(witness.marks.size()));
  Put(slot, 8, incarnation);
  Put(slot, 16, witness.generation);
  Put(slot, 24, witness.at);
  Put(slot, 32, witness.stopped ? kStopped : 0u);
  std::size_t offset = kMarksOffset;
  for (const journal::Mark& mark : witness.marks) {
    Put(slot, offset, mark.position);
    Put(slot, offset + 8, mark.checksum);
    offset += kMarkBytes;
  }
  Put(slot, kCheckOffset, journal::Crc32c(0, slot.first(kCheckOffset)));
}

// None: not whole, or not of this directory.
std::optional<Witness> Decode(ConstSlot slot, const DirectoryInfo& info) {
  if (Get<std::uint32_t>(slot, 0) != kMagic || Get<std::uint16_t>(slot, 4) != kFormat ||
      Get<std::uint16_t>(slot, 6) != info.partitions ||
      Get<std::uint64_t>(slot, 8) != info.incarnation ||
      Get<std::uint32_t>(slot, kCheckOffset) != journal::Crc32c(0, slot.first(kCheckOffset))) {
    return std::nullopt;
  }
  Witness witness{.generation = Get<std::uint64_t>(slot, 16),
                  .at = Get<Micros>(slot, 24),
                  .stopped = (Get<std::uint32_t>(slot, 32) & kStopped) != 0,
                  .marks = {}};
  for (std::uint32_t partition = 0; partition < info.partitions; ++partition) {
    const std::size_t offset = kMarksOffset + partition * kMarkBytes;
    witness.marks.push_back({.position = Get<journal::Position>(slot, offset),
                             .checksum = Get<std::uint32_t>(slot, offset + 8),
                             .at = witness.at,
                             .exact = witness.stopped});
  }
  return witness;
}

absl::Status Unknown(const std::string& directory, std::string_view what) {
  return DataLoss(
      "{} {}, so it is not known whether an end of a journal is missing; restore it from a copy of "
      "this directory, or start once with --accept-loss to go on with what is there",
      WitnessPath(directory), what);
}

}  // namespace

std::string WitnessPath(const std::string& directory) { return directory + "/panelpuls.witness"; }

absl::StatusOr<Witness> ReadWitness(FileSystem& files, const std::string& directory,
                                    const DirectoryInfo& info) {
  const absl::StatusOr<std::string> content = ReadWholeFile(files, WitnessPath(directory));
  if (absl::IsNotFound(content.status())) {
    if (info.format == 1 || !info.ready) return Witness();
    return Unknown(directory, "is missing");
  }
  PP_RETURN_IF_ERROR(content.status());
  if (content->size() != kSlots * kSlotBytes) return Unknown(directory, "has another length");
  const auto bytes = std::as_bytes(std::span(*content));
  std::optional<Witness> newest;
  for (std::size_t slot = 0; slot < kSlots; ++slot) {
    auto found = Decode(bytes.subspan(slot * kSlotBytes).first<kSlotBytes>(), info);
    if (!found.has_value()) continue;
    if (!newest.has_value() || found->generation > newest->generation) newest = std::move(found);
  }
  if (!newest.has_value()) return Unknown(directory, "is damaged, or of another directory");
  return *std::move(newest);
}

journal::Mark MarkOf(const Witness& witness, std::uint32_t partition) {
  return partition < witness.marks.size() ? witness.marks[partition] : journal::Mark();
}

WitnessFile::WitnessFile(std::unique_ptr<File> file, std::uint64_t incarnation,
                         std::uint64_t generation)
    : file_(std::move(file)),
      incarnation_(incarnation),
      generation_(generation),
      slot_(kSlotBytes) {}

absl::StatusOr<std::unique_ptr<WitnessFile>> WitnessFile::Open(FileSystem& files,
                                                               const std::string& directory,
                                                               const DirectoryInfo& info,
                                                               const Witness& last) {
  const std::string path = WitnessPath(directory);
  if (last.marks.empty()) {
    // Whole from the begin, knowing nothing; its room is there before it is needed.
    std::string content(kSlots * kSlotBytes, '\0');
    Witness nothing;
    nothing.marks.resize(info.partitions);
    Encode(nothing, info.incarnation,
           std::as_writable_bytes(std::span(content)).first<kSlotBytes>());
    PP_RETURN_IF_ERROR(WriteFileAtomically(files, path, content));
  }
  PP_ASSIGN_OR_RETURN(auto file, files.Open(path, OpenMode::kReadWrite));
  return std::unique_ptr<WitnessFile>(
      new WitnessFile(std::move(file), info.incarnation, last.generation));
}

absl::Status WitnessFile::Write(const Witness& witness) {
  Witness next = witness;
  next.generation = ++generation_;
  Encode(next, incarnation_, Slot(slot_.data(), kSlotBytes));
  PP_RETURN_IF_ERROR(file_->WriteAt((generation_ % kSlots) * kSlotBytes, slot_));
  return file_->DataSync();
}

}  // namespace panelpuls::archive
