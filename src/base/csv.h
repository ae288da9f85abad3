// CSV as RFC 4180 has it, read row by row, with declared separators and numbers, and nothing
// guessed: a semicolon, decimal comma, thousands separator or code page counts only when declared.
// A first line "sep=;", as spreadsheets know it, declares the separator.
// Threads  one at a time.
// Errors   InvalidArgument "FILE:LINE: what is wrong; what to write instead".
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"

namespace panelpuls {

struct CsvFormat {
  char separator = ',';
  bool decimal_comma = false;
  // 0: none. A blank stands for a no-break or thin one too, ' for the curved one.
  char thousands_separator = 0;
  enum Encoding { kUtf8, kWindows1252 } encoding = kUtf8;
  bool quotes = true;          // false: a quote is a character like all others
  bool text_formulas = false;  // the field ="1-9" is the text 1-9, which no spreadsheet changes
};

// A format in the texts that a definition or the flags of a command give; empty: the default.
struct CsvFormatTexts {
  std::string separator{};  // "," ";" or "\t" or "tab"
  bool decimal_comma = false;
  std::string thousands{};
  std::string encoding{};  // "utf-8" or "windows-1252"
  bool quotes = true;
  bool text_formulas = false;

  // Of the four that flags have.
  bool empty() const {
    return separator.empty() && !decimal_comma && thousands.empty() && encoding.empty();
  }
};
absl::StatusOr<CsvFormat> MakeCsvFormat(const CsvFormatTexts& texts);
// Of a file that a definition or a codebook declares: as the flags say when any was given, else as
// declared. What no flag can say stays as declared.
absl::StatusOr<CsvFormat> ChooseCsvFormat(const CsvFormatTexts& flags, const CsvFormat& declared);

// Reads rows out of a text that stays alive. A byte order mark at the begin is skipped; LF, CRLF
// and a missing last line end are all right; quoted fields may hold separators, doubled quotes and
// line ends.
class CsvReader {
 public:
  CsvReader(std::string_view text, CsvFormat format, std::string file_name);
  CsvReader(const CsvReader&) = delete;  // views into itself
  CsvReader& operator=(const CsvReader&) = delete;

  // Next row that is not blank into `fields` (valid until the next call). False: end, or error() is
  // not ok.
  bool Next(std::vector<std::string_view>& fields);
  const absl::Status& error() const { return error_; }
  // As it was given, or with the separator that the file itself declares.
  const CsvFormat& format() const { return format_; }
  // Line (from 1) and the text, without line end, of the row last read.
  std::uint64_t line() const { return line_; }
  std::string_view row_text() const { return row_text_; }

  // Error at the row last read: "FILE:LINE: message".
  absl::Status ErrorHere(std::string_view message) const;

 private:
  // A field of the row at hand: text_[begin, begin + size), or unquoted_ when it had quotes in it.
  struct Piece {
    bool unquoted = false;
    std::size_t begin = 0;
    std::size_t size = 0;
  };
  bool TakeSeparatorLine();
  bool ReadRow();
  bool ReadAnyField();
  bool ReadField();
  bool ReadQuotedField();
  bool ReadLineEnd();
  void UnwrapFormula(Piece& piece);
  std::string_view TextOf(const Piece& piece) const;
  bool CheckHeader();
  bool Fail(std::uint64_t line, std::string_view message);

  std::string converted_;  // whole text, when it had to be converted to UTF-8
  std::string_view text_;
  CsvFormat format_;
  std::string file_name_;
  std::size_t next_ = 0;
  std::uint64_t next_line_ = 1;
  std::uint64_t line_ = 0;
  std::string_view row_text_;
  bool header_seen_ = false;
  std::vector<Piece> pieces_;
  std::string unquoted_;  // what stood in quotes, field behind field
  absl::Status error_;
};

// A number under a format, whole field, finite. The message says what is ambiguous: "40.982 may be
// 40982 or 40.982; declare the thousands separator or write 40982".
absl::StatusOr<double> ParseNumber(std::string_view text, const CsvFormat& format);

namespace internal {
// "40.982 may be 40982 or 40.982" when a single mark may be decimal mark or thousands separator;
// empty when it may not.
std::string DescribeAmbiguousNumber(std::string_view text);
}  // namespace internal

// A field as CSV needs it: quoted when it holds the separator, quotes or line ends.
std::string QuoteCsv(std::string_view field, char separator = ',');

// Whether a spreadsheet of a Danish office takes a field for a date, a number that it writes
// otherwise, a formula or another thing than the text it is: 1-9, 3.4, 0851, 1e5, +45, SAND. Rather
// one too many.
bool ChangesInSpreadsheet(std::string_view field);
// The text as a formula that no spreadsheet changes: ="1-9". CsvFormat::text_formulas reads it.
std::string TextFormula(std::string_view text);

bool IsValidUtf8(std::string_view text);

}  // namespace panelpuls
