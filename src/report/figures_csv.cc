#include "report/csv_fields.h"
#include "snapshot/contents.h"

namespace panelpuls::report {
namespace {

constexpr std::array<std::string_view, 15> kColumns = {"statistic",
                                                       "of",
                                                       "domain",
                                                       "against",
                                                       "n",
                                                       "n_effective",
                                                       "value",
                                                       "se",
                                                       "se_interval",
                                                       "low",
                                                       "high",
                                                       "sequence_low",
                                                       "sequence_high",
                                                       "degrees_of_freedom",
                                                       "flags"};

}  // namespace

std::string FiguresToCsv(const snapshot::Contents& inputs, const CsvStyle& style) {
  CsvRows rows(style);
  rows.Texts(kColumns);
  rows.EndRow();
  const std::vector<estimate::FigureKey>& keys = *inputs.keys;
  PP_CHECK(keys.size() == inputs.estimates->figures.size());
  for (std::size_t i = 0; i < keys.size(); ++i) {
    const estimate::FigureValue& value = inputs.estimates->figures[i];
    rows.Text(keys[i].statistic);
    rows.Text(keys[i].of);
    rows.Text(keys[i].domain);
    rows.Text(keys[i].against);
    rows.Count(value.n);
    rows.Number(value.n_effective);
    rows.Number(value.value);
    rows.Number(value.se);
    rows.Number(value.se_interval);
    rows.Number(value.low);
    rows.Number(value.high);
    rows.Number(value.sequence_low);
    rows.Number(value.sequence_high);
    rows.Number(value.degrees_of_freedom);
    rows.Flags(*inputs.wave, value.flags);
    rows.EndRow();
  }
  return rows.Take();
}

}  // namespace panelpuls::report
