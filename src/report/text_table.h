// Lines of a text report: aligned columns, measured in characters and not in bytes.
// Threads  one at a time.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/time_zone.h"
#include "report/messages.h"

namespace panelpuls::report {

// Where a number is absent or withheld.
inline constexpr std::string_view kDash = "\u2013";

// Characters of a text, counting each code point as one column.
std::size_t TextWidth(std::string_view text);
// At most `width` characters; what is cut ends in an ellipsis.
std::string CutText(std::string_view text, std::size_t width);

// The lines of a text; those of more than `width` characters broken at blanks, and what follows
// indented by twice as much as they are.
std::string FitLines(std::string_view text, std::size_t width);

// Numbers as a reader of the language writes them. Signed: +2,2 and, with a real minus, −0,9; what
// rounds to zero has no sign.
std::string FormatIndicator(Language language, double value, int decimals = 1);
std::string FormatPoints(Language language, double value, int decimals);  // without a sign
// A difference of shares: +1,2 for 0.012.
std::string FormatPercentagePoints(Language language, double difference);
// Without a sign unless it is negative.
std::string FormatNumber(Language language, double value, int decimals);
std::string FormatPercent(Language language, double share);
std::string FormatCount(Language language, std::uint64_t count);
// A number of enterprises that was estimated: whole ones; below none it is none.
std::string FormatTotal(Language language, double total);

// A local time to the minute, as a reader of the language writes it: 31. oktober 2025 kl. 14.05.
std::string FormatLocalTime(Language language, const TimeZone& zone, Micros time);

// Footnotes: equal texts share one number.
class Notes {
 public:
  // "[2]"
  std::string Mark(std::string_view text);
  const std::vector<std::string>& texts() const { return texts_; }

 private:
  std::vector<std::string> texts_;
};

// A label column to the left, the others to the right-aligned. A table wider than `width` is cut in
// its label column first and then broken into parts that repeat the labels.
class TextTable {
 public:
  explicit TextTable(std::vector<std::string> header) : header_(std::move(header)) {}
  // As many fields as the header has.
  void AddRow(std::vector<std::string> fields);
  bool empty() const { return rows_.empty(); }
  std::string Render(std::size_t width) const;

 private:
  std::string RenderPart(const std::vector<std::size_t>& widths, std::size_t first,
                         std::size_t end) const;

  std::vector<std::string> header_;
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace panelpuls::report
