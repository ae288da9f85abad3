#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <optional>

#include "base/characters.h"
#include "base/csv.h"
#include "base/look_alike.h"
#include "base/printable.h"

namespace panelpuls {
namespace {

bool AllDigits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), IsDigit);
}

// 40.982 or 1.234.567: one to three digits, then groups of three. Returns it without the mark.
std::optional<std::string> JoinGroups(std::string_view text, char mark) {
  const std::size_t first = text.find(mark);
  if (first == std::string_view::npos || first == 0 || first > 3) return std::nullopt;
  if (!AllDigits(text.substr(0, first))) return std::nullopt;
  std::string joined(text.substr(0, first));
  for (std::size_t at = first; at < text.size(); at += 4) {
    if (text[at] != mark || !AllDigits(text.substr(at + 1, 3)) || text.size() < at + 4) {
      return std::nullopt;
    }
    joined.append(text.substr(at + 1, 3));
  }
  return joined;
}

std::string NotANumber(std::string_view text) {
  return fmt::format("\"{}\" is not a number{}; write digits only, such as 40982", Printable(text),
                     LikenessBehind(text, {}));
}

// Marks that stand for a declared thousands separator.
struct Twin {
  char declared;
  std::string_view written;
};
constexpr std::array kTwins = {Twin{' ', "\u00A0"}, Twin{' ', "\u202F"}, Twin{' ', "\u2009"},
                               Twin{'\'', "\u2019"}};

// The text with the declared separator itself.
std::string WithPlainThousands(std::string_view text, char declared) {
  std::string plain(text);
  for (const Twin& twin : kTwins) {
    if (twin.declared != declared) continue;
    for (std::size_t at; (at = plain.find(twin.written)) != std::string::npos;) {
      plain.replace(at, twin.written.size(), 1, declared);
    }
  }
  return plain;
}

// Why a mark that is not declared stands in a number, and the mend.
absl::Status UndeclaredMark(std::string_view text, const CsvFormat& format) {
  const char mark = format.decimal_comma ? '.' : ',';
  std::string swapped(text);
  std::replace(swapped.begin(), swapped.end(), mark, format.decimal_comma ? ',' : '.');
  if (const std::string ambiguity = internal::DescribeAmbiguousNumber(text); !ambiguity.empty()) {
    const std::string_view digits = text.starts_with('-') ? text.substr(1) : text;
    return InvalidArgument("{}; declare the thousands separator{} or write {}", ambiguity,
                           format.decimal_comma ? "" : " or the decimal comma",
                           *JoinGroups(digits, mark));
  }
  if (format.decimal_comma) {
    return InvalidArgument(
        "\"{}\" has a point, but the decimal comma is declared and no thousands separator; write "
        "{}",
        Printable(text), Printable(swapped));
  }
  return InvalidArgument(
      "\"{}\" has a comma, but no decimal comma is declared; declare the decimal comma or write {}",
      Printable(text), Printable(swapped));
}

// Removes the thousands separators of the whole part, which must stand in proper groups of three.
absl::StatusOr<std::string> WithoutThousands(std::string_view text, const CsvFormat& format) {
  const char decimal = format.decimal_comma ? ',' : '.';
  const bool negative = text.starts_with('-');
  const std::string_view unsigned_text = negative ? text.substr(1) : text;
  const std::size_t whole_end = std::min(unsigned_text.find(decimal), unsigned_text.size());
  const std::string_view whole = unsigned_text.substr(0, whole_end);
  const std::optional<std::string> joined = JoinGroups(whole, format.thousands_separator);
  const bool in_fraction =
      unsigned_text.find(format.thousands_separator, whole_end) != std::string_view::npos;
  if (!joined || in_fraction) {
    return InvalidArgument(
        "\"{}\" has the thousands separator '{}' where there are no groups of three digits; write "
        "the number without it",
        Printable(text), format.thousands_separator);
  }
  return (negative ? "-" : "") + *joined + std::string(unsigned_text.substr(whole_end));
}

}  // namespace

std::string internal::DescribeAmbiguousNumber(std::string_view text) {
  const std::string_view digits = text.starts_with('-') ? text.substr(1) : text;
  for (const char mark : {'.', ','}) {
    const std::optional<std::string> joined = JoinGroups(digits, mark);
    if (!joined || digits.find(mark) != digits.rfind(mark)) continue;
    const std::string_view sign = digits.size() < text.size() ? "-" : "";
    std::string decimal(text);
    decimal[decimal.find(mark)] = '.';
    return fmt::format("{} may be {}{} or {}", text, sign, *joined, decimal);
  }
  return {};
}

absl::StatusOr<CsvFormat> ChooseCsvFormat(const CsvFormatTexts& flags, const CsvFormat& declared) {
  if (flags.empty()) return declared;
  PP_ASSIGN_OR_RETURN(CsvFormat format, MakeCsvFormat(flags));
  format.quotes = declared.quotes;
  format.text_formulas = declared.text_formulas;
  return format;
}

absl::StatusOr<CsvFormat> MakeCsvFormat(const CsvFormatTexts& texts) {
  const auto& [separator, decimal_comma, thousands, encoding, quotes, text_formulas] = texts;
  CsvFormat format;
  format.decimal_comma = decimal_comma;
  format.quotes = quotes;
  format.text_formulas = text_formulas;
  if (separator == "\t" || separator == "tab") {
    format.separator = '\t';
  } else if (separator == "," || separator == ";") {
    format.separator = separator.front();
  } else if (!separator.empty()) {
    return InvalidArgument("separator \"{}\" is unknown; write \",\", \";\" or \"tab\"",
                           Printable(separator));
  }
  if (encoding == "windows-1252") {
    format.encoding = CsvFormat::kWindows1252;
  } else if (!encoding.empty() && encoding != "utf-8") {
    return InvalidArgument("encoding \"{}\" is unknown; write \"utf-8\" or \"windows-1252\"",
                           Printable(encoding));
  }
  if (thousands.empty()) return format;
  constexpr std::string_view kThousands = ".,' ";
  const auto* const twin = std::find_if(kTwins.begin(), kTwins.end(),
                                        [&](const Twin& one) { return one.written == thousands; });
  if (twin != kTwins.end()) {
    format.thousands_separator = twin->declared;
  } else if (thousands.size() == 1 &&
             kThousands.find(thousands.front()) != std::string_view::npos) {
    format.thousands_separator = thousands.front();
  } else {
    return InvalidArgument(
        "thousands separator \"{}\" is unknown; write \".\", \",\", \"'\" or a blank",
        Printable(thousands));
  }
  if (format.thousands_separator == (decimal_comma ? ',' : '.')) {
    return InvalidArgument(
        "'{}' is declared as thousands separator and is the decimal mark too; {} the decimal comma",
        format.thousands_separator, decimal_comma ? "do not declare" : "declare");
  }
  return format;
}

absl::StatusOr<double> ParseNumber(std::string_view text, const CsvFormat& format) {
  std::string plain = WithPlainThousands(text, format.thousands_separator);
  if (format.thousands_separator != 0 &&
      plain.find(format.thousands_separator) != std::string_view::npos) {
    PP_ASSIGN_OR_RETURN(plain, WithoutThousands(plain, format));
  } else {
    const char undeclared = format.decimal_comma ? '.' : ',';
    if (text.find(undeclared) != std::string_view::npos) return UndeclaredMark(text, format);
    // Semicolons come from where the comma is the decimal mark: then a point may be either.
    if (format.separator == ';' && !format.decimal_comma && format.thousands_separator == 0) {
      if (const std::string ambiguity = internal::DescribeAmbiguousNumber(text);
          !ambiguity.empty()) {
        return InvalidArgument(
            "{}; declare the decimal comma and the thousands separator, or write it without a "
            "point",
            ambiguity);
      }
    }
  }
  if (format.decimal_comma) std::replace(plain.begin(), plain.end(), ',', '.');
  constexpr std::string_view kAllowed = "0123456789.-+eE";
  const bool allowed = plain.find_first_not_of(kAllowed) == std::string::npos;
  const bool digits_around_point = plain.find_first_of("0123456789") <= 1 && !plain.ends_with('.');
  double value = 0;
  const auto [end, code] = std::from_chars(plain.data(), plain.data() + plain.size(), value);
  if (!allowed || !digits_around_point || plain.starts_with('.') ||
      end != plain.data() + plain.size() || code != std::errc() || !std::isfinite(value)) {
    return InvalidArgument("{}", NotANumber(text));
  }
  return value;
}

}  // namespace panelpuls
