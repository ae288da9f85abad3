#include "estimate/numeric/ties.h"

#include <algorithm>

namespace panelpuls::estimate {

std::vector<TiedRank> TiedRanks(std::span<const std::optional<double>> values) {
  std::vector<std::uint32_t> order;
  for (std::uint32_t i = 0; i < values.size(); ++i) {
    if (values[i]) order.push_back(i);
  }
  std::sort(order.begin(), order.end(), [&values](std::uint32_t a, std::uint32_t b) {
    return *values[a] != *values[b] ? *values[a] > *values[b] : a < b;
  });
  std::vector<TiedRank> ranks(values.size());
  for (std::size_t begin = 0; begin < order.size();) {
    std::size_t end = begin + 1;
    while (end < order.size() && *values[order[begin]] - *values[order[end]] <= kTie) ++end;
    for (std::size_t i = begin; i < end; ++i) {
      ranks[order[i]] = {.rank = static_cast<std::uint32_t>(begin + 1),
                         .ties = static_cast<std::uint32_t>(end - begin - 1)};
    }
    begin = end;
  }
  return ranks;
}

}  // namespace panelpuls::estimate
