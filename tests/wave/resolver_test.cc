#include "wave/resolver.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <limits>
#include <ostream>
#include <vector>

#include "wave/outcome.h"
#include "wave/record_check.h"
#include "wave/sample_wave.h"

namespace panelpuls::wave {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr Micros kWhen = 1'757'000'000'000'000;

void Answer(RawResponse& response, std::string_view question,
            std::vector<std::string_view> options) {
  response.answers.push_back({question, static_cast<std::uint32_t>(response.options.size()),
                              static_cast<std::uint32_t>(options.size())});
  response.options.insert(response.options.end(), options.begin(), options.end());
}

RawResponse GoodResponse() {
  RawResponse response;
  response.respondent_id = "R1";
  response.channel = "cati";
  response.revision = 7;
  response.collected_at = kWhen;
  Answer(response, "revenue", {"same"});
  Answer(response, "employees", {"dont_know"});
  Answer(response, "barriers", {"money", "law"});
  response.categories = {{"size", "large"}, {"area", "Bornholm"}};
  return response;
}

struct Resolved {
  bool ok = false;
  std::vector<std::byte> record;
  Rejection rejection;
};

Resolved Resolve(Resolver& resolver, const RawResponse& response) {
  Resolved resolved;
  resolved.record.assign(resolver.wave().layout.size, std::byte{0xAA});
  resolved.ok = resolver.Resolve(response, resolved.record, &resolved.rejection);
  return resolved;
}
Resolved Resolve(const std::shared_ptr<const Wave>& wave, const RawResponse& response,
                 ResolveOptions options = {}) {
  Resolver resolver(wave, options);
  return Resolve(resolver, response);
}

std::uint64_t AnswerOf(const Wave& wave, const Resolved& resolved, std::size_t question) {
  return LoadField(resolved.record.data(), wave.layout.answers[question]);
}
std::uint64_t CategoryOf(const Wave& wave, const Resolved& resolved, std::size_t dimension) {
  return LoadField(resolved.record.data(), wave.layout.categories[dimension]);
}

TEST(Resolver, TurnsCodesIntoNumbers) {
  const auto wave = MustLoad({});
  const Resolved resolved = Resolve(wave, GoodResponse());
  ASSERT_TRUE(resolved.ok) << resolved.rejection.field << " " << resolved.rejection.reason;
  const ResponseHeader header = LoadResponseHeader(resolved.record.data());
  EXPECT_EQ(header.type, RecordType::kResponse);
  EXPECT_EQ(header.channel, 1);
  EXPECT_EQ(header.flags, 0);
  EXPECT_EQ(header.revision, 7u);
  EXPECT_EQ(header.collected_at, kWhen);
  EXPECT_EQ(header.pseudonym_high, 0u);
  EXPECT_EQ(CategoryOf(*wave, resolved, 0), 2u);
  EXPECT_EQ(CategoryOf(*wave, resolved, 1), 3u);
  EXPECT_EQ(AnswerOf(*wave, resolved, 0), 2u);
  EXPECT_EQ(AnswerOf(*wave, resolved, 1), 4u);
  EXPECT_EQ(AnswerOf(*wave, resolved, 2), 0b101u);
  EXPECT_EQ(AnswerOf(*wave, resolved, 3), 0u);
  EXPECT_EQ(resolved.record[39], std::byte{0});  // padding
}

TEST(Resolver, OrderOfWhatIsSentChangesNoByte) {
  const auto wave = MustLoad({});
  RawResponse response = GoodResponse();
  std::swap(response.answers[0], response.answers[2]);
  std::swap(response.options[2], response.options[3]);
  std::swap(response.categories[0], response.categories[1]);
  EXPECT_EQ(Resolve(wave, response).record, Resolve(wave, GoodResponse()).record);
}

TEST(Resolver, AnAnswerWithoutOptionsIsNonResponse) {
  const auto wave = MustLoad({});
  RawResponse response = GoodResponse();
  response.answers[0].option_count = 0;
  response.answers[2].option_count = 0;
  const Resolved resolved = Resolve(wave, response);
  ASSERT_TRUE(resolved.ok);
  EXPECT_EQ(AnswerOf(*wave, resolved, 0), 0u);
  EXPECT_EQ(AnswerOf(*wave, resolved, 2), 0u);
}

struct BadRow {
  std::string_view name;
  std::function<void(RawResponse&)> edit;
  std::string_view field, reason;
};
void PrintTo(const BadRow& row, std::ostream* out) { *out << row.name; }
class Rejected : public ::testing::TestWithParam<BadRow> {};
TEST_P(Rejected, ByFieldAndReason) {
  RawResponse response = GoodResponse();
  GetParam().edit(response);
  const Resolved resolved = Resolve(MustLoad({}), response);
  EXPECT_FALSE(resolved.ok);
  EXPECT_EQ(resolved.rejection.field, GetParam().field);
  EXPECT_THAT(resolved.rejection.reason, HasSubstr(GetParam().reason));
}

const std::string k65Bytes(65, 'x');
const std::string kLongOption(200, 'y');

INSTANTIATE_TEST_SUITE_P(
    Response, Rejected,
    ::testing::Values(
        BadRow{"NoId", [](RawResponse& r) { r.respondent_id = ""; }, "respondent_id", "is missing"},
        BadRow{"LongId", [](RawResponse& r) { r.respondent_id = k65Bytes; }, "respondent_id",
               "has 65 bytes"},
        BadRow{"IdNotUtf8", [](RawResponse& r) { r.respondent_id = "Sj\xE6l"; }, "respondent_id",
               "'Sj\\xE6l' is not UTF-8"},
        BadRow{"NoChannel", [](RawResponse& r) { r.channel = ""; }, "channel",
               "is missing; known: eboks, cati"},
        BadRow{"UnknownChannel", [](RawResponse& r) { r.channel = "post"; }, "channel",
               "'post' is no channel; known: eboks, cati"},
        BadRow{"ChannelInOtherCase", [](RawResponse& r) { r.channel = "CATI"; }, "channel",
               "'CATI' is no channel"},
        BadRow{"NoTime", [](RawResponse& r) { r.collected_at = kNoTime; }, "collected_at",
               "is missing"},
        BadRow{"BaseWeight", [](RawResponse& r) { r.base_weight = 1; }, "base_weight",
               "declares no base weights per unit"},
        BadRow{"UnknownOption", [](RawResponse& r) { r.options[0] = "upp"; },
               "answers[0].options[0]",
               "'upp' is no option of question revenue; known: up, same, down, dont_know"},
        BadRow{"EmptyOption", [](RawResponse& r) { r.options[0] = ""; }, "answers[0].options[0]",
               "'' is no option"},
        BadRow{"OptionLikeAnother", [](RawResponse& r) { r.options[0] = "up\u00A0"; },
               "answers[0].options[0]",
               "'up\\u{00A0}' is no option of question revenue; it looks like 'up' but has U+00A0 "
               "(no-break space); known: up"},
        BadRow{"CategoryOfAnotherScript",
               [](RawResponse& r) { r.categories[1].category = "\u0424yn"; },
               "categories[1].category", "of dimension area; it has U+0424 (Cyrillic); known: Fyn"},
        BadRow{"LongOption", [](RawResponse& r) { r.options[0] = kLongOption; },
               "answers[0].options[0]", "yyy...'"},
        BadRow{"ControlInOption", [](RawResponse& r) { r.options[0] = "u\np"; },
               "answers[0].options[0]", "'u\\x0Ap'"},
        BadRow{"UnknownOptionOfMultiple", [](RawResponse& r) { r.options[3] = "war"; },
               "answers[2].options[1]", "'war' is no option of question barriers"},
        BadRow{"OptionTwice", [](RawResponse& r) { r.options[3] = "money"; },
               "answers[2].options[1]", "'money' is given twice"},
        BadRow{"TwoOfSingle",
               [](RawResponse& r) {
                 r.answers[0].option_count = 2;
                 r.options[1] = "up";
               },
               "answers[0].options", "question revenue takes one option, 2 are given"},
        BadRow{"TooManyChoices",
               [](RawResponse& r) {
                 r.answers.pop_back();
                 Answer(r, "barriers", {"law", "staff", "money"});
               },
               "answers[2].options", "takes at most 2 options, 3 are given"},
        BadRow{"ExclusiveWithOthers", [](RawResponse& r) { r.options[2] = "none"; },
               "answers[2].options", "option 'none' of question barriers goes with no other"},
        BadRow{"QuestionTwice", [](RawResponse& r) { Answer(r, "revenue", {"up"}); },
               "answers[3].question", "'revenue' is answered twice"},
        BadRow{"EmptyQuestionTwice", [](RawResponse& r) { Answer(r, "revenue", {}); },
               "answers[3].question", "'revenue' is answered twice"},
        BadRow{"UnknownDimension", [](RawResponse& r) { r.categories[1].dimension = "zone"; },
               "categories[1].dimension", "'zone' is no dimension; known: size, area"},
        BadRow{"UnknownCategory", [](RawResponse& r) { r.categories[1].category = "Sj\xE6lland"; },
               "categories[1].category",
               "'Sj\\xE6lland' is no category of dimension area; known: Fyn, Sjælland, Bornholm"},
        BadRow{"DimensionTwice", [](RawResponse& r) { r.categories[1].dimension = "size"; },
               "categories[1].dimension", "'size' is given twice"},
        BadRow{"MissingCategory", [](RawResponse& r) { r.categories.pop_back(); }, "categories",
               "dimension area is missing; known: Fyn, Sjælland, Bornholm"},
        BadRow{"PartialWithoutCategories",
               [](RawResponse& r) {
                 r.status = Status::kPartial;
                 r.categories.clear();
               },
               "categories", "dimension size is missing"},
        BadRow{"TestWithoutCategories",
               [](RawResponse& r) {
                 r.status = Status::kTest;
                 r.categories.clear();
               },
               "categories", "dimension size is missing"}),
    [](const auto& info) { return std::string(info.param.name); });

TEST(Resolver, ListsAtMostTwelveKnownCodes) {
  std::string options;
  for (int i = 0; i < 13; ++i) options += fmt::format("options {{ code: \"o{}\" }} ", i);
  SampleFiles files;
  files.definition += "questions { id: \"wide\" " + options + "}\n";
  RawResponse response = GoodResponse();
  Answer(response, "wide", {"no"});
  EXPECT_EQ(Resolve(MustLoad(files), response).rejection.reason,
            "'no' is no option of question wide; known: o0, o1, o2, o3, o4, o5, o6, o7, o8, o9, "
            "o10, o11, ...");
  response.options.back() = "o12";
  const Resolved resolved = Resolve(MustLoad(files), response);
  ASSERT_TRUE(resolved.ok);
  EXPECT_EQ(AnswerOf(*MustLoad(files), resolved, 4), 13u);
}

// Codes of every length from 1 to 20 that differ in one byte only, wherever it stands.
// What stands in the wrong field may be somebody's id: it is quoted as far as the record needs it
// to be found, and on one line.
TEST(Resolver, QuotesWhatASenderSentOnOneLineAndCut) {
  const std::string code = "\x1B[2J\n" + std::string(28, 'y') + "z";
  RawResponse response = GoodResponse();
  response.options[0] = code;
  const std::string reason = Resolve(MustLoad({}), response).rejection.reason;
  EXPECT_THAT(reason, HasSubstr("'\\x1B[2J\\x0A" + std::string(27, 'y') + "...'"));
  response = GoodResponse();
  response.channel = code;
  EXPECT_THAT(Resolve(MustLoad({}), response).rejection.reason,
              HasSubstr("'\\x1B[2J\\x0A" + std::string(27, 'y') + "...'"));
}

TEST(Resolver, CodesThatDifferInOneByteAreToldApart) {
  for (std::size_t length = 1; length <= 20; ++length) {
    std::vector<std::string> codes = {std::string(length, 'a')};
    for (std::size_t i = 0; i < length && codes.size() < 15; ++i) {
      codes.push_back(codes[0]);
      codes.back()[i == 14 ? length / 2 : i] = 'b';
    }
    std::string options;
    for (const std::string& code : codes)
      options += fmt::format("options {{ code: \"{}\" }} ", code);
    SampleFiles files;
    files.definition += "questions { id: \"wide\" " + options + "}\n";
    const auto wave = MustLoad(files);
    Resolver resolver(wave, {});
    for (std::size_t i = 0; i < codes.size(); ++i) {
      RawResponse response = GoodResponse();
      Answer(response, "wide", {codes[i]});
      EXPECT_EQ(AnswerOf(*wave, Resolve(resolver, response), 4), i + 1) << codes[i];
      for (std::size_t place = 0; place < length; ++place) {
        std::string unknown = codes[i];
        unknown[place] = 'c';
        response.options.back() = unknown;
        EXPECT_FALSE(Resolve(resolver, response).ok) << unknown;
      }
      response.options.back() = std::string_view(codes[i]).substr(0, length - 1);
      EXPECT_FALSE(Resolve(resolver, response).ok);
    }
  }
}

TEST(Resolver, AbsentTimeIsAllowedOffline) {
  RawResponse response = GoodResponse();
  response.collected_at = kNoTime;
  const Resolved resolved = Resolve(MustLoad({}), response, {.require_collected_at = false});
  ASSERT_TRUE(resolved.ok);
  EXPECT_EQ(LoadResponseHeader(resolved.record.data()).collected_at, kNoTime);
}

TEST(Resolver, AWithdrawalNeedsNeitherAnswersNorCategories) {
  const auto wave = MustLoad({});
  RawResponse response = GoodResponse();
  response.status = Status::kWithdrawn;
  response.options[0] = "upp";
  response.categories.clear();
  const Resolved resolved = Resolve(wave, response);
  ASSERT_TRUE(resolved.ok) << resolved.rejection.reason;
  EXPECT_EQ(LoadField(resolved.record.data(), wave->layout.status), 2u);
  EXPECT_EQ(CategoryOf(*wave, resolved, 0), 0u);
  for (std::size_t q = 0; q < 4; ++q) EXPECT_EQ(AnswerOf(*wave, resolved, q), 0u);
  response.categories = {{"area", "Fyn"}};
  EXPECT_EQ(CategoryOf(*wave, Resolve(wave, response), 1), 1u);
  response.categories = {{"area", "Als"}};
  EXPECT_FALSE(Resolve(wave, response).ok);
}

TEST(Resolver, BesideAFrameCategoriesAreOnlyCompared) {
  const auto wave = MustLoad(WithFrame());
  RawResponse response = GoodResponse();
  response.categories = {{"zone", "x"}, {"area", "Als"}, {"size", "small"}, {"size", "large"}};
  const Resolved resolved = Resolve(wave, response);
  ASSERT_TRUE(resolved.ok) << resolved.rejection.reason;
  EXPECT_EQ(CategoryOf(*wave, resolved, 0), 1u);
  EXPECT_EQ(CategoryOf(*wave, resolved, 1), 0u);
  response.categories.clear();
  EXPECT_TRUE(Resolve(wave, response).ok);
}

TEST(Resolver, BaseWeightsAreRoundedOnceOnEntry) {
  const auto wave = MustLoad(WithBaseWeights());
  const auto stored = [&](const Resolved& resolved) {
    return LoadField(resolved.record.data(), *wave->layout.base_weight);
  };
  RawResponse response = GoodResponse();
  response.base_weight = 2.25;
  EXPECT_EQ(stored(Resolve(wave, response)), kBaseWeightOne / 4 * 9);
  for (const double bad : {0.0, -1.0, 1e-4, 2e6, std::numeric_limits<double>::quiet_NaN(),
                           std::numeric_limits<double>::infinity()}) {
    response.base_weight = bad;
    const Resolved resolved = Resolve(wave, response);
    EXPECT_FALSE(resolved.ok) << bad;
    EXPECT_EQ(resolved.rejection.field, "base_weight");
    EXPECT_THAT(resolved.rejection.reason, HasSubstr("is no base weight; send a number above 0"));
  }
}

// Whatever the scale, and whoever may never be in a figure: no weight is not a weight of 1.
TEST(Resolver, AMissingBaseWeightIsNotOne) {
  for (const char* const scale : {"", " base_weight_log2: -30", " base_weight_log2: 12"}) {
    SampleFiles files;
    files.definition +=
        std::string("design { base_weights: BASE_WEIGHTS_PER_UNIT") + scale + " }\n";
    const auto wave = MustLoad(files);
    for (const Status status : {Status::kComplete, Status::kPartial, Status::kTest}) {
      RawResponse response = GoodResponse();
      response.status = status;
      const Resolved resolved = Resolve(wave, response);
      EXPECT_FALSE(resolved.ok) << scale;
      EXPECT_EQ(resolved.rejection.field, "base_weight");
      EXPECT_THAT(resolved.rejection.reason, HasSubstr("is missing"));
    }
    RawResponse withdrawal = GoodResponse();
    withdrawal.status = Status::kWithdrawn;
    const Resolved withdrawn = Resolve(wave, withdrawal);
    EXPECT_TRUE(withdrawn.ok) << withdrawn.rejection.reason;
    EXPECT_FALSE(RecordCheck(*wave).Find(withdrawn.record)) << scale;
  }
  SampleFiles framed = WithFrame();
  framed.definition += "design { base_weights: BASE_WEIGHTS_PER_UNIT }\n";
  EXPECT_TRUE(Resolve(MustLoad(framed), GoodResponse()).ok);
}

TEST(Resolver, UnknownQuestionsAreIgnoredAndCounted) {
  const auto wave = MustLoad({});
  Resolver resolver(wave, {});
  RawResponse response = GoodResponse();
  response.answers.insert(response.answers.begin(), {"weather", 0, 1});
  Answer(response, "mood\n", {"fine", "bad"});
  const Resolved resolved = Resolve(resolver, response);
  ASSERT_TRUE(resolved.ok) << resolved.rejection.reason;
  EXPECT_EQ(resolved.record, Resolve(wave, GoodResponse()).record);
  EXPECT_TRUE(Resolve(resolver, response).ok);
  EXPECT_EQ(resolver.ignored_questions(), 4u);
  EXPECT_THAT(resolver.ignored_question_codes(), ElementsAre("weather", "mood\\x0A"));
  for (int i = 0; i < 200; ++i) {
    RawResponse other = GoodResponse();
    const std::string question = fmt::format("q{}", i);
    Answer(other, question, {"x"});
    EXPECT_TRUE(Resolve(resolver, other).ok);
  }
  EXPECT_EQ(resolver.ignored_question_codes().size(), 100u);
  EXPECT_EQ(resolver.ignored_questions(), 204u);
}

TEST(Resolver, AnIgnoredQuestionSaysWhatItLooksLike) {
  Resolver resolver(MustLoad({}), {});
  RawResponse response = GoodResponse();
  Answer(response, "Barriers ", {"law"});
  EXPECT_TRUE(Resolve(resolver, response).ok);
  EXPECT_THAT(resolver.ignored_question_codes(),
              ElementsAre("Barriers... (9 bytes); it looks like 'barriers' but for blanks"));
}

TEST(Resolver, WhatOthersReadHoldsNoIdThatStandsInAWrongField) {
  const std::string id = "DK-10000001-and-more";
  const std::string shown = "DK-10000... (20 bytes)";
  struct Row {
    const char* name;
    std::function<void(RawResponse&)> put;
  };
  const Row rows[] = {
      {"channel", [&](RawResponse& response) { response.channel = id; }},
      {"option", [&](RawResponse& response) { response.options[0] = id; }},
      {"one of several options", [&](RawResponse& response) { response.options[3] = id; }},
      {"dimension", [&](RawResponse& response) { response.categories[0].dimension = id; }},
      {"category", [&](RawResponse& response) { response.categories[0].category = id; }},
  };
  const auto wave = MustLoad({});
  for (const Row& row : rows) {
    RawResponse response = GoodResponse();
    row.put(response);
    const Resolved resolved = Resolve(wave, response);
    ASSERT_FALSE(resolved.ok) << row.name;
    // The sender may see what it sent.
    EXPECT_THAT(resolved.rejection.reason, HasSubstr("'" + id + "' is no ")) << row.name;
    EXPECT_THAT(resolved.rejection.kept, HasSubstr("'" + shown + "' is no ")) << row.name;
  }
  Resolver resolver(wave, {});
  RawResponse response = GoodResponse();
  Answer(response, id, {"x"});
  EXPECT_TRUE(Resolve(resolver, response).ok);
  EXPECT_THAT(resolver.ignored_question_codes(), ElementsAre(shown));
}

TEST(Resolver, AnEventIdHasABound) {
  const auto wave = MustLoad({});
  Resolver resolver(wave, {});
  const std::string longest(kMaxEventIdBytes, 'e');
  RawCaseEvent event{.unit_id = "U1",
                     .channel = "cati",
                     .at = kWhen,
                     .disposition = "refusal",
                     .event_id = longest};
  CaseEventRecord record;
  Rejection rejection;
  EXPECT_TRUE(resolver.Resolve(event, &record, &rejection)) << rejection.reason;
  const std::string too_long = longest + "e";
  event.event_id = too_long;
  EXPECT_FALSE(resolver.Resolve(event, &record, &rejection));
  EXPECT_EQ(rejection.field, "event_id");
  EXPECT_EQ(rejection.reason, "has 129 bytes; send at most 128");
}

TEST(Resolver, ARejectionLeavesNothingBehindForTheNextRecord) {
  const auto wave = MustLoad({});
  Resolver resolver(wave, {});
  RawResponse bad = GoodResponse();
  Answer(bad, "revenue", {"up"});
  for (int i = 0; i < 3; ++i) {
    EXPECT_FALSE(Resolve(resolver, bad).ok);
    EXPECT_EQ(Resolve(resolver, GoodResponse()).record, Resolve(wave, GoodResponse()).record);
  }
}

// Every set of the multiple choice's five options: allowed exactly when the definition says so.
TEST(Resolver, EverySetOfChoicesIsJudgedByTheDefinition) {
  const auto wave = MustLoad({});
  const std::vector<std::string_view> codes = {"law", "staff", "money", "none", "unsure"};
  for (unsigned set = 0; set < 32; ++set) {
    std::vector<std::string_view> chosen;
    for (unsigned o = 0; o < 5; ++o) {
      if ((set >> o & 1) != 0) chosen.push_back(codes[o]);
    }
    RawResponse response = GoodResponse();
    response.answers.pop_back();
    Answer(response, "barriers", chosen);
    const bool allowed = chosen.size() <= 2 && ((set & 0b11000) == 0 || chosen.size() == 1);
    const Resolved resolved = Resolve(wave, response);
    EXPECT_EQ(resolved.ok, allowed) << set;
    if (allowed) EXPECT_EQ(AnswerOf(*wave, resolved, 2), set);
  }
}

TEST(Resolver, WorksOnTheSurveysOwnDefinition) {
  const auto loaded =
      LoadWave(PosixFileSystem(), SourcePath("waves/virksomhedspanel-2025-efteraar.textproto"));
  ASSERT_TRUE(loaded.ok()) << loaded.status();
  const auto& wave = *loaded;
  RawResponse response;
  response.respondent_id = "12345678";
  response.channel = "eboks";
  response.collected_at = kWhen;
  for (const Question& question : wave->questions)
    Answer(response, question.id, {question.options[0].code});
  for (const Dimension& dimension : wave->dimensions) {
    response.categories.push_back({dimension.id, dimension.categories.back().code});
  }
  const Resolved resolved = Resolve(wave, response);
  ASSERT_TRUE(resolved.ok) << resolved.rejection.field << resolved.rejection.reason;
  EXPECT_EQ(CellOf(*wave, resolved.record.data()), wave->cells - 1);
  EXPECT_EQ(wave->indicator->groups[IndicatorClasses(*wave, resolved.record.data()).group].id,
            "unchanged_same_direction");
}

TEST(Resolver, CaseEvents) {
  const auto wave = MustLoad({});
  Resolver resolver(wave, {});
  RawCaseEvent event{"A0001", "cati", kWhen, "Non_Contact", "e1"};
  CaseEventRecord record;
  Rejection rejection;
  ASSERT_TRUE(resolver.Resolve(event, &record, &rejection)) << rejection.reason;
  EXPECT_EQ(record.type, RecordType::kCaseEvent);
  EXPECT_EQ(record.channel, 1);
  EXPECT_EQ(record.disposition, Disposition::kNonContact);
  EXPECT_EQ(record.at, kWhen);

  const auto field_of = [&](RawCaseEvent bad) {
    EXPECT_FALSE(resolver.Resolve(bad, &record, &rejection));
    return rejection.field;
  };
  EXPECT_EQ(field_of({"", "cati", kWhen, "refusal", ""}), "unit_id");
  EXPECT_EQ(field_of({"A", "post", kWhen, "refusal", ""}), "channel");
  EXPECT_EQ(field_of({"A", "cati", kNoTime, "refusal", ""}), "at");
  // A year behind or before the fieldwork, 2925 and the like: it would beat every other event.
  EXPECT_EQ(field_of({"A", "cati", wave->fieldwork_start_time - 367 * 24 * kMicrosPerHour,
                      "refusal", ""}),
            "at");
  EXPECT_THAT(rejection.reason, HasSubstr("is more than a year before the fieldwork"));
  const Micros end = wave->time_zone.DateStart(wave->fieldwork_end);
  EXPECT_EQ(field_of({"A", "cati", end + 368 * 24 * kMicrosPerHour, "refusal", ""}), "at");
  EXPECT_THAT(rejection.reason, HasSubstr("is more than a year behind the fieldwork"));
  event.at = end + 300 * 24 * kMicrosPerHour;
  EXPECT_TRUE(resolver.Resolve(event, &record, &rejection)) << rejection.reason;
  EXPECT_EQ(field_of({"A", "cati", kWhen, "refused", ""}), "disposition");
  EXPECT_THAT(rejection.reason,
              HasSubstr("known: invited, delivered, undeliverable, non_contact, refusal, "
                        "ineligible, other, partial, complete"));
}

}  // namespace
}  // namespace panelpuls::wave
