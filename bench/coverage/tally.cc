#include "tally.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/csv.h"

namespace panelpuls::bench {
namespace {

constexpr double kNormalQuantile = 1.959963984540054;

bool Has(const estimate::FigureValue& figure, estimate::FlagKind kind) {
  return std::any_of(figure.flags.begin(), figure.flags.end(),
                     [kind](const estimate::Flag& flag) { return flag.kind == kind; });
}

void AddTo(const LookTally& from, LookTally* to) {
  to->fieldworks += from.fieldworks;
  to->values += from.values;
  to->intervals += from.intervals;
  to->above += from.above;
  to->below += from.below;
  to->normal_missed += from.normal_missed;
  to->sequences += from.sequences;
  to->sequence_missed += from.sequence_missed;
  to->error += from.error;
  to->error_square += from.error_square;
  to->se += from.se;
  to->se_interval += from.se_interval;
  to->width += from.width;
  to->sequence_width += from.sequence_width;
  to->n_effective += from.n_effective;
}

}  // namespace

Tally::Tally(const sim::Population& population, const std::vector<estimate::FigureKey>& keys,
             std::vector<std::uint64_t> looks)
    : looks_(std::move(looks)), without_weights_(looks_.size()) {
  for (std::size_t place = 0; place < keys.size(); ++place) {
    const estimate::FigureKey& key = keys[place];
    if (!key.against.empty()) continue;
    const sim::TruthFigure* truth = population.FindTruth(key.statistic, key.of, key.domain);
    if (truth == nullptr) continue;
    figures_.push_back({.place = place, .key = key, .truth = truth->value});
    figures_.back().looks.resize(looks_.size());
  }
}

void Tally::BeginFieldwork() {
  for (Figure& figure : figures_) {
    figure.had_interval = figure.missed = figure.had_sequence = figure.sequence_missed = false;
  }
}

void Tally::AddLook(std::size_t look, const estimate::Estimates& estimates) {
  if (!estimates.calibration.has_weights) ++without_weights_[look];
  for (Figure& figure : figures_) {
    const estimate::FigureValue& value = estimates.figures[figure.place];
    LookTally& tally = figure.looks[look];
    ++tally.fieldworks;
    if (!value.value) continue;
    ++tally.values;
    if (!value.low || Has(value, estimate::FlagKind::kNotReportable)) continue;
    ++tally.intervals;
    const double error = *value.value - figure.truth;
    const bool above = *value.low > figure.truth;
    const bool below = *value.high < figure.truth;
    tally.above += above;
    tally.below += below;
    tally.normal_missed += !value.se || std::abs(error) > kNormalQuantile * *value.se;
    tally.error += error;
    tally.error_square += error * error;
    tally.se += value.se.value_or(0);
    tally.se_interval += value.se_interval.value_or(0);
    tally.width += (*value.high - *value.low) / 2;
    tally.n_effective += value.n_effective.value_or(0);
    figure.had_interval = true;
    figure.missed = figure.missed || above || below;
    if (!value.sequence_low) continue;
    const bool missed = *value.sequence_low > figure.truth || *value.sequence_high < figure.truth;
    ++tally.sequences;
    tally.sequence_missed += missed;
    tally.sequence_width += (*value.sequence_high - *value.sequence_low) / 2;
    figure.had_sequence = true;
    figure.sequence_missed = figure.sequence_missed || missed;
  }
}

void Tally::EndFieldwork() {
  for (Figure& figure : figures_) {
    figure.path.fieldworks += figure.had_interval;
    figure.path.interval_missed += figure.missed;
    figure.path.sequences += figure.had_sequence;
    figure.path.sequence_missed += figure.sequence_missed;
  }
}

void Tally::Add(const Tally& other) {
  for (std::size_t i = 0; i < figures_.size(); ++i) {
    for (std::size_t look = 0; look < looks_.size(); ++look) {
      AddTo(other.figures_[i].looks[look], &figures_[i].looks[look]);
    }
    figures_[i].path.fieldworks += other.figures_[i].path.fieldworks;
    figures_[i].path.interval_missed += other.figures_[i].path.interval_missed;
    figures_[i].path.sequences += other.figures_[i].path.sequences;
    figures_[i].path.sequence_missed += other.figures_[i].path.sequence_missed;
  }
  for (std::size_t look = 0; look < looks_.size(); ++look) {
    without_weights_[look] += other.without_weights_[look];
  }
}

std::string Tally::ToCsv() const {
  std::string csv =
      "statistic,of,domain,truth,n,fieldworks,without_weights,values,intervals,above,below,"
      "normal_missed,sequences,sequence_missed,error,error_square,se,se_interval,width,"
      "sequence_width,n_effective\n";
  for (const Figure& figure : figures_) {
    const std::string head =
        fmt::format("{},{},{},{:.17g}", figure.key.statistic, QuoteCsv(figure.key.of),
                    QuoteCsv(figure.key.domain), figure.truth);
    for (std::size_t look = 0; look < looks_.size(); ++look) {
      const LookTally& t = figure.looks[look];
      csv += fmt::format(
          "{},{},{},{},{},{},{},{},{},{},{},{:.9g},{:.9g},{:.9g},{:.9g},{:.9g},"
          "{:.9g},{:.9g}\n",
          head, looks_[look], t.fieldworks, without_weights_[look], t.values, t.intervals, t.above,
          t.below, t.normal_missed, t.sequences, t.sequence_missed, t.error, t.error_square, t.se,
          t.se_interval, t.width, t.sequence_width, t.n_effective);
    }
    const PathTally& path = figure.path;
    csv += fmt::format("{},0,{},0,0,{},{},0,0,{},{},0,0,0,0,0,0,0\n", head, path.fieldworks,
                       path.fieldworks, path.interval_missed, path.sequences, path.sequence_missed);
  }
  return csv;
}

}  // namespace panelpuls::bench
