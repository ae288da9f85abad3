#include "engine/batch.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "base/limits.h"
#include "base/printable.h"
#include "wave/record.h"

namespace panelpuls::engine {
namespace {

constexpr std::size_t kRoomRecords = 64;

bool IsSame(const BatchBuilder::Refusal& a, const BatchBuilder::Refusal& b) {
  return a.respondent_pseudonym == b.respondent_pseudonym && a.channel == b.channel &&
         a.revision == b.revision && a.reason == b.reason;
}

}  // namespace

std::size_t Batch::bytes() const {
  return sizeof(Batch) + responses.capacity() + response_index.capacity() * sizeof(std::uint32_t) +
         response_verdicts.capacity() * sizeof(RecordVerdict) +
         events.capacity() * sizeof(wave::CaseEventRecord) +
         event_index.capacity() * sizeof(std::uint32_t) + event_ids.capacity() +
         event_id_ends.capacity() * sizeof(std::uint32_t) +
         event_verdicts.capacity() * sizeof(RecordVerdict) + outcome.bytes();
}

void Batch::Clear() {
  response_count = 0;
  response_index.clear();
  response_verdicts.clear();
  events.clear();
  event_index.clear();
  event_ids.clear();
  event_id_ends.clear();
  event_verdicts.clear();
  simulated_time = kNoTime;
  outcome.Clear();
  end = BatchEnd::kStopped;
  done = nullptr;
  shares.store(0, std::memory_order_relaxed);
}

struct BatchBuilder::Impl {
  Impl(std::shared_ptr<const wave::Wave> wave, const identity::DirectoryKey& key,
       wave::ResolveOptions options)
      : record_size(wave->layout.size), resolver(std::move(wave), options), pseudonymizer(key) {}

  void Refuse(wave::RecordKind kind, std::uint32_t index, const wave::RecordTexts& texts);
  std::string ChannelToKeep(std::string_view code) const;
  void NoteRefusal(std::string_view id, std::string_view channel, std::uint32_t revision,
                   std::string_view id_field, const wave::Rejection& why);
  void PlacePseudonyms();

  const std::size_t record_size;
  wave::Resolver resolver;
  identity::Pseudonymizer pseudonymizer;
  std::unique_ptr<Batch> batch;
  wave::Rejection rejection;

  // Of the ids that the pseudonymizer has of the batch at hand, which record each belongs to: its
  // place, shifted left by 1; +1: an event.
  std::vector<std::uint32_t> id_places;
  std::vector<identity::Pseudonym> pseudonyms;

  std::vector<std::unique_ptr<Batch>> spare;
  std::size_t spare_bytes = 0;
  std::vector<Refusal> refusals;
  std::uint64_t ignored_taken = 0;
};

BatchBuilder::BatchBuilder(std::shared_ptr<const wave::Wave> wave,
                           const identity::DirectoryKey& key, wave::ResolveOptions options)
    : impl_(std::make_unique<Impl>(std::move(wave), key, options)) {}
BatchBuilder::~BatchBuilder() = default;

void BatchBuilder::Begin() {
  if (impl_->batch != nullptr) Recycle(std::move(impl_->batch));
  if (impl_->spare.empty()) {
    impl_->batch = std::make_unique<Batch>();
  } else {
    impl_->batch = std::move(impl_->spare.back());
    impl_->spare.pop_back();
    impl_->spare_bytes -= impl_->batch->bytes();
  }
  impl_->pseudonymizer.Forget();
  impl_->id_places.clear();
}

void BatchBuilder::Impl::Refuse(wave::RecordKind kind, std::uint32_t index,
                                const wave::RecordTexts& texts) {
  ++batch->outcome.counts[static_cast<std::size_t>(wave::Result::kRejected)];
  batch->outcome.Add(kind, index, wave::Result::kRejected, texts);
}

void BatchBuilder::Impl::NoteRefusal(std::string_view id, std::string_view channel,
                                     std::uint32_t revision, std::string_view id_field,
                                     const wave::Rejection& why) {
  if (refusals.size() >= kMaxRefusals) return;
  const bool valid_id = !id.empty() && id.size() <= kMaxIdBytes && why.field != id_field;
  const std::string_view reason = why.kept.empty() ? why.reason : why.kept;
  Refusal refusal{
      .respondent_pseudonym = valid_id ? identity::ToHex(pseudonymizer.Make(id)) : "",
      .channel = ChannelToKeep(channel),
      .revision = revision,
      .reason = fmt::format("{}: {}", why.field, Printable(reason, wave::kMaxReasonBytes))};
  if (!refusals.empty() && IsSame(refusals.back(), refusal)) {
    ++refusals.back().count;
  } else {
    refusals.push_back(std::move(refusal));
  }
}

// A code of the definition is nobody's secret; anything else may be.
std::string BatchBuilder::Impl::ChannelToKeep(std::string_view code) const {
  const auto& channels = resolver.wave().channels;
  const bool known =
      std::any_of(channels.begin(), channels.end(),
                  [&](const wave::Channel& channel) { return channel.code == code; });
  return known ? std::string(code) : Glimpse(code);
}

std::span<std::byte> BatchBuilder::RoomForResponse() {
  std::vector<std::byte>& responses = impl_->batch->responses;
  const std::size_t begin = impl_->batch->response_count * impl_->record_size;
  if (responses.size() < begin + impl_->record_size) {
    // In steps, so that a record does not cost a resize.
    responses.resize(begin + kRoomRecords * impl_->record_size);
  }
  return {responses.data() + begin, impl_->record_size};
}

void BatchBuilder::AddResolvedResponse(std::uint32_t index, std::string_view respondent_id) {
  Batch& batch = *impl_->batch;
  impl_->pseudonymizer.Add(respondent_id);
  impl_->id_places.push_back(batch.response_count << 1);
  batch.response_index.push_back(index);
  ++batch.response_count;
}

void BatchBuilder::AddResponse(std::uint32_t index, const wave::RawResponse& response) {
  Impl& impl = *impl_;
  if (!impl.resolver.Resolve(response, RoomForResponse(), &impl.rejection)) {
    impl.Refuse(wave::RecordKind::kResponse, index,
                {.field = impl.rejection.field, .reason = impl.rejection.reason, .event_id = {}});
    impl.NoteRefusal(response.respondent_id, response.channel, response.revision, "respondent_id",
                     impl.rejection);
    return;
  }
  AddResolvedResponse(index, response.respondent_id);
}

void BatchBuilder::AddCaseEvent(std::uint32_t index, const wave::RawCaseEvent& event) {
  Impl& impl = *impl_;
  Batch& batch = *impl.batch;
  wave::CaseEventRecord record;
  if (!impl.resolver.Resolve(event, &record, &impl.rejection)) {
    impl.Refuse(wave::RecordKind::kCaseEvent, index,
                {.field = impl.rejection.field,
                 .reason = impl.rejection.reason,
                 .event_id = event.event_id});
    impl.NoteRefusal(event.unit_id, event.channel, 0, "unit_id", impl.rejection);
    return;
  }
  impl.pseudonymizer.Add(event.unit_id);
  impl.id_places.push_back((static_cast<std::uint32_t>(batch.events.size()) << 1) | 1);
  batch.events.push_back(record);
  batch.event_index.push_back(index);
  batch.event_ids.append(event.event_id);
  batch.event_id_ends.push_back(static_cast<std::uint32_t>(batch.event_ids.size()));
}

void BatchBuilder::Reject(wave::RecordKind kind, std::uint32_t index, std::string_view field,
                          std::string_view reason, std::string_view kept) {
  impl_->Refuse(kind, index, {.field = field, .reason = reason, .event_id = {}});
  impl_->NoteRefusal(
      {}, {}, 0, {},
      {.field = std::string(field), .reason = std::string(reason), .kept = std::string(kept)});
}

void BatchBuilder::Impl::PlacePseudonyms() {
  pseudonyms.resize(pseudonymizer.added());
  pseudonymizer.Finish(pseudonyms);
  for (std::size_t number = 0; number < pseudonyms.size(); ++number) {
    const std::uint32_t place = id_places[number] >> 1;
    if ((id_places[number] & 1) != 0) {
      batch->events[place].pseudonym_high = pseudonyms[number].high;
      batch->events[place].pseudonym_low = pseudonyms[number].low;
      continue;
    }
    std::byte* const record = batch->responses.data() + place * record_size;
    std::memcpy(record + offsetof(wave::ResponseHeader, pseudonym_high), &pseudonyms[number].high,
                8);
    std::memcpy(record + offsetof(wave::ResponseHeader, pseudonym_low), &pseudonyms[number].low, 8);
  }
}

std::unique_ptr<Batch> BatchBuilder::Finish(Micros simulated_time, std::uint64_t sequence) {
  Batch& batch = *impl_->batch;
  impl_->PlacePseudonyms();
  batch.response_verdicts.resize(batch.response_count);
  batch.event_verdicts.resize(batch.events.size());
  batch.simulated_time = simulated_time;
  batch.outcome.sequence = sequence;
  return std::move(impl_->batch);
}

void BatchBuilder::Recycle(std::unique_ptr<Batch> batch) {
  batch->Clear();
  const std::size_t bytes = batch->bytes();
  if (impl_->spare_bytes + bytes > kMostSpareBytes) return;
  impl_->spare_bytes += bytes;
  impl_->spare.push_back(std::move(batch));
}

void BatchBuilder::GiveBack() {
  impl_->spare.clear();
  impl_->spare_bytes = 0;
}

std::vector<BatchBuilder::Refusal> BatchBuilder::TakeRefusals() {
  return std::exchange(impl_->refusals, {});
}

std::vector<std::string> BatchBuilder::TakeIgnoredQuestions(std::uint64_t* count) {
  const std::uint64_t ignored = impl_->resolver.ignored_questions();
  *count = ignored - impl_->ignored_taken;
  impl_->ignored_taken = ignored;
  if (*count == 0) return {};
  const auto codes = impl_->resolver.ignored_question_codes();
  return {codes.begin(), codes.end()};
}

}  // namespace panelpuls::engine
