#include "report/csv_fields.h"

#include <algorithm>
#include <cmath>

#include "base/csv.h"
#include "base/json_writer.h"

namespace panelpuls::report {

CsvRows::CsvRows(const CsvStyle& style)
    : separator_(style.danish_excel ? ';' : ','),
      for_spreadsheet_(style.danish_excel),
      line_end_(style.danish_excel ? "\r\n" : "\n") {
  if (style.danish_excel) out_ = "\xEF\xBB\xBF";
}

void CsvRows::Separate() {
  if (!at_row_start_) out_ += separator_;
  at_row_start_ = false;
}

void CsvRows::Text(std::string_view text) {
  Separate();
  if (for_spreadsheet_ && ChangesInSpreadsheet(text)) {
    out_ += QuoteCsv(TextFormula(text), separator_);
  } else {
    out_ += QuoteCsv(text, separator_);
  }
}

void CsvRows::Date(std::string_view date) {
  Separate();
  out_ += date;
}

void CsvRows::Count(std::uint64_t count) {
  Separate();
  out_ += std::to_string(count);
}

void CsvRows::Number(const std::optional<double>& value) {
  Separate();
  if (!value || !std::isfinite(*value)) return;
  const std::size_t begin = out_.size();
  AppendJsonNumber(*value, out_);
  if (for_spreadsheet_) {
    std::replace(out_.begin() + static_cast<std::ptrdiff_t>(begin), out_.end(), '.', ',');
  }
}

void CsvRows::Texts(std::span<const std::string_view> fields) {
  for (const std::string_view field : fields) Text(field);
}

void CsvRows::Count(const std::optional<std::uint32_t>& count) {
  if (count) return Count(std::uint64_t{*count});
  Separate();
}

void CsvRows::Flags(const wave::Wave& wave, const std::vector<estimate::Flag>& flags) {
  std::string joined;
  for (const estimate::Flag& flag : flags) {
    if (!joined.empty()) joined += ' ';
    joined += FlagText(wave, flag);
  }
  Text(joined);
}

void CsvRows::Line(std::string_view text) {
  out_ += text;
  EndRow();
}

void CsvRows::EndRow() {
  out_ += line_end_;
  at_row_start_ = true;
}

}  // namespace panelpuls::report
