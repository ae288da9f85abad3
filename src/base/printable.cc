#include "base/printable.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <iterator>

namespace panelpuls {
namespace {

struct Range {
  std::uint32_t first;
  std::uint32_t last;
};

// Code points above ASCII that a terminal obeys, or that show nothing and move or hide the rest.
constexpr std::array kUnseen = {
    Range{0x80, 0x9F},        // C1 controls; 0x9B begins an escape sequence
    Range{0xAD, 0xAD},        // soft hyphen
    Range{0x61C, 0x61C},      // Arabic letter mark
    Range{0x180E, 0x180E},    // vowel separator
    Range{0x200B, 0x200F},    // zero width, marks of direction
    Range{0x2028, 0x202E},    // line and paragraph separators, embeddings, overrides
    Range{0x2060, 0x206F},    // word joiner, isolates, deprecated format characters
    Range{0xFEFF, 0xFEFF},    // byte order mark
    Range{0xFFF9, 0xFFFB},    // annotations
    Range{0xE0000, 0xE0FFF},  // tags, variation selectors
};

// Of a sequence of two bytes or more.
std::uint32_t CodePoint(std::string_view sequence) {
  const auto byte = [&](std::size_t i) {
    return std::uint32_t{static_cast<unsigned char>(sequence[i])};
  };
  std::uint32_t point = byte(0) & (0x7Fu >> sequence.size());
  for (std::size_t i = 1; i < sequence.size(); ++i) point = point << 6 | (byte(i) & 0x3Fu);
  return point;
}

bool IsUnseen(std::uint32_t point) {
  return std::any_of(kUnseen.begin(), kUnseen.end(), [point](const Range& range) {
    return point >= range.first && point <= range.last;
  });
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

std::string Printable(std::string_view text, std::size_t max_bytes) {
  std::string out;
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t length = Utf8SequenceLength(text.substr(at));
    if (at + std::max<std::size_t>(length, 1) > max_bytes) return out + "...";
    const std::string_view sequence = text.substr(at, std::max<std::size_t>(length, 1));
    const auto byte = static_cast<unsigned char>(sequence[0]);
    if (length == 0 || byte < 0x20 || byte == 0x7F) {
      fmt::format_to(std::back_inserter(out), "\\x{:02X}", byte);
    } else if (length > 1 && IsUnseen(CodePoint(sequence))) {
      fmt::format_to(std::back_inserter(out), "\\u{{{:X}}}", CodePoint(sequence));
    } else {
      out.append(sequence);
    }
    at += sequence.size();
  }
  return out;
}

std::string Glimpse(std::string_view text) {
  constexpr int kMostCharacters = 8;
  std::size_t size = 0;
  for (int characters = 0; characters < kMostCharacters && size < text.size(); ++characters) {
    size += std::max<std::size_t>(Utf8SequenceLength(text.substr(size)), 1);
  }
  if (size >= text.size()) return Printable(text);
  return fmt::format("{}... ({} bytes)", Printable(text.substr(0, size)), text.size());
}

}  // namespace panelpuls
