#include "engine/completion.h"

#include <algorithm>
#include <tuple>

namespace panelpuls::engine {
namespace {

wave::RecordOutcome OutcomeOf(const RecordVerdict& verdict, wave::RecordKind kind,
                              std::uint32_t index) {
  const state::Cause cause = verdict.cause != nullptr ? *verdict.cause : state::Cause{};
  return {.kind = kind,
          .index = index,
          .result = verdict.result,
          .field = std::string(cause.field),
          .reason = std::string(cause.reason),
          .event_id = {}};
}

}  // namespace

void FillOutcome(Batch& batch) {
  wave::BatchOutcome& outcome = batch.outcome;
  for (std::uint32_t place = 0; place < batch.response_count; ++place) {
    const RecordVerdict& verdict = batch.response_verdicts[place];
    ++outcome.counts[static_cast<std::size_t>(verdict.result)];
    if (verdict.result == wave::Result::kAccepted) continue;
    outcome.results.push_back(
        OutcomeOf(verdict, wave::RecordKind::kResponse, batch.response_index[place]));
  }
  for (std::size_t place = 0; place < batch.events.size(); ++place) {
    const RecordVerdict& verdict = batch.event_verdicts[place];
    ++outcome.counts[static_cast<std::size_t>(verdict.result)];
    if (verdict.result == wave::Result::kAccepted) continue;
    outcome.results.push_back(
        OutcomeOf(verdict, wave::RecordKind::kCaseEvent, batch.event_index[place]));
    outcome.results.back().event_id = batch.event_ids[place];
  }
  std::sort(outcome.results.begin(), outcome.results.end(),
            [](const wave::RecordOutcome& a, const wave::RecordOutcome& b) {
              return std::tuple(a.kind, a.index) < std::tuple(b.kind, b.index);
            });
}

}  // namespace panelpuls::engine
