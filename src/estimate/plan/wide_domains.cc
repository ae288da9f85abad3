#include "estimate/plan/wide_domains.h"

#include <algorithm>

#include "estimate/plan/domain_parts.h"

namespace panelpuls::estimate {
bool HasTooManyCategories(const wave::Wave& wave, const wave::Domain& domain) {
  return domain.kind != wave::Domain::kAll && CategoriesOf(wave, domain) > kMostCategories;
}

std::vector<WideDomain> WideDomains(const wave::Wave& wave) {
  std::vector<WideDomain> wide;
  for (const wave::Tabulation& tabulation : wave.tabulations) {
    const wave::Domain& domain = tabulation.domain;
    if (tabulation.question != wave::kNone || !HasTooManyCategories(wave, domain)) continue;
    const bool is_known = std::any_of(wide.begin(), wide.end(), [&domain](const WideDomain& other) {
      return other.name == domain.name;
    });
    if (!is_known) wide.push_back({.name = domain.name, .categories = CategoriesOf(wave, domain)});
  }
  return wide;
}

}  // namespace panelpuls::estimate
