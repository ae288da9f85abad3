// When figures are not reportable: METHOD M5.
// Threads  plain data.
#pragma once

namespace panelpuls::estimate {

// Part of the population in collapsed or empty categories above which no figure is.
inline constexpr double kMostCollapsed = 0.10;

}  // namespace panelpuls::estimate
