// Rows of a CSV file in one of the two styles: plain, or as Danish Excel opens it.
// Threads  one at a time.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "report/snapshot.h"

namespace panelpuls::report {

class CsvRows {
 public:
  explicit CsvRows(const CsvStyle& style);

  // In the style of Danish Excel as a formula, where a spreadsheet would make another thing of it.
  void Text(std::string_view text);
  // A date as it stands, which a spreadsheet may know as one.
  void Date(std::string_view date);
  void Texts(std::span<const std::string_view> fields);
  void Count(std::uint64_t count);
  // The shortest text that reads back as the same double; absent, NaN and infinite: an empty field.
  void Number(const std::optional<double>& value);
  void Count(const std::optional<std::uint32_t>& count);
  // Joined by blanks.
  void Flags(const wave::Wave& wave, const std::vector<estimate::Flag>& flags);
  void EndRow();

  // A row that is no record, such as the one that says that the file is whole.
  void Line(std::string_view text);

  std::size_t bytes() const { return out_.size(); }
  std::string Take() { return std::exchange(out_, {}); }

 private:
  void Separate();

  char separator_;
  bool for_spreadsheet_;  // with decimal commas
  std::string_view line_end_;
  bool at_row_start_ = true;
  std::string out_;
};

}  // namespace panelpuls::report
