#include "engine/partition.h"

#include <algorithm>
#include <utility>

#include "archive/hour_cut.h"
#include "engine/completion.h"
#include "identity/pseudonym.h"
#include "wave/record.h"

namespace panelpuls::engine {
namespace {

// An idle writer is woken when there is something to do; these only bound a wait.
constexpr std::chrono::hours kIdle{1};
constexpr std::chrono::milliseconds kRoomPoll{50};
// Records ahead of the one applied at which a record itself is loaded, from another core's cache,
// before the state looks at it.
constexpr std::uint32_t kRecordsAhead = 32;

std::size_t BytesOf(const wave::Wave& wave, const Batch& batch) {
  return batch.response_count * std::size_t{wave.layout.size} +
         batch.events.size() * sizeof(wave::CaseEventRecord);
}

std::uint32_t RejectedOf(const Batch& batch) {
  return batch.outcome.counts[static_cast<std::size_t>(wave::Result::kRejected)];
}

}  // namespace

Partition::Partition(const Environment& environment, std::uint32_t index,
                     std::unique_ptr<journal::Journal> journal, std::unique_ptr<state::State> state,
                     const archive::PartitionProgress& progress)
    : environment_(environment),
      index_(index),
      journal_(std::move(journal)),
      state_(std::move(state)),
      queue_(environment.options->queue_batches),
      receipt_time_(progress.last_receipt),
      hour_(progress.hour),
      position_(progress.position) {
  group_.reserve(environment.options->max_group_bytes + environment.wave->layout.size);
  waiting_.reserve(environment.options->queue_batches);
  ports_.hour.Want();
  metrics_.durable = journal_->durable_mark();
}

absl::Status Partition::Start() {
  PP_ASSIGN_OR_RETURN(thread_, StartThread(fmt::format("writer {}", index_), [this] { Run(); }));
  return absl::OkStatus();
}

void Partition::Join() {
  if (thread_.joinable()) thread_.join();
}

PartitionMetrics Partition::metrics() const {
  std::lock_guard lock(metrics_mutex_);
  return metrics_;
}

void Partition::Run() {
  MakeRoom(environment_.options->max_group_bytes);
  while (!environment_.failure->failed()) {
    const bool has_room = has_room_.load(std::memory_order_relaxed);
    const bool open =
        has_room ? queue_.PopAll(waiting_, kIdle) : queue_.PopAll(waiting_, kRoomPoll);
    applied_ = ended_ = 0;
    if (!ProcessWaiting() || !open) break;
    GiveState();
    // So that intake hears of a full disk before a batch is taken.
    MakeRoom(environment_.options->max_group_bytes);
    if (!waiting_.empty()) continue;
    const absl::Status made = journal_->MakeAhead();
    if (!made.ok()) environment_.failure->Report(made);
  }
  DropAll();
}

bool Partition::ProcessWaiting() {
  while (applied_ < waiting_.size()) {
    const bool kept = ProcessRun();
    if (!kept && !std::exchange(gave_up_, false)) return false;
    // What was applied of a batch that is dropped in its middle is durable already.
    if (!kept) DropWaiting(BatchEnd::kNoRoom);
    in_run_ = false;
    GiveState();
  }
  return true;
}

bool Partition::ProcessRun() {
  Micros receipt_time = kNoTime;
  std::size_t bytes = 0;
  const std::size_t end = EndOfRun(applied_, &receipt_time, &bytes);
  if (!WaitForRoom(std::min(bytes, environment_.options->max_group_bytes))) return false;
  BeginRun(std::max(receipt_time, floor_));
  while (applied_ < end) {
    if (!ApplyBatch(*waiting_[applied_])) return false;
    ++applied_;
  }
  if (!CommitGroup()) return false;
  EndDurable();
  return true;
}

std::size_t Partition::EndOfRun(std::size_t begin, Micros* receipt_time, std::size_t* bytes) const {
  const EngineOptions& options = *environment_.options;
  const TimeZone& zone = environment_.wave->time_zone;
  const Micros least = std::max(receipt_time_, floor_);
  *receipt_time = options.simulated_clock ? std::max(least, waiting_[begin]->simulated_time)
                                          : std::max(least, environment_.clock->Now());
  if (*receipt_time == kNoTime) *receipt_time = environment_.clock->Now();
  *bytes = BytesOf(*environment_.wave, *waiting_[begin]);
  std::size_t end = begin + 1;
  for (; end < waiting_.size(); ++end) {
    const std::size_t more = BytesOf(*environment_.wave, *waiting_[end]);
    if (*bytes + more > options.max_group_bytes) break;
    const Micros simulated = waiting_[end]->simulated_time;
    if (options.simulated_clock && simulated > *receipt_time) {
      // An hour's end must lie between two groups.
      if (zone.HourStart(simulated) != zone.HourStart(*receipt_time)) break;
      *receipt_time = simulated;
    }
    *bytes += more;
  }
  return end;
}

bool Partition::MakeRoom(std::size_t bytes) {
  const absl::Status status = journal_->Reserve(bytes);
  const bool full = status.code() == absl::StatusCode::kResourceExhausted;
  if (!status.ok() && !full) environment_.failure->Report(status);
  has_room_.store(status.ok(), std::memory_order_relaxed);
  return status.ok();
}

bool Partition::WaitForRoom(std::size_t bytes) {
  if (MakeRoom(bytes)) return true;
  const auto give_up_at = SteadyClock::now() + environment_.options->room_patience;
  do {
    if (environment_.failure->failed()) return false;
    GiveState();
    const auto now = SteadyClock::now();
    gave_up_ = now >= give_up_at;
    if (gave_up_) return false;
    const auto pause = std::min<SteadyClock::duration>(kRoomPoll, give_up_at - now);
    const bool open = queue_.PopAll(more_, pause);
    waiting_.insert(waiting_.end(), more_.begin(), more_.end());
    if (!open) return false;
  } while (!MakeRoom(bytes));
  return true;
}

void Partition::BeginRun(Micros receipt_time) {
  receipt_time_ = receipt_time;
  in_run_ = true;
  const Micros hour = environment_.wave->time_zone.HourStart(receipt_time);
  if (hour_ == kNoTime || hour <= hour_ || hour_cut_) return;
  ports_.hour.WaitUntilWanted();
  ports_.hour.Give([&](archive::HourCut& cut) {
    cut.hour = hour_;
    cut.passed = hour;
    cut.wave = environment_.wave;
    archive::FillIndicatorTable(*environment_.wave, state_->cube(), state_->counters().respondents,
                                &cut.table);
  });
  hour_cut_ = true;
  environment_.snapshot->Poke();
}

bool Partition::IsMine(std::uint64_t pseudonym_high) const {
  const std::uint32_t partitions = environment_.options->partitions;
  return partitions == 1 ||
         identity::PartitionOf({.high = pseudonym_high, .low = 0}, partitions) == index_;
}

bool Partition::ApplyBatch(Batch& batch) { return ApplyResponses(batch) && ApplyEvents(batch); }

bool Partition::ApplyResponses(Batch& batch) {
  const wave::Wave& wave = *environment_.wave;
  const std::size_t size = wave.layout.size;
  std::byte* const records = batch.responses.data();
  const std::span<const std::byte> all(records, batch.response_count * size);
  state_->BeginLoading(all);
  for (std::uint32_t place = 0; place < batch.response_count; ++place) {
    __builtin_prefetch(records + (place + kRecordsAhead) * size);
    state_->LoadAhead(all.subspan(place * size));
    std::byte* const record = records + place * size;
    if (!IsMine(wave::LoadPseudonymHigh(record))) continue;
    if (!MakeSpace(size)) return false;
    const Micros collected_at = wave::LoadResponseHeader(record).collected_at;
    const bool marked = wave::IsMarked(wave, collected_at, receipt_time_);
    // Hardly ever; a store just before the record is loaded holds that load up.
    if (const std::uint8_t flags = marked ? wave::kMarked : 0; wave::LoadFlags(record) != flags) {
      wave::StoreFlags(record, flags);
    }
    const state::Applied applied = state_->ApplyResponse({record, size}, receipt_time_);
    batch.response_verdicts[place] = {applied.result, applied.cause};
    if (applied.untracked) CountUntracked();
    if (applied.journal) Keep(record, size);
  }
  return true;
}

void Partition::CountUntracked() {
  std::lock_guard lock(metrics_mutex_);
  ++metrics_.conflicts_untracked;
}

bool Partition::ApplyEvents(Batch& batch) {
  for (std::size_t place = 0; place < batch.events.size(); ++place) {
    const wave::CaseEventRecord& event = batch.events[place];
    if (!IsMine(event.pseudonym_high)) continue;
    if (!MakeSpace(sizeof event)) return false;
    const state::Applied applied = state_->ApplyCaseEvent(event, receipt_time_);
    batch.event_verdicts[place] = {applied.result, applied.cause};
    if (applied.journal) Keep(&event, sizeof event);
  }
  return true;
}

bool Partition::MakeSpace(std::size_t size) {
  if (group_.size() + size <= environment_.options->max_group_bytes) return true;
  if (!CommitGroup()) return false;
  EndDurable();
  GiveState();
  return WaitForRoom(environment_.options->max_group_bytes);
}

void Partition::Keep(const void* record, std::size_t size) {
  const auto* const bytes = static_cast<const std::byte*>(record);
  group_.insert(group_.end(), bytes, bytes + size);
}

bool Partition::CommitGroup() {
  if (group_.empty()) return !environment_.failure->failed();
  const auto begin = SteadyClock::now();
  const auto position = journal_->Append(environment_.wave->definition_id, receipt_time_, group_);
  if (!position.ok()) {
    environment_.failure->Report(position.status());
    return false;
  }
  const absl::Status synced = journal_->Sync();
  if (!synced.ok()) {
    environment_.failure->Report(synced);
    return false;
  }
  position_ = *position;
  hour_ = environment_.wave->time_zone.HourStart(receipt_time_);
  hour_cut_ = false;
  {
    std::lock_guard lock(metrics_mutex_);
    ++metrics_.groups;
    metrics_.journal_bytes += group_.size();
    metrics_.durable = journal_->durable_mark();
    metrics_.sync_micros += static_cast<std::uint64_t>(
        std::chrono::duration_cast<std::chrono::microseconds>(SteadyClock::now() - begin).count());
  }
  group_.clear();
  if (!announced_) {
    announced_ = true;
    environment_.snapshot->NoteChange();
  }
  return true;
}

void Partition::PromiseFloor() {
  floor_ = std::max(receipt_time_, floor_);
  // The rest of a run keeps the run's time; batches that wait keep their own simulated one.
  const bool times_pending =
      environment_.options->simulated_clock && (applied_ < waiting_.size() || queue_.size() > 0);
  if (!in_run_ && !times_pending) floor_ = std::max(floor_, environment_.clock->Now());
}

void Partition::GiveState() {
  // What is applied but not durable must not be seen.
  if (!group_.empty() || environment_.failure->failed()) return;
  const bool given = ports_.state.Give([&](StateCut& cut) {
    FillStateCut(*state_, &attention_seen_, &cut);
    PromiseFloor();
    cut.position = position_;
    cut.hour = hour_;
    cut.floor = floor_;
  });
  if (!given) return;
  announced_ = false;
  environment_.snapshot->Poke();
}

void Partition::EndDurable() {
  // After another partition's failure nothing is acknowledged.
  const bool failed = environment_.failure->failed();
  const BatchEnd end = failed ? BatchEnd::kStopped : BatchEnd::kDurable;
  while (ended_ < applied_) End(waiting_[ended_++], end);
}

void Partition::DropWaiting(BatchEnd end) {
  while (ended_ < waiting_.size()) End(waiting_[ended_++], end);
  applied_ = ended_;
}

void Partition::End(Batch* batch, BatchEnd end) {
  std::unique_ptr<Batch> owned = EndShare(batch, end);
  if (owned == nullptr) return;
  if (owned->end == BatchEnd::kDurable) {
    const std::uint32_t refused_before = RejectedOf(*owned);
    FillOutcome(*owned);
    if (RejectedOf(*owned) > refused_before) {
      environment_.intake->NoteRefusals(WritersRefusals(*owned, *environment_.wave),
                                        environment_.clock->Now());
    }
    std::lock_guard lock(metrics_mutex_);
    ++metrics_.batches;
    for (std::size_t result = 0; result < wave::kResultCount; ++result) {
      metrics_.results[result] += owned->outcome.counts[result];
    }
    metrics_.last_sign_of_life = std::max(metrics_.last_sign_of_life, receipt_time_);
  }
  const auto done = std::move(owned->done);
  done(std::move(owned));
}

void Partition::DropAll() {
  do {
    DropWaiting(BatchEnd::kStopped);
    applied_ = ended_ = 0;
  } while (queue_.PopAll(waiting_, kIdle));
}

absl::Status Partition::AppendSetup(std::uint64_t definition_id, Micros receipt_time,
                                    std::span<const std::byte> group) {
  PP_RETURN_IF_ERROR(journal_->Reserve(group.size()));
  PP_ASSIGN_OR_RETURN(position_, journal_->Append(definition_id, receipt_time, group));
  PP_RETURN_IF_ERROR(journal_->Sync());
  receipt_time_ = std::max(receipt_time_, receipt_time);
  std::lock_guard lock(metrics_mutex_);
  metrics_.durable = journal_->durable_mark();
  return absl::OkStatus();
}

}  // namespace panelpuls::engine
