#include "journal/segment_reader.h"

#include <algorithm>
#include <cstring>

namespace panelpuls::journal {
namespace {

constexpr std::uint64_t kWindowBytes = std::uint64_t{1} << 20;

bool AllZero(ConstBlock block) {
  std::uint64_t bits = 0;
  for (std::size_t i = 0; i < block.size(); i += sizeof bits) {
    std::uint64_t word;
    std::memcpy(&word, block.data() + i, sizeof word);
    bits |= word;
  }
  return bits == 0;
}

}  // namespace

absl::Status SegmentReader::Open(const Segment& segment) {
  PP_ASSIGN_OR_RETURN(file_, files_.Open(segment.path, OpenMode::kRead));
  segment_ = segment;
  Forget();
  return absl::OkStatus();
}

absl::StatusOr<std::span<const std::byte>> SegmentReader::Fetch(std::uint64_t offset,
                                                                std::uint64_t bytes) {
  PP_CHECK(offset + bytes <= segment_.bytes);
  std::uint64_t window_end = window_offset_ + window_bytes_;
  if (offset < window_offset_ || offset + bytes > window_end) {
    if (offset < window_offset_ || offset >= window_end) window_bytes_ = 0;
    if (window_bytes_ != 0) {
      window_bytes_ = window_end - offset;
      std::memmove(window_.data(), window_.data() + (offset - window_offset_), window_bytes_);
    }
    window_offset_ = offset;
    const std::uint64_t wanted = std::min(std::max(bytes, kWindowBytes), segment_.bytes - offset);
    if (window_.size() < wanted) window_.resize(wanted);
    const auto missing = std::span(window_).subspan(window_bytes_, wanted - window_bytes_);
    PP_ASSIGN_OR_RETURN(const std::size_t got, file_->ReadAt(offset + window_bytes_, missing));
    if (got != missing.size()) {
      window_bytes_ = 0;
      return Unavailable("{} became shorter while it was read", segment_.path);
    }
    window_bytes_ = wanted;
  }
  return std::span(window_).subspan(offset - window_offset_, bytes);
}

absl::StatusOr<std::optional<GroupHeader>> SegmentReader::HeaderAt(std::uint64_t offset) {
  if (offset + kBlockBytes > segment_.bytes) return std::nullopt;
  PP_ASSIGN_OR_RETURN(const auto block, Fetch(offset, kBlockBytes));
  const std::optional<GroupHeader> header = DecodeGroupHeader(block.first<kBlockBytes>());
  if (!header.has_value() || header->incarnation != options_.incarnation ||
      header->partition != options_.partition || header->segment_id != segment_.id ||
      header->block != offset / kBlockBytes) {
    return std::nullopt;
  }
  return header;
}

absl::StatusOr<std::optional<WholeGroup>> SegmentReader::GroupAt(std::uint64_t offset) {
  PP_ASSIGN_OR_RETURN(const auto header, HeaderAt(offset));
  if (!header.has_value() || GroupBytes(header->payload_bytes) > segment_.bytes - offset) {
    return std::nullopt;
  }
  PP_ASSIGN_OR_RETURN(const auto bytes, Fetch(offset, GroupBytes(header->payload_bytes)));
  if (!GroupIsWhole(bytes)) return std::nullopt;
  return WholeGroup{.header = *header, .bytes = bytes};
}

absl::StatusOr<Rest> SegmentReader::RestFrom(std::uint64_t offset, Position expected) {
  Rest rest;
  for (; offset + kBlockBytes <= segment_.bytes; offset += kBlockBytes) {
    PP_ASSIGN_OR_RETURN(const auto block, Fetch(offset, kBlockBytes));
    if (AllZero(block.first<kBlockBytes>())) continue;
    rest.used_end = offset + kBlockBytes;
    PP_ASSIGN_OR_RETURN(const auto header, HeaderAt(offset));
    if (!header.has_value() || header->position < expected) continue;
    PP_ASSIGN_OR_RETURN(const auto group, GroupAt(offset));
    // The header of the expected group alone is what a crash leaves.
    if (!group.has_value() && header->position == expected) continue;
    rest.later = {.position = header->position, .offset = offset, .whole = group.has_value()};
    return rest;
  }
  return rest;
}

}  // namespace panelpuls::journal
