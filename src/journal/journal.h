// The journal: an append-only log of groups in preallocated segments (layout
// byte by byte in docs/PROTOCOL.md). Log is what any log has to do; besides, the
// engine's writer asks a Journal for room ahead (Reserve, MakeAhead), and takes its durable mark.
//
// Promise  A group is durable when Sync has returned: every later reading shows it once, unchanged,
//          or is refused. A flipped bit in any group but the last is refused by position.
// Limit    Of the journal alone, damage to the very last group cannot be told from a write that a
//          crash has torn, and groups that are gone from its end without a trace are not missed.
//          What else is known of its end is given in JournalOptions::durable.
// Threads  a Journal: one writer, and Read beside it from any thread; ReadJournal: any process,
//          beside a running writer too (a group being written then shows as a torn tail).
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/file.h"
#include "base/status.h"

namespace panelpuls::journal {

// Place of a group: 1, 2, 3 ... without holes.
using Position = std::uint64_t;

// A group that is known to have been durable. Position 0: nothing is known.
struct Mark {
  Position position = 0;
  std::uint32_t checksum = 0;  // of that group, as its header has it
  Micros at = 0;               // when it was known
  bool exact = false;          // nothing behind it was ever acknowledged
};

struct GroupInfo {
  Position position = 0;
  std::uint64_t definition_id = 0;
  Micros receipt_time = 0;
};

// A group as it is read. payload is valid until the next call of the reader.
struct GroupView {
  GroupInfo info;
  std::span<const std::byte> payload;
};

// Called for each group in order; a failed status ends the reading with that status.
using GroupVisitor = std::function<absl::Status(const GroupView&)>;

class Log {
 public:
  virtual ~Log() = default;
  // Writes one group behind the last. Not durable before Sync; an earlier group that is not yet
  // durable is synced first, so that never two are in flight. An empty payload is allowed. After an
  // error the log is dead: every later call fails (the process is to end; nothing is retried on the
  // same file). ResourceExhausted: no room on the disk, or for now no descriptor or memory for the
  // next segment; nothing was written and the log lives. InvalidArgument: payload too large, the
  // same.
  virtual absl::StatusOr<Position> Append(std::uint64_t definition_id, Micros receipt_time,
                                          std::span<const std::byte> payload) = 0;
  // Makes all appended groups durable.
  virtual absl::Status Sync() = 0;
  // Reads durable groups from `from` on, as far as the log went when it was called.
  virtual absl::Status Read(Position from, const GroupVisitor& visit) = 0;
  // Position of the last appended group; 0 when there is none.
  virtual Position End() const = 0;
};

struct JournalOptions {
  std::uint64_t segment_bytes = 16ull << 20;
  std::uint64_t incarnation = 0;  // ties the directory's files together; checked in every segment
  std::uint32_t partition = 0;
  std::size_t max_payload_bytes = 8ull << 20;
  // Bytes of disk that stay free: no segment is made that would go below it.
  std::uint64_t reserve_free_bytes = 64ull << 20;
  // NotFound when the directory holds no segment, instead of starting a new journal.
  bool must_exist = false;
  // A journal that ends before this group, or has another one in its place, is DataLoss.
  Mark durable = {};
  // Goes on with such a journal all the same, and reports what was lost.
  bool accept_loss = false;
};

// What recovery found. Shown to the operator, and in `verify`.
struct RecoveryReport {
  Position groups = 0;
  std::uint64_t segments = 0;
  bool torn_tail = false;  // bytes behind the last whole group were cut
  std::uint64_t torn_bytes = 0;
  std::string torn_where;    // file and offset
  std::string torn_meaning;  // what is known of whether they were acknowledged
  std::string loss;          // accept_loss: what was refused without it; empty: nothing is lost
  std::string stray_where;  // bytes in the unused room of a full segment: file and offset; harmless
};

class Journal final : public Log {
 public:
  // Opens or creates the segments in `directory`, which must exist and be held by this process
  // alone. DataLoss naming file, offset, position and mend: damage with whole groups behind it, a
  // missing or foreign segment. A torn tail is cut and reported. InvalidArgument: a group of
  // max_payload_bytes does not fit in a segment. report may be null. All groups visited are durable
  // when it returns.
  static absl::StatusOr<std::unique_ptr<Journal>> Open(FileSystem& files,
                                                       const std::string& directory,
                                                       const JournalOptions& options,
                                                       const GroupVisitor& replay,
                                                       RecoveryReport* report);
  ~Journal() override;

  absl::StatusOr<Position> Append(std::uint64_t definition_id, Micros receipt_time,
                                  std::span<const std::byte> payload) override;
  absl::Status Sync() override;
  absl::Status Read(Position from, const GroupVisitor& visit) override;
  Position End() const override;

  // The last durable group. The writer.
  Mark durable_mark() const;

  // Fills some of the next segment (256 KiB) if it is not made yet: for when there is nothing else
  // to do. Sync does what is left undone, in slices that keep pace with what is appended.
  absl::Status MakeAhead();

  // Makes sure that a group of `bytes` of payload can be appended without asking the file system
  // for space (the next segment is made ahead, and open). ResourceExhausted: as of Append; readers
  // go on.
  absl::Status Reserve(std::size_t bytes);

 private:
  struct Impl;
  explicit Journal(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

// Reads a directory's journal without opening it for writing: `replay --until`, `verify`, exports.
// Same verdicts as Open; nothing is cut or changed.
absl::StatusOr<RecoveryReport> ReadJournal(FileSystem& files, const std::string& directory,
                                           const JournalOptions& options,
                                           const GroupVisitor& visit);

// Bytes that a group takes in its segment: header, payload, filled up to whole blocks.
std::uint64_t BytesOnDisk(std::uint64_t payload_bytes);

// CRC-32C (Castagnoli) of bytes, continued from `crc` (0 to start).
std::uint32_t Crc32c(std::uint32_t crc, std::span<const std::byte> bytes);

}  // namespace panelpuls::journal
