// Walks over all groups of a journal and decides what its end is: clean, torn, or damaged.
//
// Why a whole group is proof that all before it were durable: at most one group is in flight
// (Append syncs an earlier one first), so a group is only written when the one before it is on
// disk. A crash can therefore harm no group but the last. Bytes at the expected place that are no
// whole group are
// - damage, when a whole group with the expected or a higher position, or the header of one with a
//   higher position, stands behind them in this or a later segment: refused;
// - a torn end otherwise: cut.
// A whole group with a lower position proves nothing and is cut with the rest: all up to the
// expected position have been read already. None can come from this program, for segments are never
// used twice, are zeros when they get their name, and a torn end is zeros, durably, before anything
// is written again. What looks like a group inside a payload would need the incarnation and its own
// place in the file; it is only looked at where a group is damaged.
// Damage to the very last group cannot be told from a torn one: it is cut, and reported; unless it
// is known to have been durable (JournalOptions::durable). Threads  one at a time. Groups are
// visited on the calling thread, while a thread of its own reads
//          and checks those that follow (GroupPipe).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/file.h"
#include "base/status.h"
#include "journal/journal.h"
#include "journal/segment_files.h"

namespace panelpuls::journal {

// Bytes [begin, end) of a segment that are no zeros and no group.
struct UnwantedBytes {
  std::size_t segment = 0;  // index
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
};

struct Recovered {
  RecoveryReport report;
  std::vector<Position> first_positions;  // a segment; 0: holds no group
  std::size_t tail_segment = 0;           // index: where the next group may stand
  std::uint64_t tail_offset = 0;
  std::uint64_t last_group_offset = 0;  // in tail_segment; 0: it holds none
  std::uint32_t last_checksum = 0;      // of the last group
  std::vector<UnwantedBytes> torn;
};

// segments: at least one. Same errors as Journal::Open; a failed visit before any of them.
// Unavailable when the reading thread cannot be made.
absl::StatusOr<Recovered> Recover(FileSystem& files, const std::vector<Segment>& segments,
                                  const JournalOptions& options, const GroupVisitor& visit);

}  // namespace panelpuls::journal
