#include "wire/files.h"

#include <absl/strings/match.h>

#include <utility>

namespace panelpuls::wire {
namespace {

constexpr std::string_view kBlanks = " \t";

std::string_view Trim(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(kBlanks);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kBlanks) - begin + 1);
}

// Takes the first word, or what stands in quotes, off `rest`.
std::string_view TakeWord(std::string_view& rest) {
  rest = Trim(rest);
  const bool quoted = rest.starts_with('"');
  if (quoted) rest.remove_prefix(1);
  const std::size_t end = quoted ? rest.find('"') : rest.find_first_of(kBlanks);
  const std::string_view word = rest.substr(0, end);
  rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + (quoted ? 1 : 0));
  return word;
}

std::string_view Unquote(std::string_view text) {
  text = Trim(text);
  if (text.size() >= 2 && text.front() == '"' && text.back() == '"') {
    return text.substr(1, text.size() - 2);
  }
  return text;
}

// Adds one rule; the text is an error message, empty when all is well.
std::string AddRule(std::string_view line, Codebook& codebook) {
  constexpr std::string_view kForms = "write \"column ID = COLUMN\" or \"value ID CODE = VALUE\"";
  const std::size_t equals = line.find('=');
  if (equals == std::string_view::npos) return fmt::format("no '='; {}", kForms);
  std::string_view left = line.substr(0, equals);
  const std::string right(Unquote(line.substr(equals + 1)));
  const std::string_view keyword = TakeWord(left);
  const std::string id(TakeWord(left));
  const std::string code(Unquote(left));
  if (right.empty()) {
    return "nothing behind '='; an empty field always is item non-response, name a column or value";
  }
  if (keyword == "column" && !id.empty() && code.empty()) {
    if (codebook.columns.emplace(id, right).second) return {};
    return fmt::format("a second column for {}; keep one", id);
  }
  if (keyword == "value" && !id.empty() && !code.empty()) {
    if (codebook.values[id].emplace(right, code).second) return {};
    return fmt::format("value \"{}\" of {} has two codes; keep one", right, id);
  }
  return fmt::format("not a rule; {}", kForms);
}

}  // namespace

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

absl::StatusOr<Codebook> ParseCodebook(std::string_view text, std::string_view file_name) {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  Codebook codebook;
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  std::uint64_t number = 0;
  while (!text.empty()) {
    ++number;
    const std::size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    line = Trim(line);
    if (line.empty() || line.front() == '#') continue;
    if (!IsValidUtf8(line)) {
      return InvalidArgument("{}:{}: not UTF-8; save the codebook as UTF-8", file_name, number);
    }
    const std::string error = AddRule(line, codebook);
    if (!error.empty()) return InvalidArgument("{}:{}: {}", file_name, number, error);
  }
  return codebook;
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
