#include "base/csv.h"

#include <absl/strings/match.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include "base/characters.h"
#include "base/printable.h"

namespace panelpuls {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr std::size_t kValid = std::string_view::npos;

std::string_view NameOfSeparator(char separator) {
  switch (separator) {
    case ',':
      return "comma";
    case ';':
      return "semicolon";
    case '\t':
      return "tab";
    default:
      return "bar";
  }
}

// How a separator is written in a definition or a flag.
std::string_view SpellSeparator(char separator) {
  return separator == '\t' ? "tab" : separator == ';' ? ";" : separator == ',' ? "," : "|";
}

// Offset of the first byte that is not UTF-8, or kValid.
std::size_t FindInvalidUtf8(std::string_view text) {
  std::size_t at = 0;
  while (at < text.size()) {
    std::uint64_t eight = 0;
    if (at + sizeof eight <= text.size()) {
      std::memcpy(&eight, text.data() + at, sizeof eight);
      if ((eight & 0x8080808080808080u) == 0) {
        at += sizeof eight;
        continue;
      }
    }
    const std::size_t length = Utf8SequenceLength(text.substr(at));
    if (length == 0) return at;
    at += length;
  }
  return kValid;
}

std::uint64_t LineAt(std::string_view text, std::size_t offset) {
  const auto end = text.begin() + static_cast<std::ptrdiff_t>(offset);
  return 1 + static_cast<std::uint64_t>(std::count(text.begin(), end, '\n'));
}

// Code points of bytes 0x80-0x9F in windows-1252; 0: the byte stands for nothing.
constexpr std::array<char16_t, 32> kWindows1252 = {
    0x20AC, 0,      0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
    0x2039, 0x0152, 0,      0x017D, 0,      0,      0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
    0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0,      0x017E, 0x0178};

// Appends text as UTF-8. Returns the offset of a byte without a meaning, or kValid.
std::size_t ConvertWindows1252(std::string_view text, std::string& out) {
  out.reserve(text.size() + text.size() / 8);
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (byte < 0x80) {
      out.push_back(text[i]);
      continue;
    }
    const unsigned point = byte < 0xA0 ? unsigned{kWindows1252[byte - 0x80u]} : unsigned{byte};
    if (point == 0) return i;
    if (point < 0x800) {
      out.push_back(static_cast<char>(0xC0u | (point >> 6)));
    } else {
      out.push_back(static_cast<char>(0xE0u | (point >> 12)));
      out.push_back(static_cast<char>(0x80u | ((point >> 6) & 0x3Fu)));
    }
    out.push_back(static_cast<char>(0x80u | (point & 0x3Fu)));
  }
  return kValid;
}

// Number of `separator` outside quotes, where there are quotes.
std::size_t CountOutsideQuotes(std::string_view text, char separator, bool has_quotes) {
  bool quoted = false;
  std::size_t count = 0;
  for (const char c : text) {
    if (c == '"' && has_quotes) quoted = !quoted;
    if (c == separator && !quoted) ++count;
  }
  return count;
}

// What else must be declared for a text with another separator: the first number that can be read
// in two ways. Empty: none among the first lines.
std::string FindAmbiguousNumber(std::string_view rest, char separator, std::uint64_t line) {
  constexpr int kLines = 100;
  for (int i = 0; i < kLines && !rest.empty(); ++i, ++line) {
    std::string_view row = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(rest.size(), row.size() + 1));
    if (row.ends_with('\r')) row.remove_suffix(1);
    while (!row.empty()) {
      const std::string_view field = row.substr(0, row.find(separator));
      row.remove_prefix(std::min(row.size(), field.size() + 1));
      if (std::string ambiguity = internal::DescribeAmbiguousNumber(field); !ambiguity.empty()) {
        return fmt::format(
            "; line {}: {}: declare decimal comma and thousands separator too, or "
            "write numbers without a thousands separator",
            line, ambiguity);
      }
    }
  }
  return {};
}

}  // namespace

CsvReader::CsvReader(std::string_view text, CsvFormat format, std::string file_name)
    : text_(text), format_(format), file_name_(std::move(file_name)) {
  const bool has_mark = text.starts_with(kByteOrderMark);
  if (text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF")) {
    Fail(1, "the file is UTF-16; save it as CSV UTF-8");
  } else if (format.encoding == CsvFormat::kWindows1252) {
    if (has_mark) {
      Fail(1,
           "the file begins with the byte order mark of UTF-8, but encoding windows-1252 is "
           "declared; declare utf-8");
      return;
    }
    const std::size_t bad = ConvertWindows1252(text, converted_);
    if (bad != kValid) {
      Fail(LineAt(text, bad),
           fmt::format("byte {:02X} stands for nothing in windows-1252; save the file as UTF-8",
                       static_cast<unsigned char>(text[bad])));
    }
    text_ = converted_;
  } else {
    if (has_mark) text_.remove_prefix(kByteOrderMark.size());
    const std::size_t bad = FindInvalidUtf8(text_);
    if (bad != kValid) {
      Fail(LineAt(text_, bad),
           fmt::format("byte {:02X} is not UTF-8; save the file as UTF-8, or declare encoding "
                       "windows-1252 if that is what it is",
                       static_cast<unsigned char>(text_[bad])));
    }
  }
  if (error_.ok()) TakeSeparatorLine();
}

// "sep=;" in the first line, with or without quotes: what spreadsheets heed and do not show.
bool CsvReader::TakeSeparatorLine() {
  constexpr std::string_view kBegin = "sep=";
  std::string_view line = text_.substr(0, text_.find_first_of("\r\n"));
  const std::size_t size = line.size();
  if (line.starts_with('"') && line.ends_with('"') && line.size() > 1) {
    line = line.substr(1, line.size() - 2);
  }
  if (line.size() != kBegin.size() + 1 ||
      !absl::EqualsIgnoreCase(ToAbsl(line.substr(0, kBegin.size())), ToAbsl(kBegin))) {
    return true;
  }
  const char declared = line.back();
  if (declared != ',' && declared != ';' && declared != '\t') {
    return Fail(1, fmt::format("the line declares the separator \"{}\"; take a comma, a semicolon "
                               "or a tab",
                               Printable(line.substr(kBegin.size()))));
  }
  // A comma may be nobody's word.
  if (format_.separator != ',' && format_.separator != declared) {
    return Fail(1, fmt::format("the line declares {} as separator, and {} is declared for the "
                               "file; let one of them go",
                               NameOfSeparator(declared), NameOfSeparator(format_.separator)));
  }
  format_.separator = declared;
  next_ = size;
  return ReadLineEnd();
}

bool CsvReader::Fail(std::uint64_t line, std::string_view message) {
  line_ = line;
  error_ = ErrorHere(message);
  return false;
}

absl::Status CsvReader::ErrorHere(std::string_view message) const {
  return InvalidArgument("{}:{}: {}", file_name_, std::max<std::uint64_t>(line_, 1), message);
}

bool CsvReader::Next(std::vector<std::string_view>& fields) {
  fields.clear();
  if (!error_.ok()) return false;
  do {
    if (next_ >= text_.size()) return false;
    if (!ReadRow()) return false;
  } while (row_text_.find_first_not_of(' ') == std::string_view::npos);
  if (!std::exchange(header_seen_, true) && !CheckHeader()) return false;
  if (format_.text_formulas) {
    for (Piece& piece : pieces_) UnwrapFormula(piece);
  }
  for (const Piece& piece : pieces_) fields.push_back(TextOf(piece));
  return true;
}

std::string_view CsvReader::TextOf(const Piece& piece) const {
  const std::string_view source = piece.unquoted ? std::string_view(unquoted_) : text_;
  return source.substr(piece.begin, piece.size);
}

// ="..." in quotes of CSV, which is how TextFormula stands in a file.
void CsvReader::UnwrapFormula(Piece& piece) {
  const std::string_view field = TextOf(piece);
  if (field.size() < 3 || !field.starts_with("=\"") || !field.ends_with('"')) return;
  std::string text;
  for (std::size_t i = 2; i + 1 < field.size(); ++i) {
    text.push_back(field[i]);
    if (field[i] == '"' && field[i + 1] == '"' && i + 2 < field.size()) ++i;
  }
  piece = {true, unquoted_.size(), text.size()};
  unquoted_ += text;
}

bool CsvReader::ReadRow() {
  line_ = next_line_;
  pieces_.clear();
  unquoted_.clear();
  const std::size_t begin = next_;
  while (true) {
    if (!ReadAnyField()) return false;
    if (next_ < text_.size() && text_[next_] == format_.separator) {
      ++next_;
      continue;
    }
    row_text_ = text_.substr(begin, next_ - begin);
    return ReadLineEnd();
  }
}

bool CsvReader::ReadAnyField() {
  const std::string_view rest = text_.substr(next_);
  if (!format_.quotes) return ReadField();
  if (format_.text_formulas && rest.starts_with("=\"")) {
    ++next_;
    return ReadQuotedField();
  }
  return rest.starts_with('"') ? ReadQuotedField() : ReadField();
}

bool CsvReader::ReadField() {
  const std::size_t begin = next_;
  while (next_ < text_.size() && text_[next_] != format_.separator && text_[next_] != '\n' &&
         text_[next_] != '\r') {
    if (text_[next_] == '"' && format_.quotes) {
      return Fail(next_line_,
                  "a quote inside a field without quotes; put the whole field in quotes and double "
                  "those inside, or say in a codebook \"set quoting = none\", or \"set "
                  "text_formulas = yes\" of fields such as =\"007\"");
    }
    ++next_;
  }
  pieces_.push_back({false, begin, next_ - begin});
  return true;
}

bool CsvReader::ReadQuotedField() {
  const std::uint64_t first_line = next_line_;
  const std::size_t begin = unquoted_.size();
  ++next_;
  while (true) {
    const std::size_t quote = text_.find('"', next_);
    if (quote == std::string_view::npos) {
      return Fail(first_line,
                  "a quoted field has no end; close its quote, or double a quote that "
                  "belongs to the text");
    }
    const std::string_view part = text_.substr(next_, quote - next_);
    next_line_ += static_cast<std::uint64_t>(std::count(part.begin(), part.end(), '\n'));
    unquoted_.append(part);
    next_ = quote + 1;
    if (next_ >= text_.size() || text_[next_] != '"') break;
    unquoted_.push_back('"');
    ++next_;
  }
  pieces_.push_back({true, begin, unquoted_.size() - begin});
  const char behind = next_ < text_.size() ? text_[next_] : '\n';
  if (behind == format_.separator || behind == '\n' || behind == '\r') return true;
  return Fail(
      next_line_,
      fmt::format("text behind a closing quote; double a quote that belongs to the text{}",
                  first_line == next_line_
                      ? std::string()
                      : fmt::format(", or close the one that opens in line {}", first_line)));
}

bool CsvReader::ReadLineEnd() {
  if (next_ >= text_.size()) return true;
  if (text_[next_] == '\r') {
    ++next_;
    if (next_ < text_.size() && text_[next_] != '\n') {
      return Fail(next_line_, "a carriage return alone; end lines with LF or CRLF");
    }
    if (next_ >= text_.size()) return true;
  }
  ++next_;
  ++next_line_;
  return true;
}

bool CsvReader::CheckHeader() {
  const std::size_t declared = CountOutsideQuotes(row_text_, format_.separator, format_.quotes);
  for (const char other : {';', ',', '\t'}) {
    if (other == format_.separator ||
        CountOutsideQuotes(row_text_, other, format_.quotes) <= declared) {
      continue;
    }
    return Fail(line_, fmt::format("columns are separated by {}, not by {} as declared; declare "
                                   "separator \"{}\" or write {}{}",
                                   NameOfSeparator(other), NameOfSeparator(format_.separator),
                                   SpellSeparator(other), NameOfSeparator(format_.separator),
                                   FindAmbiguousNumber(text_.substr(next_), other, next_line_)));
  }
  return true;
}

std::string QuoteCsv(std::string_view field, char separator) {
  if (field.find_first_of("\"\r\n") == std::string_view::npos &&
      field.find(separator) == std::string_view::npos) {
    return std::string(field);
  }
  std::string quoted = "\"";
  for (const char c : field) {
    if (c == '"') quoted.push_back('"');
    quoted.push_back(c);
  }
  quoted.push_back('"');
  return quoted;
}

bool IsValidUtf8(std::string_view text) { return FindInvalidUtf8(text) == kValid; }

}  // namespace panelpuls
