#include "report/parts.h"
#include "snapshot/contents.h"

namespace panelpuls::report {
namespace {

void FillWeighted(const snapshot::Contents& inputs, const wave::Channel& channel,
                  v1::ChannelFigure* out) {
  const estimate::FigureValue* figure = FindFigure(
      inputs,
      {.statistic = "mean", .of = "indicator", .domain = "channel=" + channel.code, .against = ""});
  if (figure == nullptr) return;
  if (const auto x = Finite(figure->value)) out->set_weighted(*x);
  if (const auto x = Finite(figure->low)) out->set_low(*x);
  if (const auto x = Finite(figure->high)) out->set_high(*x);
  for (const estimate::Flag& flag : figure->flags) out->add_flags(FlagText(*inputs.wave, flag));
}

void FillDifference(const snapshot::Contents& inputs, const v1::ChannelFigure& first,
                    v1::ChannelFigure* out) {
  if (first.has_raw() && out->has_raw()) out->set_raw_difference(out->raw() - first.raw());
  if (first.has_weighted() && out->has_weighted()) {
    out->set_difference(out->weighted() - first.weighted());
  }
  // With an interval where the figures have the difference itself.
  const estimate::FigureValue* figure =
      FindFigure(inputs, {.statistic = "difference",
                          .of = "indicator",
                          .domain = "channel=" + out->channel(),
                          .against = "channel=" + first.channel()});
  if (figure == nullptr) return;
  if (const auto x = Finite(figure->low)) out->set_difference_low(*x);
  if (const auto x = Finite(figure->high)) out->set_difference_high(*x);
}

}  // namespace

void FillChannelComparison(const snapshot::Contents& inputs, v1::Estimates* out) {
  const wave::Wave& wave = *inputs.wave;
  if (!wave.indicator || wave.channels.size() < 2) return;
  const std::size_t groups = state::Counters::GroupCount(wave);
  const std::span<const std::uint64_t> counts(inputs.counters->channel_groups);
  v1::ChannelComparison* comparison = out->mutable_channel_comparison();
  for (std::size_t i = 0; i < wave.channels.size(); ++i) {
    v1::ChannelFigure* row = comparison->add_channels();
    row->set_channel(wave.channels[i].code);
    const GroupMean raw = MeanOfGroups(*wave.indicator, counts.subspan(i * groups, groups));
    row->set_n(static_cast<std::uint64_t>(raw.answered));
    if (raw.value) row->set_raw(*raw.value);
    FillWeighted(inputs, wave.channels[i], row);
    if (i > 0) FillDifference(inputs, comparison->channels(0), row);
  }
}

void FillCorrectionEffect(const snapshot::Contents& inputs, v1::Collection* out) {
  const wave::Wave& wave = *inputs.wave;
  if (!wave.indicator) return;
  const state::Counters& counters = *inputs.counters;
  const std::size_t groups = state::Counters::GroupCount(wave);
  std::vector<std::int64_t> with(groups + 1);
  for (std::size_t i = 0; i < counters.channel_groups.size(); ++i) {
    with[i % groups] += static_cast<std::int64_t>(counters.channel_groups[i]);
  }
  std::vector<std::int64_t> without = with;
  v1::CorrectionEffect* effect = out->mutable_correction_effect();
  std::uint64_t corrections = 0;
  std::uint64_t regrouped = 0;
  for (std::size_t i = 0; i < counters.correction_moves.size(); ++i) {
    const std::uint64_t moves = counters.correction_moves[i];
    const std::size_t from = i / (groups + 1);
    const std::size_t to = i % (groups + 1);
    corrections += moves;
    if (from != to) regrouped += moves;
    without[from] += static_cast<std::int64_t>(moves);
    without[to] -= static_cast<std::int64_t>(moves);
  }
  effect->set_corrections(corrections);
  effect->set_regrouped(regrouped);
  const auto mean_of = [&](const std::vector<std::int64_t>& counts) {
    return MeanOfGroups(*wave.indicator, std::span<const std::int64_t>(counts)).value;
  };
  if (const auto mean = mean_of(with)) effect->set_with(*mean);
  if (const auto mean = mean_of(without)) effect->set_without(*mean);
  if (effect->has_with() && effect->has_without()) {
    effect->set_difference(effect->with() - effect->without());
  }
}

}  // namespace panelpuls::report
