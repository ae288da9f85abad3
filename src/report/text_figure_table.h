// Tables of figures in a text report. Empty where no row has a figure.
// Threads  any; pure but for the notes that the figures collect.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "report/snapshot.h"
#include "report/text_comparisons.h"
#include "report/text_figures.h"
#include "snapshot/contents.h"

namespace panelpuls::report {

struct FigureTableInputs {
  std::string_view heading;
  const std::vector<TableRow>& rows;  // of one statistic
  std::size_t width = 100;
};
// One line a figure: value, interval, the comparisons that have any of them, N.
std::string FigureTable(const FigureTableInputs& inputs, const snapshot::Contents& snapshot,
                        Language language, TextFigures* figures);
// One line a figure, one column a domain, ranks where the figures over all have some, N over all.
std::string ShareTable(const FigureTableInputs& inputs, const std::vector<DomainColumn>& columns,
                       const TextComparisons& compared, Language language, TextFigures* figures,
                       bool* has_ranks);

}  // namespace panelpuls::report
