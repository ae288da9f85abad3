#include "estimate/numeric/holm.h"

#include <algorithm>
#include <utility>

namespace panelpuls::estimate {

std::vector<double> HolmAdjusted(std::span<const double> p) {
  std::vector<std::pair<double, std::size_t>> order;
  for (std::size_t i = 0; i < p.size(); ++i) order.emplace_back(p[i], i);
  std::sort(order.begin(), order.end());
  std::vector<double> adjusted(p.size());
  double largest = 0;
  for (std::size_t place = 0; place < order.size(); ++place) {
    const auto left = static_cast<double>(p.size() - place);
    largest = std::max(largest, std::min(1.0, left * order[place].first));
    adjusted[order[place].second] = largest;
  }
  return adjusted;
}

}  // namespace panelpuls::estimate
