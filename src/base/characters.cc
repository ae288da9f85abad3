#include "base/characters.h"

#include <absl/strings/ascii.h>

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/status.h"

namespace panelpuls {
namespace {

struct Range {
  Character first;
  Character last;
};

constexpr std::array kUnseen = {
    Range{0x80, 0x9F},        // C1 controls; 0x9B begins an escape sequence
    Range{0xAD, 0xAD},        // soft hyphen
    Range{0x34F, 0x34F},      // grapheme joiner
    Range{0x61C, 0x61C},      // Arabic letter mark
    Range{0x115F, 0x1160},    // Hangul fillers
    Range{0x17B4, 0x17B5},    // Khmer vowels that are not written
    Range{0x180B, 0x180F},    // Mongolian selectors, vowel separator
    Range{0x200B, 0x200F},    // zero width, marks of direction
    Range{0x2028, 0x202E},    // line and paragraph separators, embeddings, overrides
    Range{0x2060, 0x206F},    // word joiner, isolates, deprecated format characters
    Range{0x2800, 0x2800},    // the empty Braille pattern
    Range{0x3164, 0x3164},    // Hangul filler
    Range{0xFE00, 0xFE0F},    // variation selectors
    Range{0xFEFF, 0xFEFF},    // byte order mark
    Range{0xFFA0, 0xFFA0},    // Hangul filler
    Range{0xFFF9, 0xFFFB},    // annotations
    Range{0x1D173, 0x1D17A},  // musical format characters
    Range{0xE0000, 0xE0FFF},  // tags, variation selectors
};

constexpr std::array kOtherBlanks = {
    Range{0xA0, 0xA0},     Range{0x1680, 0x1680}, Range{0x2000, 0x200A},
    Range{0x202F, 0x202F}, Range{0x205F, 0x205F}, Range{0x3000, 0x3000},
};

struct Name {
  Range characters;
  const char* name;
};
// Those that are met; sooner ones count.
constexpr std::array kNames = {
    Name{{0x20, 0x20}, "blank"},
    Name{{0xA0, 0xA0}, "no-break space"},
    Name{{0xAD, 0xAD}, "soft hyphen"},
    Name{{0x300, 0x300}, "combining grave"},
    Name{{0x301, 0x301}, "combining acute"},
    Name{{0x302, 0x302}, "combining circumflex"},
    Name{{0x303, 0x303}, "combining tilde"},
    Name{{0x308, 0x308}, "combining dots above"},
    Name{{0x30A, 0x30A}, "combining ring above"},
    Name{{0x327, 0x327}, "combining cedilla"},
    Name{{0x300, 0x36F}, "combining mark"},
    Name{{0x370, 0x3FF}, "Greek"},
    Name{{0x400, 0x52F}, "Cyrillic"},
    Name{{0x2009, 0x2009}, "thin space"},
    Name{{0x200B, 0x200B}, "zero width space"},
    Name{{0x200C, 0x200D}, "zero width joiner"},
    Name{{0x200E, 0x200F}, "mark of direction"},
    Name{{0x2010, 0x2010}, "hyphen"},
    Name{{0x2011, 0x2011}, "no-break hyphen"},
    Name{{0x2012, 0x2012}, "figure dash"},
    Name{{0x2013, 0x2013}, "en dash"},
    Name{{0x2014, 0x2014}, "em dash"},
    Name{{0x2018, 0x2019}, "curved quote"},
    Name{{0x202A, 0x202E}, "mark of direction"},
    Name{{0x202F, 0x202F}, "narrow no-break space"},
    Name{{0x2212, 0x2212}, "minus sign"},
    Name{{0xFE00, 0xFE0F}, "variation selector"},
    Name{{0xFEFF, 0xFEFF}, "byte order mark"},
    Name{{0xFF01, 0xFF5E}, "full width"},
};

bool Holds(const Range& range, Character character) {
  return character >= range.first && character <= range.last;
}

template <typename Ranges>
bool IsIn(const Ranges& ranges, Character character) {
  return std::any_of(ranges.begin(), ranges.end(),
                     [character](const Range& range) { return Holds(range, character); });
}

}  // namespace

std::size_t Utf8SequenceLength(std::string_view text) {
  const auto byte = [&](std::size_t i) {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u;
  };
  const auto continues = [&](std::size_t i) { return (byte(i) & 0xC0u) == 0x80u; };
  const unsigned lead = byte(0);
  if (text.empty()) return 0;
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead <= 0xDF) return continues(1) ? 2 : 0;
  if (lead >= 0xE0 && lead <= 0xEF) {
    const bool overlong = lead == 0xE0 && byte(1) < 0xA0;
    const bool surrogate = lead == 0xED && byte(1) > 0x9F;
    return continues(1) && continues(2) && !overlong && !surrogate ? 3 : 0;
  }
  if (lead >= 0xF0 && lead <= 0xF4) {
    const bool overlong = lead == 0xF0 && byte(1) < 0x90;
    const bool beyond = lead == 0xF4 && byte(1) > 0x8F;
    return continues(1) && continues(2) && continues(3) && !overlong && !beyond ? 4 : 0;
  }
  return 0;
}

Character TakeCharacter(std::string_view& text) {
  const std::size_t length = Utf8SequenceLength(text);
  const auto byte = [&](std::size_t i) { return Character{static_cast<unsigned char>(text[i])}; };
  Character character = length == 0 ? kNoCharacter + byte(0) : byte(0);
  if (length > 1) {
    character &= 0x7Fu >> length;
    for (std::size_t i = 1; i < length; ++i) character = character << 6 | (byte(i) & 0x3Fu);
  }
  text.remove_prefix(std::max<std::size_t>(length, 1));
  return character;
}

bool IsUnseen(Character character) { return IsIn(kUnseen, character); }
bool IsOtherBlank(Character character) { return IsIn(kOtherBlanks, character); }

std::string SpellCharacter(Character character) {
  if (character >= kNoCharacter) return fmt::format("byte {:02X}", character - kNoCharacter);
  const auto* const name = std::find_if(kNames.begin(), kNames.end(), [character](const Name& one) {
    return Holds(one.characters, character);
  });
  if (name == kNames.end()) return fmt::format("U+{:04X}", character);
  return fmt::format("U+{:04X} ({})", character, name->name);
}

std::string_view StripWhitespace(std::string_view text) {
  return ToStd(absl::StripAsciiWhitespace(ToAbsl(text)));
}

}  // namespace panelpuls
