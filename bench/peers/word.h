// What every peer keeps of a response: its unit and channel as a key, and one byte string that is
// larger exactly when the version is newer (docs/PROTOCOL.md: revision, unmarked before marked,
// collected_at, content), so that a store decides by comparing bytes.
//   key    pseudonym high, low (8 bytes each, most significant first), channel (1)
//   value  revision (4, most significant first), 1 = not marked (1), collected_at (8, sign bit
//          flipped), content as in the record, slot (4, most significant first)
// Threads  any; a WordReader: one at a time.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "engine/batch.h"
#include "wave/wave.h"

namespace panelpuls::bench {

inline constexpr std::size_t kKeySize = 17;
// The word counts in no group sum: withdrawn, a test, or without the required questions.
inline constexpr std::int32_t kNoSlot = -1;

// What one transaction takes, in the order of arrival.
using Batches = std::span<const engine::Batch* const>;

struct Word {
  std::array<char, kKeySize> key{};
  // cell * groups + group, the last group being 'no valid case'
  std::int32_t slot = kNoSlot;
  int rank = 0;            // wave::RankOf
  std::string_view value;  // lives until the reader's next batch

  std::string_view key_view() const { return {key.data(), key.size()}; }
};

// The group sums' shape: one count and one sum of scores for each slot.
class Slots {
 public:
  explicit Slots(const wave::Wave& wave);
  std::uint32_t groups() const { return static_cast<std::uint32_t>(scores_.size()); }
  std::uint64_t count() const { return cells_ * groups(); }
  std::uint32_t GroupOf(std::int32_t slot) const {
    return static_cast<std::uint32_t>(slot) % groups();
  }
  double ScoreOf(std::int32_t slot) const { return scores_[GroupOf(slot)]; }

 private:
  std::uint64_t cells_;
  std::vector<double> scores_;  // [group], and 0 for 'no valid case'
};

// The slot at the end of a value.
std::int32_t SlotOf(std::string_view value);

class WordReader {
 public:
  // receipt_time: of all responses, for the verdict on their clocks. The wave outlives this.
  WordReader(const wave::Wave& wave, Micros receipt_time);
  // Their words without test responses, ordered by key: neighbours in a tree find their page in the
  // cache. A key may stand there more than once. Valid until the next call.
  std::span<const Word> Read(Batches batches);

 private:
  void ReadBatch(const engine::Batch& batch, char* values);

  const wave::Wave& wave_;
  const Micros receipt_time_;
  const Slots slots_;
  const std::size_t value_size_;
  std::vector<Word> words_;
  std::vector<char> values_;
};

// A hash of a word as it is kept.
std::uint64_t WordPrint(std::string_view key, std::string_view value);

// Changes of the group sums, gathered for one transaction.
class SumChanges {
 public:
  struct Change {
    std::int64_t count = 0;
    double score = 0;
  };
  explicit SumChanges(const Slots& slots) : slots_(slots), changes_(slots.count()) {}
  void Add(std::int32_t slot, std::int64_t sign);
  // Slots that were added to since Clear, each once.
  std::span<const std::int32_t> touched() const { return touched_; }
  const Change& at(std::int32_t slot) const { return changes_[static_cast<std::size_t>(slot)]; }
  void Clear();

 private:
  const Slots& slots_;
  std::vector<Change> changes_;
  std::vector<std::int32_t> touched_;
  std::vector<bool> is_touched_ = std::vector<bool>(changes_.size());
};

}  // namespace panelpuls::bench
