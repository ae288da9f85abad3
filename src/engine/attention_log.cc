#include "engine/attention_log.h"

#include <utility>

namespace panelpuls::engine {
namespace {

auto KeyOf(const snapshot::IntakeNote& entry) {
  return std::tuple(entry.kind, entry.pseudonym, entry.channel, entry.revision, entry.reason);
}

}  // namespace

void AttentionLog::NoteRefusals(std::vector<BatchBuilder::Refusal> refusals, Micros now) {
  std::lock_guard lock(mutex_);
  for (BatchBuilder::Refusal& refusal : refusals) {
    Note({.kind = snapshot::IntakeNote::kRejected,
          .pseudonym = std::move(refusal.respondent_pseudonym),
          .channel = std::move(refusal.channel),
          .revision = refusal.revision,
          .reason = std::move(refusal.reason),
          .count = refusal.count},
         now);
  }
}

void AttentionLog::NoteIgnoredQuestions(const std::vector<std::string>& codes, std::uint64_t count,
                                        Micros now) {
  std::lock_guard lock(mutex_);
  ignored_questions_ += count;
  NoteIgnored(snapshot::IntakeNote::kIgnoredQuestion, codes, count, now);
}

void AttentionLog::NoteIgnoredFields(const std::vector<std::string>& names, std::uint64_t count,
                                     Micros now) {
  std::lock_guard lock(mutex_);
  ignored_fields_ += count;
  NoteIgnored(snapshot::IntakeNote::kIgnoredField, names, count, now);
}

void AttentionLog::NoteIgnored(snapshot::IntakeNote::Kind kind,
                               const std::vector<std::string>& names, std::uint64_t count,
                               Micros now) {
  std::uint64_t left = count;
  for (std::size_t place = 0; place < names.size(); ++place) {
    const std::uint64_t share = left / (names.size() - place);
    left -= share;
    Note({.kind = kind, .pseudonym = {}, .channel = {}, .reason = names[place], .count = share},
         now);
  }
}

void AttentionLog::Note(snapshot::IntakeNote entry, Micros now) {
  ++changes_;
  const auto key = KeyOf(entry);
  entry.first = entry.last = now;
  if (const auto known = places_.find(key); known != places_.end()) {
    known->second->count += entry.count;
    known->second->last = now;
    entries_.splice(entries_.end(), entries_, known->second);
    return;
  }
  if (entries_.size() == kLimit) {
    places_.erase(KeyOf(entries_.front()));
    entries_.pop_front();
  }
  entries_.push_back(std::move(entry));
  places_.emplace(key, std::prev(entries_.end()));
}

std::vector<snapshot::IntakeNote> AttentionLog::entries() const {
  std::lock_guard lock(mutex_);
  return {entries_.begin(), entries_.end()};
}

std::uint64_t AttentionLog::changes() const {
  std::lock_guard lock(mutex_);
  return changes_;
}

std::uint64_t AttentionLog::ignored_questions() const {
  std::lock_guard lock(mutex_);
  return ignored_questions_;
}

std::uint64_t AttentionLog::ignored_fields() const {
  std::lock_guard lock(mutex_);
  return ignored_fields_;
}

}  // namespace panelpuls::engine
