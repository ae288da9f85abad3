#include "engine/completion.h"

#include <algorithm>
#include <tuple>

namespace panelpuls::engine {
namespace {

wave::RecordOutcome OutcomeOf(const RecordVerdict& verdict, wave::RecordKind kind,
                              std::uint32_t index) {
  PP_CHECK(verdict.result < kNotJudged);
  const state::Cause cause = verdict.cause != nullptr ? *verdict.cause : state::Cause{};
  return {.kind = kind,
          .index = index,
          .result = verdict.result,
          .field = std::string(cause.field),
          .reason = std::string(cause.reason),
          .event_id = {}};
}

// Batch::shares: how many are left, and how any was dropped.
constexpr std::uint32_t kLeft = 0xffff;
constexpr std::uint32_t kDroppedNoRoom = 1u << 16;
constexpr std::uint32_t kDroppedStopped = 1u << 17;

BatchEnd EndOf(std::uint32_t shares) {
  if ((shares & kDroppedStopped) != 0) return BatchEnd::kStopped;
  if ((shares & kDroppedNoRoom) != 0) return BatchEnd::kNoRoom;
  return BatchEnd::kDurable;
}

}  // namespace

void BeginShares(Batch& batch, std::uint32_t partitions) {
  PP_CHECK(partitions >= 1 && partitions <= kLeft);
  batch.shares.store(partitions, std::memory_order_relaxed);
}

std::unique_ptr<Batch> EndShare(Batch* batch, BatchEnd end) {
  if (end != BatchEnd::kDurable) {
    const std::uint32_t dropped = end == BatchEnd::kNoRoom ? kDroppedNoRoom : kDroppedStopped;
    batch->shares.fetch_or(dropped, std::memory_order_relaxed);
  }
  const std::uint32_t before = batch->shares.fetch_sub(1, std::memory_order_acq_rel);
  if ((before & kLeft) != 1) return nullptr;
  batch->end = EndOf(before);
  return std::unique_ptr<Batch>(batch);
}

void FillOutcome(Batch& batch) {
  wave::BatchOutcome& outcome = batch.outcome;
  const auto accepted = static_cast<std::size_t>(wave::Result::kAccepted);
  for (std::uint32_t place = 0; place < batch.response_count; ++place) {
    const RecordVerdict& verdict = batch.response_verdicts[place];
    if (verdict.result == wave::Result::kAccepted) {
      ++outcome.counts[accepted];
      continue;
    }
    outcome.results.push_back(
        OutcomeOf(verdict, wave::RecordKind::kResponse, batch.response_index[place]));
    ++outcome.counts[static_cast<std::size_t>(verdict.result)];
  }
  for (std::size_t place = 0; place < batch.events.size(); ++place) {
    const RecordVerdict& verdict = batch.event_verdicts[place];
    if (verdict.result == wave::Result::kAccepted) {
      ++outcome.counts[accepted];
      continue;
    }
    outcome.results.push_back(
        OutcomeOf(verdict, wave::RecordKind::kCaseEvent, batch.event_index[place]));
    ++outcome.counts[static_cast<std::size_t>(verdict.result)];
    outcome.results.back().event_id = batch.event_ids[place];
  }
  std::sort(outcome.results.begin(), outcome.results.end(),
            [](const wave::RecordOutcome& a, const wave::RecordOutcome& b) {
              return std::tuple(a.kind, a.index) < std::tuple(b.kind, b.index);
            });
}

}  // namespace panelpuls::engine
