// Records that were rejected, as they stood in their file, so that they can be mended and pushed
// again; the reasons in a file beside it. Threads: one.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "base/status.h"
#include "wire/files.h"

namespace panelpuls::cli {

class RejectedFile {
 public:
  // `content` outlives this. Nothing is written before Write.
  RejectedFile(std::string source, std::string_view content, wire::FileOptions options);

  // `text` as the record reader gave it; a record counts once.
  void Add(std::uint64_t line, std::string_view text, std::string reason);
  std::uint64_t count() const { return records_.size(); }
  // SOURCE.rejected.csv (.jsonl, .pb) and SOURCE.rejected.reasons.txt, each replaced; none are
  // written when nothing was rejected.
  absl::Status Write() const;
  std::string path() const;

 private:
  struct Record {
    std::string text;
    std::string reason;
  };
  std::string_view LinesFrom(std::uint64_t line, std::uint64_t count) const;
  absl::StatusOr<std::string> Header() const;

  std::string source_;
  std::string_view content_;
  wire::FileOptions options_;
  std::vector<std::size_t> line_starts_;     // of content_, [line - 1]
  std::map<std::uint64_t, Record> records_;  // by line
};

}  // namespace panelpuls::cli
