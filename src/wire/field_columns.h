// Which column of a CSV file a field of the wire came from, so that whoever mends the file is told
// "column \"Q7\"" and not "answers[0].options[0]".
// Threads  one at a time.
#pragma once

#include <absl/container/flat_hash_set.h>

#include <string>
#include <string_view>

#include "base/status.h"
#include "wave/wave.h"
#include "wire/files.h"

namespace panelpuls::wire {

class FieldColumns {
 public:
  // Reads the header of a file of responses or of case events; the wave outlives this. Other
  // formats than CSV have no columns, nor has an empty file. Errors as CsvReader has them.
  static absl::StatusOr<FieldColumns> Make(std::string_view content, const wave::Wave& wave,
                                           const FileOptions& options);

  // The column's name in the file; empty: the field has none. `field` as a reader (an id) or a
  // server (a path of the schema) names it, of the response whose FileRecord::text `text` is.
  // Cost  that of reading header and text once more, where the field is a path.
  std::string Of(std::string_view text, std::string_view field) const;

 private:
  FieldColumns(const wave::Wave& wave, const FileOptions& options)
      : wave_(&wave), options_(options) {}
  std::string OfId(const std::string& id) const;
  std::string OfOption(const std::string& question, std::string_view option) const;
  std::string OfPath(std::string_view text, std::string_view field) const;
  std::string OfPath(const wave::RawResponse& response, std::string_view field) const;

  const wave::Wave* wave_;
  FileOptions options_;
  std::string header_;
  absl::flat_hash_set<std::string> names_;
};

}  // namespace panelpuls::wire
