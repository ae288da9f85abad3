#include "journal/journal.h"
#include "journal/recovery.h"
#include "journal/segment_files.h"

namespace panelpuls::journal {

absl::StatusOr<RecoveryReport> ReadJournal(FileSystem& files, const std::string& directory,
                                           const JournalOptions& options,
                                           const GroupVisitor& visit) {
  PP_ASSIGN_OR_RETURN(const std::vector<Segment> segments, ListSegments(files, directory, options));
  if (segments.empty()) {
    if (options.must_exist) return NotFound("{} has no journal", directory);
    return RecoveryReport{};
  }
  PP_ASSIGN_OR_RETURN(const Recovered recovered, Recover(files, segments, options, visit));
  return recovered.report;
}

}  // namespace panelpuls::journal
