#include "estimate/numeric/interval.h"

#include <algorithm>
#include <cmath>

#include "estimate/numeric/distributions.h"
#include "estimate/numeric/share_quantiles.h"

namespace panelpuls::estimate {
namespace {

std::optional<Limits> Checked(const Limits& limits) {
  if (!(std::isfinite(limits.low) && std::isfinite(limits.high))) return std::nullopt;
  return limits;
}

}  // namespace

std::optional<Limits> MeanInterval(const IntervalInputs& inputs) {
  if (!inputs.se_interval || !(inputs.degrees_of_freedom >= 1)) return std::nullopt;
  const double half =
      StudentQuantile((1 - inputs.level) / 2, inputs.degrees_of_freedom) * *inputs.se_interval;
  return Checked({inputs.value - half, inputs.value + half});
}

std::optional<Limits> RatioInterval(const IntervalInputs& inputs) {
  if (!inputs.se_interval || !(inputs.degrees_of_freedom >= 1) || !(inputs.value > 0)) {
    return std::nullopt;
  }
  const double factor =
      std::exp(StudentQuantile((1 - inputs.level) / 2, inputs.degrees_of_freedom) *
               *inputs.se_interval / inputs.value);
  return Checked({inputs.value / factor, inputs.value * factor});
}

std::optional<Limits> ShareInterval(const IntervalInputs& inputs, const ShareMembers& members) {
  if (!(inputs.degrees_of_freedom >= 1)) return std::nullopt;
  const double tail = (1 - inputs.level) / 2;
  if (members.is_at_end) {
    const double n = std::min(members.n, members.n_effective);
    const double successes = inputs.value < 0.5 ? 0 : n;
    const auto [low, high] = ShareQuantiles(tail, successes, n - successes);
    return Checked({low, high});
  }
  if (!inputs.se_interval || !(members.n > 1)) return std::nullopt;
  const double p = inputs.value;
  const double t =
      StudentQuantile(tail, members.n - 1) / StudentQuantile(tail, inputs.degrees_of_freedom);
  const double n =
      std::min(members.n, p * (1 - p) / (*inputs.se_interval * *inputs.se_interval) * t * t);
  if (!(n > 0)) return std::nullopt;
  const auto [low, high] = ShareQuantiles(tail, n * p, n * (1 - p));
  return Checked({low, high});
}

}  // namespace panelpuls::estimate
