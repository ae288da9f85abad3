// Cubes of very many cells, which hold those alone that somebody is counted in.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <vector>

#include "state/cube.h"
#include "state/state.h"
#include "testing/sample_response.h"
#include "testing/small_wave.h"

namespace panelpuls::state {
namespace {

using testing::SampleResponse;

std::string Categories(int count) {
  std::string text;
  for (int i = 0; i < count; ++i) text += fmt::format("categories {{ code: \"c{}\" }} ", i);
  return text;
}

// 98 x 60 x 50 cells of 21 entries: more than all have room for.
std::shared_ptr<const wave::Wave> ManyCells(const std::string& more = "") {
  const auto wave = testing::WaveFromText(
      "id: \"many\" fieldwork_start: \"2025-09-01\" fieldwork_end: \"2025-10-31\" "
      "channels { code: \"eboks\" } max_respondents: 40 dimensions { id: \"municipality\" " +
      Categories(98) + "} dimensions { id: \"trade\" " + Categories(60) +
      "} dimensions { id: \"size\" " + Categories(50) +
      "} questions { id: \"q\" options { code: \"a\" } options { code: \"b\" } options { code: "
      "\"c\" } options { code: \"d\" } } questions { id: \"r\" options { code: \"a\" } options "
      "{ code: \"b\" } options { code: \"c\" } } tabulations { question: \"q\" by: \"r\" } "
      "weighting { method: NONE } " +
      more);
  return wave;
}

SampleResponse Response(std::mt19937_64& random, std::uint64_t unit) {
  SampleResponse response;
  response.unit = unit;
  response.answers = {{"q", std::string(1, static_cast<char>('a' + random() % 4))},
                      {"r", std::string(1, static_cast<char>('a' + random() % 3))}};
  response.categories = {{"municipality", fmt::format("c{}", random() % 98)},
                         {"trade", fmt::format("c{}", random() % 60)},
                         {"size", fmt::format("c{}", random() % 50)}};
  return response;
}

std::uint64_t HeldCells(const Cube& cube) {
  std::uint64_t held = 0;
  for (std::uint64_t cell = 0; cell < cube.shape().cells; ++cell) held += cube.Holds(cell) ? 1 : 0;
  return held;
}

class SparseCube : public ::testing::TestWithParam<const char*> {};

// A response moves its unit to another cell a hundred times, so that far more cells are counted in
// than there is room for at once.
TEST_P(SparseCube, HoldsCellsThatSomebodyIsCountedInAndNoOthers) {
  const auto wave = ManyCells(GetParam());
  ASSERT_TRUE(wave->is_sparse);
  std::mt19937_64 random(5);
  const auto state = State::Create(wave, {}).value();
  testing::SampleResolver resolver(wave);
  EXPECT_EQ(state->cube().shape().blocks, 40u);
  std::map<std::uint64_t, SampleResponse> last;
  for (std::uint32_t revision = 0; revision < 100; ++revision) {
    for (std::uint64_t unit = 0; unit < 40; ++unit) {
      SampleResponse response = Response(random, unit);
      response.revision = revision;
      if (wave->base_weights == wave::BaseWeights::kPerUnit) {
        response.base_weight = 0.5 + static_cast<double>(random() % 1000) / 64;
      }
      if (unit % 7 == 6 && revision == 99) response.status = wave::Status::kWithdrawn;
      if (response.status == wave::Status::kWithdrawn) response.answers.clear();
      std::vector<std::byte> record = resolver.Record(response);
      ASSERT_EQ(state->ApplyResponse(record, 1).result, wave::Result::kAccepted);
      last[unit] = response;
    }
    ASSERT_LE(HeldCells(state->cube()), 40u);
  }
  Cube expected(*wave);
  for (const auto& [unit, response] : last) {
    if (response.status == wave::Status::kWithdrawn) continue;
    Contribution contribution;
    Contribute(*wave, resolver.Record(response).data(), &contribution);
    expected.Add(contribution);
  }
  EXPECT_TRUE(state->cube() == expected);
  EXPECT_LE(HeldCells(expected), 35u);
  EXPECT_EQ(HeldCells(state->cube()), HeldCells(expected));
}

// Whatever the order of additions, and however they are shared out among cubes that are merged.
TEST_P(SparseCube, DoesNotDependOnOrderAndPartition) {
  const auto wave = ManyCells(GetParam());
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937_64 random(seed);
    testing::SampleResolver resolver(wave);
    std::vector<Contribution> contributions(60);
    for (std::size_t i = 0; i < contributions.size(); ++i) {
      SampleResponse response = Response(random, i);
      if (i % 3 == 0) response.categories["municipality"] = "c1";
      if (wave->base_weights == wave::BaseWeights::kPerUnit) response.base_weight = 1.5;
      Contribute(*wave, resolver.Record(response).data(), &contributions[i]);
    }
    Cube whole(*wave);
    for (const Contribution& contribution : contributions) whole.Add(contribution);
    std::shuffle(contributions.begin(), contributions.end(), random);
    std::vector<Cube> parts;
    for (int i = 0; i < 3; ++i) parts.emplace_back(*wave);
    for (const Contribution& contribution : contributions) {
      parts[random() % 3].Add(contribution);
    }
    Cube merged(*wave);
    for (const Cube& part : parts) merged.Merge(part);
    EXPECT_TRUE(merged == whole);
    for (const Contribution& contribution : contributions) merged.Subtract(contribution);
    EXPECT_TRUE(merged == Cube(*wave));
    EXPECT_EQ(HeldCells(merged), 0u);
    whole.Clear();
    EXPECT_EQ(HeldCells(whole), 0u);
  }
}

INSTANTIATE_TEST_SUITE_P(BaseWeights, SparseCube,
                         ::testing::Values("", "design { base_weights: BASE_WEIGHTS_PER_UNIT }"),
                         [](const auto& info) { return info.index == 0 ? "none" : "per_unit"; });

TEST(SparseCube, TakesNoMoreThanItsUnitsNeed) {
  const auto wave = ManyCells();
  const CubeShape shape(*wave, 40);
  EXPECT_EQ(shape.bytes(), (40 * shape.stride + 40 + wave->cells) * 4);
  EXPECT_EQ(State::MemoryFor(*wave, {}).cube_bytes, shape.bytes());
  // One that everybody has room in has a block a cell.
  EXPECT_EQ(CubeShape(*wave).blocks, wave->cells);
}

}  // namespace
}  // namespace panelpuls::state
