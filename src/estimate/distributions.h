// Quantiles and tails of Student's t and the beta distribution. An argument they are not defined
// for gives NaN. Threads  any; pure.
#pragma once

namespace panelpuls::estimate {

// The t that is exceeded with the probability `upper_tail`. df > 0, also not whole.
double StudentQuantile(double upper_tail, double df);
// Two-sided p of the statistic t.
double StudentTwoSided(double t, double df);

struct BetaShape {
  double a = 1;
  double b = 1;
};
double BetaQuantile(double probability, const BetaShape& shape);
// The x that is exceeded with the probability `upper_tail`.
double BetaUpperQuantile(double upper_tail, const BetaShape& shape);

// W_-1 of Lambert's function, -1/e <= x < 0.
double LambertLower(double x);

}  // namespace panelpuls::estimate
