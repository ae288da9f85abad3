#include "estimate/variance/strata.h"

#include <numeric>

namespace panelpuls::estimate {
namespace {

// The category with respondents that takes in another's only respondent; kNone: nothing names one.
int TargetOf(const wave::Dimension& dimension, const std::vector<std::uint64_t>& n, int category) {
  const auto count = static_cast<int>(n.size());
  int target = category;
  for (int steps = 0; steps < count; ++steps) {
    target = dimension.categories[static_cast<std::size_t>(target)].collapse_into;
    if (target == wave::kNone || target == category) break;
    if (n[static_cast<std::size_t>(target)] > 0) return target;
  }
  if (!dimension.ordered) return wave::kNone;
  for (int distance = 1; distance < count; ++distance) {
    for (const int near : {category - distance, category + distance}) {
      if (near >= 0 && near < count && n[static_cast<std::size_t>(near)] > 0) return near;
    }
  }
  return wave::kNone;
}

std::uint32_t RootOf(const std::vector<std::uint32_t>& parent, std::uint32_t category) {
  while (parent[category] != category) category = parent[category];
  return category;
}

}  // namespace

void FindStrata(const wave::Wave& wave, const CellMap& map, const CellList& list, Strata* strata) {
  strata->of.assign(list.size(), 0);
  strata->single.clear();
  strata->n.assign(1, static_cast<double>(list.respondents));
  if (wave.stratum_dimension == wave::kNone) {
    if (list.respondents == 1) strata->single.push_back({.kind = FlagKind::kNotEstimable});
    return;
  }
  const auto number = static_cast<std::size_t>(wave.stratum_dimension);
  const wave::Dimension& dimension = wave.dimensions[number];
  std::vector<std::uint64_t> declared(dimension.categories.size());
  for (std::size_t i = 0; i < list.size(); ++i) {
    declared[map.CategoryOf(number, list.cells[i])] += list.n[i];
  }
  std::vector<std::uint32_t> parent(declared.size());
  std::iota(parent.begin(), parent.end(), 0u);
  std::vector<std::uint64_t> joined = declared;
  for (std::uint32_t category = 0; category < declared.size(); ++category) {
    const std::uint32_t root = RootOf(parent, category);
    if (declared[category] != 1 || joined[root] != 1) continue;
    const int target = TargetOf(dimension, declared, static_cast<int>(category));
    if (target == wave::kNone) {
      strata->single.push_back({.kind = FlagKind::kNotEstimable,
                                .dimension = static_cast<std::int16_t>(number),
                                .category = static_cast<std::int32_t>(category)});
      continue;
    }
    const std::uint32_t into = RootOf(parent, static_cast<std::uint32_t>(target));
    parent[root] = into;
    joined[into] += joined[root];
  }
  std::vector<std::uint32_t> place(declared.size());
  strata->n.clear();
  for (std::uint32_t category = 0; category < declared.size(); ++category) {
    if (parent[category] != category || joined[category] == 0) continue;
    place[category] = static_cast<std::uint32_t>(strata->size());
    strata->n.push_back(static_cast<double>(joined[category]));
  }
  for (std::size_t i = 0; i < list.size(); ++i) {
    strata->of[i] = place[RootOf(parent, map.CategoryOf(number, list.cells[i]))];
  }
  // A stratum named as alone may have taken in another since.
  std::erase_if(strata->single, [&](const Flag& flag) {
    return joined[RootOf(parent, static_cast<std::uint32_t>(flag.category))] != 1;
  });
}

}  // namespace panelpuls::estimate
