#include "state/marked_versions.h"

#include <algorithm>

namespace panelpuls::state {
namespace {

std::uint64_t FingerprintOf(const AttentionEntry& entry) {
  return entry.pseudonym_low ^ (std::uint64_t{entry.revision} << 8 | entry.channel);
}

bool SameVersion(const AttentionEntry& a, const AttentionEntry& b) {
  return a.pseudonym_high == b.pseudonym_high && a.pseudonym_low == b.pseudonym_low &&
         a.channel == b.channel && a.revision == b.revision;
}

}  // namespace

MarkedVersions::MarkedVersions() {
  fingerprints_.reserve(kMost);
  entries_.reserve(kMost);
}

void MarkedVersions::Add(const AttentionEntry& version, Micros receipt_time) {
  const std::uint64_t fingerprint = FingerprintOf(version);
  for (std::size_t place = 0; place < fingerprints_.size(); ++place) {
    if (fingerprints_[place] != fingerprint || !SameVersion(entries_[place], version)) continue;
    ++entries_[place].count;
    entries_[place].last = std::max(entries_[place].last, receipt_time);
    entries_[place].claimed = version.claimed;
    return;
  }
  AttentionEntry entry = version;
  entry.kind = AttentionEntry::kMarkedVersion;
  entry.count = 1;
  entry.first = receipt_time;
  entry.last = receipt_time;
  if (entries_.size() < kMost) {
    fingerprints_.push_back(fingerprint);
    entries_.push_back(entry);
    return;
  }
  fingerprints_[next_] = fingerprint;
  entries_[next_] = entry;
  next_ = (next_ + 1) % kMost;
}

void MarkedVersions::List(std::vector<AttentionEntry>* out) const {
  out->insert(out->end(), entries_.begin(), entries_.end());
}

}  // namespace panelpuls::state
