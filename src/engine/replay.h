// Reading a directory's journals without a running engine: time travel and verification.
// Threads  one; may run beside an engine on the same directory and sees what was durable.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/file.h"
#include "base/status.h"
#include "estimate/estimates.h"
#include "journal/journal.h"
#include "report/snapshot.h"
#include "state/cube.h"
#include "wave/changes.h"

namespace panelpuls::engine {

struct Replayed {
  std::shared_ptr<const wave::Wave> wave;  // the last definition by then
  std::vector<wave::DefinitionVersion> definitions;
  std::shared_ptr<estimate::Estimator> estimator;
  estimate::Estimates estimates;
  estimate::Fieldwork fieldwork;
  std::unique_ptr<state::Cube> cube;  // merged over partitions
  state::Counters counters;
  std::vector<report::HistoryHour> hours;
  std::vector<state::AttentionEntry> attention;
  std::uint64_t version = 0;
  Micros last_receipt = kNoTime;
  std::vector<journal::RecoveryReport> recovery;
  // Views into this object.
  report::SnapshotInputs Inputs() const;
};

// All groups whose receipt time is not after `until` (absent: all).
absl::StatusOr<Replayed> Replay(FileSystem& files, const std::string& directory,
                                std::optional<Micros> until);

// One line each.
struct Verification {
  // Damage, or records that do not give the state they were journaled with.
  std::vector<std::string> findings;
  // Bytes behind the last whole group of a partition, which the next start cuts.
  std::vector<std::string> torn_tails;
  // The same while an engine runs on the directory: most likely the group it is writing.
  std::vector<std::string> in_flight;
  // [partition] the last group that was read, and SHA-256 of all groups up to it.
  std::vector<journal::Position> positions;
  std::vector<std::string> digests;
  // One line of all that, to be kept elsewhere: `directory ID positions P0,P1,... sha256 HEX`.
  // Empty where something was found.
  std::string line;
};

// Reads everything again: group checksums, dense positions, each journaled record's verdict against
// the state rebuilt from it. Changes nothing. An end that looks torn is read a second time with the
// directory's lock held, so that no engine can be writing it; where an engine holds the lock, the
// end is moving and proves nothing. kept: a text with a line of an earlier verification (the last
// one counts): the groups up to its positions must be those of then. InvalidArgument: there is no
// such line in it.
absl::StatusOr<Verification> Verify(FileSystem& files, const std::string& directory,
                                    std::string_view kept = {});

}  // namespace panelpuls::engine
