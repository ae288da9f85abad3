#include "report/text_figure_table.h"

#include <algorithm>

#include "report/messages.h"
#include "report/text_table.h"
#include "snapshot/contents.h"

namespace panelpuls::report {
namespace {

std::string WithHeading(std::string_view heading, const TextTable& table, std::size_t width) {
  return table.empty() ? "" : fmt::format("\n{}\n{}", heading, table.Render(width));
}

Message HeadOf(const std::vector<TableRow>& rows) {
  if (rows.empty()) return Message::kNow;
  if (rows.front().statistic == "share") return Message::kShare;
  return rows.front().statistic == "total" ? Message::kTotalColumn : Message::kNow;
}

}  // namespace

std::string FigureTable(const FigureTableInputs& inputs, const snapshot::Contents& snapshot,
                        Language language, TextFigures* figures) {
  const std::vector<TableRow>& rows = inputs.rows;
  std::vector<const wave::Comparison*> comparisons;
  for (const wave::Comparison& comparison : snapshot.wave->comparisons) {
    const bool any = std::any_of(rows.begin(), rows.end(), [&](const TableRow& row) {
      return !figures->Compared(comparison, row.statistic, row.of, row.domain).empty();
    });
    if (any) comparisons.push_back(&comparison);
  }
  const bool intervals = std::any_of(rows.begin(), rows.end(), [&](const TableRow& row) {
    return !figures->Get(row.statistic, row.of, row.domain).interval.empty();
  });
  std::vector<std::string> header = {"", std::string(Say(language, HeadOf(rows)))};
  if (intervals) header.emplace_back(Say(language, Message::kIntervalColumn));
  for (const wave::Comparison* comparison : comparisons) {
    header.emplace_back(Label(language, comparison->label, comparison->id));
    header.emplace_back(Say(language, Message::kChange));
  }
  header.emplace_back("N");
  TextTable table(std::move(header));
  for (const TableRow& row : rows) {
    const FigureText figure = figures->Get(row.statistic, row.of, row.domain);
    std::vector<std::string> fields = {row.label, figure.value};
    if (intervals) fields.push_back(figure.interval);
    for (const wave::Comparison* comparison : comparisons) {
      fields.push_back(figures->Compared(*comparison, row.statistic, row.of, row.domain));
      fields.push_back(figures->Change(comparison->id, row.statistic, row.of, row.domain));
    }
    fields.push_back(figure.n);
    table.AddRow(std::move(fields));
  }
  return WithHeading(inputs.heading, table, inputs.width);
}

std::string ShareTable(const FigureTableInputs& inputs, const std::vector<DomainColumn>& columns,
                       const TextComparisons& compared, Language language, TextFigures* figures,
                       bool* has_ranks) {
  const std::vector<TableRow>& rows = inputs.rows;
  const bool is_over_all = columns.front().domain.empty();
  *has_ranks = is_over_all && std::any_of(rows.begin(), rows.end(), [&](const TableRow& row) {
                 return !compared.RankOf(row.of).empty();
               });
  std::vector<std::string> header = {""};
  for (const DomainColumn& column : columns) header.push_back(column.label);
  if (*has_ranks) header.emplace_back(Say(language, Message::kRank));
  header.emplace_back("N");
  TextTable table(std::move(header));
  for (const TableRow& row : rows) {
    std::vector<std::string> fields = {row.label};
    for (const DomainColumn& column : columns) {
      fields.push_back(figures->Get(row.statistic, row.of, column.domain).value);
    }
    if (*has_ranks) fields.push_back(compared.RankOf(row.of));
    fields.push_back(figures->Get(row.statistic, row.of, "").n);
    table.AddRow(std::move(fields));
  }
  return WithHeading(inputs.heading, table, inputs.width);
}

}  // namespace panelpuls::report
