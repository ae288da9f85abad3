// Clopper & Pearson's limits of a share: quantiles of the beta distribution, both at once.
// Formula  low = quantile of `tail` of Beta(successes, failures + 1); high = quantile of 1 - `tail`
//          of Beta(successes + 1, failures); 0 and 1 where nobody succeeded or failed.
// Error    below 1e-12 of the limit.
// Threads  any; pure.
#pragma once

namespace panelpuls::estimate {

struct ShareLimits {
  double low = 0;
  double high = 0;
};
// The counts may be no whole numbers, and 0 but not both. Other arguments than 0 < tail < 1 and
// these give NaN.
ShareLimits ShareQuantiles(double tail, double successes, double failures);

}  // namespace panelpuls::estimate
