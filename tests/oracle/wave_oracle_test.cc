// Differences between two waves with common units against R's package survey
// (make_wave_fixtures.R), to 1e-9.
#include <gtest/gtest.h>

#include <cmath>
#include <map>

#include "base/file.h"
#include "estimate/csv_responses.h"
#include "estimate/estimator.h"
#include "estimate/wave_difference.h"
#include "state/contributor.h"
#include "testing/sample_response.h"
#include "testing/small_wave.h"
#include "wave/definition.h"

namespace panelpuls::estimate {
namespace {

constexpr double kTolerance = 1e-9;

// A wave's respondents with the ids of their file.
struct Side {
  std::shared_ptr<const wave::Wave> wave;
  std::unique_ptr<state::Cube> cube;
  std::vector<WaveUnit> units;

  WaveRecords Records() const { return {.wave = wave, .cube = cube.get(), .units = units}; }
};

Side ReadSide(const std::string& folder, const std::string& name,
              std::map<std::string, std::uint64_t>* keys) {
  Side side;
  auto wave = wave::LoadWave(PosixFileSystem(), folder + "/" + name + ".textproto");
  EXPECT_TRUE(wave.ok()) << wave.status();
  side.wave = *wave;
  side.cube = std::make_unique<state::Cube>(*side.wave);
  std::ifstream stream(folder + "/" + name + ".csv");
  std::string line;
  std::getline(stream, line);
  testing::SampleResolver resolver(side.wave);
  for (const testing::SampleResponse& response :
       ReadResponses(*side.wave, folder + "/" + name + ".csv")) {
    std::getline(stream, line);
    const std::string id = SplitLine(line).front();
    const std::vector<std::byte> record = resolver.Record(response);
    WaveUnit& unit = side.units.emplace_back();
    unit.key_low = keys->try_emplace(id, keys->size()).first->second;
    state::Contribute(*side.wave, record.data(), &unit.contribution);
    side.cube->Add(unit.contribution);
  }
  return side;
}

class WaveOracleTest : public ::testing::TestWithParam<const char*> {};

TEST_P(WaveOracleTest, DifferencesAreThoseOfStackedRecordsWithUnitsAsClusters) {
  const std::string folder =
      std::string(PANELPULS_SOURCE_DIR) + "/tests/oracle/wave_fixtures/" + GetParam();
  std::map<std::string, std::uint64_t> keys;
  const Side earlier = ReadSide(folder, "earlier", &keys);
  const Side later = ReadSide(folder, "later", &keys);
  const WaveDifferences differences = CompareWaves(later.Records(), earlier.Records());
  EXPECT_EQ(differences.units, keys.size());
  EXPECT_EQ(differences.common_units, earlier.units.size() + later.units.size() - keys.size());
  EXPECT_GT(differences.common_units, 0u);

  std::ifstream stream(folder + "/expected.csv");
  std::string line;
  std::getline(stream, line);
  EXPECT_EQ(line, "of,domain,value,se");
  int compared = 0;
  while (std::getline(stream, line)) {
    const std::vector<std::string> fields = SplitLine(line);
    SCOPED_TRACE(line);
    const FigureValue* figure = nullptr;
    for (std::size_t i = 0; i < differences.keys.size(); ++i) {
      if (differences.keys[i].of == fields[0] && differences.keys[i].domain == fields[1]) {
        figure = &differences.figures[i];
      }
    }
    ASSERT_NE(figure, nullptr);
    ASSERT_TRUE(figure->value && figure->se && figure->se_interval);
    EXPECT_NEAR(*figure->value, std::stod(fields[2]),
                kTolerance * std::max(1.0, std::abs(std::stod(fields[2]))));
    EXPECT_NEAR(*figure->se, std::stod(fields[3]), kTolerance * std::stod(fields[3]));
    EXPECT_GT(*figure->se_interval, *figure->se);
    ++compared;
  }
  EXPECT_EQ(compared, 15);
}

TEST(WaveDifference, WithoutCommonUnitsThatIsSaidAndTheWavesAreIndependent) {
  const std::string folder =
      std::string(PANELPULS_SOURCE_DIR) + "/tests/oracle/wave_fixtures/waves-overlap";
  std::map<std::string, std::uint64_t> earlier_keys;
  std::map<std::string, std::uint64_t> later_keys;
  const Side earlier = ReadSide(folder, "earlier", &earlier_keys);
  Side later = ReadSide(folder, "later", &later_keys);
  for (WaveUnit& unit : later.units) unit.key_high = 1;
  const WaveDifferences apart = CompareWaves(later.Records(), earlier.Records());
  EXPECT_EQ(apart.common_units, 0u);
  EXPECT_EQ(apart.units, earlier.units.size() + later.units.size());
  EXPECT_EQ(FlagText(*later.wave, apart.figures.front().flags.back()), "no_common_unit");
  Estimator of_earlier(earlier.wave);
  Estimator of_later(later.wave);
  const FigureValue a = of_later.Estimate(*later.cube).figures.front();
  const FigureValue b = of_earlier.Estimate(*earlier.cube).figures.front();
  EXPECT_NEAR(*apart.figures.front().se, std::hypot(*a.se, *b.se), 0.01 * *a.se);
}

// The same answers in a population three times as large: weights differ, so that what is left of
// each other is rounding and not 0.
TEST(WaveDifference, WhoAllAnsweredAlikeInBothLeavesNothingToEstimateFrom) {
  const std::string path =
      std::string(PANELPULS_SOURCE_DIR) + "/tests/oracle/wave_fixtures/waves-overlap/earlier";
  std::map<std::string, std::uint64_t> keys;
  const Side earlier = ReadSide(path.substr(0, path.rfind('/')), "earlier", &keys);
  std::string text = *ReadWholeFile(PosixFileSystem(), path + ".textproto");
  const std::string field = "population: ";
  for (std::size_t at = text.find(field); at != std::string::npos; at = text.find(field, at)) {
    at += field.size();
    const std::size_t end = text.find_first_not_of("0123456789.", at);
    const double population = std::stod(text.substr(at, end - at));
    text.replace(at, end - at, std::to_string(3 * population));
  }
  const auto larger = testing::WaveFromText(text);
  WaveRecords records = earlier.Records();
  records.wave = larger;
  const WaveDifferences differences = CompareWaves(records, earlier.Records());
  EXPECT_EQ(differences.common_units, earlier.units.size());
  int estimable = 0;
  for (const FigureValue& figure : differences.figures) {
    if (!figure.value) continue;
    EXPECT_NEAR(*figure.value, 0, 1e-9);
    EXPECT_FALSE(figure.se || figure.se_interval || figure.low);
    ++estimable;
  }
  EXPECT_GT(estimable, 15);
  for (const ComparisonValue& test : differences.comparisons) EXPECT_FALSE(test.p);
}

INSTANTIATE_TEST_SUITE_P(Fixtures, WaveOracleTest,
                         ::testing::Values("waves-overlap", "waves-weighted"),
                         [](const auto& info) {
                           std::string name = info.param;
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

}  // namespace
}  // namespace panelpuls::estimate
