#include "wire/bytes_index.h"

#include <random>

#include "base/status.h"

namespace panelpuls::wire {
namespace {

// Tries to find factors under which no two strings have one home: with eight slots a string, few
// strings succeed soon, many never; then the best of the tries.
constexpr int kTries = 200;
constexpr std::size_t kSlotsPerString = 8;

}  // namespace

BytesIndex::BytesIndex(std::span<const std::string> strings)
    : strings_(strings.begin(), strings.end()) {
  const std::size_t slots =
      std::bit_ceil(std::max<std::size_t>(strings.size(), 1) * kSlotsPerString);
  slots_.resize(slots);
  mask_ = slots - 1;
  shift_ = 64 - static_cast<unsigned>(std::countr_zero(slots));
  std::mt19937_64 random(1);  // the same table for the same strings
  std::array<std::uint64_t, 3> best{};
  std::size_t fewest = ~std::size_t{0};
  for (int i = 0; i < kTries && fewest > 0; ++i) {
    for (std::uint64_t& factor : factors_) factor = random() | 1;
    const std::size_t displaced = Fill();
    if (displaced < fewest) {
      fewest = displaced;
      best = factors_;
    }
  }
  factors_ = best;
  Fill();
}

std::uint32_t BytesIndex::FindVeryLong(std::string_view bytes, std::size_t place) const {
  for (; slots_[place].size != 0; place = (place + 1) & mask_) {
    const Slot& slot = slots_[place];
    if (slot.size == bytes.size() && strings_[slot.number] == bytes) return slot.number;
  }
  return kNotFound;
}

std::size_t BytesIndex::Fill() {
  std::fill(slots_.begin(), slots_.end(), Slot{});
  std::size_t displaced = 0;
  for (std::size_t number = 0; number < strings_.size(); ++number) {
    const std::string& text = strings_[number];
    PP_CHECK(!text.empty());
    const bool is_long = text.size() >= kLong;
    Slot slot = is_long ? LongSlot(text) : ShortSlot(text, text.size());
    slot.size = static_cast<std::uint32_t>(text.size());
    slot.number = static_cast<std::uint32_t>(number);
    std::size_t place = is_long ? LongHome(text) : ShortHome(slot, text.size());
    for (; slots_[place].size != 0; place = (place + 1) & mask_) ++displaced;
    slots_[place] = slot;
  }
  return displaced;
}

}  // namespace panelpuls::wire
