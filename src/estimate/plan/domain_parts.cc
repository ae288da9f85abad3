#include "estimate/plan/domain_parts.h"

#include <algorithm>
#include <optional>

namespace panelpuls::estimate {
namespace {

// Code of a class; none for the missing one.
std::optional<std::string> CodeOf(const wave::Wave& wave, const wave::Variable& variable,
                                  std::uint32_t number) {
  switch (variable.kind) {
    case wave::VariableKind::kChannel:
      return wave.channels[number].code;
    case wave::VariableKind::kDirection:
      if (number == wave::kIncrease) return "increase";
      if (number == wave::kUnchanged) return "unchanged";
      if (number == wave::kDecline) return "decline";
      break;
    case wave::VariableKind::kQuestion: {
      const auto& question = wave.questions[static_cast<std::size_t>(variable.question)];
      if (number >= question.class_option.size()) break;
      return question.options[static_cast<std::size_t>(question.class_option[number])].code;
    }
    case wave::VariableKind::kNone:
    case wave::VariableKind::kIndicator:
      break;
  }
  return std::nullopt;
}

// The last class is 'missing', but for channels.
std::uint32_t KnownClasses(const wave::Variable& variable) {
  return variable.kind == wave::VariableKind::kChannel ? variable.classes : variable.classes - 1;
}

// Each part so far with each category of one domain more.
std::vector<DomainPart> Crossed(const wave::Wave& wave, const std::vector<DomainPart>& parts,
                                const wave::Domain& domain) {
  std::vector<DomainPart> crossed;
  const auto add = [&](const DomainPart& part, const std::string& code) -> DomainPart& {
    DomainPart& made = crossed.emplace_back(part);
    if (!made.name.empty()) made.name += '&';
    made.name += domain.name + "=" + code;
    return made;
  };
  for (const DomainPart& part : parts) {
    if (domain.kind == wave::Domain::kDimension) {
      const auto& categories =
          wave.dimensions[static_cast<std::size_t>(domain.dimension)].categories;
      for (std::size_t category = 0; category < categories.size(); ++category) {
        add(part, categories[category].code)
            .within.push_back(
                {.dimension = domain.dimension, .category = static_cast<std::int32_t>(category)});
      }
      continue;
    }
    for (std::uint32_t column = 0; column < KnownClasses(domain.variable); ++column) {
      DomainPart& made = add(part, *CodeOf(wave, domain.variable, column));
      made.first_column = column;
      made.columns = 1;
      made.is_by_variable = true;
    }
  }
  return crossed;
}

}  // namespace

std::vector<DomainPart> PartsOf(const wave::Wave& wave, const wave::Tabulation& tabulation) {
  const wave::Table& table = wave.tables[static_cast<std::size_t>(tabulation.table)];
  std::vector<DomainPart> parts = {{.name = "", .columns = table.columns, .within = {}}};
  switch (tabulation.domain.kind) {
    case wave::Domain::kAll:
      break;
    case wave::Domain::kDimension:
    case wave::Domain::kVariable:
      return Crossed(wave, parts, tabulation.domain);
    case wave::Domain::kCrossed:
      for (const wave::Domain& domain : tabulation.domain.parts) {
        parts = Crossed(wave, parts, domain);
      }
      break;
  }
  return parts;
}

DomainPart WholeOf(const wave::Wave& wave, const wave::Tabulation& tabulation) {
  const wave::Table& table = wave.tables[static_cast<std::size_t>(tabulation.table)];
  DomainPart whole{.name = "", .columns = table.columns, .within = {}};
  if (table.column.kind != wave::VariableKind::kNone) whole.columns = KnownClasses(table.column);
  return whole;
}

std::size_t CategoriesOf(const wave::Wave& wave, const wave::Domain& domain) {
  switch (domain.kind) {
    case wave::Domain::kAll:
      break;
    case wave::Domain::kDimension:
      return wave.dimensions[static_cast<std::size_t>(domain.dimension)].categories.size();
    case wave::Domain::kVariable:
      return KnownClasses(domain.variable);
    case wave::Domain::kCrossed: {
      std::size_t product = 1;
      for (const wave::Domain& part : domain.parts) product *= CategoriesOf(wave, part);
      return product;
    }
  }
  return 1;
}

bool Contains(const wave::Domain& domain, wave::VariableKind kind) {
  return domain.variable.kind == kind ||
         std::any_of(domain.parts.begin(), domain.parts.end(),
                     [kind](const wave::Domain& part) { return Contains(part, kind); });
}

}  // namespace panelpuls::estimate
