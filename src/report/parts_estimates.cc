#include <algorithm>
#include <cmath>

#include "estimate/figures/reportable.h"
#include "report/parts.h"
#include "report/text_weights.h"
#include "snapshot/contents.h"

namespace panelpuls::report {
namespace {

void FillCalibration(const wave::Wave& wave, const estimate::CalibrationResult& result,
                     v1::Calibration* out) {
  out->set_method(std::string(MethodName(wave.weighting.method)));
  out->set_converged(result.converged);
  out->set_iterations(result.iterations);
  if (const auto error = Finite(result.max_margin_error)) out->set_max_margin_error(*error);
  // A flag's text is its name and, behind a colon, the place; here the place alone is wanted.
  const std::string worst = FlagText(wave, result.worst_margin);
  const std::size_t colon = worst.find(':');
  if (colon != std::string::npos) out->set_worst_margin(worst.substr(colon + 1));
  for (const estimate::Flag& flag : result.flags) out->add_flags(FlagText(wave, flag));
  for (const estimate::Flag& flag : result.collapsed) out->add_collapsed(FlagText(wave, flag));
  for (const estimate::Flag& flag : result.sparse) out->add_sparse(FlagText(wave, flag));
  out->set_collapsed_share(result.collapsed_share);
  out->set_collapsed_limit(estimate::kMostCollapsed);
  out->set_ridge(result.is_ridge);
  out->set_trimming(std::string(TrimmingName(wave.weighting)));
  out->set_trimmed(result.trimmed);
  out->set_trimmed_outside(result.trimmed_outside);
  out->set_trim_passes(result.trim_passes);
  out->set_negative_weights(result.negative_weights);
  out->set_zero_weights(result.zero_weights);
  for (const estimate::Flag& flag : result.overfull) out->add_overfull(FlagText(wave, flag));
}

void FillFigure(const wave::Wave& wave, const estimate::FigureKey& key,
                const estimate::FigureValue& value, v1::Figure* out) {
  out->set_statistic(key.statistic);
  out->set_of(key.of);
  out->set_domain(key.domain);
  out->set_against(key.against);
  out->set_n(value.n);
  if (const auto x = Finite(value.n_effective)) out->set_n_effective(*x);
  if (const auto x = Finite(value.value)) out->set_value(*x);
  if (const auto x = Finite(value.se)) out->set_se(*x);
  if (const auto x = Finite(value.se_interval)) out->set_se_interval(*x);
  if (const auto x = Finite(value.low)) out->set_low(*x);
  if (const auto x = Finite(value.high)) out->set_high(*x);
  if (const auto x = Finite(value.sequence_low)) out->set_sequence_low(*x);
  if (const auto x = Finite(value.sequence_high)) out->set_sequence_high(*x);
  if (const auto x = Finite(value.degrees_of_freedom)) out->set_degrees_of_freedom(*x);
  for (const estimate::Flag& flag : value.flags) out->add_flags(FlagText(wave, flag));
}

}  // namespace

std::optional<double> Finite(const std::optional<double>& value) {
  return value && std::isfinite(*value) ? value : std::nullopt;
}

bool IsReportable(const estimate::FigureValue& figure) {
  return std::none_of(figure.flags.begin(), figure.flags.end(), [](const estimate::Flag& flag) {
    return flag.kind == estimate::FlagKind::kNotReportable;
  });
}

const estimate::FigureValue* FindFigure(const snapshot::Contents& inputs,
                                        const estimate::FigureKey& wanted) {
  for (std::size_t i = 0; i < inputs.keys->size(); ++i) {
    const estimate::FigureKey& key = (*inputs.keys)[i];
    if (key.statistic == wanted.statistic && key.of == wanted.of && key.domain == wanted.domain &&
        key.against == wanted.against) {
      return &inputs.estimates->figures[i];
    }
  }
  return nullptr;
}

int IndicatorDigits(const wave::Wave& wave) {
  if (!wave.indicator) return 1;
  double largest = 0;
  for (const wave::IndicatorGroup& group : wave.indicator->groups) {
    largest = std::max(largest, std::abs(group.score));
  }
  return largest < 10 ? 2 : 1;
}

std::string_view MethodName(wave::WeightingMethod method) {
  switch (method) {
    case wave::WeightingMethod::kRake:
      return "rake";
    case wave::WeightingMethod::kPoststratify:
      return "poststratify";
    case wave::WeightingMethod::kLinear:
      return "linear";
    case wave::WeightingMethod::kLogit:
      return "logit";
    case wave::WeightingMethod::kNone:
      break;
  }
  return "none";
}

void FillEstimatesHead(const snapshot::Contents& inputs, v1::Estimates* out) {
  const estimate::Estimates& estimates = *inputs.estimates;
  out->set_wave(inputs.wave->id);
  out->set_n(estimates.n);
  out->set_n_outside_population(estimates.n_outside_population);
  if (const auto x = Finite(estimates.n_effective)) out->set_n_effective(*x);
  if (const auto x = Finite(estimates.design_effect)) out->set_design_effect(*x);
  if (const auto x = Finite(estimates.population)) out->set_population(*x);
  FillCalibration(*inputs.wave, estimates.calibration, out->mutable_calibration());
  out->set_indicator_digits(static_cast<std::uint32_t>(IndicatorDigits(*inputs.wave)));
  for (const estimate::Flag& flag : estimates.flags) out->add_flags(FlagText(*inputs.wave, flag));
}

void FillFigures(const snapshot::Contents& inputs, v1::Estimates* out) {
  const std::vector<estimate::FigureKey>& keys = *inputs.keys;
  PP_CHECK(keys.size() == inputs.estimates->figures.size());
  out->mutable_figures()->Reserve(static_cast<int>(keys.size()));
  for (std::size_t i = 0; i < keys.size(); ++i) {
    FillFigure(*inputs.wave, keys[i], inputs.estimates->figures[i], out->add_figures());
  }
}

}  // namespace panelpuls::report
