// The categories of a tabulated domain, and where in the cube the respondents of each are counted.
// Threads  plain data and pure functions.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "estimate/plan/figure_plan.h"
#include "wave/wave.h"

namespace panelpuls::estimate {

struct DomainPart {
  std::string name;          // "size=micro", "industry=trade&size=micro"; empty: all
  std::uint32_t source = 0;  // FigurePlan::source
  std::uint32_t first_column = 0;
  std::uint32_t columns = 1;
  bool is_by_variable = false;     // in one column, that of a class
  std::vector<InCategory> within;  // in the order of the domain's parts
};

// In the definition's order, of a crossed domain the last part fastest; all: one part. Sources are
// not found yet. Who has no code in the domain stands in none.
std::vector<DomainPart> PartsOf(const wave::Wave& wave, const wave::Tabulation& tabulation);
// All of them together, as one.
DomainPart WholeOf(const wave::Wave& wave, const wave::Tabulation& tabulation);

// How many parts a domain has.
std::size_t CategoriesOf(const wave::Wave& wave, const wave::Domain& domain);
bool Contains(const wave::Domain& domain, wave::VariableKind kind);

}  // namespace panelpuls::estimate
