#include "estimate/wide_domains.h"

#include <algorithm>

namespace panelpuls::estimate {
namespace {

std::size_t CategoriesOf(const wave::Wave& wave, const wave::Domain& domain) {
  if (domain.kind == wave::Domain::kDimension) {
    return wave.dimensions[static_cast<std::size_t>(domain.dimension)].categories.size();
  }
  const wave::Variable& variable = domain.variable;
  // The last class is 'missing', but for channels.
  return variable.kind == wave::VariableKind::kChannel ? variable.classes : variable.classes - 1;
}

}  // namespace

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
