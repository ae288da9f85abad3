#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/csv.h"
#include "report/export_csv.h"
#include "report/sample.h"

namespace panelpuls::report {
namespace {

using ::testing::EndsWith;
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

// The row of a number as the CSV has it.
std::optional<double> NumberOf(const std::string& field) {
  return field.empty() ? std::nullopt : std::optional(std::stod(field));
}

TEST(ComparisonsCsv, HasTheDeclaredColumnsAndOneRowAComparison) {
  Sample sample(kPanel, 400);
  const std::string text = ComparisonsToCsv(sample.Inputs());
  EXPECT_THAT(text, StartsWith("family,dimension,of,a,b,difference,se,se_interval,low,high,"
                               "degrees_of_freedom,p,p_adjusted,flags\n"));
  const auto rows = Read(text, ',');
  const estimate::Estimates& estimates = sample.estimates();
  ASSERT_GT(estimates.comparisons.size(), 0u);
  ASSERT_EQ(rows.size(), estimates.comparisons.size() + 1);
  std::size_t tested = 0;
  for (std::size_t i = 0; i < estimates.comparisons.size(); ++i) {
    const estimate::ComparisonKey& key = (*estimates.comparison_keys)[i];
    const estimate::ComparisonValue& value = estimates.comparisons[i];
    const std::vector<std::string>& row = rows[i + 1];
    ASSERT_EQ(row.size(), 14u);
    EXPECT_EQ(row[0], key.family);
    EXPECT_EQ(row[2], key.of);
    EXPECT_EQ(row[3], key.a);
    EXPECT_EQ(row[4], key.b);
    const std::optional<double> expected[] = {
        value.difference,         value.se, value.se_interval, value.low, value.high,
        value.degrees_of_freedom, value.p,  value.p_adjusted};
    for (std::size_t column = 0; column < std::size(expected); ++column) {
      EXPECT_EQ(NumberOf(row[5 + column]), expected[column]) << rows[0][5 + column];
    }
    if (value.p_adjusted) ++tested;
  }
  EXPECT_GT(tested, 0u);
}

TEST(ComparisonsCsv, TheDimensionIsThatOfTheFirstDomain) {
  Sample sample(kPanel, 400);
  estimate::Estimates& estimates = sample.estimates();
  struct Row {
    estimate::ComparisonKey key;
    const char* line;
  };
  const Row kRows[] = {
      {{"indicator by size", "indicator", "size=1-9", "size=10-49"},
       "\nindicator by size,size,indicator,size=1-9,size=10-49,,,,,,,,,\n"},
      {{"indicator against 2024", "indicator", "", "2024"},
       "\nindicator against 2024,,indicator,,2024,,,,,,,,,\n"},
      {{"barriers", "barriers", "barriers/tid", "barriers/penge"},
       "\nbarriers,,barriers,barriers/tid,barriers/penge,,,,,,,,,\n"},
  };
  std::vector<estimate::ComparisonKey> keys;
  for (const Row& row : kRows) keys.push_back(row.key);
  estimates.comparison_keys =
      std::make_shared<const std::vector<estimate::ComparisonKey>>(std::move(keys));
  estimates.comparisons.assign(std::size(kRows), {});
  const std::string text = ComparisonsToCsv(sample.Inputs());
  for (const Row& row : kRows) EXPECT_THAT(text, HasSubstr(row.line));
}

TEST(RankingsCsv, HasTheDeclaredColumnsAndOneRowARankedFigure) {
  Sample sample(kPanel, 400);
  const auto rows = Read(RankingsToCsv(sample.Inputs()), ',');
  EXPECT_EQ(rows[0], (std::vector<std::string>{"ranking", "of", "value", "n", "rank", "rank_low",
                                               "rank_high", "ties", "flags"}));
  std::size_t line = 0;
  for (const estimate::Ranking& ranking : sample.estimates().rankings) {
    for (const estimate::RankedFigure& ranked : ranking.figures) {
      ASSERT_LT(++line, rows.size());
      const std::vector<std::string>& row = rows[line];
      const estimate::FigureValue& value = sample.estimates().figures[ranked.figure];
      EXPECT_EQ(row[0], ranking.id);
      EXPECT_EQ(row[1], sample.keys()[ranked.figure].of);
      EXPECT_EQ(NumberOf(row[2]), value.value);
      EXPECT_EQ(row[3], std::to_string(value.n));
      EXPECT_EQ(NumberOf(row[4]), ranked.rank);
      EXPECT_EQ(NumberOf(row[5]), ranked.rank_low);
      EXPECT_EQ(NumberOf(row[6]), ranked.rank_high);
      EXPECT_EQ(row[7], "0");
    }
  }
  EXPECT_GT(line, 0u);
  EXPECT_EQ(line + 1, rows.size());
}

TEST(RankingsCsv, TiesAreTheOthersOfTheSameRank) {
  Sample sample(kPanel, 400);
  std::vector<estimate::RankedFigure>& figures = sample.estimates().rankings.front().figures;
  ASSERT_GE(figures.size(), 4u);
  figures.resize(4);
  const std::optional<std::uint32_t> ties[] = {1, 1, 0, std::nullopt};
  for (std::size_t i = 0; i < figures.size(); ++i) figures[i].ties = ties[i];
  const auto rows = Read(RankingsToCsv(sample.Inputs()), ',');
  const char* expected[] = {"1", "1", "0", ""};
  for (std::size_t i = 0; i < figures.size(); ++i) EXPECT_EQ(rows[i + 1][7], expected[i]) << i;
}

TEST(ExportedTables, EndWithTheirRowsAndTheVersion) {
  Sample full(kPanel, 400);
  Sample empty(kPanel, 0);
  for (Sample* sample : {&full, &empty}) {
    for (const ExportTable table :
         {ExportTable::kFigures, ExportTable::kComparisons, ExportTable::kRankings}) {
      for (const bool danish_excel : {false, true}) {
        const std::string text =
            TableExport(table, sample->Inputs(), {.danish_excel = danish_excel});
        const auto rows = Read(text, danish_excel ? ';' : ',');
        EXPECT_EQ(rows.back(),
                  (danish_excel
                       ? std::vector<std::string>{CompleteLine(rows.size() - 2, 17)}
                       : std::vector<std::string>{
                             fmt::format("# complete: {} rows", rows.size() - 2), " version 17"}));
        EXPECT_THAT(text, EndsWith(danish_excel ? "\r\n" : "17\n"));
      }
    }
  }
}

}  // namespace
}  // namespace panelpuls::report
