#include <cmath>

#include "estimate/plan/cell_list.h"
#include "estimate/response/response_rates.h"
#include "report/parts.h"
#include "snapshot/contents.h"

namespace panelpuls::report {
namespace {

Dispositions AsNumbers(const state::Counters::Dispositions& units) {
  Dispositions numbers{};
  for (std::size_t i = 0; i < units.size(); ++i) numbers[i] = static_cast<double>(units[i]);
  return numbers;
}

// Base weights of the frame's units by disposition, as they were sent.
Dispositions WeightedDispositions(const wave::Wave& wave, const state::Cube& cube) {
  const state::CubeShape& shape = cube.shape();
  Dispositions weights{};
  for (std::uint64_t cell = 0; cell < shape.cells; ++cell) {
    if (!cube.Holds(cell)) continue;
    const auto sums = cube.SumsBlock(cell);
    for (std::size_t i = 0; i < weights.size(); ++i) {
      weights[i] += estimate::SumOfBaseWeights(sums[shape.disposition_offset + i].d);
    }
  }
  for (double& weight : weights) weight = std::ldexp(weight, -wave.base_weight_log2);
  return weights;
}

}  // namespace

void FillRates(const Dispositions& dispositions, std::optional<double> eligible_share,
               v1::ResponseRates* out) {
  const estimate::CaseCounts counts = estimate::CountCases(dispositions);
  out->set_complete(counts.complete);
  out->set_partial(counts.partial);
  out->set_refusal(counts.refusal);
  out->set_non_contact(counts.non_contact);
  out->set_other(counts.other);
  out->set_unknown(counts.unknown);
  out->set_ineligible(counts.ineligible);
  out->set_answered(counts.answered());
  out->set_base(counts.base());
  const estimate::ResponseRates rates = estimate::RatesOf(counts, eligible_share);
  if (rates.rr[0]) out->set_rr1(*rates.rr[0]);
  if (rates.rr[1]) out->set_rr2(*rates.rr[1]);
  if (rates.rr[2]) out->set_rr3(*rates.rr[2]);
  if (rates.rr[3]) out->set_rr4(*rates.rr[3]);
  if (rates.rr[4]) out->set_rr5(*rates.rr[4]);
  if (rates.rr[5]) out->set_rr6(*rates.rr[5]);
}

void FillResponse(const snapshot::Contents& inputs, v1::Collection* out) {
  const wave::Wave& wave = *inputs.wave;
  const state::Counters& counters = *inputs.counters;
  bool has_events = false;
  for (const auto& channel : counters.channels) has_events |= channel.case_events > 0;
  if (!wave.has_frame && !has_events) return;
  const Dispositions whole = AsNumbers(counters.dispositions);
  const estimate::CaseCounts counts = estimate::CountCases(whole);
  const std::optional<double> share =
      estimate::EligibleShare(counts, wave.reporting.minimum_known_eligibility);
  out->set_eligibility_known(static_cast<std::uint64_t>(counts.eligible() + counts.ineligible));
  if (share) out->set_eligible_share(*share);
  FillRates(whole, share, out->mutable_response());
  double in_channels = 0;
  for (std::size_t i = 0; i < wave.channels.size(); ++i) {
    const Dispositions channel = AsNumbers(counters.channel_dispositions[i]);
    in_channels += estimate::CountCases(channel).total();
    FillRates(channel, share, out->mutable_channels(static_cast<int>(i))->mutable_response());
  }
  out->set_units_without_channel(static_cast<std::uint64_t>(counts.total() - in_channels));
  if (wave.has_frame && inputs.cube->shape().has_sums) {
    FillRates(WeightedDispositions(wave, *inputs.cube), share, out->mutable_response_weighted());
  }
}

void FillBiasToMatch(const snapshot::Contents& inputs, v1::Collection* out) {
  if (!out->response().has_rr2() || out->response().rr2() >= 1) return;
  const estimate::FigureValue* figure =
      FindFigure(inputs, {.statistic = "mean", .of = "indicator", .domain = "", .against = ""});
  if (figure == nullptr || !IsReportable(*figure)) return;
  if (!Finite(figure->low) || !Finite(figure->high)) return;
  const double rate = out->response().rr2();
  const double half_width = (*figure->high - *figure->low) / 2;
  v1::BiasToMatch* bias = out->mutable_bias_to_match();
  bias->set_response_rate(rate);
  bias->set_half_width(half_width);
  bias->set_difference(estimate::NonResponseDifference(half_width, rate));
}

}  // namespace panelpuls::report
