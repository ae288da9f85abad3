#include "engine/completion.h"

#include "wave/record.h"

namespace panelpuls::engine {
namespace {

// How many are to be listed.
std::size_t CountVerdicts(std::span<const RecordVerdict> verdicts, wave::BatchOutcome& outcome) {
  std::size_t listed = 0;
  for (const RecordVerdict& verdict : verdicts) {
    if (verdict.result == wave::Result::kAccepted) continue;
    PP_CHECK(verdict.result < kNotJudged);
    ++outcome.counts[static_cast<std::size_t>(verdict.result)];
    ++listed;
  }
  outcome.counts[static_cast<std::size_t>(wave::Result::kAccepted)] +=
      static_cast<std::uint32_t>(verdicts.size() - listed);
  return listed;
}

void List(const RecordVerdict& verdict, wave::RecordKind kind, std::uint32_t index,
          std::string_view event_id, wave::BatchOutcome& outcome) {
  if (verdict.result == wave::Result::kAccepted) return;
  const state::Cause cause = verdict.cause != nullptr ? *verdict.cause : state::Cause{};
  outcome.Add(kind, index, verdict.result,
              {.field = cause.field, .reason = cause.reason, .event_id = event_id});
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

constexpr std::size_t kMostWritersRefusals = 100;

void AddRefusal(const RecordVerdict& verdict, const identity::Pseudonym& unit,
                const wave::Channel& channel, std::uint32_t revision,
                std::vector<BatchBuilder::Refusal>* refusals) {
  if (refusals->size() == kMostWritersRefusals) return;
  refusals->push_back(
      {.respondent_pseudonym = identity::ToHex(unit),
       .channel = channel.code,
       .revision = revision,
       .reason = fmt::format("{}: {}", verdict.cause->field, verdict.cause->reason)});
}

bool IsRefused(const RecordVerdict& verdict) {
  return verdict.result == wave::Result::kRejected && verdict.cause != nullptr;
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
  const auto responses = std::span(batch.response_verdicts).first(batch.response_count);
  wave::BatchOutcome& outcome = batch.outcome;
  const std::size_t listed =
      CountVerdicts(responses, outcome) + CountVerdicts(batch.event_verdicts, outcome);
  if (listed > 0) {
    outcome.Reserve(listed);  // and not more, as growing would
    for (std::size_t place = 0; place < responses.size(); ++place) {
      List(responses[place], wave::RecordKind::kResponse, batch.response_index[place], {}, outcome);
    }
    for (std::size_t place = 0; place < batch.events.size(); ++place) {
      List(batch.event_verdicts[place], wave::RecordKind::kCaseEvent, batch.event_index[place],
           batch.EventId(place), outcome);
    }
  }
  outcome.Sort();
}

std::vector<BatchBuilder::Refusal> WritersRefusals(const Batch& batch, const wave::Wave& wave) {
  std::vector<BatchBuilder::Refusal> refusals;
  for (std::uint32_t place = 0; place < batch.response_count; ++place) {
    if (!IsRefused(batch.response_verdicts[place])) continue;
    const wave::ResponseHeader header =
        wave::LoadResponseHeader(batch.responses.data() + place * std::size_t{wave.layout.size});
    AddRefusal(batch.response_verdicts[place], {header.pseudonym_high, header.pseudonym_low},
               wave.channels[header.channel], header.revision, &refusals);
  }
  for (std::size_t place = 0; place < batch.events.size(); ++place) {
    if (!IsRefused(batch.event_verdicts[place])) continue;
    const wave::CaseEventRecord& event = batch.events[place];
    AddRefusal(batch.event_verdicts[place], {event.pseudonym_high, event.pseudonym_low},
               wave.channels[event.channel], 0, &refusals);
  }
  return refusals;
}

}  // namespace panelpuls::engine
