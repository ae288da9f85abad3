// Reading everything in a directory again, to see that it is whole and as it was.
// Threads  one; may run beside an engine on the same directory and sees what was durable.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/file.h"
#include "base/status.h"
#include "journal/journal.h"

namespace panelpuls::archive {

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

}  // namespace panelpuls::archive
