#include "archive/historian.h"

#include <algorithm>
#include <utility>

#include "wave/definition.h"

namespace panelpuls::archive {

Historian::Historian(std::shared_ptr<const wave::Wave> wave, std::uint32_t partitions)
    : wave_(std::move(wave)), partitions_(partitions) {}

Historian::~Historian() = default;

Historian::Basis::Basis(std::shared_ptr<const wave::Wave> the_wave)
    : wave(std::move(the_wave)), estimator(wave), cube(*wave) {}

void Historian::TakeBasis(const std::shared_ptr<const wave::Wave>& in_force) {
  if (basis_ != nullptr && definition_id_ == in_force->definition_id) return;
  definition_id_ = in_force->definition_id;
  const bool same = wave::CountAlike(*in_force, *wave_);
  basis_ = std::make_unique<Basis>(same ? in_force : wave_);
}

void Historian::Add(std::uint32_t partition, HourCut cut) {
  Partition& of = partitions_[partition];
  const Micros passed = cut.passed;
  const Micros settled = hours_.empty() ? kNoTime : hours_.back().hour;
  if (cut.hour > settled && (of.cuts.empty() || cut.hour > of.cuts.back().hour)) {
    of.cuts.push_back(std::move(cut));
  }
  Pass(partition, passed);
}

void Historian::Pass(std::uint32_t partition, Micros passed) {
  partitions_[partition].passed = std::max(partitions_[partition].passed, passed);
}

Micros Historian::LastHour(std::uint32_t partition) const {
  const auto& cuts = partitions_[partition].cuts;
  return cuts.empty() ? kNoTime : cuts.back().hour;
}

Micros Historian::NextHour() const {
  const Micros settled = hours_.empty() ? kNoTime : hours_.back().hour;
  Micros next = kNoTime;
  for (const Partition& partition : partitions_) {
    for (const HourCut& cut : partition.cuts) {
      if (cut.hour <= settled) continue;
      if (next == kNoTime || cut.hour < next) next = cut.hour;
      break;
    }
  }
  return next;
}

void Historian::Settle() {
  Micros passed = partitions_.front().passed;
  for (const Partition& partition : partitions_) passed = std::min(passed, partition.passed);
  for (Micros hour = NextHour(); hour != kNoTime && hour < passed; hour = NextHour()) {
    SettleHour(hour);
  }
}

void Historian::SettleHour(Micros hour) {
  snapshot::HistoryHour settled{.hour = hour, .indicator = {}, .respondents = 0};
  const HourCut* newest = nullptr;
  std::vector<const IndicatorTable*> tables;
  for (Partition& partition : partitions_) {
    auto& cuts = partition.cuts;
    while (cuts.size() > 1 && cuts[1].hour <= hour) cuts.pop_front();
    if (cuts.empty() || cuts.front().hour > hour) continue;
    const HourCut& cut = cuts.front();
    tables.push_back(&cut.table);
    settled.respondents += cut.table.respondents;
    if (newest == nullptr || cut.hour > newest->hour) newest = &cut;
  }
  TakeBasis(newest->wave);
  for (const IndicatorTable* table : tables) {
    AddIndicatorTable(*wave_, *table, *basis_->wave, &basis_->cube);
  }
  settled.indicator = basis_->estimator.EstimateIndicator(basis_->cube);
  ClearIndicatorTable(*basis_->wave, &basis_->cube);
  hours_.push_back(std::move(settled));
}

void AppendCurrentHour(Micros hour, const estimate::Estimates& estimates, std::uint64_t respondents,
                       std::vector<snapshot::HistoryHour>* hours) {
  if (hour == kNoTime || (!hours->empty() && hours->back().hour >= hour)) return;
  snapshot::HistoryHour current{.hour = hour, .indicator = {}, .respondents = respondents};
  if (!estimates.figures.empty()) current.indicator = estimates.figures.front();
  hours->push_back(std::move(current));
}

}  // namespace panelpuls::archive
