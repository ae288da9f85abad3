#include "journal/recovery.h"

#include "base/thread.h"
#include "base/time_zone.h"
#include "journal/format.h"
#include "journal/group_pipe.h"
#include "journal/segment_reader.h"

namespace panelpuls::journal {
namespace {

struct Place {
  std::size_t segment = 0;  // index
  std::uint64_t offset = 0;
};

// Whether bytes behind the last whole group were acknowledged, as far as that is known.
std::string TornMeaning(Position end, const Mark& mark) {
  if (mark.exact && end == mark.position) {
    return "the last stop was clean at that group, so they were never acknowledged";
  }
  return fmt::format(
      "a group that a crash tore and that was not acknowledged, or damage to the last one, which "
      "was; {}",
      mark.position == 0 ? std::string("how far it was durable is not known")
                         : fmt::format("known is that group {} was durable at {}", mark.position,
                                       FormatUtc(mark.at)));
}

class Walk {
 public:
  Walk(FileSystem& files, const std::vector<Segment>& segments, const JournalOptions& options,
       GroupPipe& pipe)
      : segments_(segments),
        options_(options),
        pipe_(pipe),
        here_(files, options),
        ahead_(files, options) {
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
    PP_RETURN_IF_ERROR(CompareWithMark());
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
    result_.last_checksum = group.header.checksum;
    if (expected_ == options_.durable.position) {
      mark_fits_ = group.header.checksum == options_.durable.checksum;
    }
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
        "{}: group {} at offset {} is damaged or gone, and groups stand behind it ({} {} in {} at "
        "offset {}), so it was durable, and this is no torn end; restore {} from a copy of this "
        "directory",
        path, expected_, damaged.offset, rest.later->whole ? "group" : "the header of group",
        rest.later->position, segments_[later_segment].path, rest.later->offset, path);
  }

  // Whether the end is where it is known to have been, or behind it.
  absl::Status CompareWithMark() {
    const Mark& mark = options_.durable;
    RecoveryReport& report = result_.report;
    const Position end = report.groups;
    if (report.torn_tail) report.torn_meaning = TornMeaning(end, mark);
    std::string loss;
    if (end < mark.position) {
      loss =
          fmt::format("ends at group {}, but group {} was durable at {}, so {} groups are missing",
                      end, mark.position, FormatUtc(mark.at), mark.position - end);
    } else if (!mark_fits_) {
      loss = fmt::format(
          "has another group {} than was durable at {}, so it is an older or another journal",
          mark.position, FormatUtc(mark.at));
    }
    if (loss.empty()) return absl::OkStatus();
    const std::string& last = segments_.back().path;
    report.loss = fmt::format("{} {}", last.substr(0, last.rfind('/')), loss);
    if (options_.accept_loss) return absl::OkStatus();
    return DataLoss(
        "{}; restore it from a copy of this directory, or start once with --accept-loss to go on "
        "without them",
        report.loss);
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
  const JournalOptions& options_;
  GroupPipe& pipe_;
  SegmentReader here_;
  SegmentReader ahead_;
  Recovered result_;
  std::size_t segment_ = 0;
  std::uint64_t offset_ = 0;
  Position expected_ = 1;
  Position suspected_ = 0;  // position that was not where it should be, at the first look
  bool mark_fits_ = true;
  bool ended_ = false;
};

}  // namespace

absl::StatusOr<Recovered> Recover(FileSystem& files, const std::vector<Segment>& segments,
                                  const JournalOptions& options, const GroupVisitor& visit) {
  GroupPipe pipe;
  absl::StatusOr<Recovered> recovered = absl::CancelledError();
  PP_ASSIGN_OR_RETURN(Thread reader, StartThread("reader", [&] {
                        recovered = Walk(files, segments, options, pipe).Run();
                        pipe.End();
                      }));
  const absl::Status visited = pipe.VisitAll(visit);
  reader.join();
  // What was visited stands before what the reader found further on.
  PP_RETURN_IF_ERROR(visited);
  return recovered;
}

}  // namespace panelpuls::journal
