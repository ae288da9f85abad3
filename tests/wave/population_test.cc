#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <ostream>
#include <random>

#include "base/csv.h"
#include "wave/sample_wave.h"

namespace panelpuls::wave {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

std::string ErrorOf(const SampleFiles& files, const LoadOptions& options = {}) {
  const auto wave = LoadSample(files, options);
  return wave.ok() ? std::string() : std::string(ToStd(wave.status().message()));
}

struct BadRow {
  std::string_view name, from, to, error;
};
void PrintTo(const BadRow& row, std::ostream* out) { *out << row.name; }
class BadPopulation : public ::testing::TestWithParam<BadRow> {};
TEST_P(BadPopulation, IsRefusedByFileLineAndMend) {
  SampleFiles files;
  files.population = Replaced(kSamplePopulation, GetParam().from, GetParam().to);
  EXPECT_THAT(ErrorOf(files), HasSubstr(GetParam().error));
}
INSTANTIATE_TEST_SUITE_P(
    Population, BadPopulation,
    ::testing::Values(
        BadRow{"UnknownCategory", "area,Fyn", "area,fyn",
               "population.csv:4: \"fyn\" is no category of dimension \"area\"; it looks like "
               "'Fyn' but for case; known: Fyn, Sjælland, Bornholm"},
        BadRow{"CategoryWithNoBreakSpace", "area,Fyn", "area,Fyn\u00A0",
               "it looks like 'Fyn' but has U+00A0 (no-break space); known: Fyn"},
        BadRow{"ColumnWithNoBreakSpace", "dimension,category,total",
               "dimension,category,total\u00A0",
               "column \"total\\u{00A0}\" is unknown; it looks like 'total' but has U+00A0"},
        BadRow{"UnknownDimension", "area,Fyn", "zone,Fyn",
               "population.csv:4: \"zone\" is no dimension; known: size, area"},
        BadRow{"BlankAroundCode", "area,Fyn", "area, Fyn",
               "population.csv:4: \" Fyn\" is no category"},
        BadRow{"Duplicate", "size,large,100", "size,small,100",
               "population.csv:3: the total of size=small was given before, at population.csv:2; "
               "remove one"},
        BadRow{"MissingCategory", "area,Bornholm,99.5\n", "",
               "wave.textproto:20: category \"Bornholm\" of dimension \"area\" has no total in "
               "population.csv"},
        BadRow{"Negative", "area,Fyn,300", "area,Fyn,-300",
               "population.csv:4: total -300 is negative"},
        BadRow{"NotFinite", "area,Fyn,300", "area,Fyn,inf",
               "population.csv:4: \"inf\" is not a number"},
        BadRow{"NoNumber", "area,Fyn,300", "area,Fyn,", "population.csv:4: \"\" is not a number"},
        BadRow{"TooFewFields", "area,Fyn,300", "area,Fyn",
               "population.csv:4: 2 fields, the header has 3"},
        BadRow{"DecimalComma", "area,Fyn,300", "area,Fyn,\"300,5\"",
               "population.csv:4: \"300,5\" has a comma"},
        BadRow{"UnknownColumn", "category,total", "category,sum",
               "population.csv:1: column \"sum\" is unknown"},
        BadRow{"MissingColumn", "dimension,category,total", "dimension,category",
               "population.csv:1: column \"total\" is there 0 times"},
        BadRow{"UnequalMargins", "area,Fyn,300", "area,Fyn,301",
               "population.csv:4: the totals of dimension \"area\" add up to 1001, those of "
               "\"size\" to 1000"},
        BadRow{"MarginsUnequalBeyondTolerance", "area,Fyn,300", "area,Fyn,300.00001",
               "add up to 1000.00001"},
        BadRow{"Semicolons", "dimension,category,total", "dimension;category;total",
               "population.csv:1: columns are separated by semicolon"}),
    [](const auto& info) { return std::string(info.param.name); });

TEST(Population, AnEmptyFileIsRefused) {
  SampleFiles files;
  files.population = "";
  EXPECT_THAT(ErrorOf(files), StartsWith("population.csv:1: the file is empty; write the columns"));
}

TEST(Population, MarginsMayDifferByRounding) {
  SampleFiles files;
  files.population = Replaced(kSamplePopulation, "area,Fyn,300", "area,Fyn,300.0000001");
  EXPECT_EQ(ErrorOf(files), "");
}

TEST(Population, ATotalOfZeroIsOutOfScopeAndNoError) {
  SampleFiles files;
  files.population = Replaced(kSamplePopulation, "size,small,900", "size,small,1000");
  files.population = Replaced(files.population, "size,large,100", "size,large,0");
  const auto wave = MustLoad(files);
  EXPECT_TRUE(wave->dimensions[0].categories[1].has_population);
  EXPECT_EQ(wave->dimensions[0].categories[1].population, 0);
}

TEST(Population, ADimensionOfZerosIsRefused) {
  SampleFiles files;
  files.population = Replaced(kSamplePopulation, "size,small,900", "size,small,0");
  files.population = Replaced(files.population, "size,large,100", "size,large,0");
  EXPECT_THAT(ErrorOf(files),
              StartsWith("population.csv:2: every total of dimension \"size\" is 0"));
}

TEST(Population, ATotalInFileAndDefinitionIsRefused) {
  SampleFiles files;
  files.definition = Replaced(kSampleDefinition, "code: \"Fyn\"", "code: \"Fyn\" population: 300");
  EXPECT_THAT(ErrorOf(files),
              StartsWith("population.csv:4: the total of area=Fyn is in the definition too"));
}

TEST(Population, TotalsMayStandInTheDefinition) {
  SampleFiles files;
  files.definition = Replaced(kSampleDefinition, "file: \"population.csv\" ", "");
  EXPECT_THAT(ErrorOf(files), HasSubstr("dimension \"area\" has no population totals"));
  for (const auto& [from, to] : {std::pair{"code: \"small\"", "code: \"small\" population: 900"},
                                 {"code: \"large\" c", "code: \"large\" population: 100 c"},
                                 {"code: \"Fyn\"", "code: \"Fyn\" population: 300"},
                                 {"code: \"Sjælland\"", "code: \"Sjælland\" population: 600.5"},
                                 {"code: \"Bornholm\"", "code: \"Bornholm\" population: 99.5"}}) {
    files.definition = Replaced(files.definition, from, to);
  }
  EXPECT_EQ(MustLoad(files)->definition_id, MustLoad({})->definition_id);
}

TEST(Population, TotalsOfTheDefinitionAreNumbersOfEnterprises) {
  for (const char* total : {"-1", "-0.5", "inf", "nan"}) {
    SampleFiles files;
    files.definition = Replaced(kSampleDefinition, "file: \"population.csv\" ", "");
    for (const auto& [from, to] :
         {std::pair<std::string, std::string>{"code: \"Fyn\"", "code: \"Fyn\" population: 300"},
          {"code: \"Sjælland\"", "code: \"Sjælland\" population: 600.5"},
          {"code: \"Bornholm\"", fmt::format("code: \"Bornholm\" population: {}", total)}}) {
      files.definition = Replaced(files.definition, from, to);
    }
    EXPECT_THAT(ErrorOf(files), AllOf(StartsWith("wave.textproto:"),
                                      HasSubstr("of category \"Bornholm\" of dimension \"area\" is "
                                                "no number of enterprises")))
        << total;
  }
}

// Lines and columns of the file in any order give the same bytes, hence the same id.
TEST(Population, OrderOfLinesAndColumnsChangesNoBit) {
  constexpr std::uint64_t kSeed = 20250901;
  std::mt19937_64 random(kSeed);
  const auto expected = MustLoad({});
  std::vector<std::array<std::string, 3>> rows;
  CsvReader reader(kSamplePopulation, {}, "population.csv");
  for (std::vector<std::string_view> fields; reader.Next(fields);) {
    rows.push_back({std::string(fields[0]), std::string(fields[1]), std::string(fields[2])});
  }
  for (int round = 0; round < 50; ++round) {
    std::shuffle(rows.begin() + 1, rows.end(), random);
    std::array<std::size_t, 3> columns = {0, 1, 2};
    std::shuffle(columns.begin(), columns.end(), random);
    SampleFiles files;
    files.population.clear();
    for (const auto& row : rows) {
      files.population +=
          fmt::format("{},{},{}\n", row[columns[0]], row[columns[1]], row[columns[2]]);
    }
    const auto wave = MustLoad(files);
    ASSERT_EQ(wave->definition_id, expected->definition_id) << "seed " << kSeed << "\n"
                                                            << files.population;
    ASSERT_EQ(wave->canonical, expected->canonical);
  }
}

TEST(Population, AnotherTotalGivesAnotherDefinition) {
  SampleFiles files;
  files.population = Replaced(kSamplePopulation, "area,Fyn,300\narea,Sjælland,600.5",
                              "area,Fyn,300.5\narea,Sjælland,600");
  EXPECT_NE(MustLoad(files)->definition_id, MustLoad({})->definition_id);
}

LoadOptions CaseFile(std::string_view name) {
  LoadOptions options;
  options.population_file = SourcePath(fmt::format("tests/testdata/cases/{}", name));
  return options;
}
absl::StatusOr<std::shared_ptr<const Wave>> LoadCase(std::string_view number,
                                                     const LoadOptions& options) {
  return LoadWave(PosixFileSystem(),
                  SourcePath(fmt::format("tests/testdata/cases/{}/wave.textproto", number)),
                  options);
}

TEST(Population, CodesAreMatchedByNameAndNotByPlace) {
  const auto plain = LoadCase("02", {});
  const auto shuffled = LoadCase("02", CaseFile("02/population-shuffled.csv"));
  ASSERT_TRUE(plain.ok() && shuffled.ok()) << plain.status() << shuffled.status();
  EXPECT_EQ((*plain)->canonical, (*shuffled)->canonical);
  EXPECT_EQ((*plain)->dimensions[1].categories[2].code, "10");
  EXPECT_EQ((*plain)->dimensions[1].categories[2].population, 1500);

  const auto padded = LoadCase("02", CaseFile("02/population-padded.csv"));
  ASSERT_FALSE(padded.ok());
  EXPECT_THAT(std::string(ToStd(padded.status().message())),
              AllOf(HasSubstr("population-padded.csv:6: "), HasSubstr("\"01\""),
                    HasSubstr("known: 1, 2, 10")));
}

TEST(Population, DanishTotalsAreReadAsDeclaredOrRefused) {
  const auto plain = LoadCase("05", CaseFile("05/population_plain.csv"));
  ASSERT_TRUE(plain.ok()) << plain.status();
  EXPECT_EQ((*plain)->dimensions[0].categories[0].population, 40982);

  LoadOptions options = CaseFile("05/population_dk.csv");
  const auto undeclared = LoadCase("05", options);
  ASSERT_FALSE(undeclared.ok());
  EXPECT_THAT(std::string(ToStd(undeclared.status().message())),
              AllOf(HasSubstr("population_dk.csv:1: "), HasSubstr("semicolon"),
                    HasSubstr("line 2: 40.982 may be 40982 or 40.982")));

  options.population_format.separator = ";";
  for (const bool decimal_comma : {false, true}) {
    options.population_format.decimal_comma = decimal_comma;
    const auto ambiguous = LoadCase("05", options);
    ASSERT_FALSE(ambiguous.ok());
    EXPECT_THAT(std::string(ToStd(ambiguous.status().message())),
                HasSubstr("population_dk.csv:2: 40.982 may be 40982 or 40.982"));
  }

  options.population_format.thousands = ".";
  const auto declared = LoadCase("05", options);
  ASSERT_TRUE(declared.ok()) << declared.status();
  EXPECT_EQ((*declared)->canonical, (*plain)->canonical);
}

SampleFiles Poststratified() {
  SampleFiles files;
  files.definition = Replaced(kSampleDefinition, "weighting {", "weighting { method: POSTSTRATIFY");
  files.definition =
      Replaced(files.definition, "file: \"population.csv\"", "joint_file: \"joint.csv\"");
  files.joint =
      "total,size,area\n10,small,Fyn\n20,small,Sjælland\n30,small,Bornholm\n1,large,Fyn\n2,large,"
      "Sjælland\n"
      "3,large,Bornholm\n";
  return files;
}

TEST(Population, AJointTableGivesItsMargins) {
  const auto wave = MustLoad(Poststratified());
  // Cell order of the weighting dimensions, area before size.
  EXPECT_THAT(wave->weighting.joint_population, ::testing::ElementsAre(10, 1, 20, 2, 30, 3));
  EXPECT_EQ(wave->dimensions[0].categories[0].population, 60);
  EXPECT_EQ(wave->dimensions[1].categories[2].population, 33);
}

TEST(Population, AJointTableMustBeWhole) {
  SampleFiles files = Poststratified();
  files.joint = Replaced(files.joint, "2,large,Sjælland\n", "");
  EXPECT_THAT(ErrorOf(files), AllOf(StartsWith("joint.csv:6: "),
                                    HasSubstr("area=Sjælland, size=large has no total")));
  files = Poststratified();
  files.joint += "3,large,Bornholm\n";
  EXPECT_THAT(ErrorOf(files), AllOf(StartsWith("joint.csv:8: "), HasSubstr("was given before")));
}

TEST(Population, AJointTableMustAgreeWithMargins) {
  SampleFiles files = Poststratified();
  files.definition = Replaced(files.definition, "joint_file: \"joint.csv\"",
                              "joint_file: \"joint.csv\" file: \"population.csv\"");
  EXPECT_THAT(ErrorOf(files),
              AllOf(StartsWith("population.csv:"), HasSubstr("is not that of the joint table")));
}

TEST(Population, AJointTableWithoutPoststratificationIsRefused) {
  SampleFiles files = Poststratified();
  files.definition = Replaced(files.definition, "method: POSTSTRATIFY", "method: RAKE");
  files.definition = Replaced(files.definition, "joint_file: \"joint.csv\"",
                              "joint_file: \"joint.csv\" file: \"population.csv\"");
  EXPECT_THAT(ErrorOf(files), HasSubstr("only POSTSTRATIFY uses"));
}

}  // namespace
}  // namespace panelpuls::wave
