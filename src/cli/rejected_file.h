// Lines of a file that its server refused, or that could not be sent, as they stand in it, so that
// they can be mended and pushed again; the reasons in a file beside them. Never over another file:
// an earlier one may be half mended. Threads: one.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "base/status.h"
#include "wire/files.h"

namespace panelpuls::cli {

class RejectedFile {
 public:
  // `content` outlives this. Nothing is written before Write.
  RejectedFile(std::string source, std::string_view content, wire::FileOptions options);

  // The file's own bytes of a record, with its line end: `text` is what the record reader gave,
  // whose line breaks count. Of delimited messages `text` itself.
  std::string_view LinesOf(std::uint64_t line, std::string_view text) const;
  // `lines` as LinesOf gave them; each record once.
  void Add(std::uint64_t line, std::string_view lines, std::string_view reason);
  std::uint64_t count() const { return records_.size(); }
  // To SOURCE.rejected.csv (.jsonl, .pb) and SOURCE.rejected.reasons.txt, or to the first of
  // SOURCE.rejected-2.csv and so on where neither is there; both are their owner's alone. Of
  // standard input and other pipes without a name SOURCE is `input`, in the working directory.
  // Nothing is written when there is no record.
  absl::Status Write();
  // Of the files written.
  const std::string& path() const { return path_; }
  const std::string& reasons_path() const { return reasons_path_; }

 private:
  struct Record {
    std::uint64_t line = 0;
    std::string_view text;
    const std::string* reason = nullptr;
  };
  absl::StatusOr<std::string> Text() const;
  std::string ReasonsText() const;
  void Name(int number);

  std::string source_;
  std::string_view content_;
  wire::FileOptions options_;
  std::vector<std::size_t> line_starts_;  // of content_, [line - 1]
  std::vector<Record> records_;
  std::unordered_set<std::string> reasons_;  // of records_; most are alike
  std::string path_;
  std::string reasons_path_;
};

}  // namespace panelpuls::cli
