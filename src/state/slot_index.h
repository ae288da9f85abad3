// Open-addressing index from a 64-bit hash to the number of a record kept elsewhere: 32-bit slots,
// load at most 0.8, linear probing. A slot holds the number and, in the bits left over, a tag from
// the hash, so that a probe rarely looks at a record in vain. Never grows.
// Slot     tag << number_bits | number + 1; 0 is empty.
// Home     hash * slots >> 64, so that any count of slots works; the tag is the hash's low bits.
// Threads  one writer.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "state/mapped_memory.h"

namespace panelpuls::state {

class SlotIndex {
 public:
  static constexpr std::uint32_t kNotFound = 0xffff'ffff;

  SlotIndex() = default;
  static absl::StatusOr<SlotIndex> Create(std::uint64_t capacity, std::string_view purpose) {
    SlotIndex index;
    index.slots_ = SlotsFor(capacity);
    index.number_bits_ = static_cast<unsigned>(std::bit_width(capacity));
    PP_ASSIGN_OR_RETURN(index.memory_, MappedMemory::Create(BytesFor(capacity), purpose));
    return index;
  }
  static std::uint64_t BytesFor(std::uint64_t capacity) { return SlotsFor(capacity) * 4; }
  void TakePages(const std::stop_token& stop) const { memory_.TakePages(stop); }

  // Number of the record for which equals(number) is true, or kNotFound.
  template <typename Equals>
  std::uint32_t Find(std::uint64_t hash, Equals equals) const {
    const std::uint32_t tag = TagOf(hash);
    for (std::uint64_t place = HomeOf(hash);; place = Next(place)) {
      const std::uint32_t slot = Load(place);
      if (slot == 0) return kNotFound;
      if (TagIn(slot) == tag && equals(NumberIn(slot))) return NumberIn(slot);
    }
  }

  // The record is not in the index yet; at most `capacity` are.
  void Insert(std::uint64_t hash, std::uint32_t number) {
    std::uint64_t place = HomeOf(hash);
    while (Load(place) != 0) place = Next(place);
    Store(place, SlotOf(hash, number));
  }

  // Takes out a record that is in the index. hash_of(number) tells the hash of another record.
  template <typename HashOf>
  void Erase(std::uint64_t hash, std::uint32_t number, HashOf hash_of) {
    const std::uint32_t wanted = SlotOf(hash, number);
    std::uint64_t hole = HomeOf(hash);
    while (Load(hole) != wanted) hole = Next(hole);
    // Later slots of the run move up, unless that would put one before its home.
    for (std::uint64_t place = Next(hole);; place = Next(place)) {
      const std::uint32_t slot = Load(place);
      if (slot == 0) break;
      if (Distance(HomeOf(hash_of(NumberIn(slot))), place) < Distance(hole, place)) continue;
      Store(hole, slot);
      hole = place;
    }
    Store(hole, 0);
  }

  // First number whose tag matches near the home slot; a guess for prefetching.
  std::uint32_t Guess(std::uint64_t hash) const {
    const std::uint32_t tag = TagOf(hash);
    std::uint64_t place = HomeOf(hash);
    for (int probes = 0; probes < kGuessProbes; ++probes, place = Next(place)) {
      const std::uint32_t slot = Load(place);
      if (slot == 0) return kNotFound;
      if (TagIn(slot) == tag) return NumberIn(slot);
    }
    return kNotFound;
  }
  // Of a hash that will be looked up, and if it is not there, put in.
  void Prefetch(std::uint64_t hash) const {
    __builtin_prefetch(memory_.data() + HomeOf(hash) * 4, 1);
  }

 private:
  static constexpr int kGuessProbes = 8;
  // One slot more than a load of 0.8 needs, so that a run always ends.
  static std::uint64_t SlotsFor(std::uint64_t capacity) { return capacity + capacity / 4 + 2; }

  std::uint64_t HomeOf(std::uint64_t hash) const {
    __extension__ using Wide = unsigned __int128;
    return static_cast<std::uint64_t>((static_cast<Wide>(hash) * slots_) >> 64);
  }
  std::uint64_t Next(std::uint64_t place) const { return place + 1 == slots_ ? 0 : place + 1; }
  std::uint64_t Distance(std::uint64_t from, std::uint64_t to) const {
    return to >= from ? to - from : to + slots_ - from;
  }
  std::uint32_t TagOf(std::uint64_t hash) const {
    return static_cast<std::uint32_t>(hash) & (0xffff'ffffu >> number_bits_);
  }
  std::uint32_t TagIn(std::uint32_t slot) const { return slot >> number_bits_; }
  std::uint32_t NumberIn(std::uint32_t slot) const {
    return (slot & ((1u << number_bits_) - 1)) - 1;
  }
  std::uint32_t SlotOf(std::uint64_t hash, std::uint32_t number) const {
    return TagOf(hash) << number_bits_ | (number + 1);
  }
  std::uint32_t Load(std::uint64_t place) const {
    std::uint32_t slot;
    std::memcpy(&slot, memory_.data() + place * 4, sizeof slot);
    return slot;
  }
  void Store(std::uint64_t place, std::uint32_t slot) {
    std::memcpy(memory_.data() + place * 4, &slot, sizeof slot);
  }

  MappedMemory memory_;
  std::uint64_t slots_ = 0;
  unsigned number_bits_ = 1;
};

}  // namespace panelpuls::state
