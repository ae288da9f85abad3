// Kinds of characters that a reader does not tell from others, or does not see.
// Threads  any; pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace panelpuls {

// A code point of Unicode.
using Character = std::uint32_t;
// Stands for a byte that is not UTF-8, kNoCharacter + byte; no character has it.
inline constexpr Character kNoCharacter = 0x110000;

// Length of the UTF-8 sequence at the begin of `text`, 0 when there is none: no overlong form, no
// surrogate.
std::size_t Utf8SequenceLength(std::string_view text);

// Takes the first character, or the first byte that is none, off `text`, which is not empty.
Character TakeCharacter(std::string_view& text);

constexpr bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// Without ASCII blanks and line ends at either end.
std::string_view StripWhitespace(std::string_view text);

// What a terminal obeys, or what shows nothing and moves or hides the rest; above ASCII.
bool IsUnseen(Character character);
// A blank other than the usual one: no-break, thin, wide and so on.
bool IsOtherBlank(Character character);

// "U+00A0 (no-break space)", "U+0424 (Cyrillic)", "U+4E00".
std::string SpellCharacter(Character character);

}  // namespace panelpuls
