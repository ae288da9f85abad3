// Definitions that change while the fieldwork runs: what a start takes, that figures then are those
// of a directory that never knew another definition, and what is kept of each.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "archive/definition_check.h"
#include "archive/replay.h"
#include "archive/responses_export.h"
#include "archive/verify.h"
#include "base/clock.h"
#include "engine/engine.h"
#include "engine/fieldwork.h"
#include "engine/harness.h"
#include "engine/verified.h"
#include "report/export_csv.h"
#include "report/snapshot.h"
#include "snapshot/contents.h"
#include "snapshot/rendered.h"
#include "testing/simulated_file_system.h"

namespace panelpuls::engine {
namespace {

using panelpuls::testing::SimulatedFileSystem;
using testing::Batches;
using testing::Harness;
using ::testing::HasSubstr;
using testing::HoursText;
using testing::IsSound;
using testing::kDirectory;
using testing::kNoon;
using testing::LoadText;
using testing::MakeFieldwork;
using testing::MakeResponse;
using testing::OpenOnABadDay;
using testing::Replaced;
using testing::Sent;
using testing::TestOptions;
using testing::WaveText;

struct Edit {
  const char* name;
  std::vector<std::pair<std::string, std::string>> parts;
  // What only the edited definition takes; the question is empty for a channel.
  const char* question = "";
  const char* code = "";
};
void PrintTo(const Edit& edit, std::ostream* out) { *out << edit.name; }

std::string Edited(const Edit& edit) {
  std::string text = WaveText();
  for (const auto& [from, to] : edit.parts) text = Replaced(std::move(text), from, to);
  return text;
}

// Not where another edit has changed the same.
bool Fits(const Edit& edit, const std::string& text) {
  return std::all_of(edit.parts.begin(), edit.parts.end(), [&text](const auto& part) {
    return text.find(part.first) != std::string::npos;
  });
}

// Some responses that use what was added.
std::vector<Sent> MakeUses(const Edit& edit, std::uint64_t seed) {
  std::vector<Sent> uses;
  if (*edit.code == '\0') return uses;
  std::mt19937_64 random(seed);
  for (int unit = 0; unit < 30; ++unit) {
    Sent sent = MakeResponse(fmt::format("{} {}", edit.code, unit), random);
    const std::string question = edit.question;
    if (question.empty()) {
      sent.channel = edit.code;
    } else if (question == "traveller") {
      sent.categories[1].second = edit.code;
    } else {
      std::erase_if(sent.answers, [&](const auto& answer) { return answer.first == question; });
      sent.answers.push_back({question, {edit.code}});
    }
    uses.push_back(sent);
  }
  return uses;
}

void SendAll(Harness& harness, ManualClock& clock, const std::vector<Sent>& records) {
  for (const auto& batch : Batches(records, 7)) {
    harness.Send(batch);
    clock.AdvanceTo(clock.Now() + 11 * kMicrosPerMinute);
  }
}

// What does not depend on how often a directory was opened, and with what.
std::string CollectionWithout(std::string json) {
  for (const std::string field :
       {"\"version\":", "\"definition_since\":", "\"definitions\":", "\"sequence_since\":"}) {
    const std::size_t at = json.find(field);
    if (at == std::string::npos) {
      ADD_FAILURE() << "no " << field;
      continue;
    }
    json.erase(at, json.find(',', at) == std::string::npos ? json.find('}', at) - at
                                                           : json.find(',', at) - at);
  }
  return json;
}

// Of both, where they begin to differ.
::testing::AssertionResult AreAlike(std::string_view a, std::string_view b) {
  if (a == b) return ::testing::AssertionSuccess();
  const auto [in_a, in_b] = std::mismatch(a.begin(), a.end(), b.begin(), b.end());
  const auto at = static_cast<std::size_t>(in_a - a.begin());
  const std::size_t begin = at < 80 ? 0 : at - 80;
  return ::testing::AssertionFailure() << a.substr(begin, 160) << "\n  and\n"
                                       << b.substr(begin, 160);
}

std::string FiguresOf(const snapshot::Json& json) {
  return std::string(json.estimates()) + CollectionWithout(std::string(json.collection()));
}
std::string HoursOf(const PublishedSnapshot& snapshot) {
  return HoursText(*snapshot.wave, *snapshot.hours, snapshot.counters);
}

// All parts, sent one behind the other to a directory that never had another definition.
std::string Fresh(const std::string& text, std::uint32_t partitions,
                  const std::vector<std::vector<Sent>>& parts) {
  SimulatedFileSystem files;
  ManualClock clock(kNoon);
  Harness harness(LoadText(text), TestOptions(files, clock, partitions));
  for (const auto& part : parts) SendAll(harness, clock, part);
  return FiguresOf(harness.Stop()->rendered.json);
}

std::string ExportOf(SimulatedFileSystem& files) {
  const auto responses =
      archive::ResponsesExport::Open(files, kDirectory, {.make_table = report::ResponsesCsvIn({})});
  EXPECT_TRUE(responses.ok()) << responses.status();
  return responses.ok() ? (*responses)->NextPage(1u << 30) : "";
}

// Records grow by some bytes.
std::string ManyQuestions() {
  std::string text;
  for (int i = 0; i < 20; ++i) {
    text += fmt::format("questions {{ id: \"more{}\" options {{ code: \"x\" }} }}\n", i);
  }
  return text;
}

const std::vector<Edit>& Edits() {
  static const auto* const edits = new std::vector<Edit>{
      {"Prolonged", {{"fieldwork_end: \"2026-04-30\"", "fieldwork_end: \"2026-05-31\""}}},
      {"Shortened", {{"fieldwork_end: \"2026-04-30\"", "fieldwork_end: \"2026-02-20\""}}},
      {"BegunEarlier", {{"fieldwork_start: \"2026-02-01\"", "fieldwork_start: \"2026-01-10\""}}},
      {"OtherZone", {{"Atlantic/Faroe", "Europe/Copenhagen"}}},
      {"Totals",
       {{"population: 40000 }\n  categories { code: \"summer\"",
         "population: 50000 }\n  categories { code: \"summer\""},
        {"population: 120000", "population: 110000"}}},
      {"Tabulation",
       {{"weighting {", "tabulations { question: \"satisfaction\" by: \"season\" }\nweighting {"}}},
      {"FewerTabulations", {{"by: \"traveller\" by: \"again\" by: \"channel\"", "by: \"again\""}}},
      {"Threshold", {{"minimum_n: 3", "minimum_n: 8"}}},
      {"Level", {{"confidence_level: 0.9", "confidence_level: 0.95"}}},
      {"CollapseBelow", {{"collapse_below: 2", "collapse_below: 6"}}},
      {"Method", {{"method: RAKE", "method: LINEAR"}}},
      {"Languages", {{"languages: \"en\"\nlanguages: \"da\"", "languages: \"da\""}}},
      {"Label", {{"en: \"Satisfaction\"", "en: \"Contentment\""}}},
      {"Targets", {{"target: 300", "target: 350"}}},
      {"MoreRespondents", {{"max_respondents: 5000", "max_respondents: 9000"}}},
      {"Priority", {{"channel_priority: true\n", ""}}},
      {"Required", {{"required: true\n", ""}}},
      {"Missing",
       {{"code: \"unsure\" label { da: \"Ved ikke\" en: \"Unsure\" } missing: true",
         "code: \"unsure\" label { da: \"Ved ikke\" en: \"Unsure\" }"}}},
      {"Score", {{"score: 1.25", "score: 1.5"}}},
      {"Groups",
       {{"combinations { options: \"4\" } combinations { options: \"5\" } }",
         "combinations { options: \"4\" } }\n"
         "  groups { id: \"top\" score: 3 combinations { options: \"5\" } }"}}},
      {"Ordered", {{"id: \"season\"", "id: \"season\" ordered: true"}}},
      {"OptionOfASingleChoice",
       {{"code: \"no_opinion\" label { da: \"Ved ikke\" en: \"No opinion\" } missing: true }",
         "code: \"no_opinion\" label { da: \"Ved ikke\" en: \"No opinion\" } missing: true }\n"
         "options { code: \"6\" }"}},
       "satisfaction",
       "6"},
      {"OptionOfAMultipleChoice",
       {{"exclusive: true }", "exclusive: true }\n  options { code: \"seats\" }"}},
       "improve",
       "seats"},
      {"Question",
       {{"indicator {\n  label",
         "questions { id: \"cabin\" options { code: \"inside\" } options { "
         "code: \"outside\" } }\nindicator {\n  label"}},
       "cabin",
       "outside"},
      {"ManyQuestions",
       {{"indicator {\n  label", ManyQuestions() + "indicator {\n  label"}},
       "more19",
       "x"},
      {"Channel",
       {{"target: 200 }\n", "target: 200 }\nchannels { code: \"phone\" }\n"}},
       "",
       "phone"},
      {"Category",
       {{"population: 10000 collapse_into: \"local\" }",
         "population: 8000 collapse_into: \"local\" }\n"
         "  categories { code: \"crew\" population: 2000 collapse_into: \"local\" }"}},
       "traveller",
       "crew"},
      {"AllAtOnce",
       {{"fieldwork_end: \"2026-04-30\"", "fieldwork_end: \"2026-05-31\""},
        {"target: 200 }\n", "target: 200 }\nchannels { code: \"phone\" }\n"},
        {"exclusive: true }", "exclusive: true }\n  options { code: \"seats\" }"},
        {"population: 10000 collapse_into: \"local\" }",
         "population: 8000 collapse_into: \"local\" }\n"
         "  categories { code: \"crew\" population: 2000 collapse_into: \"local\" }"},
        {"method: RAKE", "method: LINEAR"}},
       "traveller",
       "crew"}};
  return *edits;
}

class Changed : public ::testing::TestWithParam<Edit> {};

TEST_P(Changed, DefinitionGivesTheFiguresOfADirectoryThatNeverHadAnother) {
  const Edit& edit = GetParam();
  const std::string text = Edited(edit);
  for (const std::uint32_t partitions : {1u, 3u}) {
    SCOPED_TRACE(::testing::Message() << partitions << " partitions");
    const std::vector<Sent> before = MakeFieldwork(partitions, 120);
    const std::vector<Sent> after = MakeFieldwork(partitions + 7, 60);
    const std::vector<Sent> uses = MakeUses(edit, 5);
    SimulatedFileSystem files;
    ManualClock clock(kNoon);
    const EngineOptions options = TestOptions(files, clock, partitions);
    {
      Harness harness(LoadText(WaveText()), options);
      SendAll(harness, clock, before);
    }
    std::string hours;
    {
      Harness harness(LoadText(text), options);
      EXPECT_TRUE(AreAlike(FiguresOf(harness.engine().Latest()->rendered.json),
                           Fresh(text, partitions, {before})));
      ASSERT_EQ(harness.engine().definitions().size(), 2u);
      EXPECT_EQ(harness.engine().definitions()[1].since, clock.Now());
      EXPECT_FALSE(harness.engine().definitions()[1].changes.empty());
      SendAll(harness, clock, after);
      SendAll(harness, clock, uses);
      hours = HoursOf(*harness.Stop());
    }
    const std::string expected = Fresh(text, partitions, {before, after, uses});
    Harness again(LoadText(text), options);
    EXPECT_EQ(again.engine().definitions().size(), 2u);
    EXPECT_TRUE(AreAlike(FiguresOf(again.engine().Latest()->rendered.json), expected));
    EXPECT_TRUE(AreAlike(HoursOf(*again.engine().Latest()), hours));
    const auto replayed = archive::Replay(files, kDirectory, std::nullopt);
    ASSERT_TRUE(replayed.ok()) << replayed.status();
    EXPECT_TRUE(AreAlike(FiguresOf(report::SnapshotToJson(replayed->Inputs())), expected));
    EXPECT_TRUE(AreAlike(report::SnapshotToJson(replayed->Inputs()).collection(),
                         again.engine().Latest()->rendered.json.collection()));
    EXPECT_TRUE(IsSound(archive::Verify(files, kDirectory)));
    EXPECT_THAT(ExportOf(files),
                HasSubstr(fmt::format("# complete: {} rows", replayed->counters.respondents)));
  }
}

INSTANTIATE_TEST_SUITE_P(Kinds, Changed, ::testing::ValuesIn(Edits()),
                         [](const auto& info) { return std::string(info.param.name); });

// Hours that were over keep the figures that were shown.
TEST(ChangedDefinition, LeavesTheHoursBeforeItAsTheyWere) {
  for (const Edit& edit : Edits()) {
    SCOPED_TRACE(edit.name);
    SimulatedFileSystem files;
    ManualClock clock(kNoon);
    std::vector<snapshot::HistoryHour> before;
    {
      Harness harness(LoadText(WaveText()), TestOptions(files, clock, 2));
      SendAll(harness, clock, MakeFieldwork(3, 100));
      before = *harness.Stop()->hours;
    }
    ASSERT_GT(before.size(), 3u);
    clock.AdvanceTo(clock.Now() + kMicrosPerHour);
    Harness harness(LoadText(Edited(edit)), TestOptions(files, clock, 2));
    const std::vector<snapshot::HistoryHour>& after = *harness.engine().Latest()->hours;
    ASSERT_EQ(after.size(), before.size());
    const std::string name = edit.name;
    // Another indicator, or others who count: all hours by that.
    if (name == "Score" || name == "Groups" || name == "Priority") continue;
    for (std::size_t i = 0; i < before.size(); ++i) {
      EXPECT_EQ(after[i].hour, before[i].hour);
      EXPECT_EQ(after[i].indicator.value, before[i].indicator.value) << i;
    }
  }
}

// Any definitions in any order, records between them: as if the last had always been.
TEST(ChangedDefinition, SeveralOneBehindTheOtherAreAsTheLastAlone) {
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    SCOPED_TRACE(::testing::Message() << "seed " << seed);
    std::mt19937_64 random(seed);
    const auto partitions = static_cast<std::uint32_t>(1 + random() % 3);
    SimulatedFileSystem files(seed);
    ManualClock clock(kNoon);
    std::vector<std::vector<Sent>> parts;
    std::string text = WaveText();
    std::vector<Edit> left = Edits();
    std::erase_if(left, [](const Edit& edit) {
      return std::string(edit.name) == "AllAtOnce" || std::string(edit.name) == "Groups";
    });
    std::shuffle(left.begin(), left.end(), random);
    for (std::size_t round = 0; round < 5; ++round) {
      Edit edit{.name = "none", .parts = {}};
      if (round > 0) {
        while (!Fits(left.back(), text)) left.pop_back();
        edit = left.back();
        left.pop_back();
        for (const auto& [from, to] : edit.parts) text = Replaced(std::move(text), from, to);
      }
      SCOPED_TRACE(edit.name);
      Harness harness(LoadText(text), TestOptions(files, clock, partitions));
      parts.push_back(MakeFieldwork(random(), 30));
      const std::vector<Sent> uses = MakeUses(edit, random());
      parts.back().insert(parts.back().end(), uses.begin(), uses.end());
      SendAll(harness, clock, parts.back());
      if (random() % 2 == 0) continue;
      harness.Stop();
      files.KillProcess();
    }
    Harness harness(LoadText(text), TestOptions(files, clock, partitions));
    EXPECT_TRUE(AreAlike(FiguresOf(harness.engine().Latest()->rendered.json),
                         Fresh(text, partitions, parts)));
    EXPECT_EQ(harness.engine().definitions().size(), 5u);
    EXPECT_TRUE(IsSound(archive::Verify(files, kDirectory)));
  }
}

std::vector<wave::FrameUnit> MakeFrame(int units) {
  std::vector<wave::FrameUnit> frame;
  for (int unit = 0; unit < units; ++unit) {
    frame.push_back(
        {.unit_id = "unit " + std::to_string(unit),
         .channel = unit % 3,
         .base_weight = 1.0 + unit % 5,
         .categories = {static_cast<std::uint16_t>(unit % 2), static_cast<std::uint16_t>(unit % 3),
                        static_cast<std::uint16_t>(unit / 2 % 3)}});
  }
  return frame;
}

std::string WithFrame(std::string text) {
  return Replaced(std::move(text), "max_respondents: 5000\n",
                  "max_respondents: 5000\nsample_frame { file: \"frame.csv\" }\n");
}

// So many categories more that each takes another byte in the records.
std::string WithManyCategories(std::string text) {
  std::string more = "population: 10000 collapse_into: \"local\" }\n";
  for (int i = 0; i < 260; ++i) {
    more +=
        fmt::format("  categories {{ code: \"t{}\" population: 1 collapse_into: \"local\" }}\n", i);
  }
  text = Replaced(std::move(text), "population: 10000 collapse_into: \"local\" }", more);
  return Replaced(std::move(text), "population: 60000 collapse", "population: 59740 collapse");
}

// A frame's units stand in the journal as the first definition had them; where its import broke off
// it goes on under the next one.
TEST(ChangedDefinition, AddsCategoriesToAWaveWithAFrame) {
  const std::string first = WithFrame(WaveText());
  const std::string text = WithManyCategories(first);
  for (const bool whole : {true, false}) {
    for (const std::uint32_t partitions : {1u, 3u}) {
      SCOPED_TRACE(::testing::Message() << whole << ", " << partitions << " partitions");
      SimulatedFileSystem files;
      ManualClock clock(kNoon);
      EngineOptions options = TestOptions(files, clock, partitions);
      options.max_group_bytes = 2000;  // several groups
      options.read_frame = [] { return MakeFrame(100); };
      std::mt19937_64 random(4);
      std::vector<Sent> records;
      for (int unit = 0; unit < 40; ++unit) {
        records.push_back(MakeResponse("unit " + std::to_string(unit), random));
      }
      if (whole) {
        Harness harness(LoadText(first), options);
        SendAll(harness, clock, {records.begin(), records.begin() + 20});
        options.read_frame = nullptr;
      } else {
        files.FailCall(partitions == 1 ? 60 : 140, absl::StatusCode::kUnavailable, 100000);
        OpenOnABadDay(LoadText(first), options).IgnoreError();
        ASSERT_TRUE(files.failure_fired());
        files.KillProcess();
      }
      Harness harness(LoadText(text), options);
      SendAll(harness, clock, records);
      const SnapshotPointer last = harness.Stop();
      EXPECT_EQ(last->counters.frame_units, 100u);
      EXPECT_EQ(last->counters.respondents, 40u);
      EXPECT_TRUE(IsSound(archive::Verify(files, kDirectory)));

      SimulatedFileSystem fresh_files;
      EngineOptions fresh_options = TestOptions(fresh_files, clock, partitions);
      fresh_options.read_frame = [] { return MakeFrame(100); };
      Harness fresh(LoadText(text), fresh_options);
      fresh.Send(records);
      EXPECT_TRUE(
          AreAlike(last->rendered.json.estimates(), fresh.Stop()->rendered.json.estimates()));
    }
  }
}

}  // namespace
}  // namespace panelpuls::engine
