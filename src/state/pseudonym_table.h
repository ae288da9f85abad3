// Records of one size in order of arrival, found by pseudonym: what both registers are made of.
// Record   the two words of the pseudonym, high first, then what the register keeps.
// Memory   slab and index fixed at Create.
// Threads  one writer.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "state/mapped_memory.h"
#include "state/slot_index.h"

namespace panelpuls::state {

struct PseudonymKey {
  std::uint64_t high = 0;
  std::uint64_t low = 0;
  friend bool operator==(const PseudonymKey&, const PseudonymKey&) = default;
};

struct TableSize {
  std::uint64_t capacity = 0;
  std::uint32_t record_size = 0;  // bytes, at least 16
};

class PseudonymTable {
 public:
  static constexpr std::uint32_t kNotFound = SlotIndex::kNotFound;
  // Most records a table can number.
  static constexpr std::uint64_t kMaxCapacity = 1u << 28;

  PseudonymTable() = default;
  static absl::StatusOr<PseudonymTable> Create(const TableSize& size, std::string_view purpose) {
    PseudonymTable table;
    table.size_ = size;
    PP_ASSIGN_OR_RETURN(table.index_, SlotIndex::Create(size.capacity, purpose));
    PP_ASSIGN_OR_RETURN(table.slab_, MappedMemory::Create(SlabBytes(size), purpose));
    return table;
  }
  static std::uint64_t BytesFor(const TableSize& size) {
    return SlabBytes(size) + SlotIndex::BytesFor(size.capacity);
  }

  void TakePages(const std::stop_token& stop) const {
    index_.TakePages(stop);
    slab_.TakePages(stop);
  }

  std::uint32_t Find(const PseudonymKey& key) const {
    return index_.Find(key.low, [&](std::uint32_t number) { return KeyOf(number) == key; });
  }
  // A record of zeros with the key; kNotFound: full. The key is not in the table yet.
  std::uint32_t Insert(const PseudonymKey& key) {
    if (count_ == size_.capacity) return kNotFound;
    const std::uint32_t number = count_++;
    std::memcpy(At(number), &key, sizeof key);
    index_.Insert(key.low, number);
    return number;
  }
  std::byte* At(std::uint32_t number) {
    return slab_.data() + kGuard + std::uint64_t{number} * size_.record_size;
  }
  const std::byte* At(std::uint32_t number) const {
    return slab_.data() + kGuard + std::uint64_t{number} * size_.record_size;
  }
  std::uint32_t count() const { return count_; }

  // Loading in two steps: the index slot, and the record once its slot is there. A record that is
  // not there will be put behind the last, with at most `before` others in between.
  void PrefetchSlot(std::uint64_t pseudonym_low) const { index_.Prefetch(pseudonym_low); }
  void PrefetchRecord(std::uint64_t pseudonym_low, std::uint32_t before) const {
    std::uint32_t number = index_.Guess(pseudonym_low);
    if (number == kNotFound) number = count_ + before;
    __builtin_prefetch(At(number), 1);
    __builtin_prefetch(At(number) + 64, 1);
  }

 private:
  // Before the first record, so that a content may be read through the pointer of a record whose
  // header it lacks (UnitRegister::Record).
  static constexpr std::uint64_t kGuard = 64;
  static std::uint64_t SlabBytes(const TableSize& size) {
    return kGuard + size.capacity * size.record_size;
  }
  PseudonymKey KeyOf(std::uint32_t number) const {
    PseudonymKey key;
    std::memcpy(&key, At(number), sizeof key);
    return key;
  }

  TableSize size_;
  SlotIndex index_;
  MappedMemory slab_;
  std::uint32_t count_ = 0;
};

}  // namespace panelpuls::state
