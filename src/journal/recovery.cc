#include "journal/recovery.h"

#include <thread>

#include "base/thread_name.h"
#include "journal/format.h"
#include "journal/group_pipe.h"
#include "journal/segment_reader.h"

namespace panelpuls::journal {
namespace {

struct Place {
  std::size_t segment = 0;  // index
  std::uint64_t offset = 0;
};

class Walk {
 public:
  Walk(FileSystem& files, const std::vector<Segment>& segments, const JournalOptions& options,
       GroupPipe& pipe)
      : segments_(segments), pipe_(pipe), here_(files, options), ahead_(files, options) {
    result_.first_positions.resize(segments.size());
    result_.report.segments = segments.size();
  }

  absl::StatusOr<Recovered> Run() {
    PP_RETURN_IF_ERROR(Enter(0));
    while (!ended_) {
      PP_ASSIGN_OR_RETURN(const auto group, here_.GroupAt(offset_));
      if (group.has_value() && group->header.position == expected_) {
        PP_RETURN_IF_ERROR(Take(*group));
      } else {
        PP_RETURN_IF_ERROR(LookBehind());
      }
    }
    return std::move(result_);
  }

 private:
  absl::Status Enter(std::size_t segment) {
    PP_RETURN_IF_ERROR(here_.Open(segments_[segment]));
    segment_ = segment;
    offset_ = kFirstGroupOffset;
    result_.last_group_offset = 0;
    return absl::OkStatus();
  }

  absl::Status Take(const WholeGroup& group) {
    if (!pipe_.Put(group.view())) return absl::CancelledError("nothing more is wanted");
    Position& first = result_.first_positions[segment_];
    if (first == 0) first = expected_;
    result_.report.groups = expected_;
    result_.last_group_offset = offset_;
    offset_ += group.bytes.size();
    ++expected_;
    return absl::OkStatus();
  }

  // There is no expected group here: goes to the segment where it is, or finds that it is the end.
  absl::Status LookBehind() {
    std::vector<UnwantedBytes> unwanted;
    PP_ASSIGN_OR_RETURN(const Rest rest, here_.RestFrom(offset_, expected_));
    if (rest.later.has_value()) return RefuseAtSecondLook({segment_, offset_}, segment_, rest);
    if (rest.used_end != 0) unwanted.push_back({segment_, offset_, rest.used_end});
    for (std::size_t next = segment_ + 1; next < segments_.size(); ++next) {
      PP_RETURN_IF_ERROR(ahead_.Open(segments_[next]));
      PP_ASSIGN_OR_RETURN(const auto first, ahead_.GroupAt(kFirstGroupOffset));
      if (first.has_value() && first->header.position == expected_) {
        // Positions are dense, so whatever stands in the room left over was no group.
        if (!unwanted.empty()) result_.report.stray_where = Where(unwanted.front());
        return Enter(next);
      }
      PP_ASSIGN_OR_RETURN(const Rest later, ahead_.RestFrom(kFirstGroupOffset, expected_));
      if (later.later.has_value()) {
        // A segment whose first group is not whole is the damaged one, unless this one is, too.
        const bool there = unwanted.empty() && !first.has_value();
        return RefuseAtSecondLook(there ? Place{next, kFirstGroupOffset} : Place{segment_, offset_},
                                  next, later);
      }
      if (later.used_end != 0) unwanted.push_back({next, kFirstGroupOffset, later.used_end});
    }
    End(std::move(unwanted));
    return absl::OkStatus();
  }

  // Beside a running writer the group may have become whole after it was looked at, and before the
  // later one was. A whole later group proves that it is whole now: so a second look decides.
  absl::Status RefuseAtSecondLook(const Place& damaged, std::size_t later_segment,
                                  const Rest& rest) {
    if (suspected_ != expected_) {
      suspected_ = expected_;
      here_.Forget();
      return absl::OkStatus();
    }
    const std::string& path = segments_[damaged.segment].path;
    return DataLoss(
        "{}: group {} at offset {} is damaged or gone, and whole groups stand behind it (group {} "
        "in "
        "{} at offset {}), so this is no torn end; restore {} from a copy of this directory",
        path, expected_, damaged.offset, rest.later->position, segments_[later_segment].path,
        rest.later->offset, path);
  }

  void End(std::vector<UnwantedBytes> unwanted) {
    ended_ = true;
    result_.tail_segment = segment_;
    result_.tail_offset = offset_;
    RecoveryReport& report = result_.report;
    report.torn_tail = !unwanted.empty();
    if (report.torn_tail) report.torn_where = Where(unwanted.front());
    for (const UnwantedBytes& bytes : unwanted) report.torn_bytes += bytes.end - bytes.begin;
    result_.torn = std::move(unwanted);
  }

  std::string Where(const UnwantedBytes& bytes) const {
    return fmt::format("{} at offset {}", segments_[bytes.segment].path, bytes.begin);
  }

  const std::vector<Segment>& segments_;
  GroupPipe& pipe_;
  SegmentReader here_;
  SegmentReader ahead_;
  Recovered result_;
  std::size_t segment_ = 0;
  std::uint64_t offset_ = 0;
  Position expected_ = 1;
  Position suspected_ = 0;  // position that was not where it should be, at the first look
  bool ended_ = false;
};

}  // namespace

absl::StatusOr<Recovered> Recover(FileSystem& files, const std::vector<Segment>& segments,
                                  const JournalOptions& options, const GroupVisitor& visit) {
  GroupPipe pipe;
  absl::StatusOr<Recovered> recovered = absl::CancelledError();
  std::thread reader([&] {
    NameThisThread("reader");
    recovered = Walk(files, segments, options, pipe).Run();
    pipe.End();
  });
  const absl::Status visited = pipe.VisitAll(visit);
  reader.join();
  // What was visited stands before what the reader found further on.
  PP_RETURN_IF_ERROR(visited);
  return recovered;
}

}  // namespace panelpuls::journal
