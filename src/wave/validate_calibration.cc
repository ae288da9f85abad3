// Bounds, trimming and fallback of calibration.
#include <cmath>

#include "wave/definition_source.h"

namespace panelpuls::wave {
namespace {

absl::Status ValidateBounds(const v1::Weighting& weighting, const Place& place) {
  const bool lower = weighting.has_lower_bound();
  const bool upper = weighting.has_upper_bound();
  const bool bounded = weighting.method() == v1::Weighting::RAKE ||
                       weighting.method() == v1::Weighting::LINEAR ||
                       weighting.method() == v1::Weighting::LOGIT;
  if ((lower || upper) && !bounded) {
    return place.ErrorAt(lower ? "lower_bound" : "upper_bound",
                         fmt::format("bounds do not go with method {}; remove them",
                                     v1::Weighting::Method_Name(weighting.method())));
  }
  if (lower && !(weighting.lower_bound() >= 0 && weighting.lower_bound() < 1)) {
    return place.ErrorAt("lower_bound", fmt::format("lower_bound {} of g is not in 0 to below 1; "
                                                    "write one such as 0.3",
                                                    weighting.lower_bound()));
  }
  if (upper && !(weighting.upper_bound() > 1 && std::isfinite(weighting.upper_bound()))) {
    return place.ErrorAt("upper_bound", fmt::format("upper_bound {} of g is not above 1; write one "
                                                    "such as 3",
                                                    weighting.upper_bound()));
  }
  if (weighting.method() == v1::Weighting::LOGIT && !(lower && upper)) {
    return place.ErrorAt("method",
                         "method LOGIT needs both bounds; add lower_bound and upper_bound");
  }
  if (weighting.variance() == v1::Weighting::VARIANCE_RAKE &&
      weighting.method() != v1::Weighting::RAKE) {
    return place.ErrorAt("variance",
                         "variance VARIANCE_RAKE goes with method RAKE alone; remove it or write "
                         "method: RAKE");
  }
  return absl::OkStatus();
}

absl::Status ValidateTrimming(const v1::WaveDefinition& definition, const Place& place) {
  const v1::Weighting& weighting = definition.weighting();
  const bool lower = weighting.has_trim_lower();
  const bool upper = weighting.has_trim_upper();
  if (!weighting.trim_once() && !weighting.trim_strict()) {
    if (!lower && !upper) return absl::OkStatus();
    return place.ErrorAt(lower ? "trim_lower" : "trim_upper",
                         "bounds of trimming go with trim_once or trim_strict; add one of them, or "
                         "remove the bound");
  }
  const char* const trim = weighting.trim_once() ? "trim_once" : "trim_strict";
  if (weighting.trim_once() && weighting.trim_strict()) {
    return place.ErrorAt(trim, "trim_once and trim_strict are two rules; remove one");
  }
  if (weighting.method() == v1::Weighting::NONE) {
    return place.ErrorAt(trim, "trimming does not go with method NONE; remove it");
  }
  if (!lower && !upper) {
    if (weighting.method() == v1::Weighting::RAKE && weighting.has_upper_bound()) {
      return absl::OkStatus();
    }
    return place.ErrorAt(trim, fmt::format("{} needs the bounds of weights, trim_lower and "
                                           "trim_upper, or with method RAKE an upper_bound of g; "
                                           "add one or remove {}",
                                           trim, trim));
  }
  if (definition.design().base_weights() == v1::BASE_WEIGHTS_PER_UNIT) {
    return place.ErrorAt(lower ? "trim_lower" : "trim_upper",
                         "weights of one cell differ with BASE_WEIGHTS_PER_UNIT, and cells alone "
                         "are counted; write lower_bound and upper_bound, which are of g");
  }
  if (lower && !(weighting.trim_lower() >= 0 && std::isfinite(weighting.trim_lower()))) {
    return place.ErrorAt("trim_lower", fmt::format("trim_lower {} is no weight; write one, 0 or "
                                                   "more",
                                                   weighting.trim_lower()));
  }
  if (upper && !(weighting.trim_upper() > 0 && std::isfinite(weighting.trim_upper()))) {
    return place.ErrorAt("trim_upper", fmt::format("trim_upper {} is no weight above 0; write one",
                                                   weighting.trim_upper()));
  }
  if (lower && upper && !(weighting.trim_lower() < weighting.trim_upper())) {
    return place.ErrorAt("trim_lower", fmt::format("trim_lower {} is not below trim_upper {}; "
                                                   "exchange them",
                                                   weighting.trim_lower(), weighting.trim_upper()));
  }
  return absl::OkStatus();
}

absl::Status ValidateFallback(const v1::Weighting& weighting, const Place& place) {
  if (!v1::Weighting::Fallback_IsValid(weighting.fallback())) {
    return place.ErrorAt("fallback", "the fallback is unknown; write RIDGE or remove it");
  }
  if (weighting.fallback() != v1::Weighting::RIDGE) {
    if (weighting.ridge() == 0) return absl::OkStatus();
    return place.ErrorAt("ridge", "ridge goes with fallback RIDGE; add it or remove ridge");
  }
  if (weighting.method() == v1::Weighting::POSTSTRATIFY ||
      weighting.method() == v1::Weighting::NONE) {
    return place.ErrorAt("fallback",
                         fmt::format("fallback RIDGE does not go with method {}; remove it",
                                     v1::Weighting::Method_Name(weighting.method())));
  }
  if (!(weighting.ridge() >= 0 && weighting.ridge() <= 1)) {
    return place.ErrorAt("ridge", fmt::format("ridge {} is not in 0 to 1; write one such as 0.01",
                                              weighting.ridge()));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status ValidateCalibration(const DefinitionSource& source) {
  const v1::Weighting& weighting = source.definition.weighting();
  const Place place = source.Root().In("weighting");
  PP_RETURN_IF_ERROR(ValidateBounds(weighting, place));
  PP_RETURN_IF_ERROR(ValidateTrimming(source.definition, place));
  return ValidateFallback(weighting, place);
}

}  // namespace panelpuls::wave
