// Which of a fixed set of short byte strings this is: one probe of an open-addressing table that
// compares words, without a call and without a branch on the length.
// Threads  const members: any. Owns its strings. No allocation after construction.
// Cost     up to 48 bytes: six loads, one cache line of the table; longer: a memcmp besides.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace panelpuls::wire {

class BytesIndex {
 public:
  static constexpr std::uint32_t kNotFound = 0xffff'ffff;

  BytesIndex() : BytesIndex(std::span<const std::string>()) {}
  // `strings`: each once, of 1 byte or more.
  explicit BytesIndex(std::span<const std::string> strings);

  // Number of the string that is `bytes`, or kNotFound. At least 1 byte.
  // `readable`: bytes from the begin of `bytes` on that may be loaded, at least its size.
  // Inlined, since a call of it costs a third of it.
  [[gnu::always_inline]] std::uint32_t Find(std::string_view bytes, std::size_t readable) const {
    const Words words = WordsOf(bytes, readable);
    for (std::size_t place = Home(words, bytes.size());; place = (place + 1) & mask_) {
      const Slot& slot = slots_[place];
      if (slot.size == 0) return kNotFound;
      if (IsSame(slot, words, bytes)) return slot.number;
    }
  }

 private:
  // First and last words cover a string of 8 to kCovered bytes whole, by overlapping. A string
  // under 8 bytes is one word, shifted to its top.
  static constexpr std::size_t kWords = 6;
  static constexpr std::size_t kCovered = kWords * 8;
  using Words = std::array<std::uint64_t, kWords>;

  struct alignas(64) Slot {
    Words words{};
    std::uint32_t size = 0;  // 0: empty
    std::uint32_t number = 0;
  };

  static std::uint64_t Load(const char* from) {
    std::uint64_t word;
    std::memcpy(&word, from, sizeof word);
    return word;
  }

  static Words WordsOf(std::string_view bytes, std::size_t readable) {
    Words words{};
    if (bytes.size() < 8) {
      std::uint64_t word = 0;
      if (readable >= 8) {
        word = Load(bytes.data());
      } else {
        std::memcpy(&word, bytes.data(), bytes.size());
      }
      words[0] = word << (64 - 8 * bytes.size());
      return words;
    }
    const std::size_t last = bytes.size() - 8;
    for (std::size_t i = 0; i + 1 < kWords; ++i) {
      words[i] = Load(bytes.data() + std::min(8 * i, last));
    }
    words[kWords - 1] = Load(bytes.data() + last);
    return words;
  }

  std::size_t Home(const Words& words, std::size_t size) const {
    std::uint64_t sum = size;
    for (std::size_t i = 0; i < kWords; ++i) sum += words[i] * factors_[i];
    return static_cast<std::size_t>((sum * kLastFactor) >> shift_);
  }

  bool IsSame(const Slot& slot, const Words& words, std::string_view bytes) const {
    std::uint64_t difference = slot.size ^ bytes.size();
    for (std::size_t i = 0; i < kWords; ++i) difference |= slot.words[i] ^ words[i];
    if (difference != 0) return false;
    return bytes.size() <= kCovered || strings_[slot.number] == bytes;
  }

  // Slots beyond the home that its strings take with these factors.
  std::size_t Fill();

  static constexpr std::uint64_t kLastFactor = 0x9E37'79B9'7F4A'7C15;  // 2^64 / golden ratio

  std::vector<std::string> strings_;
  std::vector<Slot> slots_;
  std::size_t mask_ = 0;
  unsigned shift_ = 0;
  Words factors_{};
};

}  // namespace panelpuls::wire
