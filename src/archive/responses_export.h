// Responses with their weights out of a data directory's journals, as of one cut: pages of text, so
// that a slow reader holds up nobody and never needs the whole text in memory.
//
// Memory   a state of the cut (what `serve` prints as its memory) for as long as the object lives.
// Threads  one at a time; may run beside an engine on the same directory: it reads files only.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/file.h"
#include "base/status.h"
#include "journal/journal.h"
#include "snapshot/respondent_table.h"

namespace panelpuls::archive {

struct ExportOptions {
  // Groups received later are not looked at.
  std::optional<Micros> until = {};
  // [partition] last group that counts, as PublishedSnapshot has them; empty: all that are there.
  std::vector<journal::Position> positions = {};
  // Makes the table that respondents are written into.
  snapshot::MakeRespondentTable make_table = {};
  // Asked between groups, on the thread that opens; true ends the reading. May be empty.
  std::function<bool()> cancelled = {};
};

class ResponsesExport {
 public:
  // Replays the journals up to the cut and calibrates. Cancelled: as asked; else as Replay.
  static absl::StatusOr<std::unique_ptr<ResponsesExport>> Open(FileSystem& files,
                                                               const std::string& directory,
                                                               const ExportOptions& options);
  ~ResponsesExport();

  // The next rows, at least `bytes` of them but for the last page; empty: all were given. The last
  // line of the last page says that the file is whole.
  std::string NextPage(std::size_t bytes);

  const wave::Wave& wave() const;
  std::uint64_t version() const;

 private:
  struct Impl;
  explicit ResponsesExport(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace panelpuls::archive
