// Responses, case events and frames from files (docs/PROTOCOL.md): CSV with codebook, JSON lines,
// delimited protobuf. One record after the other; a bad line is reported and the reading goes on.
// Threads  one at a time.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/csv.h"
#include "base/status.h"
#include "wave/frame.h"
#include "wave/response.h"
#include "wave/wave.h"
#include "wire/codebook.h"
#include "wire/ignored_fields.h"

namespace panelpuls::wire {

enum class FileFormat { kCsv, kJsonLines, kDelimited };
// By the name's ending: .csv, .jsonl/.ndjson/.json, .pb/.binpb/.delimited. InvalidArgument: none of
// these.
absl::StatusOr<FileFormat> FormatOfFile(std::string_view path);

struct FileOptions {
  FileFormat format = FileFormat::kCsv;
  CsvFormat csv;
  Codebook codebook;
  std::string file_name;  // for messages
  // CSV: when the file has no channel column; empty: the wave's first. Other formats: for records
  // without a channel; empty: none.
  std::string default_channel;
  // CSV: takes the rows that say nothing (see ReadResponses). Null: not wanted.
  struct EmptyRows {
    std::uint64_t count = 0;
    std::uint64_t first_line = 0;
  };
  EmptyRows* empty_rows = nullptr;
  // JSON lines, delimited: takes the fields that no record has. Null: not wanted.
  IgnoredFields* ignored_fields = nullptr;
};

// One record of a file, or what is wrong with it.
struct FileRecord {
  std::uint64_t line = 0;  // CSV, JSON lines: line; delimited: number of the message, from 1
  // For the file of rejected records: CSV, JSON lines: the line without its end; delimited: the
  // message with its length.
  std::string_view text;
  const wave::RawResponse* response = nullptr;  // null: bad record
  std::string field;  // of a bad record: of CSV the id (FieldColumns names the column)
  std::string reason;
};

// CSV columns: respondent_id, channel, revision, collected_at, status, base_weight, one a dimension
// and question; several options of a question are joined by |. An empty field is absent; a row with
// nothing in it but an id is no record and is passed over. JSON lines: a Response a line.
// Delimited: varint-delimited Response messages. Errors  whole-file errors only (no header, not
// UTF-8, undeclared separator, no respondent_id, no
//         column of a dimension or question, no base_weight where only the file can know it, a
//         codebook that does not fit, broken delimiting).
// `visit` returns false to stop.
absl::Status ReadResponses(std::string_view content, const wave::Wave& wave,
                           const FileOptions& options,
                           const std::function<bool(const FileRecord&)>& visit);

// What a file's header leaves open, for whoever has the file read. Empty of other formats than CSV.
struct HeaderNotes {
  std::vector<std::string> ignored_columns;   // that no id has and no rule names
  std::vector<std::string> absent_questions;  // that nobody answers in this file
};
// Errors  as ReadResponses has them of the header and the codebook.
absl::StatusOr<HeaderNotes> ReadResponseHeader(std::string_view content, const wave::Wave& wave,
                                               const FileOptions& options);
// The bytes of a CSV up to the end of its header, as they stand (rows are written below it); empty
// for other formats. InvalidArgument: there is none.
absl::StatusOr<std::string_view> HeaderLines(std::string_view content, const FileOptions& options);

// Event CSV: unit_id, disposition, channel, at, event_id; the last three may be missing.
absl::StatusOr<HeaderNotes> ReadEventHeader(std::string_view content, const wave::Wave& wave,
                                            const FileOptions& options);
struct EventRecord {
  std::uint64_t line = 0;
  std::string_view text;
  wave::RawCaseEvent event;
  std::string reason;  // not empty: bad record
  std::string field;
};
absl::Status ReadCaseEvents(std::string_view content, const wave::Wave& wave,
                            const FileOptions& options,
                            const std::function<bool(const EventRecord&)>& visit);

// Frame CSV: unit_id, channel, base_weight, one column a dimension; channel may be missing or
// empty, base_weight too unless weights are per unit. Validated whole: any bad line refuses the
// frame (docs/PROTOCOL.md).
using wave::FrameUnit;
absl::StatusOr<std::vector<FrameUnit>> ReadFrame(std::string_view content, const wave::Wave& wave,
                                                 const FileOptions& options);

}  // namespace panelpuls::wire
