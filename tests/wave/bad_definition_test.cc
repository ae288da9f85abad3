#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <ostream>

#include "wave/export_columns.h"
#include "wave/sample_wave.h"

namespace panelpuls::wave {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

// A definition with one thing wrong, and what the error must say.
struct BadRow {
  std::string_view name;
  std::string_view from, to;  // what is replaced in the sample definition
  std::string_view at;        // text of the edited definition at whose line the error is
  std::string_view error;     // part of the message
};
void PrintTo(const BadRow& row, std::ostream* out) { *out << row.name; }

int LineOf(std::string_view text, std::string_view marker) {
  const std::size_t at = text.find(marker);
  PP_CHECK(at != std::string_view::npos);
  return 1 + static_cast<int>(std::count(text.begin(), text.begin() + static_cast<long>(at), '\n'));
}

class BadDefinition : public ::testing::TestWithParam<BadRow> {};

TEST_P(BadDefinition, IsRefusedByFileLineAndMend) {
  const BadRow& row = GetParam();
  SampleFiles files;
  files.definition = Replaced(kSampleDefinition, row.from, row.to);
  const auto wave = LoadSample(files);
  ASSERT_FALSE(wave.ok());
  EXPECT_EQ(wave.status().code(), absl::StatusCode::kInvalidArgument);
  const std::string message(ToStd(wave.status().message()));
  EXPECT_THAT(message,
              StartsWith(fmt::format("wave.textproto:{}: ", LineOf(files.definition, row.at))));
  EXPECT_THAT(message, HasSubstr(row.error));
}

constexpr BadRow kText[] = {
    {"UnknownField", "ordered: true", "orderd: true", "orderd",
     "its fields are id, label, ordered"},
    {"UnknownEnum", "kind: MULTIPLE", "kind: MANY", "kind: MANY",
     "write one of SINGLE, MULTIPLE, SCALE"},
    {"TwiceTheSameField", "max_respondents: 1000", "max_respondents: 1000 max_respondents: 2000",
     "max_respondents", "remove one"},
    {"BrokenText", "max_respondents: 1000", "max_respondents: \"many\"", "max_respondents",
     "integer"},
    {"NotUtf8", "made up", "made \xE6p", "made ", "not UTF-8"},
    {"NotUtf8ByEscape", "made up", "made \\xE6p", "made ", "without escapes"},
};

constexpr BadRow kCalendar[] = {
    {"TheMachinesZone", "Europe/Copenhagen", "localtime", "localtime",
     "is the machine's own, so days would begin at another hour elsewhere; write an IANA name"},
    {"TheMachinesRules", "Europe/Copenhagen", "posixrules", "posixrules", "is the machine's own"},
    {"ThePathOfAZone", "Europe/Copenhagen", "/usr/share/zoneinfo/Europe/Copenhagen", "/usr/share",
     "is no IANA name"},
    {"AFolderOfZones", "Europe/Copenhagen", "posix/Europe/Copenhagen", "posix/", "is no IANA name"},
    {"NoId", "id: \"sample\"", "", "\n", "wave id is empty"},
    {"BadId", "id: \"sample\"", "id: \"a|b\"", "a|b", "holds '|'"},
    {"NoStart", "fieldwork_start: \"2025-09-01\"", "", "id:", "fieldwork_start is missing"},
    {"BadStart", "fieldwork_start: \"2025-09-01\"", "fieldwork_start: \"2025-02-30\"", "2025-02-30",
     "is not a date"},
    {"EndBeforeStart", "fieldwork_end: \"2025-10-31\"", "fieldwork_end: \"2025-08-31\"",
     "2025-08-31", "before it starts on 2025-09-01"},
    {"BadZone", "Europe/Copenhagen", "Europe/Odense", "Europe/Odense", "write an IANA name"},
    {"BadLanguage", "languages: \"da\"", "languages: \"de\"", "\"de\"", "write \"da\" or \"en\""},
    {"LanguageTwice", "languages: \"da\"", "languages: \"da\"\nlanguages: \"da\"",
     "languages: \"da\"\nchannels", "listed twice"},
    {"NoChannel",
     "channels { code: \"eboks\" target: 300 }\nchannels { code: \"cati\" target: 100 }\n", "",
     "id:", "no channel is defined"},
    {"ChannelTwice", "code: \"cati\"", "code: \"eboks\"", "\"eboks\" target: 100", "defined twice"},
    {"ChannelWithBlank", "code: \"cati\"", "code: \"cati \"", "\"cati \"",
     "begins or ends with a blank"},
    {"ChannelWithLeadingBlank", "code: \"cati\"", "code: \" cati\"", "\" cati\"",
     "begins or ends with a blank"},
    {"ChannelWithDelete", "code: \"cati\"", "code: \"ca\x7Fti\"", "ca\x7Fti", "control character"},
    {"ChannelEmpty", "code: \"cati\"", "code: \"\"", "code: \"\"", "is empty"},
    {"NoMaximum", "max_respondents: 1000", "", "id:", "max_respondents is missing"},
    {"TooManyRespondents", "max_respondents: 1000", "max_respondents: 134217729", "134217729",
     "more than 134217728"},
    {"BadPrecedence", "disposition_precedence: \"complete\"", "disposition_precedence: \"done\"",
     "\"done\"", "known: invited, delivered"},
    {"PrecedenceTwice", "disposition_precedence: \"complete\"",
     "disposition_precedence: \"complete\"\ndisposition_precedence: \"Complete\"", "\"Complete\"",
     "listed twice"},
    {"ArrivalsFall", "share: 0.5 channel", "share: 0.125 channel", "0.125", "do not fall"},
    {"ArrivalsBeyondOne", "share: 0.5 channel", "share: 50 channel", "share: 50",
     "between 0 and 1"},
    {"ArrivalsOutOfOrder", "\"2025-10-01\"", "\"2025-09-01\"", "date: \"2025-09-01\" share: 0.5",
     "put the dates in order"},
    {"ArrivalOutsideFieldwork", "\"2025-10-01\"", "\"2025-11-01\"", "2025-11-01",
     "outside the fieldwork"},
    {"ArrivalBeforeFieldwork", "date: \"2025-09-01\" share", "date: \"2025-08-31\" share",
     "2025-08-31", "outside the fieldwork"},
    {"ArrivalOfUnknownChannel", "share: 0.5 channel: \"eboks\"", "share: 0.5 channel: \"post\"",
     "\"post\"", "known: eboks, cati"},
    {"ConfidenceInPerCent", "confidence_level: 0.95", "confidence_level: 95",
     "confidence_level: 95", "such as 0.95"},
    {"ConfidenceOfOne", "confidence_level: 0.95", "confidence_level: 1", "confidence_level: 1",
     "not in 0.5 to below 1"},
    {"ConfidenceBelowHalf", "confidence_level: 0.95", "confidence_level: 0.49",
     "confidence_level: 0.49", "not in 0.5 to below 1"},
    {"MinimumNegative", "sequence_planned_n: 400", "minimum_n_effective: -1", "minimum_n_effective",
     "is no number of respondents"},
    {"FrameWithoutFile", "disposition_precedence: \"complete\"", "sample_frame { }", "sample_frame",
     "names no file"},
};

constexpr BadRow kDimensions[] = {
    {"DimensionTwice", "id: \"area\"", "id: \"size\"", "id: \"size\"\n  categories { code: \"Fyn\"",
     "defined twice"},
    {"ReservedDimension", "id: \"area\"", "id: \"status\"", "\"status\"", "rename it"},
    {"CategoryTwice", "code: \"Bornholm\"", "code: \"Fyn\"", "code: \"Fyn\" }\n}", "defined twice"},
    {"CategoryWithComma", "code: \"Bornholm\"", "code: \"Born,holm\"", "Born,holm", "holds ','"},
    {"CategoryWithControl", "code: \"Bornholm\"", "code: \"Born\\tholm\"", "holm\"",
     "control character"},
    {"CategoryWithC1Control", "code: \"Bornholm\"", "code: \"Born\xC2\x85holm\"", "holm\"",
     "control character"},
    {"CategoryWithNoBreakSpace", "code: \"Bornholm\"", "code: \"Bornholm\xC2\xA0\"", "Bornholm",
     "blank"},
    {"CategoryWithZeroWidthSpace", "code: \"Bornholm\"", "code: \"Born\u200Bholm\"", "holm\"",
     "code \"Born\\u{200B}holm\" holds U+200B (zero width space), which nobody sees; remove it"},
    {"CategoryWithSoftHyphenByEscape", "code: \"Bornholm\"", "code: \"Born\\302\\255holm\"",
     "holm\"", "holds U+00AD (soft hyphen)"},
    {"CategoryWithNoBreakSpaceInside", "code: \"Bornholm\"", "code: \"Born\u00A0holm\"", "holm\"",
     "holds U+00A0 (no-break space); write a usual blank"},
    {"DimensionWithByteOrderMark", "id: \"area\"", "id: \"\uFEFFarea\"", "area\"\n",
     "id \"\\u{FEFF}area\" holds U+FEFF"},
    {"CategoryWithoutTotal", "code: \"Bornholm\"",
     "code: \"Bornholm\" }\n  categories { code: \"Samsø\"", "Samsø",
     "has no total in population.csv; add a line area,Samsø,TOTAL"},
    {"CollapseIntoUnknown", "collapse_into: \"large\"", "collapse_into: \"Fyn\"", "into: \"Fyn\"",
     "known: small, large"},
    {"CollapseIntoItself", "collapse_into: \"large\"", "collapse_into: \"small\"",
     "\"small\" collapse_into: \"small\"", "into itself"},
    {"WeightByUnknown", "dimensions: \"area\"", "dimensions: \"region\"", "\"region\"",
     "known: size, area"},
    {"WeightTwice", "dimensions: \"area\"", "dimensions: \"size\"", "weighting", "listed twice"},
    {"WeightByNoneWithDimensions", "weighting {", "weighting { method: NONE", "weighting {",
     "NONE uses no dimensions"},
    {"PoststratifyWithoutJoint", "weighting {", "weighting { method: POSTSTRATIFY", "weighting {",
     "needs their joint table"},
    {"BoundsTheWrongWay", "collapse_below: 5", "upper_bound: 0.5", "upper_bound", "not above 1"},
    {"UpperBoundOfOne", "collapse_below: 5", "upper_bound: 1", "upper_bound", "not above 1"},
    {"BoundsOfPoststratify", "weighting { dim",
     "weighting { method: POSTSTRATIFY upper_bound: 3 dim", "weighting {",
     "bounds do not go with method POSTSTRATIFY"},
    {"LowerBoundAboveOne", "collapse_below: 5", "lower_bound: 1", "lower_bound", "0 to below 1"},
    {"LogitWithoutBounds", "weighting {", "weighting { method: LOGIT", "weighting {",
     "needs both bounds"},
    {"TrimWithoutBound", "collapse_below: 5", "trim_once: true", "trim_once", "upper_bound"},
    {"TrimBoundWithoutTrim", "collapse_below: 5", "trim_upper: 9", "trim_upper", "add one of them"},
    {"TwoRulesOfTrimming", "collapse_below: 5", "trim_once: true trim_strict: true trim_upper: 9",
     "trim_once", "remove one"},
    {"TrimAboveItsBound", "collapse_below: 5", "trim_strict: true trim_upper: 9 trim_lower: 9",
     "trim_lower", "not below trim_upper"},
    {"TrimToNothing", "collapse_below: 5", "trim_strict: true trim_upper: 0", "trim_upper",
     "no weight above 0"},
    {"TrimOfUnits", "weighting {",
     "design { base_weights: BASE_WEIGHTS_PER_UNIT } weighting { trim_strict: true trim_upper: 9",
     "trim_upper", "which are of g"},
    {"RakeVarianceOfPoststratify", "weighting { dim",
     "weighting { method: LINEAR variance: VARIANCE_RAKE dim", "variance", "method RAKE"},
    {"ScaleTooLarge", "disposition_precedence: \"complete\"",
     "design { base_weights: BASE_WEIGHTS_PER_UNIT base_weight_log2: 61 }", "design",
     "61 is not in -60 to 60"},
    {"ScaleTooSmall", "disposition_precedence: \"complete\"",
     "design { base_weights: BASE_WEIGHTS_PER_UNIT base_weight_log2: -61 }", "design",
     "-61 is not in -60 to 60"},
    {"RidgeWithoutFallback", "collapse_below: 5", "ridge: 0.1", "ridge", "add it or remove ridge"},
    {"RidgeOutOfRange", "collapse_below: 5", "fallback: RIDGE ridge: 2", "ridge: 2", "0 to 1"},
    {"FallbackOfNothing", "weighting {", "weighting { fallback: RIDGE method: POSTSTRATIFY",
     "weighting {", "does not go with method POSTSTRATIFY"},
    {"PerCellWithoutStratum", "disposition_precedence: \"complete\"",
     "design { base_weights: BASE_WEIGHTS_PER_CELL }", "design", "add stratum_dimension"},
    {"PerCellWithoutWeights", "disposition_precedence: \"complete\"",
     "design { base_weights: BASE_WEIGHTS_PER_CELL stratum_dimension: \"size\" }",
     "\"small\" collapse", "stratum \"small\" has no base weight"},
    {"StratumUnknown", "disposition_precedence: \"complete\"",
     "design { stratum_dimension: \"sector\" }", "design", "known: size, area"},
    {"BaseWeightOutsideStratum", "code: \"Bornholm\"", "code: \"Bornholm\" base_weight: 2",
     "Bornholm", "only in the stratum dimension"},
    {"ScaleWithoutWeights", "disposition_precedence: \"complete\"",
     "design { base_weight_log2: 3 }", "design", "goes with base weights"},
};

constexpr BadRow kQuestions[] = {
    {"RankedOfASingleChoice", "options { code: \"yes\" }", "options { code: \"yes\" ranked: true }",
     "ranked: true", "options have no ranks"},
    {"RankedAndMissing", "code: \"unsure\" exclusive: true missing: true",
     "code: \"unsure\" exclusive: true missing: true ranked: true", "ranked: true",
     "no share to rank"},
    {"PairsOfOneSingleChoice", "question: \"barriers\" by: \"direction\"",
     "question: \"barriers_asked\" pairs: true", "barriers_asked\" pairs", "remove pairs"},
    {"ReservedQuestion", "id: \"employees\"\n  required", "id: \"direction\"\n  required",
     "\"direction\"\n", "rename it"},
    {"QuestionIsADimension", "id: \"barriers_asked\"", "id: \"area\"", "id: \"area\"\n  options",
     "id of a dimension too"},
    {"QuestionTwice", "id: \"barriers_asked\"", "id: \"barriers\"", "id: \"barriers\"\n  options",
     "defined twice"},
    {"OptionTwice", "code: \"money\"", "code: \"staff\"",
     "code: \"staff\" }\n  options { code: \"none\"", "defined twice"},
    {"OptionWithBar", "code: \"money\"", "code: \"mon|ey\"", "mon|ey", "holds '|'"},
    {"ExclusiveSingle", "code: \"yes\"", "code: \"yes\" exclusive: true", "\"yes\" excl",
     "takes one option anyway"},
    {"OnlyMissing", "options { code: \"yes\" }\n  options { code: \"no\" }",
     "options { code: \"no\" missing: true }", "questions {\n  id: \"barriers_asked\"",
     "no option that is not missing"},
    {"MoreChoicesThanOptions", "max_choices: 2", "max_choices: 6", "max_choices: 6", "lower it"},
    {"ChoicesOfSingle", "id: \"barriers_asked\"", "id: \"barriers_asked\" max_choices: 2",
     "\"barriers_asked\" max", "write kind: MULTIPLE"},
    {"SetOfUnknown", "options: \"up\" options: \"same\" }\n}",
     "options: \"upp\" options: \"same\" }\n}", "\"upp\"", "known: up, same, down, dont_know"},
    {"SetOfMissing", "options: \"up\" options: \"same\" }\n}",
     "options: \"up\" options: \"dont_know\" }\n}", "sets", "missing for figures"},
    {"SetWithAnOptionTwice", "options: \"up\" options: \"same\" }\n}",
     "options: \"up\" options: \"up\" }\n}", "sets", "option \"up\" is twice in set"},
    {"SetNamedAsOption", "id: \"not_down\"", "id: \"down\"", "sets",
     "another set or option \"down\""},
    {"EmptySet", "sets { id: \"not_down\" options: \"up\" options: \"same\" }",
     "sets { id: \"not_down\" }", "sets", "has no options"},
    {"SetOfMultiple", "max_choices: 2",
     "max_choices: 2\n  sets { id: \"rules\" options: \"law\" options: \"staff\" }", "\"rules\"",
     "\"barriers\" is multiple choice, whose answers overlap, and takes no set; remove set "
     "\"rules\""},
};

constexpr BadRow kIndicator[] = {
    {"UnknownQuestion", "questions: \"revenue\"", "questions: \"turnover\"", "turnover",
     "known: revenue, employees, barriers"},
    {"MultipleQuestion", "questions: \"revenue\"", "questions: \"barriers\"",
     "questions: \"barriers\"", "take a single choice"},
    {"QuestionListedTwice", "questions: \"revenue\"", "questions: \"employees\"",
     "questions: \"employees\"\n  groups", "listed twice"},
    {"CombinationInTwoGroups", "combinations { options: \"up\" options: \"up\" }",
     "combinations { options: \"up\" options: \"down\" }", "\"up\" options: \"down\" }\n",
     "\"up, down\" is in groups a and b; remove one"},
    {"CombinationTwice", "combinations { options: \"up\" options: \"up\" }",
     "combinations { options: \"same\" options: \"same\" }",
     "combinations { options: \"same\" options: \"same\" }\n  }", "is twice in group b"},
    {"CombinationOfUnknown", "options: \"down\" options: \"same\" }",
     "options: \"down\" options: \"sam\" }", "\"sam\"", "is no option of question \"employees\""},
    {"CombinationOfMissing", "options: \"down\" options: \"same\" }",
     "options: \"down\" options: \"dont_know\" }", "\"down\" options: \"dont_know\"",
     "no valid case"},
    {"CombinationTooShort", "options: \"down\" options: \"same\" }", "options: \"down\" }",
     "{ options: \"down\" }", "1 options for 2 questions"},
    {"GroupTwice", "id: \"c\"", "id: \"a\"", "id: \"a\" score: -50.5", "defined twice"},
    {"ScoreNotFinite", "score: -50.5", "score: inf", "score: inf", "write a number"},
    {"ScoreNotANumber", "score: -50.5", "score: nan", "score: nan", "write a number"},
    {"GroupWithoutCombinations",
     "id: \"c\" score: -50.5 combinations { options: \"down\" options: \"same\" }",
     "id: \"c\" score: 1", "id: \"c\"", "has no combinations"},
};

constexpr BadRow kFigures[] = {
    {"TabulateUnknown", "tabulations { question: \"barriers\"", "tabulations { question: \"walls\"",
     "walls", "known: revenue"},
    {"TabulateByUnknown", "by: \"area\" by: \"channel\"", "by: \"zone\" by: \"channel\"",
     "\"zone\"", "dimensions size, area"},
    {"TabulateByMultiple", "by: \"area\" by: \"channel\"", "by: \"barriers\" by: \"channel\"",
     "tabulations { by", "answers overlap"},
    {"TabulateTwice", "by: \"area\" by: \"channel\"", "by: \"area\" by: \"area\"",
     "tabulations { by", "tabulated twice"},
    {"TabulateByItself", "question: \"barriers\" by: \"direction\"",
     "question: \"barriers_asked\" by: \"barriers_asked\"", "tabulations { question", "by itself"},
    {"GroupSharesOfAQuestion", "question: \"barriers\" by: \"direction\"",
     "question: \"barriers\" by: \"direction\" group_shares: true", "group_shares",
     "there in every domain anyway"},
    {"RatioOfAQuestion", "question: \"barriers\" by: \"direction\"",
     "question: \"barriers\" by: \"direction\" ratio: true", "ratio: true",
     "increases to its declines"},
    {"RatioWithoutADecline",
     "score: -50.5 combinations { options: \"down\" options: \"same\" } }\n}\ntabulations {",
     "score: 50.5 combinations { options: \"down\" options: \"same\" } }\n}\ntabulations { ratio: "
     "true",
     "ratio: true", "above and below 0"},
    {"OthersOfNoDomain", "question: \"barriers\" by: \"direction\"",
     "question: \"barriers\" against_others: true", "against_others", "the tabulation has none"},
    {"CrossedWithItself", "by: \"area\" by: \"channel\"", "by: \"area&area\" by: \"channel\"",
     "area&area", "crossed with itself"},
    {"CrossedOfTwoAnswers", "by: \"area\" by: \"channel\"", "by: \"channel&area&barriers_asked\"",
     "channel&area", "of which neither is a dimension"},
    {"CrossedTwice", "by: \"area\" by: \"channel\"", "by: \"area&size\" by: \"size&area\"",
     "tabulations { by", "tabulated twice"},
    {"CrossedWithNothing", "by: \"area\" by: \"channel\"", "by: \"area&\" by: \"channel\"", "area&",
     "\"\" is no dimension"},
    {"CompareUnknownStatistic", "statistic: \"mean\"", "statistic: \"median\"", "median",
     "write mean or share"},
    {"CompareMeanOfShare", "statistic: \"share\"", "statistic: \"mean\"", "\"revenue/not_down\"",
     "write share"},
    {"CompareUnknownSet", "revenue/not_down", "revenue/up_or_same", "up_or_same",
     "no option or set of question"},
    {"CompareUnknownDomain", "domain: \"area=Fyn\"", "domain: \"zone=Fyn\"", "zone=Fyn",
     "is no domain"},
    {"CompareUnknownCategory", "domain: \"area=Fyn\"", "domain: \"area=Als\"", "area=Als",
     "known: Fyn, Sjælland, Bornholm"},
    {"CompareShareInPerCent", "value: 0.5", "value: 50", "value: 50", "write 0.25 for 25 per cent"},
    {"CompareMeanOutsideScores", "value: 1.5", "value: 101", "value: 101", "-50.5 to 100"},
};

std::string NameOf(const ::testing::TestParamInfo<BadRow>& info) {
  return std::string(info.param.name);
}
INSTANTIATE_TEST_SUITE_P(Text, BadDefinition, ::testing::ValuesIn(kText), NameOf);
INSTANTIATE_TEST_SUITE_P(Calendar, BadDefinition, ::testing::ValuesIn(kCalendar), NameOf);
INSTANTIATE_TEST_SUITE_P(Dimensions, BadDefinition, ::testing::ValuesIn(kDimensions), NameOf);
INSTANTIATE_TEST_SUITE_P(Questions, BadDefinition, ::testing::ValuesIn(kQuestions), NameOf);
INSTANTIATE_TEST_SUITE_P(Indicator, BadDefinition, ::testing::ValuesIn(kIndicator), NameOf);
INSTANTIATE_TEST_SUITE_P(Figures, BadDefinition, ::testing::ValuesIn(kFigures), NameOf);

TEST(BadDefinitionLimits, TooManyTableEntriesNameTheirNumberAndTheLargestTable) {
  std::string options;
  for (int i = 0; i < 4'000; ++i) options += fmt::format("options {{ code: \"o{}\" }}\n", i);
  SampleFiles files;
  files.definition += "questions { id: \"wide\" " + options + "}\nquestions { id: \"broad\" " +
                      options + "}\ntabulations { question: \"wide\" by: \"broad\" }\n";
  const auto wave = LoadSample(files);
  ASSERT_FALSE(wave.ok());
  EXPECT_THAT(std::string(ToStd(wave.status().message())),
              ::testing::AllOf(HasSubstr("6 cells"), HasSubstr("at most 67108864"),
                               HasSubstr("wide by broad (4001 x 4001)")));
}

TEST(BadDefinitionLimits, CellsHaveRoomWhereTheyAreFew) {
  std::string categories;
  for (int i = 0; i < 1'000; ++i) categories += fmt::format("categories {{ code: \"c{}\" }}\n", i);
  SampleFiles files;
  files.definition += "dimensions { id: \"wide\" " + categories + "}\ndimensions { id: \"broad\" " +
                      categories + "}\n";
  const auto wave = LoadSample(files);
  ASSERT_FALSE(wave.ok());
  EXPECT_THAT(std::string(ToStd(wave.status().message())),
              ::testing::AllOf(HasSubstr("6000000 cells"), HasSubstr("at most 1048576")));
}

TEST(BadDefinitionLimits, MultipleChoiceHasRoomFor64Options) {
  for (const int count : {64, 65}) {
    std::string options;
    for (int i = 0; i < count; ++i) options += fmt::format("options {{ code: \"o{}\" }}\n", i);
    SampleFiles files;
    files.definition += "questions { id: \"wide\" kind: MULTIPLE " + options + "}\n";
    EXPECT_EQ(LoadSample(files).ok(), count == 64) << count;
  }
}

TEST(BadDefinitionLimits, ChannelsHaveRoomFor250) {
  for (const int count : {248, 249}) {
    SampleFiles files;
    for (int i = 0; i < count; ++i)
      files.definition += fmt::format("channels {{ code: \"c{}\" }}\n", i);
    EXPECT_EQ(LoadSample(files).ok(), count == 248) << count;
  }
}

TEST(BadDefinitionLimits, DimensionsHaveRoomFor64) {
  for (const int count : {62, 63}) {
    SampleFiles files;
    for (int i = 0; i < count; ++i) {
      files.definition +=
          fmt::format("dimensions {{ id: \"d{}\" categories {{ code: \"c\" }} }}\n", i);
    }
    EXPECT_EQ(LoadSample(files).ok(), count == 62) << count;
  }
}

TEST(BadDefinitionLimits, CategoriesHaveRoomFor65534) {
  SampleFiles files;
  files.definition += "dimensions { id: \"wide\" ";
  for (int i = 0; i < 65'535; ++i)
    files.definition += fmt::format("categories {{ code: \"c{}\" }}\n", i);
  files.definition += "}\n";
  EXPECT_THAT(std::string(ToStd(LoadSample(files).status().message())),
              HasSubstr("has 65535 categories; at most 65534 have room"));
}

TEST(BadDefinitionLimits, CombinationsOfTheIndicatorHaveRoomFor2ToThe20) {
  SampleFiles files;
  std::string options;
  for (int i = 0; i < 50'000; ++i) options += fmt::format("options {{ code: \"o{}\" }}\n", i);
  files.definition = Replaced(kSampleDefinition, "questions: \"revenue\"",
                              "questions: \"revenue\" questions: \"wide\"");
  files.definition += "questions { id: \"wide\" " + options + "}\n";
  // 5 * 50001 * 5
  EXPECT_THAT(std::string(ToStd(LoadSample(files).status().message())),
              HasSubstr("1250025 combinations of options; at most 1048576 have room"));
}

TEST(BadDefinitionLimits, CodesHave255Bytes) {
  for (const int bytes : {255, 256}) {
    SampleFiles files;
    files.definition += fmt::format("channels {{ code: \"{}\" }}\n",
                                    std::string(static_cast<std::size_t>(bytes), 'x'));
    EXPECT_EQ(LoadSample(files).ok(), bytes == 255) << bytes;
  }
}

TEST(BadDefinitionLimits, RespondentsMayBe2ToThe27) {
  SampleFiles files;
  files.definition =
      Replaced(kSampleDefinition, "max_respondents: 1000", "max_respondents: 134217728");
  EXPECT_TRUE(LoadSample(files).ok());
}

TEST(BadDefinitionLimits, BaseWeightsOfCellsAre2ToTheMinus10To2ToThe20) {
  struct Row {
    const char* weight;
    bool ok;
  };
  for (const Row& row :
       {Row{"0.0009765625", true}, Row{"0.0009765624", false}, Row{"1048576", true},
        Row{"1048577", false}, Row{"-1", false}, Row{"nan", false}}) {
    SampleFiles files;
    files.definition = Replaced(kSampleDefinition, "code: \"small\" c",
                                fmt::format("code: \"small\" base_weight: {} c", row.weight));
    files.definition =
        Replaced(files.definition, "code: \"large\" c", "code: \"large\" base_weight: 1 c");
    files.definition +=
        "design { base_weights: BASE_WEIGHTS_PER_CELL stratum_dimension: \"size\" }\n";
    EXPECT_EQ(LoadSample(files).ok(), row.ok) << row.weight;
  }
}

TEST(BadDefinitionLimits, AMissingFileIsNamed) {
  SampleFiles files;
  files.definition =
      Replaced(kSampleDefinition, "file: \"population.csv\"", "file: \"totals.csv\"");
  const auto wave = LoadSample(files);
  ASSERT_FALSE(wave.ok());
  EXPECT_THAT(std::string(ToStd(wave.status().message())),
              ::testing::AllOf(StartsWith("wave.textproto:22: "), HasSubstr("totals.csv")));
}

TEST(BadDefinitionLimits, WithoutAFileTheNameStandsForThePlace) {
  const auto wave = WaveFromCanonical("", "journal");
  ASSERT_FALSE(wave.ok());
  EXPECT_THAT(std::string(ToStd(wave.status().message())), StartsWith("journal: "));
  EXPECT_EQ(WaveFromCanonical("\xFF\xFF", "journal").status().code(), absl::StatusCode::kDataLoss);
}

struct ReservedRow {
  std::string_view what;  // in the message
  std::string_view from;  // what is given the reserved id
  std::string_view before;
};

// Every fixed column, as an id of either kind: else responses.csv has two columns of one name.
TEST(ExportColumn, IsNoIdOfADimensionOrQuestion) {
  constexpr ReservedRow kRows[] = {
      {"dimension id", "id: \"area\"", ""},
      {"question id", "id: \"employees\"\n  required", "\n  required"}};
  std::vector<std::string_view> columns(kExportColumnsBefore.begin(), kExportColumnsBefore.end());
  columns.insert(columns.end(), kExportColumnsBehind.begin(), kExportColumnsBehind.end());
  for (const ReservedRow& row : kRows) {
    for (const std::string_view column : columns) {
      const std::string id = fmt::format("id: \"{}\"", column);
      SampleFiles files;
      files.definition = Replaced(kSampleDefinition, row.from, fmt::format("{}{}", id, row.before));
      const auto wave = LoadSample(files);
      ASSERT_FALSE(wave.ok()) << id;
      const std::string message(ToStd(wave.status().message()));
      EXPECT_THAT(message, StartsWith(fmt::format("wave.textproto:{}: {} \"{}\" is the name of a",
                                                  LineOf(files.definition, id), row.what, column)));
      EXPECT_THAT(message, HasSubstr("rename it"));
    }
  }
}

}  // namespace
}  // namespace panelpuls::wave
