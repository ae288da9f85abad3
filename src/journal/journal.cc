#include "journal/journal.h"

#include <algorithm>
#include <atomic>
#include <cstring>
#include <limits>
#include <mutex>
#include <new>

#include "journal/format.h"
#include "journal/recovery.h"
#include "journal/segment_files.h"
#include "journal/segment_reader.h"

namespace panelpuls::journal {
namespace {

constexpr std::uint64_t kMakeSliceBytes = 256 << 10;

// Block-aligned bytes, kept for all groups.
class GroupBuffer {
 public:
  explicit GroupBuffer(std::size_t bytes)
      : bytes_(static_cast<std::byte*>(::operator new(bytes, std::align_val_t{kBlockBytes}))) {}
  ~GroupBuffer() { ::operator delete(bytes_, std::align_val_t{kBlockBytes}); }
  GroupBuffer(const GroupBuffer&) = delete;
  GroupBuffer& operator=(const GroupBuffer&) = delete;

  // Payload and padding in place, header still to come.
  std::span<std::byte> Fill(std::span<const std::byte> payload) {
    const std::span<std::byte> group(bytes_, GroupBytes(payload.size()));
    const auto body = group.subspan(kGroupHeaderBytes);
    if (!payload.empty()) std::memcpy(body.data(), payload.data(), payload.size());
    std::fill(body.begin() + static_cast<std::ptrdiff_t>(payload.size()), body.end(), std::byte{0});
    return group;
  }

 private:
  std::byte* bytes_;
};

absl::Status CheckOptions(const JournalOptions& options) {
  if (options.segment_bytes % kBlockBytes != 0 ||
      options.segment_bytes / kBlockBytes > std::numeric_limits<std::uint32_t>::max()) {
    return InvalidArgument("segments of {} bytes: a multiple of {} up to 16 TiB is needed",
                           options.segment_bytes, kBlockBytes);
  }
  if (options.max_payload_bytes > std::numeric_limits<std::uint32_t>::max() - kBlockBytes ||
      kFirstGroupOffset + GroupBytes(options.max_payload_bytes) > options.segment_bytes) {
    return InvalidArgument(
        "groups of {} bytes do not fit in segments of {} bytes; make the segments larger or the "
        "groups smaller",
        options.max_payload_bytes, options.segment_bytes);
  }
  return absl::OkStatus();
}

absl::Status FillWithZeros(File& file, std::uint64_t begin, std::uint64_t end) {
  const std::vector<std::byte> zeros(std::min<std::uint64_t>(end - begin, 1 << 20));
  while (begin < end) {
    const std::uint64_t bytes = std::min<std::uint64_t>(zeros.size(), end - begin);
    PP_RETURN_IF_ERROR(file.WriteAt(begin, std::span(zeros).first(bytes)));
    begin += bytes;
  }
  return file.DataSync();
}

// A failed write or sync is final, whatever its reason.
absl::Status Final(const absl::Status& status) {
  return Unavailable(
      "the journal stopped: {}; what was acknowledged had been synced before; see that the disk is "
      "sound, then start again",
      ToStd(status.message()));
}

}  // namespace

struct Journal::Impl {
  Impl(FileSystem& file_system, const std::string& path, const JournalOptions& given)
      : files(file_system),
        directory(path),
        options(given),
        buffer(GroupBytes(given.max_payload_bytes)) {}

  struct Start {
    Segment segment;
    Position first_position;
  };

  absl::Status Die(const absl::Status& status) {
    dead = Final(status);
    return dead;
  }

  absl::Status CutAndSettle(const std::vector<Segment>& segments, const Recovered& recovered);
  absl::StatusOr<std::vector<Segment>> MakeFirst();
  absl::Status UseTail(const std::vector<Segment>& segments, const Recovered& recovered);
  absl::Status SyncActive();
  absl::Status MakeAhead(std::uint64_t bytes);
  absl::Status EnsureNext(std::uint64_t group_bytes);
  absl::Status GoToNext(std::uint64_t group_bytes);
  bool Fits(std::uint64_t group_bytes) const { return active_offset + group_bytes <= active.bytes; }

  FileSystem& files;
  const std::string directory;
  const JournalOptions options;
  GroupBuffer buffer;
  absl::Status dead;

  Segment active;
  std::unique_ptr<File> active_file;
  std::uint64_t active_offset = 0;  // where the next group goes
  Position end = 0;
  std::uint32_t end_checksum = 0;  // of the last group
  bool unsynced = false;
  Mark mark;                       // the last durable group
  std::vector<MadeSegment> ready;  // empty, behind the active one
  std::optional<SegmentMaker> maker;

  // Position of the last durable group. Writer: the one writer, after its sync.
  // pairs-with: Journal::Read (acquire) on any thread, which may then find all groups up to it.
  std::atomic<Position> durable{0};
  std::mutex starts_mutex;    // taken by the writer once a segment
  std::vector<Start> starts;  // segments that hold groups, in order
};

// Makes sure that what was read is on disk and will stay there, before anything is written behind
// it.
absl::Status Journal::Impl::CutAndSettle(const std::vector<Segment>& segments,
                                         const Recovered& recovered) {
  for (const UnwantedBytes& torn : recovered.torn) {
    PP_ASSIGN_OR_RETURN(const auto file,
                        files.Open(segments[torn.segment].path, OpenMode::kReadWrite));
    PP_RETURN_IF_ERROR(FillWithZeros(*file, torn.begin, torn.end));
  }
  if (recovered.last_group_offset != 0) {
    // The last group may have been read from a page cache that had failed to write it, and says no
    // more that it has to. So it is written once more, the same bytes in the same place.
    const Segment& segment = segments[recovered.tail_segment];
    SegmentReader reader(files, options);
    PP_RETURN_IF_ERROR(reader.Open(segment));
    PP_ASSIGN_OR_RETURN(const auto group, reader.GroupAt(recovered.last_group_offset));
    if (!group.has_value()) return DataLoss("{} changed while it was opened", segment.path);
    PP_ASSIGN_OR_RETURN(const auto file, files.Open(segment.path, OpenMode::kReadWrite));
    PP_RETURN_IF_ERROR(file->WriteAt(recovered.last_group_offset, group->bytes));
    PP_RETURN_IF_ERROR(file->DataSync());
  }
  return files.SyncDirectory(directory);
}

absl::StatusOr<std::vector<Segment>> Journal::Impl::MakeFirst() {
  std::vector<MadeSegment> made;
  PP_RETURN_IF_ERROR(maker->Advance(options.segment_bytes, made));
  return std::vector<Segment>{made.front().segment};
}

absl::Status Journal::Impl::UseTail(const std::vector<Segment>& segments,
                                    const Recovered& recovered) {
  active = segments[recovered.tail_segment];
  PP_ASSIGN_OR_RETURN(active_file, files.Open(active.path, OpenMode::kReadWrite));
  active_offset = recovered.tail_offset;
  end = recovered.report.groups;
  end_checksum = recovered.last_checksum;
  mark = {.position = end, .checksum = end_checksum};
  durable.store(end, std::memory_order_release);
  ready.clear();
  for (std::size_t i = recovered.tail_segment + 1; i < segments.size(); ++i) {
    PP_ASSIGN_OR_RETURN(auto file, files.Open(segments[i].path, OpenMode::kReadWrite));
    ready.push_back({.segment = segments[i], .file = std::move(file)});
  }
  for (std::size_t i = 0; i < segments.size(); ++i) {
    const Position first = recovered.first_positions[i];
    if (first != 0) starts.push_back({segments[i], first});
  }
  if (starts.empty()) starts.push_back({active, 1});
  return absl::OkStatus();
}

absl::Status Journal::Impl::SyncActive() {
  if (!unsynced) return absl::OkStatus();
  if (absl::Status status = active_file->DataSync(); !status.ok()) return Die(status);
  unsynced = false;
  mark = {.position = end, .checksum = end_checksum};
  durable.store(end, std::memory_order_release);
  return absl::OkStatus();
}

// ResourceExhausted leaves the log alive.
absl::Status Journal::Impl::MakeAhead(std::uint64_t bytes) {
  absl::Status status = maker->Advance(bytes, ready);
  if (status.ok() || absl::IsResourceExhausted(status)) return status;
  return Die(status);
}

// A segment for the group is there, made now if it was not made ahead.
absl::Status Journal::Impl::EnsureNext(std::uint64_t group_bytes) {
  for (const MadeSegment& made : ready) {
    if (kFirstGroupOffset + group_bytes <= made.segment.bytes) return absl::OkStatus();
  }
  return MakeAhead(options.segment_bytes);
}

absl::Status Journal::Impl::GoToNext(std::uint64_t group_bytes) {
  PP_RETURN_IF_ERROR(EnsureNext(group_bytes));
  // Segments that were made smaller than today's are left empty.
  const auto next = std::find_if(ready.begin(), ready.end(), [&](const MadeSegment& made) {
    return kFirstGroupOffset + group_bytes <= made.segment.bytes;
  });
  PP_CHECK(next != ready.end());
  active = next->segment;
  active_file = std::move(next->file);
  active_offset = kFirstGroupOffset;
  ready.erase(ready.begin(), next + 1);
  std::lock_guard lock(starts_mutex);
  starts.push_back({active, end + 1});
  return absl::OkStatus();
}

Journal::Journal(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Journal::~Journal() = default;

absl::StatusOr<std::unique_ptr<Journal>> Journal::Open(FileSystem& files,
                                                       const std::string& directory,
                                                       const JournalOptions& options,
                                                       const GroupVisitor& replay,
                                                       RecoveryReport* report) {
  PP_RETURN_IF_ERROR(CheckOptions(options));
  PP_ASSIGN_OR_RETURN(std::vector<Segment> segments, ListSegments(files, directory, options));
  if (segments.empty() && options.must_exist) return NotFound("{} has no journal", directory);
  PP_RETURN_IF_ERROR(RemoveUnfinished(files, directory));
  auto impl = std::make_unique<Impl>(files, directory, options);
  const auto next_id = static_cast<std::uint32_t>(segments.size() + 1);
  impl->maker.emplace(files, directory, options, next_id);
  if (segments.empty()) {
    PP_ASSIGN_OR_RETURN(segments, impl->MakeFirst());
  }
  PP_ASSIGN_OR_RETURN(const Recovered recovered, Recover(files, segments, options, replay));
  PP_RETURN_IF_ERROR(impl->CutAndSettle(segments, recovered));
  PP_RETURN_IF_ERROR(impl->UseTail(segments, recovered));
  if (report != nullptr) *report = recovered.report;
  return std::unique_ptr<Journal>(new Journal(std::move(impl)));
}

absl::StatusOr<Position> Journal::Append(std::uint64_t definition_id, Micros receipt_time,
                                         std::span<const std::byte> payload) {
  Impl& journal = *impl_;
  PP_RETURN_IF_ERROR(journal.dead);
  if (payload.size() > journal.options.max_payload_bytes) {
    return InvalidArgument("a group of {} bytes is larger than {}; split it", payload.size(),
                           journal.options.max_payload_bytes);
  }
  PP_RETURN_IF_ERROR(journal.SyncActive());
  const std::uint64_t bytes = GroupBytes(payload.size());
  if (!journal.Fits(bytes)) PP_RETURN_IF_ERROR(journal.GoToNext(bytes));
  const std::span<std::byte> group = journal.buffer.Fill(payload);
  const std::uint32_t checksum =
      EncodeGroupHeader({.incarnation = journal.options.incarnation,
                         .position = journal.end + 1,
                         .definition_id = definition_id,
                         .receipt_time = receipt_time,
                         .segment_id = journal.active.id,
                         .block = static_cast<std::uint32_t>(journal.active_offset / kBlockBytes),
                         .payload_bytes = static_cast<std::uint32_t>(payload.size()),
                         .partition = journal.options.partition},
                        group);
  absl::Status status = journal.active_file->WriteAt(journal.active_offset, group);
  if (!status.ok()) return journal.Die(status);
  journal.active_offset += bytes;
  journal.unsynced = true;
  journal.end_checksum = checksum;
  return ++journal.end;
}

absl::Status Journal::Sync() {
  Impl& journal = *impl_;
  PP_RETURN_IF_ERROR(journal.dead);
  PP_RETURN_IF_ERROR(journal.SyncActive());
  if (!journal.ready.empty()) return absl::OkStatus();
  // Keeps the next segment twice as full as this one is, so that it is done when this one is half
  // full. A full disk shows in Reserve, when room is needed.
  const std::uint64_t due = 2 * (journal.active_offset - kFirstGroupOffset);
  if (due <= journal.maker->filled_bytes()) return absl::OkStatus();
  const std::uint64_t missing = due - journal.maker->filled_bytes();
  absl::Status status = journal.MakeAhead(std::max(missing, kMakeSliceBytes));
  return absl::IsResourceExhausted(status) ? absl::OkStatus() : status;
}

absl::Status Journal::MakeAhead() {
  Impl& journal = *impl_;
  PP_RETURN_IF_ERROR(journal.dead);
  if (!journal.ready.empty()) return absl::OkStatus();
  absl::Status status = journal.MakeAhead(kMakeSliceBytes);
  return absl::IsResourceExhausted(status) ? absl::OkStatus() : status;
}

absl::Status Journal::Reserve(std::size_t bytes) {
  Impl& journal = *impl_;
  PP_RETURN_IF_ERROR(journal.dead);
  if (bytes > journal.options.max_payload_bytes) {
    return InvalidArgument("room for {} bytes: a group has at most {}", bytes,
                           journal.options.max_payload_bytes);
  }
  if (journal.Fits(GroupBytes(bytes))) return absl::OkStatus();
  return journal.EnsureNext(GroupBytes(bytes));
}

Position Journal::End() const { return impl_->end; }
Mark Journal::durable_mark() const { return impl_->mark; }

absl::Status Journal::Read(Position from, const GroupVisitor& visit) {
  Impl& journal = *impl_;
  const Position last = journal.durable.load(std::memory_order_acquire);
  std::vector<Impl::Start> starts;
  {
    std::lock_guard lock(journal.starts_mutex);
    starts = journal.starts;
  }
  SegmentReader reader(journal.files, journal.options);
  for (std::size_t i = 0; i < starts.size(); ++i) {
    Position position = starts[i].first_position;
    if (position > last) break;
    const bool is_last = i + 1 == starts.size();
    const Position behind = is_last ? last + 1 : std::min(last + 1, starts[i + 1].first_position);
    if (behind <= from) continue;
    PP_RETURN_IF_ERROR(reader.Open(starts[i].segment));
    for (std::uint64_t offset = kFirstGroupOffset; position < behind; ++position) {
      PP_ASSIGN_OR_RETURN(const auto group, reader.GroupAt(offset));
      if (!group.has_value() || group->header.position != position) {
        return DataLoss(
            "{}: group {} at offset {} is damaged; restore {} from a copy of this directory",
            starts[i].segment.path, position, offset, starts[i].segment.path);
      }
      if (position >= from) PP_RETURN_IF_ERROR(visit(group->view()));
      offset += group->bytes.size();
    }
  }
  return absl::OkStatus();
}

}  // namespace panelpuls::journal
