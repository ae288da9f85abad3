// What spreadsheets make of fields that are none of their numbers and dates.
#include <absl/strings/ascii.h>

#include <algorithm>
#include <array>

#include "base/characters.h"
#include "base/csv.h"

namespace panelpuls {
namespace {

// A number of more digits is shown, and so saved, in another form.
constexpr std::size_t kMostDigits = 11;

bool IsLetter(char c) { return absl::ascii_isalpha(static_cast<unsigned char>(c)); }

// Words that are a value by themselves, in Danish and English.
bool IsValueWord(std::string_view lower) {
  constexpr std::array<std::string_view, 4> kWords = {"sand", "falsk", "true", "false"};
  return std::find(kWords.begin(), kWords.end(), lower) != kWords.end();
}

// Words that make a number a time, an amount or a date.
bool IsWordOfNumbers(std::string_view lower) {
  constexpr std::array<std::string_view, 8> kWords = {"e",  "a",  "p",   "am",
                                                      "pm", "kr", "dkk", "eur"};
  // Months by their first three letters, in Danish and English.
  constexpr std::array<std::string_view, 14> kMonths = {"jan", "feb", "mar", "apr", "maj",
                                                        "may", "jun", "jul", "aug", "sep",
                                                        "okt", "oct", "nov", "dec"};
  return std::find(kWords.begin(), kWords.end(), lower) != kWords.end() ||
         std::find(kMonths.begin(), kMonths.end(), lower.substr(0, 3)) != kMonths.end();
}

// Digits with marks, and words that belong to numbers: all that dates, times, amounts, fractions
// and numbers are written with.
bool MayBeNumberOrDate(std::string_view lower) {
  constexpr std::string_view kMarks = "-/.:,+'%()$ ";
  constexpr std::array<std::string_view, 3> kSigns = {"€", "£", "°"};
  while (!lower.empty()) {
    if (IsLetter(lower.front())) {
      const auto* const end = std::find_if_not(lower.begin(), lower.end(), IsLetter);
      const auto size = static_cast<std::size_t>(end - lower.begin());
      if (!IsWordOfNumbers(lower.substr(0, size))) return false;
      lower.remove_prefix(size);
      continue;
    }
    const auto* const sign = std::find_if(
        kSigns.begin(), kSigns.end(), [&](std::string_view one) { return lower.starts_with(one); });
    if (sign != kSigns.end()) {
      lower.remove_prefix(sign->size());
      continue;
    }
    if (!IsDigit(lower.front()) && kMarks.find(lower.front()) == std::string_view::npos)
      return false;
    lower.remove_prefix(1);
  }
  return true;
}

}  // namespace

bool ChangesInSpreadsheet(std::string_view field) {
  if (field.empty()) return false;
  constexpr std::string_view kFormulas = "=+-@#\t\r";
  if (kFormulas.find(field.front()) != std::string_view::npos) return true;
  const std::string lower = absl::AsciiStrToLower({field.data(), field.size()});
  if (IsValueWord(lower)) return true;
  if (std::none_of(field.begin(), field.end(), IsDigit)) return false;
  if (std::all_of(field.begin(), field.end(), IsDigit)) {
    return (field.front() == '0' && field.size() > 1) || field.size() > kMostDigits;
  }
  return MayBeNumberOrDate(lower);
}

std::string TextFormula(std::string_view text) {
  std::string formula = "=\"";
  for (const char c : text) {
    if (c == '"') formula.push_back('"');
    formula.push_back(c);
  }
  return formula + '"';
}

}  // namespace panelpuls
