#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "wave/compile.h"
#include "wave/sample_wave.h"

namespace panelpuls::wave {
namespace {

using ::testing::ElementsAre;

// "indicator by all (4 x 1) at 0" and so on, one a table.
std::vector<std::string> TablesOf(const Wave& wave) {
  std::vector<std::string> tables;
  for (const Table& table : wave.tables) {
    tables.push_back(fmt::format("{} at {}{}", DescribeTable(wave, table), table.offset,
                                 table.multiple ? " multiple" : ""));
  }
  return tables;
}

std::vector<std::string> TabulationsOf(const Wave& wave) {
  std::vector<std::string> tabulations;
  for (const Tabulation& tabulation : wave.tabulations) {
    tabulations.push_back(fmt::format(
        "{} by {} in {}",
        tabulation.question == kNone
            ? "indicator"
            : wave.questions[static_cast<std::size_t>(tabulation.question)].id,
        tabulation.domain.kind == Domain::kAll ? "all" : tabulation.domain.name, tabulation.table));
  }
  return tabulations;
}

TEST(Tables, EachIsThereOnceAndDimensionsNeedNone) {
  const auto wave = MustLoad({});
  EXPECT_THAT(TablesOf(*wave),
              ElementsAre("indicator by all (4 x 1) at 0", "indicator by channel (4 x 2) at 4",
                          "indicator by barriers_asked (4 x 3) at 12",
                          "barriers by direction (5 x 4) at 24 multiple"));
  EXPECT_EQ(wave->block_entries, 44u);
}

TEST(Tables, PairsOfAMultipleChoiceHaveOneOfTheirOwn) {
  SampleFiles files;
  files.definition = Replaced(kSampleDefinition, "question: \"barriers\" by: \"direction\"",
                              "question: \"barriers\" by: \"direction\" pairs: true");
  const auto wave = MustLoad(files);
  EXPECT_EQ(TablesOf(*wave).back(), "pairs of barriers (6) at 9");
  EXPECT_EQ(wave->block_entries, 55u);
  EXPECT_EQ(wave->FindPairTable(wave->FindQuestion("barriers")), 5);
  EXPECT_EQ(MustLoad({})->FindPairTable(wave->FindQuestion("barriers")), kNone);
}

// Dimensions are part of the cell: crossed with each other they need no table, with a question its.
TEST(Tables, CrossedDomainsAreReadOutOfTheTableOfTheirVariable) {
  SampleFiles files;
  files.definition = Replaced(kSampleDefinition, "by: \"area\" by: \"channel\"",
                              "by: \"area&size\" by: \"channel&area\"");
  const auto wave = MustLoad(files);
  EXPECT_THAT(TablesOf(*wave),
              ElementsAre("indicator by all (4 x 1) at 0", "indicator by channel (4 x 2) at 4",
                          "indicator by barriers_asked (4 x 3) at 12",
                          "barriers by direction (5 x 4) at 24 multiple"));
  EXPECT_THAT(TabulationsOf(*wave),
              ElementsAre("indicator by all in 0", "indicator by area&size in 0",
                          "indicator by channel&area in 1", "indicator by barriers_asked in 2",
                          "barriers by all in 3", "barriers by direction in 3"));
}

SampleFiles WithManyTables() {
  SampleFiles files;
  files.definition +=
      "tabulations { question: \"revenue\" by: \"employees\" by: \"channel\" by: \"size\" }\n"
      "tabulations { question: \"employees\" by: \"channel\" by: \"direction\" }\n";
  return files;
}

TEST(Tables, EveryEntryOfTheBlockIsOfOneTableRowAndColumn) {
  for (const SampleFiles& files : {SampleFiles{}, WithManyTables()}) {
    const auto wave = MustLoad(files);
    std::vector<int> uses(wave->block_entries);
    for (const Table& table : wave->tables) {
      for (std::uint32_t row = 0; row < table.rows; ++row) {
        for (std::uint32_t column = 0; column < table.columns; ++column) {
          ASSERT_LT(table.EntryOf(row, column), wave->block_entries);
          ++uses[table.EntryOf(row, column)];
        }
      }
    }
    EXPECT_THAT(uses, ::testing::Each(1));
  }
}

// What a respondent counts in lies close together.
TEST(Tables, OneClassOfAColumnVariableIsInOnePiece) {
  const auto wave = MustLoad(WithManyTables());
  for (const Table& table : wave->tables) {
    std::uint32_t first = wave->block_entries;
    std::uint32_t last = 0;
    std::uint32_t rows = 0;
    for (const Table& other : wave->tables) {
      if (other.column.kind != table.column.kind ||
          other.column.question != table.column.question) {
        continue;
      }
      first = std::min(first, other.EntryOf(0, 0));
      last = std::max(last, other.EntryOf(other.rows - 1, 0));
      rows += other.rows;
    }
    EXPECT_EQ(last - first + 1, rows);
  }
}

TEST(Tables, EveryPairOfOptionsHasARowOfItsOwn) {
  for (std::uint32_t options = 2; options < 9; ++options) {
    std::uint32_t row = 0;
    for (std::uint32_t a = 0; a < options; ++a) {
      for (std::uint32_t b = a + 1; b < options; ++b) EXPECT_EQ(PairRow(a, b, options), row++);
    }
  }
}

TEST(Tables, TabulationsStandInOrderWithTheOverallOnesFirst) {
  EXPECT_THAT(TabulationsOf(*MustLoad({})),
              ElementsAre("indicator by all in 0", "indicator by area in 0",
                          "indicator by channel in 1", "indicator by barriers_asked in 2",
                          "barriers by all in 3", "barriers by direction in 3"));
}

TEST(Tables, TheIndicatorIsTabulatedAlsoWhenNotAskedFor) {
  SampleFiles files;
  files.definition =
      Replaced(kSampleDefinition,
               "tabulations { by: \"area\" by: \"channel\" by: \"barriers_asked\" }\n", "");
  EXPECT_EQ(TabulationsOf(*MustLoad(files))[0], "indicator by all in 0");
}

TEST(Tables, WithoutAnIndicatorTableZeroCountsAll) {
  const auto wave =
      LoadWave(PosixFileSystem(), SourcePath("tests/testdata/cases/02/wave.textproto"));
  ASSERT_TRUE(wave.ok()) << wave.status();
  EXPECT_THAT(TablesOf(**wave),
              ElementsAre("all by all (1 x 1) at 0", "export by all (3 x 1) at 1"));
  EXPECT_THAT(TabulationsOf(**wave), ElementsAre("export by all in 1", "export by size in 1"));
}

TEST(Tables, DirectionNeedsAnIndicator) {
  SampleFiles files;
  files.definition =
      "id: \"w\" fieldwork_start: \"2025-09-01\" fieldwork_end: \"2025-09-02\" channels { code: "
      "\"c\" } "
      "max_respondents: 10 questions { id: \"q\" options { code: \"x\" } }\n";
  EXPECT_TRUE(LoadSample(files).ok());
  for (const std::string_view tabulation :
       {"tabulations { question: \"q\" by: \"direction\" }", "tabulations { by: \"channel\" }"}) {
    SampleFiles bad = files;
    bad.definition += tabulation;
    const auto wave = LoadSample(bad);
    ASSERT_FALSE(wave.ok());
    EXPECT_THAT(std::string(ToStd(wave.status().message())),
                ::testing::AllOf(::testing::StartsWith("wave.textproto:2: "),
                                 ::testing::HasSubstr("there is none")));
  }
}

TEST(Tables, QuestionByQuestionAndQuestionByChannel) {
  SampleFiles files;
  files.definition +=
      "tabulations { question: \"revenue\" by: \"employees\" by: \"channel\" by: \"size\" }\n"
      "tabulations { question: \"revenue\" by: \"area\" }\n";
  const auto wave = MustLoad(files);
  const std::vector<std::string> tables = TablesOf(*wave);
  ASSERT_EQ(tables.size(), 7u);
  EXPECT_EQ(tables[4], "revenue by all (4 x 1) at 4");
  EXPECT_EQ(tables[5], "revenue by employees (4 x 4) at 56");
  EXPECT_EQ(tables[6], "revenue by channel (4 x 2) at 12");
  EXPECT_EQ(wave->FindTable(wave->tables[5].row, wave->tables[5].column), 5);
  EXPECT_EQ(wave->FindTable(wave->tables[5].column, wave->tables[5].row), kNone);
  EXPECT_EQ(TabulationsOf(*wave).back(), "revenue by area in 4");
}

struct TotalsRow {
  std::string name, tabulations;
  std::string total;  // where "revenue by all" is read
};
void PrintTo(const TotalsRow& row, std::ostream* os) { *os << row.name; }

class TotalsTest : public ::testing::TestWithParam<TotalsRow> {};

TEST_P(TotalsTest, AreTheSumsOfTheSmallestCrossTableUnlessMoreIsReadOutOfThem) {
  SampleFiles files;
  files.definition =
      Replaced(kSampleDefinition, "id: \"revenue\"", "id: \"revenue\" battery: \"both\"");
  files.definition += GetParam().tabulations;
  const auto wave = MustLoad(files);
  std::string total;
  for (const Tabulation& tabulation : wave->tabulations) {
    if (tabulation.question != wave->FindQuestion("revenue")) continue;
    if (tabulation.domain.kind != Domain::kAll) continue;
    total = DescribeTable(*wave, wave->tables[static_cast<std::size_t>(tabulation.table)]);
  }
  EXPECT_EQ(total, GetParam().total);
}

INSTANTIATE_TEST_SUITE_P(
    Rows, TotalsTest,
    ::testing::Values(
        TotalsRow{"alone", "tabulations { question: \"revenue\" }", "revenue by all (4 x 1)"},
        TotalsRow{"cross", "tabulations { question: \"revenue\" by: \"direction\" }",
                  "revenue by direction (4 x 4)"},
        TotalsRow{"smallest",
                  "tabulations { question: \"revenue\" by: \"direction\" by: \"channel\" }",
                  "revenue by channel (4 x 2)"},
        TotalsRow{"split_by_dimension",
                  "tabulations { question: \"revenue\" by: \"direction\" by: \"size\" }",
                  "revenue by all (4 x 1)"},
        TotalsRow{"pairs", "tabulations { question: \"revenue\" by: \"direction\" pairs: true }",
                  "revenue by all (4 x 1)"},
        TotalsRow{"pairs_in_another_line",
                  "tabulations { question: \"revenue\" by: \"direction\" }"
                  "tabulations { question: \"revenue\" pairs: true }",
                  "revenue by all (4 x 1)"}),
    [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace panelpuls::wave
