// SHA-256 of what is added, readable on the way: of frames, and of a journal's groups.
// Threads  one at a time.
#pragma once

#include <concepts>
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace panelpuls::identity {

class Digest {
 public:
  Digest();
  ~Digest();
  Digest(Digest&&) noexcept;
  Digest& operator=(Digest&&) noexcept;

  void Add(std::span<const std::byte> bytes);
  // Eight bytes, little-endian.
  template <std::integral Number>
  void Add(Number number) {
    AddWord(static_cast<std::uint64_t>(number));
  }
  // Its length, then the text.
  void Add(std::string_view text);
  // Of all so far, 64 lower-case hex digits. More may be added.
  std::string Hex() const;

 private:
  struct Impl;
  void AddWord(std::uint64_t word);
  std::unique_ptr<Impl> impl_;
};

}  // namespace panelpuls::identity
