#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/csv.h"
#include "report/sample.h"

namespace panelpuls::report {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

std::vector<std::vector<std::string>> Read(const std::string& text, char separator) {
  CsvReader reader(text, {.separator = separator}, "figures.csv");
  std::vector<std::vector<std::string>> rows;
  std::vector<std::string_view> fields;
  while (reader.Next(fields)) rows.emplace_back(fields.begin(), fields.end());
  EXPECT_TRUE(reader.error().ok()) << reader.error();
  return rows;
}

TEST(FiguresCsv, HasTheDeclaredColumnsAndOneRowAFigure) {
  Sample sample(kPanel, 400);
  const std::string text = FiguresToCsv(sample.Inputs());
  EXPECT_THAT(text, StartsWith("statistic,of,domain,against,n,n_effective,value,se,se_interval,low,"
                               "high,sequence_low,sequence_high,degrees_of_freedom,flags\n"
                               "mean,indicator,,,"));
  const auto rows = Read(text, ',');
  ASSERT_EQ(rows.size(), sample.keys().size() + 1);
  for (const auto& row : rows) EXPECT_EQ(row.size(), 15u);
}

TEST(FiguresCsv, NumbersReadBackToTheLastBit) {
  Sample sample(kPanel, 400);
  const auto rows = Read(FiguresToCsv(sample.Inputs()), ',');
  for (std::size_t i = 0; i < sample.keys().size(); ++i) {
    const auto& value = sample.estimates().figures[i].value;
    ASSERT_EQ(rows[i + 1][6].empty(), !value.has_value());
    if (value) EXPECT_EQ(std::stod(rows[i + 1][6]), *value) << rows[i + 1][1];
  }
}

TEST(FiguresCsv, AbsentNumbersAreEmptyAndFlagsAreJoinedByBlanks) {
  Sample sample(kPanel, 0);
  sample.estimates().figures[0].flags = {
      {.kind = estimate::FlagKind::kEmptyCategory, .dimension = 1, .category = 2},
      {.kind = estimate::FlagKind::kLowN}};
  EXPECT_THAT(FiguresToCsv(sample.Inputs()),
              HasSubstr("\nmean,indicator,,,0,,,,,,,,,,empty_category:size=10-49 low_n\n"));
}

TEST(FiguresCsv, DanishExcelOpensItAsNumbers) {
  Sample sample(kPanel, 0);
  sample.estimates().figures[0].value = -2.25;
  sample.estimates().figures[0].se = 1e-7;
  sample.estimates().figures[0].flags.clear();
  const std::string text = FiguresToCsv(sample.Inputs(), {.danish_excel = true});
  EXPECT_THAT(text, StartsWith("\xEF\xBB\xBFstatistic;of;"));
  EXPECT_THAT(text, HasSubstr("\r\nmean;indicator;;;0;;-2,25;1e-07;;;;;;;\r\n"));
  EXPECT_EQ(Read(text, ';').size(), sample.keys().size() + 1);
}

}  // namespace
}  // namespace panelpuls::report
