#include "wire/files.h"

#include <algorithm>

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

absl::StatusOr<std::string_view> HeaderLines(std::string_view content, const FileOptions& options) {
  if (options.format != FileFormat::kCsv) return std::string_view();
  CsvReader reader(content, options.csv, options.file_name);
  std::vector<std::string_view> fields;
  if (reader.Next(fields)) {
    const std::string_view row = reader.row_text();
    const auto inside = static_cast<std::uint64_t>(std::count(row.begin(), row.end(), '\n'));
    std::size_t end = 0;
    for (std::uint64_t line = 0; line < reader.line() + inside; ++line) {
      const std::size_t next = content.find('\n', end);
      end = next == std::string_view::npos ? content.size() : next + 1;
    }
    return content.substr(0, end);
  }
  PP_RETURN_IF_ERROR(reader.error());
  return InvalidArgument("{}:1: the file is empty; its first line must name the columns",
                         options.file_name);
}

}  // namespace panelpuls::wire
