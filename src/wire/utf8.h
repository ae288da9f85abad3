// Whether text is UTF-8, quick for the short ASCII codes that fill a record.
#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>

namespace panelpuls::wire {

// Well-formed UTF-8: no overlong form, no surrogate.
bool IsUtf8Slow(std::string_view text);

inline bool IsUtf8(std::string_view text) {
  constexpr std::uint64_t kHighBits = 0x8080808080808080;
  std::uint64_t bits = 0;
  std::size_t i = 0;
  for (; i + 8 <= text.size(); i += 8) {
    std::uint64_t word;
    std::memcpy(&word, text.data() + i, sizeof word);
    bits |= word;
  }
  for (; i < text.size(); ++i) bits |= static_cast<unsigned char>(text[i]);
  return (bits & kHighBits) == 0 || IsUtf8Slow(text);
}

}  // namespace panelpuls::wire
