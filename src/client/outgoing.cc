#include "client/outgoing.h"

#include <array>
#include <numeric>
#include <utility>

#include "wire/encode.h"

namespace panelpuls::client {

void OutgoingBatch::Add(wave::RecordKind kind, std::string_view bytes, std::uint64_t tag) {
  auto& records = kind == wave::RecordKind::kResponse ? responses_ : case_events_;
  order_.push_back({kind, static_cast<std::uint32_t>(records.size()), tag});
  records.emplace_back(bytes);
}

std::string OutgoingBatch::Encode(std::string_view wave, std::uint64_t sequence) const {
  wire::BatchParts parts;
  parts.wave = wave;
  parts.simulated_time = simulated_time_;
  parts.sequence = sequence;
  parts.responses = responses_;
  parts.case_events = case_events_;
  std::string bytes;
  wire::AppendBatchBytes(parts, bytes);
  return bytes;
}

OutgoingBatch OutgoingBatch::SplitOff() {
  OutgoingBatch first(simulated_time_);
  OutgoingBatch second(simulated_time_);
  for (std::size_t i = 0; i < order_.size(); ++i) {
    const Place& place = order_[i];
    const auto& records = place.kind == wave::RecordKind::kResponse ? responses_ : case_events_;
    (i < order_.size() / 2 ? first : second).Add(place.kind, records[place.index], place.tag);
  }
  first.was_sent = second.was_sent = was_sent;
  *this = std::move(first);
  return second;
}

// Whether the server counts what it lists: a record that was refused and not named would be lost.
absl::Status OutgoingBatch::CheckCounts(const wave::BatchOutcome& outcome,
                                        std::span<const std::uint64_t> listed) const {
  const std::uint64_t sum =
      std::accumulate(outcome.counts.begin(), outcome.counts.end(), std::uint64_t{0});
  if (sum != order_.size()) {
    return InvalidArgument("the server's counts add up to {} where {} records were sent", sum,
                           order_.size());
  }
  for (std::size_t result = 0; result < listed.size(); ++result) {
    if (outcome.counts[result] == listed[result]) continue;
    return InvalidArgument("the server counts {} {} and lists {}", outcome.counts[result],
                           wave::kResultCodes[result], listed[result]);
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<PushResult>> OutgoingBatch::Results(
    const wave::BatchOutcome& outcome) const {
  const std::array<std::size_t, 2> sizes = {responses_.size(), case_events_.size()};
  std::array<std::vector<const wave::RecordOutcome*>, 2> listed;
  for (std::size_t kind = 0; kind < sizes.size(); ++kind) listed[kind].resize(sizes[kind]);
  std::array<std::uint64_t, wave::kResultCount> counted{};
  for (const wave::RecordOutcome& record : outcome.results()) {
    const auto kind = static_cast<std::size_t>(record.kind);
    if (record.index >= sizes[kind]) {
      return InvalidArgument("the server speaks of record {} where {} were sent", record.index,
                             sizes[kind]);
    }
    if (listed[kind][record.index] != nullptr) {
      return InvalidArgument("the server speaks of record {} twice", record.index);
    }
    listed[kind][record.index] = &record;
    ++counted[static_cast<std::size_t>(record.result)];
  }
  // What is not listed was accepted.
  counted[static_cast<std::size_t>(wave::Result::kAccepted)] +=
      order_.size() - outcome.results().size();
  PP_RETURN_IF_ERROR(CheckCounts(outcome, counted));
  std::vector<PushResult> results;
  results.reserve(order_.size());
  for (const Place& place : order_) {
    PushResult& result = results.emplace_back();
    result.tag = place.tag;
    const wave::RecordOutcome* found = listed[static_cast<std::size_t>(place.kind)][place.index];
    if (found == nullptr) continue;
    result.result = found->result;
    result.field = outcome.Text(found->field);
    result.reason = outcome.Text(found->reason);
  }
  return results;
}

std::vector<PushResult> OutgoingBatch::RejectAll(std::string_view reason) const {
  std::vector<PushResult> results;
  results.reserve(order_.size());
  for (const Place& place : order_) {
    PushResult& result = results.emplace_back();
    result.tag = place.tag;
    result.result = wave::Result::kRejected;
    result.reason = reason;
  }
  return results;
}

}  // namespace panelpuls::client
