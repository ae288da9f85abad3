#include "engine/publisher.h"
#include "archive/hour_cut.h"
#include "snapshot/attention.h"
#include "snapshot/contents.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace panelpuls::engine {
namespace {

// How often an idle snapshot thread looks whether the engine's clock has begun another minute.
constexpr std::chrono::milliseconds kMinutePoll{200};

Micros MinuteOf(Micros time) {
  const Micros minute = time / kMicrosPerMinute;
  return time % kMicrosPerMinute < 0 ? minute - 1 : minute;
}

}  // namespace

struct Publisher::Mirror {
  // Of one partition; with a single partition the merged cube itself stands for it.
  std::unique_ptr<state::Cube> cube;
  state::Counters counters;
  std::vector<state::AttentionEntry> attention;
  std::uint64_t position = 0;
  Micros hour = kNoTime;
  Micros floor = kNoTime;
};

Publisher::Publisher(Setup setup, std::unique_ptr<archive::Historian> historian)
    : setup_(std::move(setup)),
      estimator_(setup_.wave),
      historian_(std::move(historian)),
      mirrors_(setup_.ports.size()),
      merged_(*setup_.wave),
      answered_(setup_.ports.size(), true) {
  for (Mirror& mirror : mirrors_) {
    mirror.counters = state::Counters(*setup_.wave);
    if (mirrors_.size() > 1) mirror.cube = std::make_unique<state::Cube>(*setup_.wave);
  }
}

Publisher::~Publisher() { Join(); }

absl::Status Publisher::Start() {
  PP_ASSIGN_OR_RETURN(thread_, StartThread("snapshot", [this] { Run(); }));
  return absl::OkStatus();
}

void Publisher::Join() {
  setup_.signal->End();
  if (thread_.joinable()) thread_.join();
}

void Publisher::Run() {
  const auto interval = std::chrono::duration_cast<SteadyClock::duration>(
      std::chrono::duration<double>(1 / setup_.snapshots_per_second));
  auto next_tick = SteadyClock::now();
  bool changed = false;
  bool asked = false;
  while (true) {
    const auto now = SteadyClock::now();
    const Doorbell::Seen seen =
        setup_.signal->WaitUntil(changed && !asked ? next_tick : now + kMinutePoll);
    changed = changed || seen.changed;
    TakeHours();
    if (seen.ending) return;
    if (asked && TakeStates()) {
      asked = false;
      Publish();
      // Who answered before the hour ended, and has nothing to do since, is asked again.
      changed = changed || historian_->waits();
    }
    if (!asked && (changed || MinuteChanged()) && SteadyClock::now() >= next_tick) {
      next_tick = SteadyClock::now() + interval;
      changed = false;
      asked = true;
      Ask();
    }
  }
}

void Publisher::Ask() {
  for (std::size_t partition = 0; partition < mirrors_.size(); ++partition) {
    answered_[partition] = false;
    setup_.ports[partition]->state.Want();
    setup_.wake(partition);
  }
}

void Publisher::TakeHours() {
  for (std::uint32_t partition = 0; partition < mirrors_.size(); ++partition) {
    auto& port = setup_.ports[partition]->hour;
    if (port.Take([&](const archive::HourCut& cut) { historian_->Add(partition, cut); }))
      port.Want();
  }
  historian_->Settle();
}

bool Publisher::TakeStates() {
  for (std::uint32_t partition = 0; partition < mirrors_.size(); ++partition) {
    if (answered_[partition]) continue;
    answered_[partition] = setup_.ports[partition]->state.Take(
        [&](const StateCut& cut) { TakeState(partition, cut); });
  }
  return std::find(answered_.begin(), answered_.end(), false) == answered_.end();
}

void Publisher::TakeState(std::uint32_t partition, const StateCut& cut) {
  Mirror& mirror = mirrors_[partition];
  for (std::size_t place = 0; place < cut.cells.size(); ++place) CopyBlock(partition, cut, place);
  mirror.counters = cut.counters;
  if (cut.attention_changed) mirror.attention = cut.attention;
  mirror.position = cut.position;
  mirror.hour = cut.hour;
  mirror.floor = cut.floor;
}

void Publisher::CopyBlock(std::uint32_t partition, const StateCut& cut, std::size_t place) {
  const std::uint32_t cell = cut.cells[place];
  const std::uint32_t entries = merged_.shape().entries;
  const auto counts = std::span(cut.counts).subspan(place * entries, entries);
  const bool has_sums = merged_.shape().has_sums;
  const auto sums = has_sums ? std::span(cut.sums).subspan(place * entries, entries)
                             : std::span<const state::Sums>();
  const auto merged = merged_.MutableBlock(cell);
  const auto merged_sums = merged_.MutableSumsBlock(cell);
  if (mirrors_.size() == 1) {
    std::copy(counts.begin(), counts.end(), merged.begin());
    std::copy(sums.begin(), sums.end(), merged_sums.begin());
    merged_.Settle(cell);
    return;
  }
  const auto own = mirrors_[partition].cube->MutableBlock(cell);
  const auto own_sums = mirrors_[partition].cube->MutableSumsBlock(cell);
  for (std::uint32_t entry = 0; entry < entries; ++entry) {
    merged[entry] += counts[entry] - own[entry];
    own[entry] = counts[entry];
    if (!has_sums) continue;
    merged_sums[entry].d += sums[entry].d - own_sums[entry].d;
    merged_sums[entry].d2 += sums[entry].d2 - own_sums[entry].d2;
    own_sums[entry] = sums[entry];
  }
  merged_.Settle(cell);
  mirrors_[partition].cube->Settle(cell);
}

void Publisher::PassHours() {
  for (std::uint32_t partition = 0; partition < mirrors_.size(); ++partition) {
    const Mirror& mirror = mirrors_[partition];
    if (mirror.floor == kNoTime) continue;
    const Micros passed = setup_.wave->time_zone.HourStart(mirror.floor);
    if (mirror.hour != kNoTime && mirror.hour < passed &&
        mirror.hour > historian_->LastHour(partition)) {
      archive::HourCut cut{.hour = mirror.hour, .passed = passed, .table = {}, .wave = setup_.wave};
      archive::FillIndicatorTable(*setup_.wave, mirror.cube != nullptr ? *mirror.cube : merged_,
                                  mirror.counters.respondents, &cut.table);
      historian_->Add(partition, std::move(cut));
    }
    historian_->Pass(partition, passed);
  }
  historian_->Settle();
}

bool Publisher::MinuteChanged() const { return MinuteOf(setup_.clock().now) != published_minute_; }

void Publisher::Publish() {
  const auto begin = SteadyClock::now();
  // An hour handed over before a state was asked for stands before that state.
  TakeHours();
  PassHours();
  version_ = 0;
  for (const Mirror& mirror : mirrors_) version_ += mirror.position;
  const snapshot::ClockPart clock = setup_.clock();
  const Micros minute = MinuteOf(clock.now);
  // A partition that answers a little later than another may close an hour although version and
  // minute stand.
  const std::size_t closed_hours = historian_->hours().size();
  if (estimates_ != nullptr && version_ == estimated_version_ && minute == published_minute_ &&
      closed_hours == published_hours_) {
    return;
  }
  if (setup_.failure->failed()) return;
  Estimate();

  auto snapshot = std::make_shared<PublishedSnapshot>();
  snapshot->wave = setup_.wave;
  snapshot->version = version_;
  for (const Mirror& mirror : mirrors_) snapshot->positions.push_back(mirror.position);
  snapshot->etag_stem = fmt::format("{}-{}-{:016x}-{}-{}", setup_.directory_id.substr(0, 8),
                                    PANELPULS_BUILD, setup_.wave->definition_id, version_, minute);
  snapshot->keys = &estimator_.keys();
  snapshot->estimates = estimates_;
  snapshot->fieldwork = fieldwork_;
  snapshot->hours = Hours();
  snapshot->attention = Attention();
  snapshot->counters = MergedCounters();
  snapshot->clock = clock;
  snapshot->definitions = setup_.definitions;
  const snapshot::Contents contents{.wave = setup_.wave.get(),
                                    .keys = snapshot->keys,
                                    .estimates = estimates_.get(),
                                    .counters = &snapshot->counters,
                                    .cube = &merged_,
                                    .version = version_,
                                    .clock = clock,
                                    .fieldwork = fieldwork_.get(),
                                    .definitions = setup_.definitions};
  if (setup_.render) snapshot->rendered = setup_.render(contents);
  published_minute_ = minute;
  published_hours_ = closed_hours;

  std::function<void(SnapshotPointer)> listener;
  {
    std::lock_guard lock(mutex_);
    latest_ = snapshot;
    listener = listener_;
    ++metrics_.snapshots;
    metrics_.version = version_;
    metrics_.snapshot_micros += static_cast<std::uint64_t>(
        std::chrono::duration_cast<std::chrono::microseconds>(SteadyClock::now() - begin).count());
  }
  if (listener) listener(std::move(snapshot));
}

void Publisher::Estimate() {
  if (estimates_ != nullptr && version_ == estimated_version_) return;
  estimates_ = std::make_shared<const estimate::Estimates>(estimator_.Estimate(merged_));
  fieldwork_ = std::make_shared<const estimate::Fieldwork>(
      estimate::MeasureFieldwork(*setup_.wave, merged_, *estimates_));
  estimated_version_ = version_;
}

std::shared_ptr<const std::vector<snapshot::HistoryHour>> Publisher::Hours() const {
  auto hours = std::make_shared<std::vector<snapshot::HistoryHour>>(historian_->hours());
  Micros current = kNoTime;
  for (const Mirror& mirror : mirrors_) current = std::max(current, mirror.hour);
  archive::AppendCurrentHour(current, *estimates_, MergedCounters().respondents, hours.get());
  return hours;
}

std::shared_ptr<const std::vector<state::AttentionEntry>> Publisher::Attention() const {
  auto merged = std::make_shared<std::vector<state::AttentionEntry>>();
  for (const Mirror& mirror : mirrors_) {
    merged->insert(merged->end(), mirror.attention.begin(), mirror.attention.end());
  }
  snapshot::MergeAttention(merged.get());
  return merged;
}

state::Counters Publisher::MergedCounters() const {
  state::Counters merged(*setup_.wave);
  for (const Mirror& mirror : mirrors_) merged.Merge(mirror.counters);
  return merged;
}

void Publisher::PublishNow(const std::function<void(std::size_t partition)>& give) {
  // Whoever was asked may have answered and gone on since.
  TakeStates();
  for (std::size_t partition = 0; partition < mirrors_.size(); ++partition) {
    // One that has not answered is asked already.
    if (answered_[partition]) setup_.ports[partition]->state.Want();
    answered_[partition] = false;
    give(partition);
  }
  if (TakeStates()) Publish();
}

SnapshotPointer Publisher::Latest() const {
  std::lock_guard lock(mutex_);
  return latest_;
}

void Publisher::OnSnapshot(std::function<void(SnapshotPointer)> listener) {
  std::lock_guard lock(mutex_);
  listener_ = std::move(listener);
}

Publisher::Metrics Publisher::metrics() const {
  std::lock_guard lock(mutex_);
  return metrics_;
}

}  // namespace panelpuls::engine
