// Guidance to the next interview (METHOD M11): what must hold for any cube, and by hand.
#include "estimate/response/guidance.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "estimate/cell_counts.h"
#include "estimate/estimator.h"
#include "estimate/response/fieldwork.h"
#include "estimate/survey.h"
#include "estimate/variance/residual_spread.h"
#include "estimate/worked_table.h"

namespace panelpuls::estimate {
namespace {

// An indicator of one question.
const std::string kIndicator = R"(
    questions { id: "q" kind: SCALE options { code: "up" } options { code: "down" } }
    indicator {
      questions: "q"
      groups { id: "up" score: 100 combinations { options: "up" } }
      groups { id: "down" score: -100 combinations { options: "down" } }
    }
)";

// One weighting dimension, an indicator of one question, an optional frame.
std::string Definition(const std::string& more = "", double scale = 1) {
  const auto category = [scale](const char* code, double population) {
    return fmt::format("categories {{ code: \"{}\" population: {} }} ", code, population * scale);
  };
  return R"(
    id: "guided" fieldwork_start: "2025-09-01" fieldwork_end: "2025-10-31"
    channels { code: "web" } max_respondents: 1000
  )" + kIndicator +
         R"(
    dimensions { id: "area" categories { code: "n" } categories { code: "e" } }
    weighting { method: RAKE dimensions: "size" }
  )" + more +
         " dimensions { id: \"size\" " + category("s", 500) + category("m", 300) +
         category("l", 200) + "}";
}

struct Answers {
  std::string size, area, option;
  int count = 0;
};

// A cube of respondents, and units of the frame by disposition set by hand.
class Guided {
 public:
  explicit Guided(const std::string& definition)
      : wave_(testing::WaveFromText(definition)), cube_(*wave_) {}

  void Add(const Answers& answers) {
    const wave::Table& table = wave_->tables.front();
    const std::uint32_t group = answers.option == "up" ? 0 : answers.option == "down" ? 1 : 2;
    cube_.MutableBlock(Cell(answers.size, answers.area))[table.offset + group * table.columns] +=
        static_cast<std::uint32_t>(answers.count);
  }
  void Frame(std::uint64_t cell, wave::Disposition disposition, std::uint32_t units) {
    cube_.MutableBlock(
        cell)[cube_.shape().disposition_offset + static_cast<std::size_t>(disposition)] += units;
  }
  std::uint64_t Cell(const std::string& size, const std::string& area) const {
    return CellOf(*wave_, {{"size", size}, {"area", area}});
  }
  Fieldwork Measure() const {
    Estimator estimator(wave_);
    return MeasureFieldwork(*wave_, cube_, estimator.Estimate(cube_));
  }
  const wave::Wave& wave() const { return *wave_; }

 private:
  std::shared_ptr<const wave::Wave> wave_;
  state::Cube cube_;
};

const CellGain& RowOf(const Guidance& guidance, std::uint64_t cell) {
  for (const CellGain& row : guidance.cells) {
    if (row.cell == cell) return row;
  }
  ADD_FAILURE() << "no cell " << cell;
  return guidance.cells.front();
}

void AddUneven(Guided* guided) {
  guided->Add({"s", "n", "up", 6});
  guided->Add({"s", "n", "down", 2});
  guided->Add({"s", "e", "down", 4});
  guided->Add({"m", "n", "up", 3});
  guided->Add({"m", "e", "down", 1});
  guided->Add({"l", "n", "up", 2});
  guided->Add({"l", "n", "down", 2});
}

// By hand: means 0, 50 and 0 of s, m and l; S^2 = sum of n (y - mean)^2 over 20 - 3.
TEST(Guidance, TheGainIsThatOfTheFormula) {
  Guided guided(Definition());
  AddUneven(&guided);
  const Guidance guidance = guided.Measure().guidance;
  const double pooled = (12 * 1e4 + 3 * 2500 + 22500 + 4 * 1e4) / 17;
  // Small and north: 8 of the 12 that stand for half of the population.
  const double share = 0.5 * 8 / 12;
  const double spread = (5 * pooled + 8 * 1e4) / (5 + 8);
  const Gain& gain = RowOf(guidance, guided.Cell("s", "n")).gain;
  EXPECT_NEAR(*gain.variance, share * share * spread / (8 * 9), 1e-9);
  EXPECT_FALSE(gain.open);
  EXPECT_EQ(gain.expected_response, 1);
  EXPECT_GT(*gain.variance_share, 0);
  EXPECT_LT(*gain.variance_share, 1);
  // Large and east has nobody: it ranks as its category does.
  const double large = 0.2 * 0.2 * (5 * pooled + 4 * 1e4) / 9 / (4 * 5);
  EXPECT_NEAR(*RowOf(guidance, guided.Cell("l", "e")).gain.variance, large, 1e-9);
  EXPECT_TRUE(guidance.flags.empty());
}

TEST(Guidance, TheWorkedTableIsRight) {
  const auto table = WorkedTable("M11");
  ASSERT_EQ(table.size(), 3u);
  for (const auto& row : table) {
    ASSERT_EQ(row.size(), 7u);
    const auto number = [&row](std::size_t i) { return std::stod(row[i]); };
    const ResidualSpread spread{.pooled = number(1), .squares = {}, .valid = {}};
    const double gain = VarianceGain({.share = number(0),
                                      .spread = spread.Of(number(2), number(3)),
                                      .n = number(4),
                                      .expected_response = number(5)});
    EXPECT_EQ(fmt::format("{:.4f}", gain), row[6]);
  }
}

TEST(Guidance, StandsBestFirst) {
  Guided guided(Definition());
  AddUneven(&guided);
  const Guidance guidance = guided.Measure().guidance;
  ASSERT_EQ(guidance.cells.size(), 6u);
  ASSERT_EQ(guidance.categories.size(), 5u);
  for (std::size_t i = 1; i < guidance.cells.size(); ++i) {
    EXPECT_GE(*guidance.cells[i - 1].gain.variance, *guidance.cells[i].gain.variance);
  }
  for (std::size_t i = 1; i < guidance.categories.size(); ++i) {
    EXPECT_GE(*guidance.categories[i - 1].gain.variance, *guidance.categories[i].gain.variance);
  }
}

// Of more cells than are listed the best ones, however they lie.
TEST(Guidance, ListsTheBestOfManyCells) {
  constexpr int kCells = 64;
  std::string categories;
  for (int k = 0; k < kCells; ++k) categories += fmt::format("categories {{ code: \"c{}\" }} ", k);
  const auto wave = testing::WaveFromText(R"(
    id: "many" fieldwork_start: "2025-09-01" fieldwork_end: "2025-10-31"
    channels { code: "web" } max_respondents: 100000
  )" + kIndicator + R"(
    weighting { method: NONE }
    dimensions { id: "place" )" + categories +
                                          "}");
  state::Cube cube(*wave);
  // A cell that stands for more takes off more: (n / W)^2 / (n (n + 1)) grows with n.
  const auto pairs = [](int cell) { return 1 + cell * 29 % kCells; };
  const wave::Table& table = wave->tables.front();
  for (int cell = 0; cell < kCells; ++cell) {
    for (const std::uint32_t group : {0u, 1u}) {
      cube.MutableBlock(static_cast<std::uint64_t>(cell))[table.offset + group * table.columns] +=
          static_cast<std::uint32_t>(pairs(cell));
    }
  }
  Estimator estimator(wave);
  const Guidance guidance = MeasureFieldwork(*wave, cube, estimator.Estimate(cube)).guidance;
  ASSERT_EQ(guidance.cells.size(), kMostGuidedCells);
  for (std::size_t i = 0; i < guidance.cells.size(); ++i) {
    EXPECT_EQ(pairs(static_cast<int>(guidance.cells[i].cell)), kCells - static_cast<int>(i));
  }
}

TEST(Guidance, TheSizeOfThePopulationChangesNothing) {
  Guided small(Definition());
  Guided large(Definition("", 1000));
  AddUneven(&small);
  AddUneven(&large);
  const Guidance a = small.Measure().guidance;
  const Guidance b = large.Measure().guidance;
  ASSERT_EQ(a.cells.size(), b.cells.size());
  for (std::size_t i = 0; i < a.cells.size(); ++i) {
    const Gain& other = RowOf(b, a.cells[i].cell).gain;
    EXPECT_NEAR(*a.cells[i].gain.variance, *other.variance, 1e-9 * *other.variance);
    EXPECT_NEAR(*a.cells[i].gain.variance_share, *other.variance_share, 1e-9);
  }
}

// Whoever calls the best cell again and again comes to every cell, also where all answer alike.
TEST(Guidance, ACellNeverCalledIsNotStarved) {
  Guided guided(Definition());
  guided.Add({"s", "n", "up", 1});
  guided.Add({"s", "n", "down", 1});
  guided.Add({"m", "n", "up", 1});
  guided.Add({"l", "n", "up", 1});
  std::vector<int> calls(guided.wave().cells);
  for (int call = 0; call < 60; ++call) {
    const std::uint64_t best = guided.Measure().guidance.cells.front().cell;
    ++calls[best];
    for (const char* size : {"s", "m", "l"}) {
      for (const char* area : {"n", "e"}) {
        if (guided.Cell(size, area) == best) guided.Add({size, area, "up", 1});
      }
    }
  }
  for (std::size_t cell = 0; cell < calls.size(); ++cell) EXPECT_GT(calls[cell], 0) << cell;
}

TEST(Guidance, WithoutAnswersTheReasonStandsAndNoNumber) {
  Guided guided(Definition());
  const Guidance guidance = guided.Measure().guidance;
  EXPECT_EQ(guidance.cells.size(), 6u);
  EXPECT_FALSE(guidance.flags.empty());
  for (const CellGain& row : guidance.cells) EXPECT_FALSE(row.gain.variance);
  // The same where all answer alike: no variance to take anything off.
  for (const char* size : {"s", "m", "l"}) guided.Add({size, "n", "up", 3});
  EXPECT_FALSE(guided.Measure().guidance.flags.empty());
}

constexpr const char* kFrame = R"(sample_frame { file: "frame.csv" })";

TEST(Guidance, WithAFrameOnlyThoseWhoCanStillAnswerAreAsked) {
  Guided guided(Definition(kFrame));
  AddUneven(&guided);
  using wave::Disposition;
  const std::uint64_t done = guided.Cell("s", "n");
  const std::uint64_t closed = guided.Cell("s", "e");
  const std::uint64_t untried = guided.Cell("l", "e");
  guided.Frame(done, Disposition::kComplete, 8);
  guided.Frame(done, Disposition::kInvited, 12);
  guided.Frame(closed, Disposition::kComplete, 4);
  guided.Frame(closed, Disposition::kRefusal, 3);
  guided.Frame(untried, Disposition::kNone, 30);
  const Fieldwork fieldwork = guided.Measure();
  const Guidance& guidance = fieldwork.guidance;
  ASSERT_EQ(guidance.cells.size(), 2u) << "nobody is left, or was ever, in the others";
  const Gain& of_done = RowOf(guidance, done).gain;
  EXPECT_EQ(*of_done.open, 12u);
  // 12 of 27 tried; size s the same, area n 8 of 20.
  const double whole = 13.0 / 29;
  const double around = ((12 + 5 * whole) / 32 + (8 + 5 * whole) / 25) / 2;
  EXPECT_NEAR(of_done.expected_response, (8 + 5 * around) / 25, 1e-12);
  const Gain& of_untried = RowOf(guidance, untried).gain;
  EXPECT_EQ(*of_untried.open, 30u);
  EXPECT_GT(of_untried.expected_response, 0.2) << "not called is not the same as not answering";
  EXPECT_GT(*of_untried.variance, 0);
  for (const CategoryGain& row : guidance.categories) {
    EXPECT_FALSE(row.dimension == 1 && row.category == 1) << "nobody is invited of m";
  }
}

TEST(Guidance, TheCvFallsMostWhereRespondentsAreShort) {
  Guided guided(Definition(kFrame));
  AddUneven(&guided);
  using wave::Disposition;
  for (const char* area : {"n", "e"}) {
    guided.Frame(guided.Cell("s", area), Disposition::kComplete, 30);
    guided.Frame(guided.Cell("s", area), Disposition::kNone, 30);
    guided.Frame(guided.Cell("m", area), Disposition::kComplete, 5);
    guided.Frame(guided.Cell("m", area), Disposition::kNone, 60);
  }
  const Fieldwork fieldwork = guided.Measure();
  ASSERT_TRUE(fieldwork.representativity.whole.cv);
  const Guidance& guidance = fieldwork.guidance;
  EXPECT_GT(*RowOf(guidance, guided.Cell("m", "e")).gain.representativity, 0);
  EXPECT_LT(*RowOf(guidance, guided.Cell("s", "e")).gain.representativity, 0);
}

// Cubes as they come in the first hours: empty categories, item non-response, unequal weights.
TEST(Guidance, IsFiniteOnAnyCube) {
  for (const char* method : {"RAKE", "LINEAR", "NONE"}) {
    for (unsigned seed = 1; seed <= 60; ++seed) {
      SCOPED_TRACE(fmt::format("{} {}", method, seed));
      std::mt19937_64 random(seed);
      const Survey survey(SurveyWave({.method = method}), RandomResponses(seed * 2, random));
      const auto wave = SurveyWave({.method = method});
      Estimator estimator(wave);
      const Estimates estimates = estimator.Estimate(survey.cube());
      const Guidance guidance = MeasureFieldwork(*wave, survey.cube(), estimates).guidance;
      ASSERT_FALSE(guidance.cells.empty());
      ASSERT_LE(guidance.cells.size(), kMostGuidedCells);
      bool has_gain = false;
      const auto check = [&](const Gain& gain) {
        if (gain.variance) {
          EXPECT_TRUE(std::isfinite(*gain.variance) && *gain.variance >= 0);
          has_gain = true;
        }
        if (gain.variance_share) EXPECT_TRUE(std::isfinite(*gain.variance_share));
      };
      for (const CellGain& row : guidance.cells) check(row.gain);
      for (const CategoryGain& row : guidance.categories) check(row.gain);
      EXPECT_EQ(has_gain, guidance.flags.empty());
    }
  }
}

}  // namespace
}  // namespace panelpuls::estimate
