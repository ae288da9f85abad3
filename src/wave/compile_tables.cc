// Which tables the cube holds, and where fields stand in a record.
#include <algorithm>
#include <utility>

#include "wave/compile.h"
#include "wave/record.h"

namespace panelpuls::wave {
namespace {

constexpr std::size_t kHeaderBytes = sizeof(ResponseHeader);

Variable QuestionVariable(const Wave& wave, int question) {
  return {VariableKind::kQuestion, question,
          wave.questions[static_cast<std::size_t>(question)].classes};
}

Variable IndicatorVariable(const Wave& wave) {
  return {VariableKind::kIndicator, kNone,
          static_cast<std::uint32_t>(wave.indicator->groups.size()) + 1};
}

// What a tabulation is of: a question, or the indicator; without one, n alone.
Variable Subject(const Wave& wave, int question) {
  if (question != kNone) return QuestionVariable(wave, question);
  return wave.indicator ? IndicatorVariable(wave) : Variable{};
}

Domain DomainOf(const Wave& wave, const std::string& name) {
  Domain domain;
  domain.name = name;
  if (name.find('&') != std::string::npos) {
    domain.kind = Domain::kCrossed;
    for (const std::string_view part : PartsOfDomain(name)) {
      domain.parts.push_back(DomainOf(wave, std::string(part)));
    }
    return domain;
  }
  if (const int dimension = wave.FindDimension(name); dimension != kNone) {
    domain.kind = Domain::kDimension;
    domain.dimension = dimension;
    return domain;
  }
  domain.kind = Domain::kVariable;
  if (name == "channel") {
    domain.variable = {VariableKind::kChannel, kNone,
                       static_cast<std::uint32_t>(wave.channels.size())};
  } else if (name == "direction") {
    domain.variable = {VariableKind::kDirection, kNone, kDirectionClasses};
  } else {
    domain.variable = QuestionVariable(wave, wave.FindQuestion(name));
  }
  return domain;
}

// The table of row by column, made when it is not there yet.
int TableOf(const Variable& row, const Variable& column, Wave& wave) {
  if (const int known = wave.FindTable(row, column); known != kNone) return known;
  Table table;
  table.row = row;
  table.column = column;
  table.multiple = row.kind == VariableKind::kQuestion &&
                   wave.questions[static_cast<std::size_t>(row.question)].multiple;
  table.rows = row.classes + (table.multiple ? 1 : 0);
  table.columns = column.classes;
  wave.tables.push_back(table);
  return static_cast<int>(wave.tables.size()) - 1;
}

void AddTabulation(int question, const Domain& domain, const Extras& extras, Wave& wave) {
  for (Tabulation& tabulation : wave.tabulations) {
    if (tabulation.question != question || tabulation.domain.name != domain.name) continue;
    tabulation.extras.group_shares |= extras.group_shares;
    tabulation.extras.totals |= extras.totals;
    tabulation.extras.ratio |= extras.ratio;
    tabulation.extras.against_others |= extras.against_others;
    return;
  }
  // A dimension is part of the cell, so its domains are read out of the unsplit table.
  Variable column = domain.variable;
  for (const Domain& part : domain.parts) {
    if (part.kind == Domain::kVariable) column = part.variable;
  }
  const int table = TableOf(Subject(wave, question), column, wave);
  wave.tabulations.push_back({question, domain, table, extras});
}

// Who chose both of two options of a multiple choice.
void AddPairTable(int question, Wave& wave) {
  const std::uint32_t options = wave.questions[static_cast<std::size_t>(question)].classes;
  if (options < 2 || wave.FindPairTable(question) != kNone) return;
  Table table;
  table.row = QuestionVariable(wave, question);
  table.pairs = true;
  table.rows = options * (options - 1) / 2;
  wave.tables.push_back(table);
}

// Joint tables of the question with the others of its battery that ask for pairs too.
void AddBatteryPairs(int question, const std::vector<int>& others, Wave& wave) {
  const std::string& battery = wave.questions[static_cast<std::size_t>(question)].battery;
  for (const int other : others) {
    if (wave.questions[static_cast<std::size_t>(other)].battery != battery) continue;
    const Variable a = QuestionVariable(wave, other);
    const Variable b = QuestionVariable(wave, question);
    if (wave.FindTable(b, a) == kNone) TableOf(a, b, wave);
  }
}

bool IsSame(const Variable& a, const Variable& b) {
  return a.kind == b.kind && a.question == b.question;
}

// Whether shares of the table's question are all that is read out of it.
bool IsOnlyForShares(const Wave& wave, int number) {
  const Table& table = wave.tables[static_cast<std::size_t>(number)];
  if (table.pairs || table.column.kind != VariableKind::kNone ||
      table.row.kind != VariableKind::kQuestion) {
    return false;
  }
  return std::all_of(wave.tabulations.begin(), wave.tabulations.end(),
                     [number](const Tabulation& tabulation) {
                       return tabulation.table != number || tabulation.domain.kind == Domain::kAll;
                     });
}

// The smallest table of the variable by another one; kNone: there is none.
int SmallestCrossTable(const Wave& wave, const Variable& row) {
  int smallest = kNone;
  for (std::size_t t = 0; t < wave.tables.size(); ++t) {
    const Table& table = wave.tables[t];
    if (table.pairs || table.column.kind == VariableKind::kNone || !IsSame(table.row, row))
      continue;
    if (smallest == kNone ||
        table.columns < wave.tables[static_cast<std::size_t>(smallest)].columns) {
      smallest = static_cast<int>(t);
    }
  }
  return smallest;
}

// A respondent counts in one column of a cross-table, so the sums over its columns are the table
// without them, which then need not be kept. Questions that are compared option by option keep
// theirs: `paired`. So do splits by a dimension, each of which would have to read all columns.
void ReadTotalsFromCrossTables(const std::vector<int>& paired, Wave& wave) {
  std::vector<std::size_t> read_in(wave.tables.size());  // [table] -> the table that has its sums
  std::vector<int> kept_number(wave.tables.size());      // [table] -> its number among those kept
  std::vector<Table> kept;
  for (std::size_t t = 0; t < wave.tables.size(); ++t) {
    const Table& table = wave.tables[t];
    const int cross = SmallestCrossTable(wave, table.row);
    const bool is_paired =
        std::find(paired.begin(), paired.end(), table.row.question) != paired.end();
    const bool is_sum = cross != kNone && !is_paired && IsOnlyForShares(wave, static_cast<int>(t));
    read_in[t] = is_sum ? static_cast<std::size_t>(cross) : t;
    kept_number[t] = static_cast<int>(kept.size());
    if (!is_sum) kept.push_back(table);
  }
  for (Tabulation& tabulation : wave.tabulations) {
    tabulation.table = kept_number[read_in[static_cast<std::size_t>(tabulation.table)]];
  }
  wave.tables = std::move(kept);
}

// Tables without a column variable come first, in their order, then those of one column variable
// after those of another.
void PlaceTables(Wave& wave) {
  for (Table& table : wave.tables) {
    if (table.column.kind != VariableKind::kNone) continue;
    table.offset = std::exchange(wave.block_entries, wave.block_entries + table.rows);
  }
  for (std::size_t first = 0; first < wave.tables.size(); ++first) {
    // Of an earlier table's group: its stride is there.
    if (wave.tables[first].column.kind == VariableKind::kNone ||
        wave.tables[first].column_stride != 0) {
      continue;
    }
    const Variable column = wave.tables[first].column;
    std::uint32_t stride = 0;
    for (Table& table : wave.tables) {
      if (!IsSame(table.column, column)) continue;
      table.offset = wave.block_entries + std::exchange(stride, stride + table.rows);
    }
    for (Table& table : wave.tables) {
      if (IsSame(table.column, column)) table.column_stride = stride;
    }
    wave.block_entries += stride * column.classes;
  }
}

std::string NameOf(const Wave& wave, const Variable& variable) {
  switch (variable.kind) {
    case VariableKind::kIndicator:
      return "indicator";
    case VariableKind::kDirection:
      return "direction";
    case VariableKind::kChannel:
      return "channel";
    case VariableKind::kQuestion:
      return wave.questions[static_cast<std::size_t>(variable.question)].id;
    case VariableKind::kNone:
      break;
  }
  return "all";
}

std::uint32_t WidthOfNumber(std::size_t count) { return count <= 254 ? 1 : 2; }
std::uint32_t WidthOfSet(std::size_t count) { return count <= 8 ? 1 : count <= 16 ? 2 : 8; }

}  // namespace

void CompileTabulations(const v1::WaveDefinition& definition, Wave& wave) {
  if (wave.indicator) {
    AddTabulation(kNone, {}, {}, wave);
  } else {
    TableOf({}, {}, wave);
  }
  for (const v1::Tabulation& tabulation : definition.tabulations()) {
    const int question =
        tabulation.question().empty() ? kNone : wave.FindQuestion(tabulation.question());
    const Extras extras{.group_shares = tabulation.group_shares(),
                        .totals = tabulation.totals(),
                        .ratio = tabulation.ratio(),
                        .against_others = tabulation.against_others()};
    AddTabulation(question, {}, extras, wave);
    for (const std::string& by : tabulation.by()) {
      AddTabulation(question, DomainOf(wave, by), extras, wave);
    }
  }
  std::vector<int> single;
  std::vector<int> paired;
  for (const v1::Tabulation& tabulation : definition.tabulations()) {
    if (!tabulation.pairs()) continue;
    const int question = wave.FindQuestion(tabulation.question());
    paired.push_back(question);
    if (wave.questions[static_cast<std::size_t>(question)].multiple) {
      AddPairTable(question, wave);
    } else if (std::find(single.begin(), single.end(), question) == single.end()) {
      AddBatteryPairs(question, single, wave);
      single.push_back(question);
    }
  }
  ReadTotalsFromCrossTables(paired, wave);
  PlaceTables(wave);
}

void CompileLayout(Wave& wave) {
  RecordLayout& layout = wave.layout;
  layout.content_offset = kHeaderBytes;
  std::uint32_t next = kHeaderBytes;
  const auto place = [&next](std::uint32_t width) {
    return Field{std::exchange(next, next + width), width};
  };
  layout.status = place(1);
  if (wave.base_weights == BaseWeights::kPerUnit) layout.base_weight = place(8);
  for (const Dimension& dimension : wave.dimensions) {
    layout.categories.push_back(place(WidthOfNumber(dimension.categories.size())));
    layout.cell_digits.push_back({layout.categories.back(), dimension.cell_stride});
    layout.first_cell += dimension.cell_stride;
  }
  for (const Question& question : wave.questions) {
    layout.answers.push_back(place(question.multiple ? WidthOfSet(question.options.size())
                                                     : WidthOfNumber(question.options.size())));
  }
  if (wave.indicator) {
    Indicator& indicator = *wave.indicator;
    std::uint64_t stride = 1;
    for (std::size_t i = indicator.questions.size(); i-- > 0;) {
      const auto question = static_cast<std::size_t>(indicator.questions[i]);
      indicator.digits.push_back({layout.answers[question], stride});
      stride *= wave.questions[question].options.size() + 1;
    }
  }
  layout.content_size = next - layout.content_offset;
  layout.size = (next + 7) / 8 * 8;
}

std::uint64_t EntryBytes(const Wave& wave) {
  constexpr std::uint64_t kCountBytes = 4;
  constexpr std::uint64_t kSumBytes = 16;
  return kCountBytes + (wave.base_weights == BaseWeights::kPerUnit ? 2 * kSumBytes : 0);
}

std::string DescribeTable(const Wave& wave, const Table& table) {
  if (table.pairs) return fmt::format("pairs of {} ({})", NameOf(wave, table.row), table.rows);
  return fmt::format("{} by {} ({} x {})", NameOf(wave, table.row), NameOf(wave, table.column),
                     table.rows, table.columns);
}

}  // namespace panelpuls::wave
