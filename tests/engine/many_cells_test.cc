// Waves of far more cells than respondents, in which those cells are held that somebody is counted
// in: whatever the order and the partitions, after replay and restart, and in the bytes of
// capacity.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "archive/replay.h"
#include "base/clock.h"
#include "capacity/capacity.h"
#include "engine/engine.h"
#include "engine/fieldwork.h"
#include "engine/harness.h"
#include "offline/survey.h"
#include "report/snapshot.h"
#include "snapshot/contents.h"
#include "snapshot/rendered.h"
#include "testing/simulated_file_system.h"

namespace panelpuls::engine {
namespace {

using panelpuls::testing::SimulatedFileSystem;
using testing::Batches;
using testing::Harness;
using testing::HoursText;
using testing::kDirectory;
using testing::kNoon;
using testing::LoadText;
using testing::Replaced;
using testing::Sent;
using testing::TestOptions;

constexpr int kMunicipalities = 98;

std::string DimensionText(const std::string& id, int count, double population) {
  std::string text = "dimensions {\n  id: \"" + id + "\"\n";
  for (int i = 0; i < count; ++i) {
    text += fmt::format("  categories {{ code: \"{}{}\" ", id, i);
    if (population > 0) text += fmt::format("population: {}", population / count);
    text += " }\n";
  }
  return text + "}\n";
}

// The satisfaction wave by municipality and trade: 105,840 cells. With all that tabulations may ask
// for.
std::shared_ptr<const wave::Wave> ManyCells() {
  static const std::shared_ptr<const wave::Wave> wave = LoadText(
      testing::WaveText() + DimensionText("municipality", kMunicipalities, 0) +
      DimensionText("trade", 60, 0) +
      "tabulations { by: \"season&channel\" by: \"municipality\" group_shares: true totals: "
      "true ratio: true against_others: true }\n"
      "tabulations { question: \"improve\" by: \"traveller&age\" totals: true "
      "against_others: true }\n");
  return wave;
}

// Corrections move their units to other cells.
std::vector<Sent> Fieldwork(std::uint64_t seed, int units) {
  std::mt19937_64 random(seed);
  std::vector<Sent> records = testing::MakeFieldwork(seed, units);
  for (Sent& record : records) {
    if (!record.disposition.empty()) continue;
    // Copies of a record stay copies.
    std::mt19937_64 of_record(std::hash<std::string>()(record.id) + record.revision * 7919 +
                              static_cast<std::uint64_t>(record.at));
    record.categories.emplace_back("municipality",
                                   fmt::format("municipality{}", of_record() % kMunicipalities));
    record.categories.emplace_back("trade", fmt::format("trade{}", of_record() % 60));
  }
  return records;
}

std::string EstimatesOf(const std::vector<std::vector<Sent>>& batches, std::uint32_t partitions) {
  SimulatedFileSystem files;
  ManualClock clock(kNoon);
  Harness harness(ManyCells(), TestOptions(files, clock, partitions));
  for (const auto& batch : batches) harness.Post(batch);
  harness.WaitForOutcomes(batches.size());
  return std::string(harness.Stop()->rendered.json.estimates());
}

TEST(ManyCells, OrderRepetitionAndPartitionsDoNotMatter) {
  ASSERT_TRUE(ManyCells()->is_sparse);
  for (std::uint64_t seed = 1; seed <= 2; ++seed) {
    SCOPED_TRACE(seed);
    const std::vector<Sent> records = Fieldwork(seed, 150);
    const std::string expected = EstimatesOf(Batches(records, 1000), 1);
    EXPECT_NE(expected.find("\"statistic\":\"ratio\""), std::string::npos);
    EXPECT_NE(expected.find("\"domain\":\"season=winter&channel=web\""), std::string::npos);
    EXPECT_NE(expected.find("\"b\":\"!municipality=municipality7\""), std::string::npos);
    std::mt19937_64 random(seed);
    for (const std::uint32_t partitions : {1u, 3u}) {
      std::vector<Sent> shuffled = records;
      for (std::size_t copies = records.size() / 3; copies > 0; --copies) {
        shuffled.push_back(records[random() % records.size()]);
      }
      std::shuffle(shuffled.begin(), shuffled.end(), random);
      EXPECT_EQ(EstimatesOf(Batches(shuffled, 1 + random() % 40), partitions), expected)
          << partitions << " partitions";
    }
  }
}

TEST(ManyCells, ReplayAndRestartGiveTheSame) {
  for (const std::uint32_t partitions : {1u, 3u}) {
    SCOPED_TRACE(partitions);
    SimulatedFileSystem files;
    ManualClock clock(kNoon);
    SnapshotPointer live;
    {
      Harness harness(ManyCells(), TestOptions(files, clock, partitions));
      std::size_t sent = 0;
      for (const auto& batch : Batches(Fieldwork(9, 150), 10)) {
        harness.Post(batch);
        harness.WaitForOutcomes(++sent);
        clock.AdvanceTo(clock.Now() + 40 * kMicrosPerMinute);
      }
      live = harness.Stop();
    }
    const std::string hours = HoursText(*live->wave, *live->hours, live->counters);
    EXPECT_GT(std::count(hours.begin(), hours.end(), '{'), 12);
    const auto replayed = archive::Replay(files, kDirectory, std::nullopt);
    ASSERT_TRUE(replayed.ok()) << replayed.status();
    const snapshot::Json json = report::SnapshotToJson(replayed->Inputs());
    EXPECT_EQ(json.estimates(), live->rendered.json.estimates());
    EXPECT_EQ(json.collection(), live->rendered.json.collection());
    EXPECT_EQ(HoursText(*replayed->wave, replayed->hours, replayed->counters), hours);
    Harness again(ManyCells(), TestOptions(files, clock, partitions));
    EXPECT_EQ(again.engine().Latest()->rendered.json.estimates(), live->rendered.json.estimates());
  }
}

std::string PanelText() {
  const std::string folder = std::string(PANELPULS_SOURCE_DIR) + "/waves/";
  auto text = ReadWholeFile(PosixFileSystem(), folder + "virksomhedspanel-2025-efteraar.textproto");
  EXPECT_TRUE(text.ok()) << text.status();
  // Margins of equal totals, since the panel's stand in a file of their own.
  std::string definition = *std::move(text);
  const std::size_t begin = definition.find("population {");
  definition.erase(begin, definition.find("}\n", begin) + 2 - begin);
  const std::string weighting =
      "weighting { method: RAKE dimensions: \"municipality\" collapse_below: 1 }\n";
  const std::size_t old = definition.find("weighting {");
  definition.replace(old, definition.find('\n', old) + 1 - old, weighting);
  return definition + DimensionText("municipality", kMunicipalities, 301'350);
}

// A response with every answer and category drawn by lot.
Sent Drawn(const wave::Wave& wave, int unit) {
  std::mt19937_64 random(static_cast<std::uint64_t>(unit));
  Sent sent;
  sent.id = "DK-" + std::to_string(unit);
  sent.channel = wave.channels[random() % wave.channels.size()].code;
  sent.at = kNoon;
  for (const wave::Question& question : wave.questions) {
    sent.answers.push_back(
        {question.id, {question.options[random() % question.options.size()].code}});
  }
  for (const wave::Dimension& dimension : wave.dimensions) {
    const std::size_t place = dimension.id == "municipality"
                                  ? static_cast<std::size_t>(unit) % kMunicipalities
                                  : random() % dimension.categories.size();
    sent.categories.emplace_back(dimension.id, dimension.categories[place].code);
  }
  return sent;
}

// Beside a wave that tabulates so little that every cell has its place.
TEST(ManyCells, ThePanelWith98MunicipalitiesOpensAndEstimates) {
  const std::string text = PanelText();
  const auto wave = LoadText(text);
  std::string less = text;
  for (std::size_t at = less.find("tabulations {"); at != std::string::npos;
       at = less.find("tabulations {")) {
    less.erase(at, less.find('\n', at) + 1 - at);
  }
  const auto dense = LoadText(less);
  EXPECT_EQ(wave->cells, 87'808u);
  EXPECT_TRUE(wave->is_sparse);
  EXPECT_FALSE(dense->is_sparse);
  const auto offline = offline::Survey::Create(wave, {});
  const auto beside = offline::Survey::Create(dense, {});
  ASSERT_TRUE(offline.ok() && beside.ok());
  for (int unit = 0; unit < 2'000; ++unit) {
    const Sent sent = Drawn(*wave, unit);
    wave::RawResponse raw = testing::RawOf(sent);
    raw.base_weight.reset();
    wave::Rejection rejection;
    for (offline::Survey* into : {offline->get(), beside->get()}) {
      ASSERT_EQ(into->Add(raw, &rejection), wave::Result::kAccepted)
          << rejection.field << " " << rejection.reason;
    }
  }
  const snapshot::Contents inputs = (*offline)->Estimate();
  ASSERT_TRUE(inputs.estimates->calibration.converged);
  const snapshot::Contents expected = (*beside)->Estimate();
  for (std::size_t i = 0; i < expected.keys->size(); ++i) {
    const estimate::FigureKey& key = (*expected.keys)[i];
    if (!key.against.empty()) continue;
    const auto same = std::find_if(inputs.keys->begin(), inputs.keys->end(),
                                   [&key](const estimate::FigureKey& other) {
                                     return other.statistic == key.statistic &&
                                            other.of == key.of && other.domain == key.domain;
                                   });
    ASSERT_NE(same, inputs.keys->end());
    const auto& figure =
        inputs.estimates->figures[static_cast<std::size_t>(same - inputs.keys->begin())];
    EXPECT_EQ(figure.value, expected.estimates->figures[i].value) << key.of;
    EXPECT_EQ(figure.se, expected.estimates->figures[i].se) << key.of;
  }
}

TEST(ManyCells, CapacityCountsTheCellsThatUnitsCanStandIn) {
  const auto wave = LoadText(PanelText());
  const state::CubeShape shape(*wave, wave->max_respondents);
  EXPECT_EQ(shape.blocks, 40'000u);
  const std::uint64_t cube = (40'000 * 400 + 87'808 + 40'000) * std::uint64_t{4};
  EXPECT_EQ(shape.bytes(), cube);
  const capacity::Capacity one = capacity::CapacityOf(wave, {});
  EXPECT_EQ(one.state.cube_bytes, cube);
  const auto cubes = std::find_if(
      one.beside.begin(), one.beside.end(),
      [](const capacity::MemoryPart& part) { return part.what == "cubes of the snapshot thread"; });
  ASSERT_NE(cubes, one.beside.end());
  EXPECT_EQ(cubes->bytes, 2 * cube);
  EXPECT_EQ(cubes->taken, capacity::Taken::kAsUsed);
  EXPECT_LT(one.total(), std::uint64_t{1} << 30);
  const auto snapshots = std::find_if(
      one.beside.begin(), one.beside.end(),
      [](const capacity::MemoryPart& part) { return part.what == "snapshots, roughly"; });
  ASSERT_NE(snapshots, one.beside.end());
  EXPECT_GT(snapshots->bytes, wave->cells * 200);
}

}  // namespace
}  // namespace panelpuls::engine
