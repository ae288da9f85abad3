#include "wire/files.h"

#include <absl/strings/match.h>

#include <utility>

namespace panelpuls::wire {

absl::StatusOr<FileFormat> FormatOfFile(std::string_view path) {
  constexpr std::pair<const char*, FileFormat> kEndings[] = {
      {".csv", FileFormat::kCsv},
      {".jsonl", FileFormat::kJsonLines},
      {".ndjson", FileFormat::kJsonLines},
      {".json", FileFormat::kJsonLines},
      {".pb", FileFormat::kDelimited},
      {".binpb", FileFormat::kDelimited},
      {".delimited", FileFormat::kDelimited}};
  for (const auto& [ending, format] : kEndings) {
    if (absl::EndsWithIgnoreCase(ToAbsl(path), ending)) return format;
  }
  return InvalidArgument(
      "{}: the name does not tell the format; let it end in .csv, .jsonl, .ndjson, .json, .pb, "
      ".binpb or .delimited",
      path);
}

absl::StatusOr<std::string> HeaderLine(std::string_view content, const FileOptions& options) {
  if (options.format != FileFormat::kCsv) return std::string();
  CsvReader reader(content, options.csv, options.file_name);
  std::vector<std::string_view> fields;
  if (reader.Next(fields)) return std::string(reader.row_text());
  PP_RETURN_IF_ERROR(reader.error());
  return InvalidArgument("{}:1: the file is empty; its first line must name the columns",
                         options.file_name);
}

}  // namespace panelpuls::wire
