#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <ostream>

#include "wave/sample_wave.h"

namespace panelpuls::wave {
namespace {

using ::testing::HasSubstr;

struct EditRow {
  std::string_view name, from, to;
  std::string_view error;  // empty: may change
};
void PrintTo(const EditRow& row, std::ostream* out) { *out << row.name; }
class Edit : public ::testing::TestWithParam<EditRow> {};

TEST_P(Edit, OfARunningWaveIsAcceptedOrRefusedWithTheMend) {
  SampleFiles files;
  files.definition = Replaced(kSampleDefinition, GetParam().from, GetParam().to);
  const auto before = MustLoad({});
  const auto after = MustLoad(files);
  EXPECT_NE(before->definition_id, after->definition_id);
  const absl::Status status = CheckCompatible(*before, *after);
  if (GetParam().error.empty()) {
    EXPECT_TRUE(status.ok()) << status;
    return;
  }
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(ToStd(status.message())), HasSubstr(GetParam().error));
  if (GetParam().name != "OtherWave" && GetParam().name != "FewerRespondents") {
    EXPECT_THAT(std::string(ToStd(status.message())),
                HasSubstr("or start a new wave id in a new directory"));
  }
}

INSTANTIATE_TEST_SUITE_P(
    Allowed, Edit,
    ::testing::Values(
        EditRow{"Title", "da: \"Prøve\"", "da: \"Anden prøve\"", ""},
        EditRow{"Label", "code: \"money\"", "code: \"money\" label { en: \"Money\" }", ""},
        EditRow{"QuestionText", "id: \"barriers_asked\"",
                "id: \"barriers_asked\" text { en: \"Asked?\" }", ""},
        EditRow{"GroupDescription", "id: \"c\"", "id: \"c\" description { en: \"Down\" }", ""},
        EditRow{"ChannelTarget", "target: 300", "target: 500", ""},
        EditRow{"CategoryTarget", "code: \"Fyn\"", "code: \"Fyn\" target: 50", ""},
        EditRow{"Provenance", "made up", "counted", ""},
        EditRow{"Comparison", "value: 1.5", "value: 1.25", ""},
        EditRow{"PlannedArrivals", "share: 0.5 channel", "share: 0.75 channel", ""},
        EditRow{"MoreRespondents", "max_respondents: 1000", "max_respondents: 2000", ""}),
    [](const auto& info) { return std::string(info.param.name); });

INSTANTIATE_TEST_SUITE_P(
    Refused, Edit,
    ::testing::Values(
        EditRow{"FewerRespondents", "max_respondents: 1000", "max_respondents: 999",
                "was 1000 and is 999"},
        EditRow{"OtherWave", "id: \"sample\"", "id: \"other\"",
                "the directory holds wave \"sample\""},
        EditRow{"OptionRemoved", "  options { code: \"money\" }\n", "",
                "option \"money\" of question \"barriers\" was removed; put it back"},
        EditRow{"QuestionAdded", "questions {\n  id: \"barriers_asked\"",
                "questions { id: \"new\" options { code: \"x\" } }\nquestions {\n  id: "
                "\"barriers_asked\"",
                "question \"new\" was added; take it out"},
        EditRow{"OptionAdded", "code: \"money\" }", "code: \"money\" } options { code: \"time\" }",
                "option \"time\" of question \"barriers\" was added; take it out"},
        EditRow{"OptionsSwapped", "options { code: \"yes\" }\n  options { code: \"no\" }",
                "options { code: \"no\" }\n  options { code: \"yes\" }", "stands at another place"},
        EditRow{"SetAdded", "id: \"barriers_asked\"",
                "id: \"barriers_asked\" sets { id: \"any\" options: \"yes\" }",
                "set \"any\" of question \"barriers_asked\" was added"}),
    [](const auto& info) { return std::string(info.param.name); });

INSTANTIATE_TEST_SUITE_P(
    RefusedFields, Edit,
    ::testing::Values(
        EditRow{"Required", "kind: SCALE\n  required: true", "kind: SCALE",
                "questions[revenue].required was removed; put it back"},
        EditRow{"Score", "score: -50.5", "score: -50", "groups[c].score was changed"},
        EditRow{"Choices", "max_choices: 2", "max_choices: 3", "questions[barriers].max_choices"},
        EditRow{"Tabulation", "by: \"area\" by: \"channel\"", "by: \"area\"", "tabulations"},
        EditRow{"PlannedN", "sequence_planned_n: 400", "sequence_planned_n: 500",
                "sequence_planned_n"},
        EditRow{"Zone", "Europe/Copenhagen", "Atlantic/Faroe", "time_zone was changed"},
        EditRow{"ChannelOrder",
                "channels { code: \"eboks\" target: 300 }\nchannels { code: \"cati\" target: 100 }",
                "channels { code: \"cati\" target: 100 }\nchannels { code: \"eboks\" target: 300 }",
                "channel \"eboks\" stands at another place"},
        EditRow{"Weighting", "collapse_below: 5", "collapse_below: 6", "weighting.collapse_below"},
        EditRow{"Combination", "combinations { options: \"up\" options: \"up\" }",
                "combinations { options: \"down\" options: \"down\" }", "combinations"}),
    [](const auto& info) { return std::string(info.param.name); });

TEST(Compatible, OtherTotalsMayCome) {
  SampleFiles files;
  files.population = Replaced(kSamplePopulation, "size,small,900\nsize,large,100",
                              "size,small,800\nsize,large,200");
  EXPECT_TRUE(CheckCompatible(*MustLoad({}), *MustLoad(files)).ok());
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
