// Versions that arrived with several contents (docs/PROTOCOL.md): for each such word the losing
// contents, at most the four largest, so that each is journaled once and a resend is known for what
// it is. Memory   fixed at Create. Threads  one writer.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/clock.h"
#include "state/counters.h"
#include "state/pseudonym_table.h"
#include "wave/wave.h"

namespace panelpuls::state {

struct ConflictKey {
  PseudonymKey pseudonym;
  std::uint8_t channel = 0;
  friend bool operator==(const ConflictKey&, const ConflictKey&) = default;
};

// A content with its clock verdict: unmarked before marked, then by bytes.
struct JudgedContent {
  bool marked = false;
  const std::byte* content = nullptr;
};

class ConflictTable {
 public:
  static constexpr std::uint32_t kNotFound = SlotIndex::kNotFound;
  static constexpr std::uint32_t kLosers = 4;

  ConflictTable() = default;
  static absl::StatusOr<ConflictTable> Create(const wave::Wave& wave, std::uint64_t units);
  static std::uint64_t BytesFor(const wave::Wave& wave, std::uint64_t units);

  std::uint32_t Find(const ConflictKey& key) const;
  // An entry without losers; kNotFound: full. The key has none yet.
  std::uint32_t Open(const ConflictKey& key, std::uint32_t revision);
  void Close(const ConflictKey& key);

  // Keeps a losing content. False: it was kept already, or is below the four that are kept and so
  // may have been kept before.
  bool AddLoser(std::uint32_t entry, const JudgedContent& loser);
  bool Knows(std::uint32_t entry, const std::byte* content) const;
  // Another content of the version was journaled at this time.
  void Note(std::uint32_t entry, Micros receipt_time);

  std::uint32_t open() const { return open_; }
  // The newest open conflicts by last receipt, at least `limit` if there are so many, and all that
  // are as new as the oldest of these; in no order. Costs what it lists.
  void List(std::size_t limit, std::vector<AttentionEntry>* out) const;

 private:
  struct Entry {
    ConflictKey key;
    std::uint8_t losers = 0;
    std::uint32_t revision = 0;
    std::uint64_t contents = 1;  // seen and journaled; the word's own is the first
    Micros first = kNoTime;
    Micros last = kNoTime;
    // Neighbours by last receipt; the newest is newest_.
    std::uint32_t newer = kNotFound;
    std::uint32_t older = kNotFound;
    bool listed = false;
  };
  static std::uint64_t EntriesFor(std::uint64_t units);
  static std::uint64_t ContentBytes(const wave::Wave& wave, std::uint64_t entries);
  void PutInList(std::uint32_t entry);
  void TakeFromList(std::uint32_t entry);
  std::byte* Loser(std::uint32_t entry, std::uint32_t place);
  const std::byte* Loser(std::uint32_t entry, std::uint32_t place) const;
  // Whether a kept loser (mark byte, content) is larger than another content.
  bool Larger(const std::byte* kept, const JudgedContent& other) const;

  std::uint32_t content_size_ = 0;
  SlotIndex index_;
  MappedMemory contents_;  // [entry][kLosers]: mark byte and content, largest first
  std::vector<Entry> entries_;
  std::vector<std::uint32_t> free_;
  std::uint32_t open_ = 0;
  std::uint32_t newest_ = kNotFound;
};

// Whether `a` is the larger of two versions of the same revision and time.
bool LargerContent(const JudgedContent& a, const JudgedContent& b, std::size_t size);

}  // namespace panelpuls::state
