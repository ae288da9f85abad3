// Which of a fixed set of short byte strings this is: one probe of an open-addressing table that
// compares words, without a call.
// Threads  const members: any. Owns its strings. No allocation after construction.
// Cost     up to 48 bytes: six loads and one cache line of the table; longer: a memcmp besides.
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
    return bytes.size() < kLong ? FindShort(bytes, readable) : FindLong(bytes);
  }

 private:
  // A long string is compared in three pieces of 16 bytes: its first, one behind it or at the end,
  // its last. They overlap and cover all up to 48 bytes. A short one is two words: its first and
  // its last, or under 8 bytes one, shifted to its top.
  static constexpr std::size_t kLong = 16;
  static constexpr std::size_t kCovered = 3 * kLong;
  using Piece [[gnu::vector_size(16)]] = std::uint64_t;

  struct alignas(64) Slot {
    Piece first{}, middle{}, last{};
    std::uint32_t size = 0;  // 0: empty
    std::uint32_t number = 0;
  };

  template <typename T>
  static T Load(const char* from) {
    T value;
    std::memcpy(&value, from, sizeof value);
    return value;
  }
  static bool IsZero(const Piece& piece) { return (piece[0] | piece[1]) == 0; }

  static Slot LongSlot(std::string_view bytes) {
    const std::size_t last = bytes.size() - kLong;
    Slot slot;
    slot.first = Load<Piece>(bytes.data());
    slot.middle = Load<Piece>(bytes.data() + std::min(kLong, last));
    slot.last = Load<Piece>(bytes.data() + last);
    return slot;
  }
  // Loads that the pieces are made of, again: a word is sooner had from memory than from a vector.
  std::size_t LongHome(std::string_view bytes) const {
    const char* const end = bytes.data() + bytes.size();
    return Home(Load<std::uint64_t>(bytes.data() + 8) + bytes.size(), Load<std::uint64_t>(end - 8),
                Load<std::uint64_t>(end - 16));
  }
  static Slot ShortSlot(std::string_view bytes, std::size_t readable) {
    Slot slot;
    if (bytes.size() >= 8) {
      slot.first = Piece{Load<std::uint64_t>(bytes.data()),
                         Load<std::uint64_t>(bytes.data() + bytes.size() - 8)};
      return slot;
    }
    std::uint64_t word = 0;
    if (readable >= 8) {
      word = Load<std::uint64_t>(bytes.data());
    } else {
      std::memcpy(&word, bytes.data(), bytes.size());
    }
    slot.first = Piece{word << (64 - 8 * bytes.size()), 0};
    return slot;
  }
  std::size_t ShortHome(const Slot& slot, std::size_t size) const {
    return Home(slot.first[0] + size, slot.first[1], 0);
  }
  std::size_t Home(std::uint64_t a, std::uint64_t b, std::uint64_t c) const {
    return static_cast<std::size_t>((a * factors_[0] + b * factors_[1] + c * factors_[2]) >>
                                    shift_);
  }

  std::uint32_t FindLong(std::string_view bytes) const {
    const Slot wanted = LongSlot(bytes);
    for (std::size_t place = LongHome(bytes);; place = (place + 1) & mask_) {
      const Slot& slot = slots_[place];
      const Piece difference =
          (slot.first ^ wanted.first) | (slot.middle ^ wanted.middle) | (slot.last ^ wanted.last);
      if (IsZero(difference) && slot.size == bytes.size()) {
        return bytes.size() <= kCovered ? slot.number : FindVeryLong(bytes, place);
      }
      if (slot.size == 0) return kNotFound;
    }
  }
  std::uint32_t FindShort(std::string_view bytes, std::size_t readable) const {
    const Slot wanted = ShortSlot(bytes, readable);
    for (std::size_t place = ShortHome(wanted, bytes.size());; place = (place + 1) & mask_) {
      const Slot& slot = slots_[place];
      if (IsZero(slot.first ^ wanted.first) && slot.size == bytes.size()) return slot.number;
      if (slot.size == 0) return kNotFound;
    }
  }

  // The string, from the first place on that may hold it. Out of line, so that what is short keeps
  // its registers.
  std::uint32_t FindVeryLong(std::string_view bytes, std::size_t place) const;

  // Slots beyond the home that its strings take with these factors.
  std::size_t Fill();

  std::vector<std::string> strings_;
  std::vector<Slot> slots_;
  std::size_t mask_ = 0;
  unsigned shift_ = 0;
  std::array<std::uint64_t, 3> factors_{};
};

}  // namespace panelpuls::wire
