// When a column of a symmetric positive matrix depends on those before it, judged by its pivot: the
// part of its diagonal that they leave.
// Threads  plain data.
#pragma once

namespace panelpuls::estimate {

// Where no cell counts for less than kLeastCell of the whole, what is left of a column is either 0,
// of which rounding makes less than kRoundingPivot, or far more.
inline constexpr double kRoundingPivot = 1e-12;
inline constexpr double kLeastCell = 1e-7;

}  // namespace panelpuls::estimate
