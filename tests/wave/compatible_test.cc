#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <ostream>

#include "wave/changes.h"
#include "wave/sample_wave.h"

namespace panelpuls::wave {
namespace {

using ::testing::HasSubstr;

struct EditRow {
  std::string_view name, from, to;
  ChangeKind kind = ChangeKind::kComputed;
  std::string_view what;  // of a change of that kind
  bool begins_sequence = false;
  std::string_view reason = "";  // of kRefused and kTakenBack
};
void PrintTo(const EditRow& row, std::ostream* out) { *out << row.name; }
class Edit : public ::testing::TestWithParam<EditRow> {};

std::string Described(const std::vector<Change>& changes) {
  std::string text;
  for (const Change& change : changes) text += DescribeChange(change) + "\n";
  return text;
}

TEST_P(Edit, OfARunningWaveIsWhatItIs) {
  const EditRow& row = GetParam();
  SampleFiles files;
  files.definition = Replaced(kSampleDefinition, row.from, row.to);
  const auto before = MustLoad({});
  const auto after = MustLoad(files);
  EXPECT_NE(before->definition_id, after->definition_id);
  const std::vector<Change> changes = CompareDefinitions(*before, *after);
  const auto found = std::find_if(changes.begin(), changes.end(), [&row](const Change& change) {
    return change.kind == row.kind && change.what == row.what;
  });
  ASSERT_NE(found, changes.end()) << Described(changes);
  EXPECT_EQ(found->begins_sequence, row.begins_sequence) << Described(changes);
  EXPECT_THAT(found->reason, HasSubstr(std::string(row.reason)));

  const absl::Status first = CheckCompatible(*before, *after);
  const absl::Status later = CheckCompatible(*before, *after, TakingBack::kWhileUnused);
  const bool refused = row.kind == ChangeKind::kRefused;
  const bool taken_back = row.kind == ChangeKind::kTakenBack;
  EXPECT_EQ(first.ok(), !refused && !taken_back) << first;
  EXPECT_EQ(later.ok(), !refused) << later;
  if (first.ok()) return;
  EXPECT_EQ(first.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(ToStd(first.message())), HasSubstr(std::string(row.reason)));
}

constexpr auto kComputed = ChangeKind::kComputed;
constexpr auto kAdded = ChangeKind::kAdded;
constexpr auto kRefused = ChangeKind::kRefused;
constexpr auto kTakenBack = ChangeKind::kTakenBack;
constexpr auto kLater = ChangeKind::kLater;
const auto kName = [](const auto& info) { return std::string(info.param.name); };

INSTANTIATE_TEST_SUITE_P(
    Texts, Edit,
    ::testing::Values(
        EditRow{"Title", "da: \"Prøve\"", "da: \"Anden prøve\"", kComputed, "title.da"},
        EditRow{"Label", "code: \"money\"", "code: \"money\" label { en: \"Money\" }", kComputed,
                "questions[barriers].options[money].label.en"},
        EditRow{"QuestionText", "id: \"barriers_asked\"",
                "id: \"barriers_asked\" text { en: \"Asked?\" }", kComputed,
                "questions[barriers_asked].text.en"},
        EditRow{"GroupDescription", "id: \"c\"", "id: \"c\" description { en: \"Down\" }",
                kComputed, "indicator.groups[c].description.en"},
        EditRow{"Languages", "languages: \"da\"", "languages: \"en\" languages: \"da\"", kComputed,
                "languages"},
        EditRow{"Provenance", "made up", "counted", kComputed, "population.provenance"}),
    kName);

INSTANTIATE_TEST_SUITE_P(
    Dates, Edit,
    ::testing::Values(EditRow{"LaterEnd", "2025-10-31", "2025-11-14", kComputed, "fieldwork_end"},
                      EditRow{"EarlierEnd", "2025-10-31", "2025-10-15", kComputed, "fieldwork_end"},
                      EditRow{"EarlierStart", "fieldwork_start: \"2025-09-01\"",
                              "fieldwork_start: \"2025-08-25\"", kLater, "fieldwork_start"},
                      EditRow{"Zone", "Europe/Copenhagen", "Atlantic/Faroe", kComputed,
                              "time_zone"},
                      EditRow{"Tolerance", "max_respondents: 1000",
                              "max_respondents: 1000 clock_tolerance_minutes: 60", kLater,
                              "clock_tolerance_minutes"},
                      EditRow{"PlannedArrivals", "share: 0.5 channel", "share: 0.75 channel",
                              kComputed, "planned_arrivals"}),
    kName);

INSTANTIATE_TEST_SUITE_P(
    Targets, Edit,
    ::testing::Values(EditRow{"ChannelTarget", "target: 300", "target: 500", kComputed,
                              "channels[eboks].target"},
                      EditRow{"CategoryTarget", "code: \"Fyn\"", "code: \"Fyn\" target: 50",
                              kComputed, "dimensions[area].categories[Fyn].target"},
                      EditRow{"MoreRespondents", "max_respondents: 1000", "max_respondents: 2000",
                              kComputed, "max_respondents"},
                      EditRow{"Comparison", "value: 1.5", "value: 1.25", kComputed,
                              "comparisons[spring].figures"}),
    kName);

INSTANTIATE_TEST_SUITE_P(
    Figures, Edit,
    ::testing::Values(EditRow{"Score", "score: -50.5", "score: -50", kComputed,
                              "indicator.groups[c].score", true},
                      EditRow{"Combination", "combinations { options: \"up\" options: \"up\" }",
                              "combinations { options: \"down\" options: \"down\" }", kComputed,
                              "indicator.groups[b].combinations", true},
                      EditRow{"Group", "groups { id: \"c\"", "groups { id: \"d\"", kComputed,
                              "indicator.groups[d]", true},
                      EditRow{"Tabulation", "by: \"area\" by: \"channel\"", "by: \"area\"",
                              kComputed, "tabulations"},
                      EditRow{"SetAdded", "id: \"barriers_asked\"",
                              "id: \"barriers_asked\" sets { id: \"any\" options: \"yes\" }",
                              kComputed, "questions[barriers_asked].sets[any]", true},
                      EditRow{"Required", "kind: SCALE\n  required: true", "kind: SCALE", kComputed,
                              "questions[revenue].required", true},
                      EditRow{"Missing", "options { code: \"no\" }",
                              "options { code: \"no\" missing: true }", kComputed,
                              "questions[barriers_asked].options[no].missing", true},
                      EditRow{"SingleToScale", "id: \"employees\"", "id: \"employees\" kind: SCALE",
                              kComputed, "questions[employees].kind", true},
                      EditRow{"Choices", "max_choices: 2", "max_choices: 3", kLater,
                              "questions[barriers].max_choices"},
                      EditRow{"Exclusive", "code: \"money\"", "code: \"money\" exclusive: true",
                              kLater, "questions[barriers].options[money].exclusive"}),
    kName);

INSTANTIATE_TEST_SUITE_P(
    Weights, Edit,
    ::testing::Values(EditRow{"CollapseBelow", "collapse_below: 5", "collapse_below: 6", kComputed,
                              "weighting.collapse_below", true},
                      EditRow{"CollapseInto", " collapse_into: \"large\"", "", kComputed,
                              "dimensions[size].categories[small].collapse_into", true},
                      EditRow{"Method", "weighting { ", "weighting { method: LINEAR ", kComputed,
                              "weighting.method", true},
                      EditRow{"Dimensions", "dimensions: \"area\" dimensions: \"size\"",
                              "dimensions: \"size\"", kComputed, "weighting.dimensions", true},
                      EditRow{"Level", "confidence_level: 0.95", "confidence_level: 0.9", kComputed,
                              "reporting.confidence_level", true},
                      EditRow{"Threshold", "confidence_level: 0.95",
                              "confidence_level: 0.95 minimum_n: 5", kComputed,
                              "reporting.minimum_n"},
                      EditRow{"Priority", "max_respondents: 1000",
                              "max_respondents: 1000 channel_priority: true", kComputed,
                              "channel_priority", true},
                      EditRow{"Stratum", "max_respondents: 1000",
                              "max_respondents: 1000 design { stratum_dimension: \"size\" }",
                              kComputed, "design.stratum_dimension", true}),
    kName);

INSTANTIATE_TEST_SUITE_P(
    Added, Edit,
    ::testing::Values(
        EditRow{
            "Option", "options { code: \"unsure\" exclusive: true missing: true }",
            "options { code: \"unsure\" exclusive: true missing: true } options { code: \"time\" }",
            kAdded, "questions[barriers].options[time]", true},
        EditRow{"Channel", "channels { code: \"cati\" target: 100 }",
                "channels { code: \"cati\" target: 100 } channels { code: \"letter\" }", kAdded,
                "channels[letter]"},
        EditRow{"Question", "weighting { dim",
                "questions { id: \"new\" options { code: \"x\" } }\nweighting { dim", kAdded,
                "questions[new]"}),
    kName);

INSTANTIATE_TEST_SUITE_P(
    TakenBack, Edit,
    ::testing::Values(
        EditRow{
            "OptionRemoved", "  options { code: \"money\" }\n", "", kTakenBack,
            "questions[barriers].options", true,
            "option \"money\" of question \"barriers\" was removed: records hold its number; put "
            "it back"},
        EditRow{"OptionRenamed", "code: \"staff\"", "code: \"people\"", kTakenBack,
                "questions[barriers].options", true,
                "option \"staff\" of question \"barriers\" was removed"},
        EditRow{"OptionInserted", "options { code: \"money\" }",
                "options { code: \"time\" } options { code: \"money\" }", kTakenBack,
                "questions[barriers].options", true,
                "option \"time\" of question \"barriers\" was added before \"money\""},
        EditRow{"OptionsSwapped", "options { code: \"yes\" }\n  options { code: \"no\" }",
                "options { code: \"no\" }\n  options { code: \"yes\" }", kTakenBack,
                "questions[barriers_asked].options", true, "stands at another place"},
        EditRow{"QuestionInserted", "questions {\n  id: \"barriers_asked\"",
                "questions { id: \"new\" options { code: \"x\" } }\nquestions {\n  id: "
                "\"barriers_asked\"",
                kTakenBack, "questions", true,
                "question \"new\" was added before \"barriers_asked\""},
        EditRow{"ChannelOrder",
                "channels { code: \"eboks\" target: 300 }\nchannels { code: \"cati\" target: 100 }",
                "channels { code: \"cati\" target: 100 }\nchannels { code: \"eboks\" target: 300 }",
                kTakenBack, "channels", false, "channel \"eboks\" stands at another place"}),
    kName);

INSTANTIATE_TEST_SUITE_P(
    Refused, Edit,
    ::testing::Values(
        EditRow{"FewerRespondents", "max_respondents: 1000", "max_respondents: 999", kRefused,
                "max_respondents", false, "was 1000 and is 999"},
        EditRow{"OtherWave", "id: \"sample\"", "id: \"other\"", kRefused, "id", false,
                "the directory holds wave \"sample\""},
        EditRow{"PlannedN", "sequence_planned_n: 400", "sequence_planned_n: 500", kRefused,
                "reporting.sequence_planned_n", false, "before the first of them (METHOD M6)"},
        EditRow{"NoSequence", " sequence_planned_n: 400", "", kRefused,
                "reporting.sequence_planned_n", false, "was 400 and is 0"},
        EditRow{"Precedence", "disposition_precedence: \"complete\"",
                "disposition_precedence: \"partial\"", kRefused, "disposition_precedence", false,
                "which one was kept; put it back"},
        EditRow{"Frame", "max_respondents: 1000",
                "max_respondents: 1000 sample_frame { file: \"frame.csv\" }", kRefused,
                "sample_frame", false, "sample_frame was added"},
        EditRow{"BaseWeights", "max_respondents: 1000",
                "max_respondents: 1000 design { base_weights: BASE_WEIGHTS_PER_UNIT }", kRefused,
                "design.base_weights", true,
                "no base weight of their unit; put it back, or begin anew"},
        EditRow{"Dimension", "population { file",
                "dimensions { id: \"age\" categories { code: \"x\" } }\npopulation { file",
                kRefused, "dimensions", false, "dimension \"age\" was added"}),
    kName);

TEST(Compatible, OtherTotalsMayCome) {
  SampleFiles files;
  files.population = Replaced(kSamplePopulation, "size,small,900\nsize,large,100",
                              "size,small,800\nsize,large,200");
  const auto changes = CompareDefinitions(*MustLoad({}), *MustLoad(files));
  EXPECT_EQ(Described(changes),
            "dimensions[size].categories[small].population: 900 -> 800 (for all responses)\n"
            "dimensions[size].categories[large].population: 100 -> 200 (for all responses)\n");
  EXPECT_TRUE(CheckCompatible(*MustLoad({}), *MustLoad(files)).ok());
}

TEST(Compatible, ACategoryMayBeAddedAtTheEnd) {
  SampleFiles files;
  files.definition = Replaced(kSampleDefinition, "categories { code: \"Bornholm\" }",
                              "categories { code: \"Bornholm\" } categories { code: \"Lolland\" }");
  files.population += "area,Lolland,0\n";
  const auto changes = CompareDefinitions(*MustLoad({}), *MustLoad(files));
  EXPECT_EQ(Described(changes), "dimensions[area].categories[Lolland]: added at the end\n");
  EXPECT_TRUE(changes[0].begins_sequence);
  EXPECT_TRUE(CheckCompatible(*MustLoad({}), *MustLoad(files)).ok());
}

TEST(Compatible, AQuestionIsNotMadeAMultipleChoice) {
  SampleFiles single, multiple;
  single.definition = Replaced(kSampleDefinition, " by: \"barriers_asked\"", "");
  multiple.definition = Replaced(single.definition, "id: \"barriers_asked\"",
                                 "id: \"barriers_asked\" kind: MULTIPLE");
  const absl::Status status = CheckCompatible(*MustLoad(single), *MustLoad(multiple));
  EXPECT_THAT(std::string(ToStd(status.message())),
              HasSubstr("question \"barriers_asked\" became MULTIPLE"));
  const absl::Status back = CheckCompatible(*MustLoad(multiple), *MustLoad(single));
  EXPECT_THAT(std::string(ToStd(back.message())),
              HasSubstr("question \"barriers_asked\" is no longer MULTIPLE"));
}

TEST(Compatible, SeveralChangesAreAllListedAndTheRefusedCounted) {
  SampleFiles files;
  files.definition = Replaced(Replaced(Replaced(kSampleDefinition, "2025-10-31", "2025-11-30"),
                                       "sequence_planned_n: 400", "sequence_planned_n: 500"),
                              "max_respondents: 1000", "max_respondents: 10");
  const absl::Status status = CheckCompatible(*MustLoad({}), *MustLoad(files));
  EXPECT_THAT(std::string(ToStd(status.message())), HasSubstr("max_respondents was 1000"));
  EXPECT_THAT(std::string(ToStd(status.message())),
              HasSubstr("and 1 more: `panelpuls check-wave --against DIR`"));
  EXPECT_EQ(CompareDefinitions(*MustLoad({}), *MustLoad(files)).size(), 3u);
}

TEST(Compatible, AFrameMayLieElsewhereButNotGo) {
  SampleFiles moved = WithFrame();
  moved.definition = Replaced(moved.definition, "frame.csv", "elsewhere/frame.csv");
  EXPECT_TRUE(CheckCompatible(*MustLoad(WithFrame()), *MustLoad(moved)).ok());
  const absl::Status gone = CheckCompatible(*MustLoad(WithFrame()), *MustLoad({}));
  EXPECT_THAT(std::string(ToStd(gone.message())), HasSubstr("sample_frame was removed"));
}

TEST(Compatible, TheScaleOfBaseWeightsStandsInRecordsThatHaveThem) {
  const auto with_design = [](std::string_view design) {
    SampleFiles files;
    files.definition += fmt::format("design {{ {} }}\n", design);
    return MustLoad(files);
  };
  const absl::Status status =
      CheckCompatible(*with_design("base_weights: BASE_WEIGHTS_PER_UNIT base_weight_log2: 1"),
                      *with_design("base_weights: BASE_WEIGHTS_PER_UNIT base_weight_log2: 2"));
  EXPECT_THAT(std::string(ToStd(status.message())), HasSubstr("base_weight_log2 was 1 and is 2"));
}

TEST(Compatible, TheSequenceRunsFromTheLastChangeOfWhatIsEstimated) {
  SampleFiles totals;
  totals.population = Replaced(kSamplePopulation, "size,small,900\nsize,large,100",
                               "size,small,800\nsize,large,200");
  SampleFiles dates = totals;
  dates.definition = Replaced(kSampleDefinition, "2025-10-31", "2025-11-30");
  std::vector<DefinitionVersion> versions;
  EXPECT_EQ(SequenceSince(versions), kNoTime);
  versions.push_back({.wave = MustLoad({}), .since = 10});
  EXPECT_EQ(SequenceSince(versions), 10);
  versions.push_back({.wave = MustLoad(totals), .since = 20});
  versions.back().changes = CompareDefinitions(*versions[0].wave, *versions[1].wave);
  EXPECT_EQ(SequenceSince(versions), 20);
  versions.push_back({.wave = MustLoad(dates), .since = 30});
  versions.back().changes = CompareDefinitions(*versions[1].wave, *versions[2].wave);
  EXPECT_EQ(SequenceSince(versions), 20);
}

TEST(Compatible, WhatCountsAlikeHasTheSameIndicatorAndRespondents) {
  const auto edited = [](std::string_view from, std::string_view to) {
    SampleFiles files;
    files.definition = Replaced(kSampleDefinition, from, to);
    return MustLoad(files);
  };
  const auto sample = MustLoad({});
  EXPECT_TRUE(CountAlike(*sample, *edited("2025-10-31", "2025-11-30")));
  EXPECT_TRUE(CountAlike(*sample, *edited("id: \"c\"", "id: \"c\" label { en: \"Down\" }")));
  EXPECT_TRUE(CountAlike(*sample, *edited("collapse_below: 5", "collapse_below: 6")));
  EXPECT_FALSE(CountAlike(*sample, *edited("score: -50.5", "score: -50")));
  EXPECT_FALSE(CountAlike(*sample, *edited("kind: SCALE\n  required: true", "kind: SCALE")));
  EXPECT_FALSE(CountAlike(
      *sample, *edited("max_respondents: 1000", "max_respondents: 1000 channel_priority: true")));
}

TEST(Compatible, WritingADefaultOutChangesNothing) {
  SampleFiles files;
  files.definition +=
      "clock_tolerance_minutes: 10\ndesign { base_weights: BASE_WEIGHTS_NONE }\n"
      "disposition_precedence: \"partial\"\nplanned_respondents: 400\n";
  EXPECT_EQ(MustLoad(files)->canonical, MustLoad({})->canonical);
}

TEST(Compatible, TheJournaledDefinitionCompilesToTheSameWave) {
  for (const SampleFiles& files : {SampleFiles{}, WithFrame(), WithBaseWeights()}) {
    const auto wave = MustLoad(files);
    const auto again = WaveFromCanonical(wave->canonical, "journal");
    ASSERT_TRUE(again.ok()) << again.status();
    EXPECT_EQ((*again)->canonical, wave->canonical);
    EXPECT_EQ((*again)->definition_id, wave->definition_id);
    EXPECT_EQ((*again)->layout.size, wave->layout.size);
    EXPECT_TRUE(CheckCompatible(**again, *wave).ok());
  }
}

}  // namespace
}  // namespace panelpuls::wave
