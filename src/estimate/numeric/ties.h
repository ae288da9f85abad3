// Ranks of shares, the largest first. Shares that no respondent could tell apart have one: those
// that differ by no more than kTie from the largest of their rank, so that no chain of small steps
// makes unequal shares equal (METHOD M3, Ranks).
// Threads  any; pure.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace panelpuls::estimate {

// Far above what rounding and the weights' tolerance (1e-12) leave between equal shares, far below
// what a respondent moves.
inline constexpr double kTie = 1e-9;

struct TiedRank {
  std::optional<std::uint32_t> rank;  // 1 is the largest
  std::optional<std::uint32_t> ties;  // how many others have it
};
// Parallel to the values; an absent one has neither.
std::vector<TiedRank> TiedRanks(std::span<const std::optional<double>> values);

}  // namespace panelpuls::estimate
