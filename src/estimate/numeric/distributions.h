// Quantiles and tails of Student's t. An argument they are not defined for gives NaN.
// Threads  any; pure.
#pragma once

namespace panelpuls::estimate {

// The t that is exceeded with the probability `upper_tail`. df > 0, also not whole. Of many degrees
// of freedom at one tail, which is what figures ask for, cheap.
double StudentQuantile(double upper_tail, double df);
// Two-sided p of the statistic t.
double StudentTwoSided(double t, double df);

// W_-1 of Lambert's function, -1/e <= x < 0.
double LambertLower(double x);

}  // namespace panelpuls::estimate
