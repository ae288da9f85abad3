#include "state/conflict_table.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace panelpuls::state {
namespace {

constexpr std::uint64_t kLeastEntries = 1024;

std::uint64_t HashOf(const ConflictKey& key) {
  // The pseudonym is evenly spread already; the channel only has to move it.
  return key.pseudonym.low + key.channel * 0x9e37'79b9'7f4a'7c15u;
}

}  // namespace

bool LargerContent(const JudgedContent& a, const JudgedContent& b, std::size_t size) {
  if (a.marked != b.marked) return b.marked;
  return std::memcmp(a.content, b.content, size) > 0;
}

std::uint64_t ConflictTable::EntriesFor(std::uint64_t units) {
  return std::max(kLeastEntries, units / 100);
}

std::uint64_t ConflictTable::ContentBytes(const wave::Wave& wave, std::uint64_t entries) {
  return entries * kLosers * (1 + wave.layout.content_size);
}

absl::StatusOr<ConflictTable> ConflictTable::Create(const wave::Wave& wave, std::uint64_t units) {
  constexpr std::string_view kPurpose = "the table of conflicts";
  const std::uint64_t entries = EntriesFor(units);
  ConflictTable table;
  table.content_size_ = wave.layout.content_size;
  PP_ASSIGN_OR_RETURN(table.index_, SlotIndex::Create(entries, kPurpose));
  PP_ASSIGN_OR_RETURN(table.contents_, MappedMemory::Create(ContentBytes(wave, entries), kPurpose));
  table.entries_.resize(entries);
  table.free_.reserve(entries);
  for (std::uint64_t left = entries; left > 0; --left) {
    table.free_.push_back(static_cast<std::uint32_t>(left - 1));
  }
  return table;
}

std::uint64_t ConflictTable::BytesFor(const wave::Wave& wave, std::uint64_t units) {
  const std::uint64_t entries = EntriesFor(units);
  return SlotIndex::BytesFor(entries) + ContentBytes(wave, entries) +
         entries * (sizeof(Entry) + sizeof(std::uint32_t));
}

std::uint32_t ConflictTable::Find(const ConflictKey& key) const {
  return index_.Find(HashOf(key), [&](std::uint32_t entry) { return entries_[entry].key == key; });
}

std::uint32_t ConflictTable::Open(const ConflictKey& key, std::uint32_t revision) {
  if (free_.empty()) return kNotFound;
  const std::uint32_t entry = free_.back();
  free_.pop_back();
  entries_[entry] = Entry{};
  entries_[entry].key = key;
  entries_[entry].revision = revision;
  index_.Insert(HashOf(key), entry);
  ++open_;
  return entry;
}

void ConflictTable::Close(const ConflictKey& key) {
  const std::uint32_t entry = Find(key);
  if (entry == kNotFound) return;
  index_.Erase(HashOf(key), entry,
               [&](std::uint32_t other) { return HashOf(entries_[other].key); });
  TakeFromList(entry);
  free_.push_back(entry);
  --open_;
}

std::byte* ConflictTable::Loser(std::uint32_t entry, std::uint32_t place) {
  return contents_.data() + (std::uint64_t{entry} * kLosers + place) * (1 + content_size_);
}

const std::byte* ConflictTable::Loser(std::uint32_t entry, std::uint32_t place) const {
  return contents_.data() + (std::uint64_t{entry} * kLosers + place) * (1 + content_size_);
}

bool ConflictTable::Larger(const std::byte* kept, const JudgedContent& other) const {
  return LargerContent({.marked = kept[0] != std::byte{0}, .content = kept + 1}, other,
                       content_size_);
}

bool ConflictTable::Knows(std::uint32_t entry, const std::byte* content) const {
  for (std::uint32_t place = 0; place < entries_[entry].losers; ++place) {
    if (std::memcmp(Loser(entry, place) + 1, content, content_size_) == 0) return true;
  }
  return false;
}

bool ConflictTable::AddLoser(std::uint32_t entry, const JudgedContent& loser) {
  if (Knows(entry, loser.content)) return false;
  std::uint8_t& losers = entries_[entry].losers;
  std::uint32_t place = 0;
  while (place < losers && Larger(Loser(entry, place), loser)) ++place;
  if (place == kLosers) return false;
  if (losers < kLosers) ++losers;
  const std::uint32_t behind = losers - 1 - place;
  std::memmove(Loser(entry, place + 1 < kLosers ? place + 1 : place), Loser(entry, place),
               std::size_t{behind} * (1 + content_size_));
  Loser(entry, place)[0] = static_cast<std::byte>(loser.marked ? 1 : 0);
  std::memcpy(Loser(entry, place) + 1, loser.content, content_size_);
  return true;
}

void ConflictTable::Note(std::uint32_t entry, Micros receipt_time) {
  Entry& noted = entries_[entry];
  ++noted.contents;
  if (noted.first == kNoTime) noted.first = receipt_time;
  TakeFromList(entry);
  noted.last = std::max(noted.last, receipt_time);
  PutInList(entry);
}

// Time hardly ever goes back, so that the place is the first one.
void ConflictTable::PutInList(std::uint32_t entry) {
  std::uint32_t newer = kNotFound;
  std::uint32_t older = newest_;
  while (older != kNotFound && entries_[older].last > entries_[entry].last) {
    newer = std::exchange(older, entries_[older].older);
  }
  entries_[entry].newer = newer;
  entries_[entry].older = older;
  entries_[entry].listed = true;
  (newer == kNotFound ? newest_ : entries_[newer].older) = entry;
  if (older != kNotFound) entries_[older].newer = entry;
}

void ConflictTable::TakeFromList(std::uint32_t entry) {
  Entry& taken = entries_[entry];
  if (!std::exchange(taken.listed, false)) return;
  (taken.newer == kNotFound ? newest_ : entries_[taken.newer].older) = taken.older;
  if (taken.older != kNotFound) entries_[taken.older].newer = taken.newer;
}

void ConflictTable::List(std::size_t limit, std::vector<AttentionEntry>* out) const {
  std::size_t left = limit;
  Micros last = kNoTime;
  for (std::uint32_t place = newest_; place != kNotFound; place = entries_[place].older) {
    const Entry& entry = entries_[place];
    if (left == 0 && entry.last != last) break;
    last = entry.last;
    if (left > 0) --left;
    out->push_back({.kind = AttentionEntry::kConflict,
                    .channel = entry.key.channel,
                    .revision = entry.revision,
                    .pseudonym_high = entry.key.pseudonym.high,
                    .pseudonym_low = entry.key.pseudonym.low,
                    .count = entry.contents,
                    .first = entry.first,
                    .last = entry.last});
  }
}

}  // namespace panelpuls::state
