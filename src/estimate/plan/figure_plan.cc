#include "estimate/plan/figure_plan.h"

#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <utility>

#include "estimate/plan/domain_parts.h"

namespace panelpuls::estimate {
namespace {

// A figure before it has a domain.
struct Named {
  std::string statistic;
  std::string of;
  FigurePlan plan;
};

class Planner {
 public:
  explicit Planner(const wave::Wave& wave) : wave_(wave) {}

  Plan Make() {
    for (const wave::Tabulation& tabulation : wave_.tabulations) AddTabulation(tabulation);
    return std::move(plan_);
  }

 private:
  void AddTabulation(const wave::Tabulation& tabulation) {
    if (tabulation.question == wave::kNone && !wave_.indicator) return;
    std::vector<std::uint32_t> wholes;  // of the figures that are compared, in their order
    if (tabulation.extras.against_others && tabulation.domain.kind != wave::Domain::kAll) {
      for (Named& whole : FiguresOf(tabulation, WholeOf(wave_, tabulation))) {
        if (!IsCompared(whole.plan)) continue;
        wholes.push_back(static_cast<std::uint32_t>(plan_.wholes.size()));
        plan_.wholes.push_back(std::move(whole.plan));
      }
    }
    for (DomainPart& part : PartsOf(wave_, tabulation)) {
      FindSource(tabulation, &part);
      std::size_t compared = 0;
      for (Named& figure : FiguresOf(tabulation, part)) {
        const bool is_compared = !wholes.empty() && IsCompared(figure.plan);
        const std::optional<std::uint32_t> number = Add(part.name, std::move(figure));
        if (is_compared && number) {
          plan_.against_others.push_back({.figure = *number, .whole = wholes[compared]});
        }
        compared += is_compared ? 1 : 0;
      }
    }
  }

  static bool IsCompared(const FigurePlan& plan) {
    return plan.kind == FigureKind::kMean || plan.kind == FigureKind::kShare;
  }

  // None: the figure is there already.
  std::optional<std::uint32_t> Add(const std::string& domain, Named figure) {
    if (!known_.emplace(figure.statistic, figure.of, domain).second) return std::nullopt;
    plan_.keys.push_back({.statistic = std::move(figure.statistic),
                          .of = std::move(figure.of),
                          .domain = domain,
                          .against = ""});
    plan_.figures.push_back(std::move(figure.plan));
    return static_cast<std::uint32_t>(plan_.figures.size()) - 1;
  }

  // The part's source: all cells, or those of its categories.
  void FindSource(const wave::Tabulation& tabulation, DomainPart* part) {
    if (part->within.empty()) return;
    std::vector<int> dimensions;
    std::uint32_t place = 0;
    std::uint32_t places = 1;
    for (const InCategory& in : part->within) {
      const auto size = static_cast<std::uint32_t>(
          wave_.dimensions[static_cast<std::size_t>(in.dimension)].categories.size());
      dimensions.push_back(in.dimension);
      place = place * size + static_cast<std::uint32_t>(in.category);
      places *= size;
    }
    for (const Split& split : plan_.splits) {
      if (split.dimensions != dimensions || split.table != tabulation.table ||
          split.column != part->first_column) {
        continue;
      }
      part->source = split.first_source + place;
      return;
    }
    plan_.splits.push_back({.dimensions = std::move(dimensions),
                            .table = tabulation.table,
                            .column = part->first_column,
                            .first_source = plan_.sources});
    part->source = plan_.sources + place;
    plan_.sources += places;
  }

  // In their order: mean or shares, totals, the ratio.
  std::vector<Named> FiguresOf(const wave::Tabulation& tabulation, const DomainPart& part) const {
    const wave::Table& table = wave_.tables[static_cast<std::size_t>(tabulation.table)];
    std::vector<Named> figures;
    if (tabulation.question != wave::kNone) {
      if (table.multiple) {
        AddMultipleShares(table, part, &figures);
      } else {
        AddOptionShares(table, part, &figures);
      }
    } else {
      figures.push_back({.statistic = "mean", .of = "indicator", .plan = Mean(table, part)});
      if (tabulation.domain.kind == wave::Domain::kAll || tabulation.extras.group_shares) {
        AddGroupShares(table, part, &figures);
      }
    }
    if (tabulation.extras.totals) AddTotals(&figures);
    const bool is_by_direction = Contains(tabulation.domain, wave::VariableKind::kDirection);
    if (tabulation.extras.ratio && !is_by_direction) {
      figures.push_back({.statistic = "ratio", .of = "indicator", .plan = Ratio(table, part)});
    }
    return figures;
  }

  static FigurePlan NewFigure(const wave::Table& table, const DomainPart& part, FigureKind kind) {
    FigurePlan figure;
    figure.source = part.source;
    figure.kind = kind;
    figure.is_domain = !part.name.empty();
    figure.is_by_variable = part.is_by_variable;
    figure.within = part.within;
    figure.first_entry = BeginOf(table, part);
    return figure;
  }

  // Where entries are counted from: a split's from its first row.
  static std::uint32_t BeginOf(const wave::Table& table, const DomainPart& part) {
    return part.source == 0 ? 0 : table.EntryOf(0, part.first_column);
  }

  // Entries of a row inside the domain.
  template <typename Visit>
  static void ForEntries(const wave::Table& table, const DomainPart& part, std::uint32_t row,
                         Visit visit) {
    const std::uint32_t begin = BeginOf(table, part);
    for (std::uint32_t column = 0; column < part.columns; ++column) {
      visit(table.EntryOf(row, part.first_column + column) - begin);
    }
  }
  static void AddBaseRow(const wave::Table& table, const DomainPart& part, std::uint32_t row,
                         FigurePlan* figure) {
    ForEntries(table, part, row, [figure](std::uint32_t entry) { figure->base.push_back(entry); });
  }
  static void AddRow(const wave::Table& table, const DomainPart& part, std::uint32_t row,
                     const Term& of, FigurePlan* figure) {
    ForEntries(table, part, row, [figure, &of](std::uint32_t entry) {
      figure->numerator.push_back({.entry = entry, .y = of.y, .x = of.x});
    });
  }

  FigurePlan Mean(const wave::Table& table, const DomainPart& part) const {
    const auto& groups = wave_.indicator->groups;
    FigurePlan figure = NewFigure(table, part, FigureKind::kMean);
    for (std::uint32_t group = 0; group < groups.size(); ++group) {
      AddRow(table, part, group, {.y = groups[group].score}, &figure);
      AddBaseRow(table, part, group, &figure);
    }
    return figure;
  }

  FigurePlan Ratio(const wave::Table& table, const DomainPart& part) const {
    FigurePlan figure = NewFigure(table, part, FigureKind::kRatio);
    for (std::uint32_t group = 0; group < wave_.indicator->groups.size(); ++group) {
      AddBaseRow(table, part, group, &figure);
      const int direction = wave_.indicator->direction_of[group];
      if (direction == wave::kIncrease) AddRow(table, part, group, {.y = 1, .x = 0}, &figure);
      if (direction == wave::kDecline) AddRow(table, part, group, {.y = 0, .x = 1}, &figure);
    }
    return figure;
  }

  void AddGroupShares(const wave::Table& table, const DomainPart& part,
                      std::vector<Named>* figures) const {
    const auto& groups = wave_.indicator->groups;
    for (std::uint32_t group = 0; group < groups.size(); ++group) {
      FigurePlan figure = NewFigure(table, part, FigureKind::kShare);
      AddRow(table, part, group, {}, &figure);
      for (std::uint32_t row = 0; row < groups.size(); ++row) {
        AddBaseRow(table, part, row, &figure);
      }
      figures->push_back(
          {.statistic = "share", .of = "indicator/" + groups[group].id, .plan = std::move(figure)});
    }
  }

  static void AddShare(const wave::Question& question, const std::string& code, FigurePlan figure,
                       std::vector<Named>* figures) {
    figures->push_back(
        {.statistic = "share", .of = question.id + "/" + code, .plan = std::move(figure)});
  }

  void AddOptionShares(const wave::Table& table, const DomainPart& part,
                       std::vector<Named>* figures) const {
    const wave::Question& question = QuestionOf(table);
    FigurePlan answered = NewFigure(table, part, FigureKind::kShare);
    for (std::uint32_t row = 0; row < question.class_option.size(); ++row) {
      AddBaseRow(table, part, row, &answered);
    }
    for (std::uint32_t row = 0; row < question.class_option.size(); ++row) {
      FigurePlan figure = answered;
      AddRow(table, part, row, {}, &figure);
      AddShare(question, OptionCode(question, row), std::move(figure), figures);
    }
    for (const wave::OptionSet& set : question.sets) {
      FigurePlan figure = answered;
      for (const int option : set.options) {
        const int row = question.option_class[static_cast<std::size_t>(option)];
        AddRow(table, part, static_cast<std::uint32_t>(row), {}, &figure);
      }
      AddShare(question, set.id, std::move(figure), figures);
    }
  }

  // The last row counts who answered. A set of a multiple choice has no row, so no figure: who
  // chose two of its options would count twice.
  void AddMultipleShares(const wave::Table& table, const DomainPart& part,
                         std::vector<Named>* figures) const {
    const wave::Question& question = QuestionOf(table);
    for (std::uint32_t row = 0; row + 1 < table.rows; ++row) {
      FigurePlan figure = NewFigure(table, part, FigureKind::kShare);
      AddBaseRow(table, part, table.rows - 1, &figure);
      AddRow(table, part, row, {}, &figure);
      AddShare(question, OptionCode(question, row), std::move(figure), figures);
    }
  }

  static void AddTotals(std::vector<Named>* figures) {
    const std::size_t count = figures->size();
    for (std::size_t i = 0; i < count; ++i) {
      if (!(*figures)[i].plan.is_share()) continue;
      Named total = (*figures)[i];
      total.statistic = "total";
      total.plan.kind = FigureKind::kTotal;
      for (Term& term : total.plan.numerator) term.x = 0;
      figures->push_back(std::move(total));
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
  std::set<std::tuple<std::string, std::string, std::string>> known_;
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

double ValueOf(const FigurePlan& plan, std::span<const double> sums) {
  if (plan.kind == FigureKind::kMean || plan.kind == FigureKind::kShare) {
    return RatioOf(sums, plan.numerator, plan.base);
  }
  double above = 0;
  double below = 0;
  for (const Term& term : plan.numerator) {
    above += term.y * sums[term.entry];
    below += term.x * sums[term.entry];
  }
  if (plan.kind == FigureKind::kTotal) return above;
  return below > 0 ? above / below : 0;
}

}  // namespace panelpuls::estimate
