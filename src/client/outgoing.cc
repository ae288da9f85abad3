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

absl::StatusOr<std::vector<PushResult>> OutgoingBatch::Results(
    const wave::BatchOutcome& outcome) const {
  const std::uint64_t counted =
      std::accumulate(outcome.counts.begin(), outcome.counts.end(), std::uint64_t{0});
  if (counted != order_.size()) {
    return InvalidArgument("the server's counts add up to {} where {} records were sent", counted,
                           order_.size());
  }
  const std::array<std::size_t, 2> sizes = {responses_.size(), case_events_.size()};
  std::array<std::vector<const wave::RecordOutcome*>, 2> listed;
  for (std::size_t kind = 0; kind < sizes.size(); ++kind) listed[kind].resize(sizes[kind]);
  for (const wave::RecordOutcome& record : outcome.results) {
    const auto kind = static_cast<std::size_t>(record.kind);
    if (record.index >= sizes[kind]) {
      return InvalidArgument("the server speaks of record {} where {} were sent", record.index,
                             sizes[kind]);
    }
    listed[kind][record.index] = &record;
  }
  std::vector<PushResult> results;
  results.reserve(order_.size());
  for (const Place& place : order_) {
    PushResult& result = results.emplace_back();
    result.tag = place.tag;
    const wave::RecordOutcome* found = listed[static_cast<std::size_t>(place.kind)][place.index];
    if (found == nullptr) continue;
    result.result = found->result;
    result.field = found->field;
    result.reason = found->reason;
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
