#include <gtest/gtest.h>

#include <ostream>
#include <random>

#include "panel_wave.h"
#include "state/contributor.h"
#include "state/cube.h"
#include "testing/sample_response.h"

namespace panelpuls::state {
namespace {

using testing::SampleResponse;

struct ContributeRow {
  std::string name;
  std::map<std::string, std::string> answers;
  std::string channel;
  // Expected classes: indicator group (3 = none), direction (3 = none), revenue (3 = missing), jobs
  // (3 = missing), rows of barriers chosen (3 = answered).
  std::uint32_t group, direction, revenue, jobs;
  std::vector<std::uint32_t> barriers;
};

void PrintTo(const ContributeRow& row, std::ostream* os) { *os << row.name; }

class ContributeTest : public ::testing::TestWithParam<ContributeRow> {};

TEST_P(ContributeTest, ARespondentCountsInOneEntryOfEachSingleTableAndInEachChosenRow) {
  const ContributeRow& row = GetParam();
  const auto wave = PanelWave();
  SampleResponse sample;
  sample.channel = row.channel;
  sample.answers = row.answers;
  sample.categories = {{"size", "large"}, {"area", "south"}};
  sample.base_weight = 2.5;
  const std::vector<std::byte> record = testing::SampleResolver(wave).Record(sample);
  Contribution contribution;
  Contribute(*wave, record.data(), &contribution);
  EXPECT_EQ(contribution.cell, 4u);  // the last dimension is the fastest
  EXPECT_EQ(contribution.base_weight, wave::kBaseWeightOne * 5 / 2);

  const auto table = [&](wave::VariableKind rows, const std::string& row_question,
                         wave::VariableKind columns,
                         const std::string& column_question) -> const wave::Table& {
    for (const wave::Table& candidate : wave->tables) {
      if (candidate.row.kind == rows && candidate.column.kind == columns &&
          candidate.row.question == wave->FindQuestion(row_question) &&
          candidate.column.question == wave->FindQuestion(column_question)) {
        return candidate;
      }
    }
    ADD_FAILURE() << "no such table";
    return wave->tables[0];
  };
  using wave::VariableKind;
  const std::uint32_t channel = row.channel == "cati" ? 1 : 0;
  std::vector<std::uint32_t> expected = {
      table(VariableKind::kIndicator, "", VariableKind::kNone, "").EntryOf(row.group, 0),
      table(VariableKind::kIndicator, "", VariableKind::kChannel, "").EntryOf(row.group, channel),
      table(VariableKind::kIndicator, "", VariableKind::kQuestion, "jobs")
          .EntryOf(row.group, row.jobs),
      table(VariableKind::kQuestion, "revenue", VariableKind::kDirection, "")
          .EntryOf(row.revenue, row.direction),
  };
  for (const std::uint32_t barrier : row.barriers) {
    expected.push_back(table(VariableKind::kQuestion, "barriers", VariableKind::kDirection, "")
                           .EntryOf(barrier, row.direction));
  }
  EXPECT_THAT(contribution.entries, ::testing::UnorderedElementsAreArray(expected));
  EXPECT_LE(contribution.entries.size(), Contributor(*wave).max_entries());
}

INSTANTIATE_TEST_SUITE_P(
    Rows, ContributeTest,
    ::testing::Values(
        ContributeRow{"rise", {{"revenue", "up"}, {"jobs", "down"}}, "eboks", 0, 0, 0, 2, {}},
        ContributeRow{"no_group",
                      {{"revenue", "up"}, {"jobs", "up"}, {"barriers", "none"}},
                      "cati",
                      3,
                      3,
                      0,
                      0,
                      {2, 3}},
        ContributeRow{"missing_option",
                      {{"revenue", "dont_know"}, {"jobs", "same"}, {"barriers", "dont_know"}},
                      "eboks",
                      3,
                      3,
                      3,
                      1,
                      {}},
        ContributeRow{"two_choices",
                      {{"revenue", "same"}, {"jobs", "same"}, {"barriers", "time|money"}},
                      "eboks",
                      1,
                      1,
                      1,
                      1,
                      {0, 1, 3}},
        ContributeRow{"nothing_answered", {}, "cati", 3, 3, 3, 3, {}},
        ContributeRow{"fall", {{"revenue", "down"}, {"jobs", "up"}}, "cati", 2, 2, 2, 0, {}}),
    [](const auto& info) { return info.param.name; });

TEST(Cube, CorrectionReplacesEarlierContribution) {
  const auto wave = PanelWave();
  Cube cube(*wave);
  const Cube empty(*wave);
  const Contribution first{.cell = 3, .base_weight = wave::kBaseWeightOne / 3, .entries = {0, 5}};
  const Contribution second{.cell = 1, .base_weight = 77, .entries = {1}};
  cube.Add(first);
  cube.Add(second);
  cube.Subtract(first);
  Cube expected(*wave);
  expected.Add(second);
  EXPECT_TRUE(cube == expected);
  EXPECT_FALSE(cube == empty);
  cube.Subtract(second);
  EXPECT_TRUE(cube == empty);
}

TEST(Cube, BlocksOfManyEntriesBeginAtCacheLinesAndSmallOnesTakeNoRoomOnTop) {
  for (std::uint32_t entries = 1; entries <= 1000; ++entries) {
    wave::Wave wave = *PanelWave();
    wave.block_entries = entries;
    Cube cube(wave);
    const std::uint32_t stride = cube.shape().stride;
    EXPECT_EQ(cube.Block(2).size(), entries);
    EXPECT_EQ(cube.Block(2).data() - cube.Block(0).data(), 2 * std::ptrdiff_t{stride});
    if (entries >= 120) {
      EXPECT_EQ(reinterpret_cast<std::uintptr_t>(cube.Block(1).data()) % 64, 0u) << entries;
    }
    EXPECT_GE(stride, entries);
    EXPECT_LE(stride - entries, std::min(entries / 8, 15u)) << entries;
  }
}

TEST(Cube, SumsExistOnlyWhereBaseWeightsVaryByUnit) {
  for (const std::string base_weights : {"BASE_WEIGHTS_NONE", "BASE_WEIGHTS_PER_UNIT"}) {
    const auto wave = PanelWave({.base_weights = base_weights});
    Cube cube(*wave);
    const bool per_unit = base_weights == "BASE_WEIGHTS_PER_UNIT";
    EXPECT_EQ(cube.shape().has_sums, per_unit);
    EXPECT_EQ(cube.SumsBlock(0).empty(), !per_unit);
    EXPECT_EQ(cube.shape().bytes(), wave->cells * cube.shape().stride * (per_unit ? 36u : 4u));
    cube.Add({.cell = 0, .base_weight = wave::kBaseWeightOne, .entries = {0}});
    EXPECT_EQ(cube.Block(0)[0], 1u);
    cube.Clear();
    EXPECT_EQ(cube.Block(0)[0], 0u);
  }
}

TEST(Cube, SquaresAreRoundedToTheNearest) {
  const auto square_of = [](std::uint64_t d) {
    return std::pair(static_cast<std::uint64_t>(SquaredBaseWeight(d) >> 64),
                     static_cast<std::uint64_t>(SquaredBaseWeight(d)));
  };
  // 1 is 2^60; 2^-10 is 2^40; 2^20 is 2^100.
  EXPECT_EQ(square_of(wave::kBaseWeightOne), std::pair(0ul, 1ul << 60));
  EXPECT_EQ(square_of(wave::kBaseWeightOne >> 10), std::pair(0ul, 1ul << 40));
  EXPECT_EQ(square_of(wave::kBaseWeightOne << 20), std::pair(1ul << 36, 0ul));
  // 724^2 = 524,176 and 725^2 = 525,625 lie on both sides of half of 2^20.
  EXPECT_EQ(square_of(724), std::pair(0ul, 0ul));
  EXPECT_EQ(square_of(725), std::pair(0ul, 1ul));
  std::mt19937_64 random(17);
  for (int i = 0; i < 1000; ++i) {
    const std::uint64_t d = random() >> (4 + random() % 30);
    const Uint128 square = static_cast<Uint128>(d) * d;
    const Uint128 kept = SquaredBaseWeight(d) << 20;
    const Uint128 distance = kept > square ? kept - square : square - kept;
    ASSERT_LE(static_cast<std::uint64_t>(distance), 1ul << 19);
  }
}

}  // namespace
}  // namespace panelpuls::state
