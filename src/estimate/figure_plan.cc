#include "estimate/figure_plan.h"

#include <algorithm>
#include <optional>

namespace panelpuls::estimate {
namespace {

// A domain of a tabulation: where its sums are found.
struct DomainPart {
  std::string name;  // empty: all
  std::uint32_t source = 0;
  std::uint32_t first_column = 0;
  std::uint32_t columns = 1;
  int dimension = wave::kNone;
  std::int32_t category = wave::kNone;
};

class Planner {
 public:
  explicit Planner(const wave::Wave& wave) : wave_(wave) {}

  Plan Make() {
    if (wave_.indicator) {
      const DomainPart all{.name = "", .columns = wave_.tables.front().columns};
      AddIndicatorMean(wave_.tables.front(), all);
      for (std::size_t group = 0; group < wave_.indicator->groups.size(); ++group) {
        AddGroupShare(wave_.tables.front(), all, group);
      }
    }
    for (const wave::Tabulation& tabulation : wave_.tabulations) AddTabulation(tabulation);
    return std::move(plan_);
  }

 private:
  void AddTabulation(const wave::Tabulation& tabulation) {
    if (tabulation.question == wave::kNone && !wave_.indicator) return;
    const wave::Table& table = wave_.tables[static_cast<std::size_t>(tabulation.table)];
    for (const DomainPart& domain : PartsOf(tabulation, table)) {
      if (tabulation.question == wave::kNone) {
        AddIndicatorMean(table, domain);
      } else if (table.multiple) {
        AddMultipleShares(table, domain);
      } else {
        AddOptionShares(table, domain);
      }
    }
  }

  std::vector<DomainPart> PartsOf(const wave::Tabulation& tabulation, const wave::Table& table) {
    const wave::Domain& domain = tabulation.domain;
    std::vector<DomainPart> parts;
    switch (domain.kind) {
      case wave::Domain::kAll:
        parts.push_back({.name = "", .columns = table.columns});
        break;
      case wave::Domain::kDimension: {
        const std::uint32_t first = SplitOf(domain.dimension, tabulation.table);
        const auto& categories =
            wave_.dimensions[static_cast<std::size_t>(domain.dimension)].categories;
        for (std::uint32_t category = 0; category < categories.size(); ++category) {
          parts.push_back({.name = domain.name + "=" + categories[category].code,
                           .source = first + category,
                           .columns = table.columns,
                           .dimension = domain.dimension,
                           .category = static_cast<std::int32_t>(category)});
        }
        break;
      }
      case wave::Domain::kVariable:
        for (std::uint32_t column = 0; column < table.columns; ++column) {
          const std::optional<std::string> code = CodeOf(domain.variable, column);
          if (code) parts.push_back({.name = domain.name + "=" + *code, .first_column = column});
        }
        break;
    }
    return parts;
  }

  // Code of a class; none for the missing one.
  std::optional<std::string> CodeOf(const wave::Variable& variable, std::uint32_t number) const {
    switch (variable.kind) {
      case wave::VariableKind::kChannel:
        return wave_.channels[number].code;
      case wave::VariableKind::kDirection:
        if (number == wave::kIncrease) return "increase";
        if (number == wave::kUnchanged) return "unchanged";
        if (number == wave::kDecline) return "decline";
        break;
      case wave::VariableKind::kQuestion: {
        const auto& question = wave_.questions[static_cast<std::size_t>(variable.question)];
        if (number >= question.class_option.size()) break;
        return question.options[static_cast<std::size_t>(question.class_option[number])].code;
      }
      case wave::VariableKind::kNone:
      case wave::VariableKind::kIndicator:
        break;
    }
    return std::nullopt;
  }

  std::uint32_t SplitOf(int dimension, int table) {
    for (const Split& split : plan_.splits) {
      if (split.dimension == dimension && split.table == table) return split.first_source;
    }
    const std::uint32_t first = plan_.sources;
    plan_.splits.push_back({.dimension = dimension, .table = table, .first_source = first});
    plan_.sources += static_cast<std::uint32_t>(
        wave_.dimensions[static_cast<std::size_t>(dimension)].categories.size());
    return first;
  }

  static FigurePlan NewFigure(const wave::Table& table, const DomainPart& domain, bool is_share) {
    FigurePlan figure;
    figure.source = domain.source;
    figure.is_share = is_share;
    figure.is_domain = !domain.name.empty();
    figure.dimension = domain.dimension;
    figure.category = domain.category;
    figure.first_entry = domain.source == 0 ? 0 : table.offset;
    return figure;
  }

  // Entries of a row inside the domain. A split's entries count from its table's begin.
  template <typename Visit>
  static void ForEntries(const wave::Table& table, const DomainPart& domain, std::uint32_t row,
                         Visit visit) {
    const std::uint32_t begin = domain.source == 0 ? 0 : table.offset;
    for (std::uint32_t column = 0; column < domain.columns; ++column) {
      visit(table.EntryOf(row, domain.first_column + column) - begin);
    }
  }
  static void AddBaseRow(const wave::Table& table, const DomainPart& domain, std::uint32_t row,
                         FigurePlan* figure) {
    ForEntries(table, domain, row,
               [figure](std::uint32_t entry) { figure->base.push_back(entry); });
  }
  static void AddNumeratorRow(const wave::Table& table, const DomainPart& domain, std::uint32_t row,
                              double y, FigurePlan* figure) {
    ForEntries(table, domain, row, [figure, y](std::uint32_t entry) {
      figure->numerator.push_back({.entry = entry, .y = y});
    });
  }

  void Add(FigureKey key, FigurePlan figure) {
    const auto is_same = [&key](const FigureKey& other) {
      return other.statistic == key.statistic && other.of == key.of && other.domain == key.domain;
    };
    if (std::any_of(plan_.keys.begin(), plan_.keys.end(), is_same)) return;
    plan_.keys.push_back(std::move(key));
    plan_.figures.push_back(std::move(figure));
  }

  void AddIndicatorMean(const wave::Table& table, const DomainPart& domain) {
    const auto& groups = wave_.indicator->groups;
    FigurePlan figure = NewFigure(table, domain, false);
    for (std::uint32_t group = 0; group < groups.size(); ++group) {
      AddNumeratorRow(table, domain, group, groups[group].score, &figure);
      AddBaseRow(table, domain, group, &figure);
    }
    Add({.statistic = "mean", .of = "indicator", .domain = domain.name, .against = ""},
        std::move(figure));
  }

  void AddGroupShare(const wave::Table& table, const DomainPart& domain, std::size_t group) {
    const auto& groups = wave_.indicator->groups;
    FigurePlan figure = NewFigure(table, domain, true);
    AddNumeratorRow(table, domain, static_cast<std::uint32_t>(group), 1, &figure);
    for (std::uint32_t row = 0; row < groups.size(); ++row) {
      AddBaseRow(table, domain, row, &figure);
    }
    Add({.statistic = "share",
         .of = "indicator/" + groups[group].id,
         .domain = domain.name,
         .against = ""},
        std::move(figure));
  }

  void AddShare(const wave::Question& question, const std::string& code, const DomainPart& domain,
                FigurePlan figure) {
    Add({.statistic = "share",
         .of = question.id + "/" + code,
         .domain = domain.name,
         .against = ""},
        std::move(figure));
  }

  void AddOptionShares(const wave::Table& table, const DomainPart& domain) {
    const wave::Question& question = QuestionOf(table);
    FigurePlan answered = NewFigure(table, domain, true);
    for (std::uint32_t row = 0; row < question.class_option.size(); ++row) {
      AddBaseRow(table, domain, row, &answered);
    }
    for (std::uint32_t row = 0; row < question.class_option.size(); ++row) {
      FigurePlan figure = answered;
      AddNumeratorRow(table, domain, row, 1, &figure);
      AddShare(question, OptionCode(question, row), domain, std::move(figure));
    }
    for (const wave::OptionSet& set : question.sets) {
      FigurePlan figure = answered;
      for (const int option : set.options) {
        const int row = question.option_class[static_cast<std::size_t>(option)];
        AddNumeratorRow(table, domain, static_cast<std::uint32_t>(row), 1, &figure);
      }
      AddShare(question, set.id, domain, std::move(figure));
    }
  }

  // The last row counts who answered. A set of a multiple choice has no row, so no figure: who
  // chose two of its options would count twice.
  void AddMultipleShares(const wave::Table& table, const DomainPart& domain) {
    const wave::Question& question = QuestionOf(table);
    for (std::uint32_t row = 0; row + 1 < table.rows; ++row) {
      FigurePlan figure = NewFigure(table, domain, true);
      AddBaseRow(table, domain, table.rows - 1, &figure);
      AddNumeratorRow(table, domain, row, 1, &figure);
      AddShare(question, OptionCode(question, row), domain, std::move(figure));
    }
  }

  const wave::Question& QuestionOf(const wave::Table& table) const {
    return wave_.questions[static_cast<std::size_t>(table.row.question)];
  }
  static const std::string& OptionCode(const wave::Question& question, std::uint32_t row) {
    return question.options[static_cast<std::size_t>(question.class_option[row])].code;
  }

  const wave::Wave& wave_;
  Plan plan_;
};

}  // namespace

Plan MakePlan(const wave::Wave& wave) { return Planner(wave).Make(); }

double RatioOf(std::span<const double> sums, std::span<const Term> numerator,
               std::span<const std::uint32_t> base) {
  double above = 0;
  for (const Term& term : numerator) above += term.y * sums[term.entry];
  double below = 0;
  for (const std::uint32_t entry : base) below += sums[entry];
  return below > 0 ? above / below : 0;
}

}  // namespace panelpuls::estimate
