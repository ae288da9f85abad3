// What the stores must hold in the end, by the rules of docs/PROTOCOL.md in the plainest form:
// every word in a map. Threads  one at a time.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "engine/batch.h"
#include "peers/store.h"
#include "peers/word.h"

namespace panelpuls::bench {

class Truth {
 public:
  Truth(std::shared_ptr<const wave::Wave> wave, Micros receipt_time);
  void Add(const engine::Batch& batch);

  // Sums over words: what the peers keep.
  Totals OfWords() const;
  // Sums over units, each by its winning word: what panelpuls keeps.
  Totals OfUnits() const;
  // What the responses were.
  std::string Describe() const;

 private:
  struct Kept {
    int rank = 0;
    std::int32_t slot = kNoSlot;
    std::string value;
  };
  void Count(std::int32_t slot, Totals* totals) const;

  const std::shared_ptr<const wave::Wave> wave_;
  const Slots slots_;
  WordReader reader_;
  // [unit's part of the key][channel]
  std::unordered_map<std::string, std::map<char, Kept>> units_;
  std::uint64_t responses_ = 0, tests_ = 0, first_ = 0, newer_ = 0, not_newer_ = 0;
};

}  // namespace panelpuls::bench
