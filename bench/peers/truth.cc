#include "peers/truth.h"

#include <tuple>

namespace panelpuls::bench {
namespace {

constexpr std::size_t kUnitSize = kKeySize - 1;

// Order between channels, the larger one counts: rank, then not marked, then collected_at.
// The first channel of the definition wins among equals.
std::tuple<int, std::string_view> Precedence(int rank, const std::string& value) {
  constexpr std::size_t kRevision = 4;
  constexpr std::size_t kMarkAndTime = 9;
  return {rank, std::string_view(value).substr(kRevision, kMarkAndTime)};
}

}  // namespace

Truth::Truth(std::shared_ptr<const wave::Wave> wave, Micros receipt_time)
    : wave_(std::move(wave)), slots_(*wave_), reader_(*wave_, receipt_time) {
  PP_CHECK(!wave_->channel_priority);  // a rule that Precedence does not have
}

void Truth::Add(const engine::Batch& batch) {
  const engine::Batch* const one = &batch;
  const std::span<const Word> words = reader_.Read({&one, 1});
  responses_ += batch.response_count;
  tests_ += batch.response_count - words.size();
  for (const Word& word : words) {
    const std::string unit(word.key_view().substr(0, kUnitSize));
    const auto [kept, is_first] = units_[unit].try_emplace(word.key[kUnitSize]);
    if (!is_first && word.value <= kept->second.value) {
      ++not_newer_;
      continue;
    }
    ++(is_first ? first_ : newer_);
    kept->second = {.rank = word.rank, .slot = word.slot, .value = std::string(word.value)};
  }
}

void Truth::Count(std::int32_t slot, Totals* totals) const {
  if (slot == kNoSlot) return;
  ++totals->respondents;
  ++totals->group_count[slots_.GroupOf(slot)];
  totals->score_sum += slots_.ScoreOf(slot);
}

Totals Truth::OfWords() const {
  Totals totals{.words = first_, .group_count = std::vector<std::uint64_t>(slots_.groups())};
  for (const auto& [unit, channels] : units_) {
    for (const auto& [channel, kept] : channels) {
      Count(kept.slot, &totals);
      totals.content += WordPrint(unit + channel, kept.value);
    }
  }
  return totals;
}

Totals Truth::OfUnits() const {
  Totals totals{.words = first_, .group_count = std::vector<std::uint64_t>(slots_.groups())};
  for (const auto& [unit, channels] : units_) {
    const Kept* winner = nullptr;
    for (const auto& [channel, kept] : channels) {
      if (winner == nullptr ||
          Precedence(kept.rank, kept.value) > Precedence(winner->rank, winner->value)) {
        winner = &kept;
      }
    }
    Count(winner->slot, &totals);
  }
  return totals;
}

std::string Truth::Describe() const {
  return fmt::format(
      "{} responses: {} first of their unit and channel, {} newer, {} older or the same, {} tests",
      responses_, first_, newer_, not_newer_, tests_);
}

}  // namespace panelpuls::bench
