// Look-up of codes on the way of a response. Internal to the room.
// Threads  one at a time. Views into the wave, which outlives it.
// Cost     up to 16 codes: a few compares each; more: one hash. No allocation.
#pragma once

#include <absl/container/flat_hash_map.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/look_alike.h"
#include "base/status.h"
#include "wave/wave.h"

namespace panelpuls::wave {

// First and last eight bytes of a code, and its length: equal codes have equal fingerprints, and up
// to 16 bytes the other way round. Comparing two costs three compares and no call.
struct Fingerprint {
  std::uint64_t head = 0;
  std::uint64_t tail = 0;
  std::size_t size = 0;

  explicit Fingerprint(std::string_view code) : size(code.size()) {
    const char* end = code.data() + size;
    if (size >= 8) {
      head = Load<std::uint64_t>(code.data());
      tail = Load<std::uint64_t>(end - 8);
    } else if (size >= 4) {
      head = Load<std::uint32_t>(code.data());
      tail = Load<std::uint32_t>(end - 4);
    } else if (size >= 2) {
      head = Load<std::uint16_t>(code.data());
      tail = Load<std::uint16_t>(end - 2);
    } else if (size == 1) {
      head = Load<std::uint8_t>(code.data());
    }
  }
  bool operator==(const Fingerprint&) const = default;

 private:
  template <typename Word>
  static std::uint64_t Load(const char* from) {
    Word word;
    std::memcpy(&word, from, sizeof word);
    return word;
  }
};

// Codes of one list, in the definition's order. Views into the wave.
class CodeIndex {
 public:
  template <typename Items, typename Code>
  CodeIndex(const Items& items, Code code) {
    for (const auto& item : items) codes_.emplace_back(code(item));
    if (codes_.size() <= kFewCodes) return;
    for (std::size_t i = 0; i < codes_.size(); ++i) {
      by_code_.emplace(ToAbsl(codes_[i].text), static_cast<int>(i));
    }
  }

  // Senders keep the definition's order, so that the expected place is nearly always right.
  int Find(std::string_view code, std::size_t expected) const {
    const Fingerprint fingerprint(code);
    if (expected < codes_.size() && codes_[expected].Is(code, fingerprint)) {
      return static_cast<int>(expected);
    }
    return Find(code, fingerprint);
  }
  int Find(std::string_view code) const { return Find(code, Fingerprint(code)); }

  // As a reason lists them: at most 12, then "...".
  std::string List() const {
    constexpr std::size_t kMostListed = 12;
    std::string list;
    for (std::size_t i = 0; i < codes_.size() && i < kMostListed; ++i) {
      list += i == 0 ? "" : ", ";
      list += codes_[i].text;
    }
    return codes_.size() > kMostListed ? list + ", ..." : list;
  }
  // What texts that are none of them look like. Made when first asked for.
  const LookAlikes& look_alikes() const {
    if (look_alikes_ == nullptr) {
      std::vector<std::string_view> known;
      for (const Code& one : codes_) known.push_back(one.text);
      look_alikes_ = std::make_unique<LookAlikes>(known);
    }
    return *look_alikes_;
  }
  std::size_t size() const { return codes_.size(); }

 private:
  // Comparing that many fingerprints costs less than a hash.
  static constexpr std::size_t kFewCodes = 16;

  struct Code {
    explicit Code(std::string_view code) : fingerprint(code), text(code) {}
    bool Is(std::string_view code, const Fingerprint& other) const {
      return fingerprint == other && (code.size() <= 16 || text == code);
    }
    Fingerprint fingerprint;
    std::string_view text;
  };

  int Find(std::string_view code, const Fingerprint& fingerprint) const {
    if (codes_.size() > kFewCodes) {
      const auto found = by_code_.find(ToAbsl(code));
      return found == by_code_.end() ? kNone : found->second;
    }
    for (std::size_t i = 0; i < codes_.size(); ++i) {
      if (codes_[i].Is(code, fingerprint)) return static_cast<int>(i);
    }
    return kNone;
  }

  std::vector<Code> codes_;
  absl::flat_hash_map<absl::string_view, int> by_code_;
  mutable std::unique_ptr<LookAlikes> look_alikes_;
};

}  // namespace panelpuls::wave
