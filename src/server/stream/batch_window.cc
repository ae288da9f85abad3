#include "server/stream/batch_window.h"

#include <utility>
#include <vector>

#include "base/status.h"
#include "wire/stream.h"

namespace panelpuls::server {
namespace {

constexpr std::size_t kAckResults = 1'000;  // records listed in one Ack, unless one batch has more

}  // namespace

void BatchWindow::End(std::unique_ptr<engine::Batch> batch) {
  const std::uint64_t sequence = batch->outcome.sequence;
  PP_CHECK(sequence >= first_ && sequence - first_ < in_flight_.size());
  InFlight& place = in_flight_[static_cast<std::size_t>(sequence - first_)];
  const std::size_t bytes = batch->bytes() + batch->outcome.answer_bytes();
  bytes_.Set(bytes_.bytes() - std::exchange(place.bytes, bytes) + bytes);
  place.batch = std::move(batch);
}

std::size_t BatchWindow::bytes_with_writers() const {
  std::size_t bytes = 0;
  for (const InFlight& place : in_flight_) bytes += place.batch == nullptr ? place.bytes : 0;
  return bytes;
}

bool BatchWindow::IsDurable(std::size_t place) const {
  const engine::Batch* const batch = in_flight_[place].batch.get();
  return batch != nullptr && batch->end == engine::BatchEnd::kDurable;
}

std::string BatchWindow::EncodeAcks(ThreadIntake& intake) {
  std::vector<const wave::BatchOutcome*> outcomes;
  std::size_t listed = 0;
  while (outcomes.size() < in_flight_.size() && IsDurable(outcomes.size()) &&
         listed < kAckResults) {
    outcomes.push_back(&in_flight_[outcomes.size()].batch->outcome);
    listed += outcomes.back()->results().size();
  }
  std::string text;
  wire::AppendAck(outcomes.back()->sequence, outcomes, text);
  answering_ = outcomes.size();
  first_ += outcomes.size();
  std::size_t held = 0;
  for (std::size_t i = 0; i < answering_; ++i) {
    held += in_flight_.front().bytes;
    intake.Recycle(std::move(in_flight_.front().batch));
    in_flight_.pop_front();
  }
  // From now on the text alone is held for them.
  answer_bytes_ = text.capacity();
  bytes_.Set(bytes_.bytes() - held + answer_bytes_);
  return text;
}

void BatchWindow::Answered() {
  answering_ = 0;
  bytes_.Set(bytes_.bytes() - std::exchange(answer_bytes_, 0));
}

}  // namespace panelpuls::server
