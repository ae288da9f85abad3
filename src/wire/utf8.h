// Whether text is UTF-8, quick for the short ASCII codes that fill a record.
#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>

namespace panelpuls::wire {

// Well-formed UTF-8: no overlong form, no surrogate.
bool IsUtf8Slow(std::string_view text);

// True when every byte is ASCII. Reads in words, the last one overlapping.
inline bool IsAscii(std::string_view text) {
  constexpr std::uint64_t kHighBits = 0x8080808080808080;
  const auto word_at = [&](std::size_t offset) {
    std::uint64_t word;
    std::memcpy(&word, text.data() + offset, sizeof word);
    return word;
  };
  const auto half_at = [&](std::size_t offset) {
    std::uint32_t half;
    std::memcpy(&half, text.data() + offset, sizeof half);
    return std::uint64_t{half};
  };
  const std::size_t size = text.size();
  std::uint64_t bits = 0;
  if (size >= 8) {
    for (std::size_t i = 0; i + 8 < size; i += 8) bits |= word_at(i);
    bits |= word_at(size - 8);
  } else if (size >= 4) {
    bits = half_at(0) | half_at(size - 4);
  } else {
    for (const char c : text) bits |= static_cast<unsigned char>(c);
  }
  return (bits & kHighBits) == 0;
}

inline bool IsUtf8(std::string_view text) { return IsAscii(text) || IsUtf8Slow(text); }

}  // namespace panelpuls::wire
