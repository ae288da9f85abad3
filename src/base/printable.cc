#include "base/printable.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "base/characters.h"

namespace panelpuls {

std::string Printable(std::string_view text, std::size_t max_bytes) {
  std::string out;
  for (std::string_view rest = text; !rest.empty();) {
    const std::string_view here = rest;
    const Character character = TakeCharacter(rest);
    if (text.size() - rest.size() > max_bytes) return out + "...";
    if (character >= kNoCharacter || character < 0x20 || character == 0x7F) {
      fmt::format_to(std::back_inserter(out), "\\x{:02X}", static_cast<unsigned char>(here[0]));
    } else if (IsUnseen(character) || IsOtherBlank(character)) {
      fmt::format_to(std::back_inserter(out), "\\u{{{:04X}}}", character);
    } else {
      out.append(here.substr(0, here.size() - rest.size()));
    }
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
