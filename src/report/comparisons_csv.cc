#include "estimate/figures/domain_name.h"
#include "report/csv_fields.h"
#include "snapshot/contents.h"

namespace panelpuls::report {
namespace {

constexpr std::array<std::string_view, 14> kComparisonColumns = {"family",
                                                                 "dimension",
                                                                 "of",
                                                                 "a",
                                                                 "b",
                                                                 "difference",
                                                                 "se",
                                                                 "se_interval",
                                                                 "low",
                                                                 "high",
                                                                 "degrees_of_freedom",
                                                                 "p",
                                                                 "p_adjusted",
                                                                 "flags"};
constexpr std::array<std::string_view, 9> kRankingColumns = {
    "ranking", "of", "value", "n", "rank", "rank_low", "rank_high", "ties", "flags"};

// "size" of "size=micro"; empty: all, or no domain.
std::string DimensionOf(std::string_view domain) {
  return domain.find('=') == std::string_view::npos ? "" : estimate::NameOfDomain(domain);
}

}  // namespace

std::string ComparisonsToCsv(const snapshot::Contents& inputs, const CsvStyle& style) {
  CsvRows rows(style);
  rows.Texts(kComparisonColumns);
  rows.EndRow();
  const estimate::Estimates& estimates = *inputs.estimates;
  for (std::size_t i = 0; i < estimates.comparisons.size(); ++i) {
    const estimate::ComparisonKey& key = (*estimates.comparison_keys)[i];
    const estimate::ComparisonValue& value = estimates.comparisons[i];
    rows.Text(key.family);
    rows.Text(DimensionOf(key.a));
    rows.Text(key.of);
    rows.Text(key.a);
    rows.Text(key.b);
    rows.Number(value.difference);
    rows.Number(value.se);
    rows.Number(value.se_interval);
    rows.Number(value.low);
    rows.Number(value.high);
    rows.Number(value.degrees_of_freedom);
    rows.Number(value.p);
    rows.Number(value.p_adjusted);
    rows.Flags(*inputs.wave, value.flags);
    rows.EndRow();
  }
  return rows.Take();
}

std::string RankingsToCsv(const snapshot::Contents& inputs, const CsvStyle& style) {
  CsvRows rows(style);
  rows.Texts(kRankingColumns);
  rows.EndRow();
  for (const estimate::Ranking& ranking : inputs.estimates->rankings) {
    for (const estimate::RankedFigure& ranked : ranking.figures) {
      const estimate::FigureValue& value = inputs.estimates->figures[ranked.figure];
      rows.Text(ranking.id);
      rows.Text((*inputs.keys)[ranked.figure].of);
      rows.Number(value.value);
      rows.Count(value.n);
      rows.Count(ranked.rank);
      rows.Count(ranked.rank_low);
      rows.Count(ranked.rank_high);
      rows.Count(ranked.ties);
      rows.Flags(*inputs.wave, value.flags);
      rows.EndRow();
    }
  }
  return rows.Take();
}

}  // namespace panelpuls::report
