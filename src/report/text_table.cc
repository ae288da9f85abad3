#include "report/text_table.h"

#include <algorithm>
#include <cmath>

#include "base/status.h"

namespace panelpuls::report {
namespace {

constexpr std::string_view kMinus = "\u2212";
constexpr std::string_view kEllipsis = "\u2026";
constexpr std::string_view kGap = "  ";
constexpr std::size_t kIndent = 2;
constexpr std::size_t kNarrowestLabel = 20;
constexpr std::size_t kWidestColumn = 16;

bool IsContinuation(char byte) { return (static_cast<unsigned char>(byte) & 0xC0) == 0x80; }

std::string Fixed(Language language, double magnitude, int decimals) {
  std::string text = fmt::format("{:.{}f}", magnitude, decimals);
  if (language == Language::kDanish) std::replace(text.begin(), text.end(), '.', ',');
  return text;
}

void AppendPadded(std::string_view text, std::size_t width, bool right, std::string& out) {
  const std::size_t padding = width - std::min(width, TextWidth(text));
  if (right) out.append(padding, ' ');
  out += text;
  if (!right) out.append(padding, ' ');
}

void EndLine(std::string& out) {
  while (!out.empty() && out.back() == ' ') out.pop_back();
  out += '\n';
}

}  // namespace

std::size_t TextWidth(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char byte) { return !IsContinuation(byte); }));
}

std::string CutText(std::string_view text, std::size_t width) {
  if (TextWidth(text) <= width) return std::string(text);
  std::size_t end = 0;
  for (std::size_t kept = 0; end < text.size(); ++end) {
    if (!IsContinuation(text[end]) && kept++ + 1 >= width) break;
  }
  while (end > 0 && text[end - 1] == ' ') --end;
  return std::string(text.substr(0, end)) + std::string(kEllipsis);
}

namespace {

// What stays on one line: a word, an interval in its brackets, "p < 0.001".
std::size_t WordEnd(std::string_view text) {
  for (std::size_t end = text.find(' '); end != text.npos; end = text.find(' ', end + 1)) {
    const std::string_view part = text.substr(0, end);
    const std::size_t open = part.rfind('[');
    const bool in_brackets = open != part.npos && part.find(']', open) == std::string_view::npos;
    const std::string_view last = part.substr(part.rfind(' ') + 1);
    if (!in_brackets && last != "p" && last != "<" && last != "=") return end;
  }
  return text.npos;
}

// Broken at blanks; all lines but the first are indented by twice as much.
std::string Wrapped(std::string_view text, std::size_t width, std::size_t indent) {
  std::string out;
  std::size_t used = width;
  while (!text.empty()) {
    const std::string_view word = text.substr(0, WordEnd(text));
    text.remove_prefix(std::min(text.size(), word.size() + 1));
    const std::size_t needed = TextWidth(word);
    if (used + 1 + needed > width) {
      if (!out.empty()) out += '\n';
      used = out.empty() ? indent : 2 * indent;
      out.append(used, ' ');
    } else {
      out += ' ';
      ++used;
    }
    out += word;
    used += needed;
  }
  return out + '\n';
}

}  // namespace

std::string FitLines(std::string_view text, std::size_t width) {
  std::string out;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    if (TextWidth(line) <= width) {
      out += line;
      out += '\n';
    } else {
      const std::size_t indent = line.find_first_not_of(' ');
      out += Wrapped(line.substr(indent), width, indent);
    }
  }
  return out;
}

std::string FormatLocalTime(Language language, const TimeZone& zone, Micros time) {
  const std::string text = zone.Format(time);  // 2025-10-26T02:30:00+01:00
  const std::string_view local = text;
  const auto number = [local](std::size_t place) {
    return 10 * (local[place] - '0') + (local[place + 1] - '0');
  };
  std::string_view month = Say(language, Message::kMonths);
  for (int earlier = number(5) - 1; earlier > 0; --earlier)
    month.remove_prefix(month.find(' ') + 1);
  return fmt::format(fmt::runtime(Say(language, Message::kTime)), number(8),
                     month.substr(0, month.find(' ')), local.substr(0, 4), local.substr(11, 2),
                     local.substr(14, 2));
}

std::string FormatIndicator(Language language, double value, int decimals) {
  std::string text = Fixed(language, std::abs(value), decimals);
  if (text.find_first_of("123456789") == std::string::npos) return text;
  return (value > 0 ? "+" : std::string(kMinus)) + text;
}

std::string FormatPoints(Language language, double value, int decimals) {
  return Fixed(language, std::abs(value), decimals);
}

std::string FormatPercentagePoints(Language language, double difference) {
  return FormatIndicator(language, difference * 100, 1);
}

std::string FormatNumber(Language language, double value, int decimals) {
  std::string text = Fixed(language, std::abs(value), decimals);
  const bool is_zero = text.find_first_of("123456789") == std::string::npos;
  return value < 0 && !is_zero ? std::string(kMinus) + text : text;
}

std::string FormatPercent(Language language, double share) {
  std::string text = Fixed(language, share * 100, 1);
  return text + (language == Language::kDanish ? " %" : "%");
}

std::string FormatCount(Language language, std::uint64_t count) {
  std::string text = std::to_string(count);
  const char separator = language == Language::kDanish ? '.' : ',';
  for (std::size_t place = 3; place < text.size(); place += 4) {
    text.insert(text.size() - place, 1, separator);
  }
  return text;
}

std::string FormatTotal(Language language, double total) {
  return FormatCount(language, total > 0 ? static_cast<std::uint64_t>(std::llround(total)) : 0);
}

std::string Notes::Mark(std::string_view text) {
  auto found = std::find(texts_.begin(), texts_.end(), text);
  if (found == texts_.end()) found = texts_.emplace(texts_.end(), text);
  return fmt::format("[{}]", found - texts_.begin() + 1);
}

void TextTable::AddRow(std::vector<std::string> fields) {
  PP_CHECK(fields.size() == header_.size());
  rows_.push_back(std::move(fields));
}

std::string TextTable::RenderPart(const std::vector<std::size_t>& widths, std::size_t first,
                                  std::size_t end) const {
  std::string out;
  const auto add_line = [&](const std::vector<std::string>& fields) {
    out.append(kIndent, ' ');
    AppendPadded(CutText(fields[0], widths[0]), widths[0], false, out);
    for (std::size_t i = first; i < end; ++i) {
      out += kGap;
      AppendPadded(CutText(fields[i], widths[i]), widths[i], true, out);
    }
    EndLine(out);
  };
  add_line(header_);
  for (const std::vector<std::string>& row : rows_) add_line(row);
  return out;
}

std::string TextTable::Render(std::size_t width) const {
  std::vector<std::size_t> widths;
  for (std::size_t i = 0; i < header_.size(); ++i) {
    std::size_t widest =
        i == 0 ? TextWidth(header_[i]) : std::min(kWidestColumn, TextWidth(header_[i]));
    for (const auto& row : rows_) widest = std::max(widest, TextWidth(row[i]));
    widths.push_back(widest);
  }
  std::size_t others = kIndent;
  for (std::size_t i = 1; i < widths.size(); ++i) others += kGap.size() + widths[i];
  const std::size_t room = width > others ? width - others : 0;
  widths[0] = std::min(widths[0], std::max(room, kNarrowestLabel));

  std::string out;
  std::size_t first = 1;
  while (first < widths.size()) {
    std::size_t end = first;
    std::size_t used = kIndent + widths[0];
    while (end < widths.size() && (end == first || used + kGap.size() + widths[end] <= width)) {
      used += kGap.size() + widths[end++];
    }
    if (first > 1) out += '\n';
    out += RenderPart(widths, first, end);
    first = end;
  }
  return out;
}

}  // namespace panelpuls::report
