#include "journal/segment_files.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "journal/format.h"

namespace panelpuls::journal {
namespace {

constexpr std::string_view kSuffix = ".segment";
constexpr std::string_view kMakingSuffix = ".segment.making";
constexpr std::size_t kDigits = 8;
constexpr std::uint32_t kMaxId = 99'999'999;

std::string SegmentName(std::uint32_t id) { return fmt::format("{:08}{}", id, kSuffix); }

// 0: no name of a segment.
std::uint32_t IdOfName(std::string_view name) {
  std::uint32_t id = 0;
  if (name.size() != kDigits + kSuffix.size()) return 0;
  const auto parsed = std::from_chars(name.data(), name.data() + kDigits, id);
  return parsed.ec == std::errc() && SegmentName(id) == name ? id : 0;
}

absl::StatusOr<std::vector<std::uint32_t>> ListIds(FileSystem& files,
                                                   const std::string& directory) {
  PP_ASSIGN_OR_RETURN(const std::vector<std::string> names, files.List(directory));
  std::vector<std::uint32_t> ids;
  for (const std::string& name : names) {
    if (!std::string_view(name).ends_with(kSuffix)) continue;
    const std::uint32_t id = IdOfName(name);
    if (id == 0) {
      return DataLoss("{}/{} is not the name of a segment (such as {}); move it away", directory,
                      name, SegmentName(1));
    }
    ids.push_back(id);
  }
  std::sort(ids.begin(), ids.end());
  for (std::uint32_t i = 0; i < ids.size(); ++i) {
    if (ids[i] == i + 1) continue;
    return DataLoss("{} is missing, but {} is there; put it back from a copy of this directory",
                    SegmentPath(directory, i + 1), SegmentName(ids[i]));
  }
  return ids;
}

absl::Status CheckHeader(const SegmentHeader& header, const Segment& segment,
                         const JournalOptions& options) {
  if (header.format != kFormat) {
    return FailedPrecondition("{} has format {}, and this program reads format {}; use a newer one",
                              segment.path, header.format, kFormat);
  }
  if (header.incarnation != options.incarnation) {
    return DataLoss(
        "{} belongs to another journal (incarnation {:016x}, here it is {:016x}); move it away and "
        "put the right one back",
        segment.path, header.incarnation, options.incarnation);
  }
  if (header.partition != options.partition) {
    return DataLoss("{} belongs to partition {}, not to {}; put the right one back", segment.path,
                    header.partition, options.partition);
  }
  if (header.segment_id != segment.id) {
    return DataLoss("{} is a copy of {}; move it away and put the right one back", segment.path,
                    SegmentName(header.segment_id));
  }
  return absl::OkStatus();
}

absl::StatusOr<Segment> CheckSegment(FileSystem& files, const std::string& directory,
                                     const JournalOptions& options, std::uint32_t id) {
  Segment segment{.id = id, .path = SegmentPath(directory, id)};
  PP_ASSIGN_OR_RETURN(const auto file, files.Open(segment.path, OpenMode::kRead));
  std::array<std::byte, kBlockBytes> block;
  PP_ASSIGN_OR_RETURN(const std::size_t got, file->ReadAt(0, block));
  const auto header = got == block.size() ? DecodeSegmentHeader(block) : std::nullopt;
  if (!header.has_value()) {
    return DataLoss(
        "{}: the header at offset 0 is damaged; restore it from a copy of this directory",
        segment.path);
  }
  PP_RETURN_IF_ERROR(CheckHeader(*header, segment, options));
  PP_ASSIGN_OR_RETURN(const std::uint64_t size, file->Size());
  if (size != header->file_bytes) {
    return DataLoss("{} has {} bytes instead of {}; restore it from a copy of this directory",
                    segment.path, size, header->file_bytes);
  }
  segment.bytes = size;
  return segment;
}

// After these steps nobody knows what is on disk: a full disk, too, is final then.
absl::Status FinalEvenIfFull(const absl::Status& status) {
  if (!absl::IsResourceExhausted(status)) return status;
  return absl::UnavailableError(status.message());
}

}  // namespace

std::string SegmentPath(const std::string& directory, std::uint32_t id) {
  return fmt::format("{}/{}", directory, SegmentName(id));
}

absl::StatusOr<std::vector<Segment>> ListSegments(FileSystem& files, const std::string& directory,
                                                  const JournalOptions& options) {
  PP_ASSIGN_OR_RETURN(const std::vector<std::uint32_t> ids, ListIds(files, directory));
  std::vector<Segment> segments;
  for (const std::uint32_t id : ids) {
    PP_ASSIGN_OR_RETURN(Segment segment, CheckSegment(files, directory, options, id));
    segments.push_back(std::move(segment));
  }
  return segments;
}

absl::Status RemoveUnfinished(FileSystem& files, const std::string& directory) {
  PP_ASSIGN_OR_RETURN(const std::vector<std::string> names, files.List(directory));
  for (const std::string& name : names) {
    if (!std::string_view(name).ends_with(kMakingSuffix)) continue;
    PP_RETURN_IF_ERROR(files.Remove(fmt::format("{}/{}", directory, name)));
  }
  return absl::OkStatus();
}

SegmentMaker::SegmentMaker(FileSystem& files, std::string directory, const JournalOptions& options,
                           std::uint32_t next_id)
    : files_(files), directory_(std::move(directory)), options_(options), next_id_(next_id) {}

absl::Status SegmentMaker::CheckRoom() const {
  PP_ASSIGN_OR_RETURN(const std::uint64_t free, files_.FreeBytes(directory_));
  const std::uint64_t needed = options_.segment_bytes - filled_bytes_;
  if (free >= options_.reserve_free_bytes + needed) return absl::OkStatus();
  return ResourceExhausted(
      "no room for {}: it needs {} bytes, {} are free and {} of them are to stay free; make room "
      "on "
      "this disk",
      SegmentPath(directory_, next_id_), needed, free, options_.reserve_free_bytes);
}

absl::Status SegmentMaker::Fill(std::uint64_t bytes) {
  if (folder_ == nullptr) {
    PP_ASSIGN_OR_RETURN(folder_, files_.OpenDirectory(directory_));
  }
  if (file_ == nullptr) {
    PP_ASSIGN_OR_RETURN(
        file_, files_.Open(SegmentPath(directory_, next_id_) + ".making", OpenMode::kCreate));
  }
  const std::uint64_t filled = std::min(options_.segment_bytes, filled_bytes_ + bytes);
  PP_RETURN_IF_ERROR(file_->Preallocate(filled));
  filled_bytes_ = filled;
  return absl::OkStatus();
}

absl::Status SegmentMaker::Finish(std::vector<MadeSegment>& made) {
  const Segment segment{
      .id = next_id_, .path = SegmentPath(directory_, next_id_), .bytes = options_.segment_bytes};
  std::array<std::byte, kBlockBytes> block;
  EncodeSegmentHeader({.incarnation = options_.incarnation,
                       .file_bytes = segment.bytes,
                       .segment_id = segment.id,
                       .partition = options_.partition},
                      block);
  PP_RETURN_IF_ERROR(file_->WriteAt(0, block));
  PP_RETURN_IF_ERROR(file_->DataSync());
  PP_RETURN_IF_ERROR(files_.Rename(segment.path + ".making", segment.path));
  PP_RETURN_IF_ERROR(folder_->Sync());
  made.push_back({.segment = segment, .file = std::move(file_)});
  filled_bytes_ = 0;
  ++next_id_;
  return absl::OkStatus();
}

absl::Status SegmentMaker::Advance(std::uint64_t bytes, std::vector<MadeSegment>& made) {
  if (next_id_ > kMaxId) return Unavailable("{} has as many segments as there can be", directory_);
  PP_RETURN_IF_ERROR(CheckRoom());
  PP_RETURN_IF_ERROR(Fill(bytes));
  if (filled_bytes_ < options_.segment_bytes) return absl::OkStatus();
  return FinalEvenIfFull(Finish(made));
}

}  // namespace panelpuls::journal
