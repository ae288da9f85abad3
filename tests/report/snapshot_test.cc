#include <gmock/gmock.h>
#include <google/protobuf/util/json_util.h>
#include <google/protobuf/util/message_differencer.h>
#include <gtest/gtest.h>

#include <cctype>
#include <limits>
#include <ostream>

#include "panelpuls/v1/snapshot.pb.h"
#include "report/sample.h"
#include "snapshot/contents.h"
#include "snapshot/rendered.h"

namespace panelpuls::report {
namespace {

using ::testing::HasSubstr;

v1::Snapshot FromJson(const std::string& json) {
  v1::Snapshot snapshot;
  const auto status = google::protobuf::util::JsonStringToMessage(json, &snapshot);
  EXPECT_TRUE(status.ok()) << status.ToString();
  return snapshot;
}

v1::Snapshot FromProtobuf(const snapshot::Contents& inputs) {
  v1::Snapshot snapshot;
  EXPECT_TRUE(snapshot.ParseFromString(SnapshotToProtobuf(inputs)));
  return snapshot;
}

// As a number stands: not inside a word.
bool HoldsNanOrInfinity(const std::string& text) {
  std::string word;
  for (const char c : text + " ") {
    if (std::isalpha(static_cast<unsigned char>(c)) != 0 || c == '_') {
      word += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
      continue;
    }
    if (word == "nan" || word == "inf" || word == "infinity") return true;
    word.clear();
  }
  return false;
}

TEST(Pattern, FindsNanAndInfinityAsNumbersOnly) {
  for (const char* text : {"1,nan,2", "-inf", "{\"a\":NaN}", "Infinity"}) {
    EXPECT_TRUE(HoldsNanOrInfinity(text)) << text;
  }
  EXPECT_FALSE(HoldsNanOrInfinity("factor_finance information"));
}

struct Case {
  const char* name;
  const char* definition;
  std::uint64_t respondents;
};
void PrintTo(const Case& of, std::ostream* out) { *out << of.name; }

class SnapshotOf : public testing::TestWithParam<Case> {};

INSTANTIATE_TEST_SUITE_P(Waves, SnapshotOf,
                         testing::Values(Case{"PanelFull", kPanel, 3000},
                                         Case{"PanelEmpty", kPanel, 0}, Case{"PanelFew", kPanel, 3},
                                         Case{"SatisfactionFull", kSatisfaction, 500},
                                         Case{"SatisfactionEmpty", kSatisfaction, 0}),
                         [](const auto& info) { return info.param.name; });

TEST_P(SnapshotOf, JsonAndProtobufSayTheSame) {
  Sample sample(GetParam().definition, GetParam().respondents);
  const v1::Snapshot from_json = FromJson(SnapshotToJson(sample.Inputs()).whole);
  const v1::Snapshot from_protobuf = FromProtobuf(sample.Inputs());
  google::protobuf::util::MessageDifferencer differencer;
  std::string difference;
  differencer.ReportDifferencesToString(&difference);
  EXPECT_TRUE(differencer.Compare(from_protobuf, from_json)) << difference;
  EXPECT_EQ(from_json.estimates().figures_size(), static_cast<int>(sample.keys().size()));
}

TEST_P(SnapshotOf, TextOfNumbersNeverHoldsNanOrInfinity) {
  Sample sample(GetParam().definition, GetParam().respondents);
  for (const std::string& text :
       {SnapshotToJson(sample.Inputs()).whole, FiguresToCsv(sample.Inputs()),
        SnapshotToText(sample.Inputs()), CellsToJson({sample.wave(), sample.estimates()})}) {
    EXPECT_FALSE(HoldsNanOrInfinity(text)) << text;
  }
}

// Whatever the estimate room hands over, no number that is none gets out.
TEST(Snapshot, NanAndInfinityAreAbsentInEveryRendering) {
  Sample sample(kPanel, 100);
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const double infinity = std::numeric_limits<double>::infinity();
  estimate::FigureValue& figure = sample.estimates().figures[0];
  figure.value = nan;
  figure.n_effective = infinity;
  figure.se = -infinity;
  figure.low = nan;
  figure.high = infinity;
  sample.estimates().population = nan;
  sample.estimates().design_effect = infinity;
  sample.estimates().calibration.max_margin_error = nan;
  sample.estimates().calibration.g.assign(sample.wave().cells, nan);

  const std::string json = SnapshotToJson(sample.Inputs()).whole;
  const v1::Snapshot snapshot = FromJson(json);
  EXPECT_FALSE(snapshot.estimates().figures(0).has_value());
  EXPECT_FALSE(snapshot.estimates().has_population());
  EXPECT_TRUE(
      google::protobuf::util::MessageDifferencer::Equals(snapshot, FromProtobuf(sample.Inputs())));
  for (const std::string& text :
       {json, FiguresToCsv(sample.Inputs()), SnapshotToText(sample.Inputs()),
        CellsToJson({sample.wave(), sample.estimates()}),
        CellsToCsv({sample.wave(), sample.estimates()})}) {
    EXPECT_FALSE(HoldsNanOrInfinity(text)) << text;
  }
}

TEST(Snapshot, EveryFieldIsPresentAndAbsentNumbersAreNull) {
  Sample sample(kPanel, 0);
  const std::string json = SnapshotToJson(sample.Inputs()).whole;
  EXPECT_THAT(json,
              HasSubstr(R"("statistic":"mean","of":"indicator","domain":"","against":"","n":0,)"
                        R"("n_effective":null,"value":null,"se":null,"se_interval":null,)"
                        R"("low":null,"high":null,"sequence_low":null,"sequence_high":null,)"
                        R"("degrees_of_freedom":null,"flags":[)"));
  EXPECT_THAT(json, HasSubstr(R"("last_receipt":null)"));
  EXPECT_THAT(json, HasSubstr(R"("frame_units":null)"));
  EXPECT_THAT(json, HasSubstr(R"("calibration":{"method":"rake","converged":false,)"));
}

TEST(Snapshot, LargeCountsArePlainNumbers) {
  Sample sample(kPanel, 0);
  sample.counters().units = 12'345'678'901'234;
  EXPECT_THAT(SnapshotToJson(sample.Inputs()).whole, HasSubstr(R"("units":12345678901234,)"));
}

TEST(Snapshot, PartsAreTheJsonOfEachPart) {
  Sample sample(kPanel, 50);
  const snapshot::Json json = SnapshotToJson(sample.Inputs());
  EXPECT_EQ(json.whole, fmt::format(R"({{"estimates":{},"collection":{},"clock":{}}})",
                                    json.estimates(), json.collection(), json.clock()));
}

TEST(Snapshot, EstimatesDependOnCubeAndDefinitionAlone) {
  Sample sample(kPanel, 200);
  snapshot::Contents inputs = sample.Inputs();
  const snapshot::Json before = SnapshotToJson(inputs);
  sample.counters().channels[0].corrections = 99;
  inputs.version = 400;
  inputs.clock.now += 24 * kMicrosPerHour;
  inputs.clock.process.received = 1000;
  const snapshot::Json after = SnapshotToJson(inputs);
  EXPECT_EQ(before.estimates(), after.estimates());
  EXPECT_NE(before.collection(), after.collection());
  EXPECT_NE(before.clock(), after.clock());
}

TEST(Snapshot, CollectionDependsOnJournaledThingsAlone) {
  Sample sample(kPanel, 200);
  snapshot::Contents inputs = sample.Inputs();
  const snapshot::Json before = SnapshotToJson(inputs);
  inputs.clock.now += 24 * kMicrosPerHour;
  inputs.clock.process.received = 1000;
  inputs.clock.simulated = true;
  EXPECT_EQ(before.collection(), SnapshotToJson(inputs).collection());
}

TEST(Snapshot, ClockIsCutToTheMinuteInLocalTime) {
  Sample sample(kPanel, 0);
  const v1::Snapshot snapshot = FromProtobuf(sample.Inputs());
  EXPECT_EQ(snapshot.clock().as_of(), "2025-09-21T14:31:00+02:00");
  EXPECT_EQ(snapshot.clock().last_sign_of_life(), "2025-09-01T00:00:00+02:00");
  EXPECT_EQ(snapshot.clock().today(), "2025-09-21");
  EXPECT_EQ(snapshot.clock().fieldwork_day(), 21);
  EXPECT_EQ(snapshot.clock().fieldwork_days(), 61);
}

TEST(Snapshot, FieldworkDaysAreLocalDatesAlsoWhereADayHas25Hours) {
  Sample sample(kPanel, 0);
  struct Row {
    const char* time;
    const char* today;
    int day;
  };
  for (const Row& row :
       {Row{"2025-08-31T21:59:59Z", "2025-08-31", 0}, Row{"2025-08-31T22:00:00Z", "2025-09-01", 1},
        Row{"2025-10-25T22:00:00Z", "2025-10-26", 56},
        Row{"2025-10-26T22:59:59Z", "2025-10-26", 56},
        Row{"2025-10-26T23:00:00Z", "2025-10-27", 57},
        Row{"2025-11-02T12:00:00Z", "2025-11-02", 63}}) {
    snapshot::Contents inputs = sample.Inputs();
    inputs.clock.now = *ParseTime(row.time);
    const v1::Snapshot snapshot = FromProtobuf(inputs);
    EXPECT_EQ(snapshot.clock().today(), row.today) << row.time;
    EXPECT_EQ(snapshot.clock().fieldwork_day(), row.day) << row.time;
  }
}

// Plan of the wave: e-Boks from 1 September (target 3,000), telephone from the 15th (1,000).
TEST(Snapshot, ExpectedByTodayFollowsThePlannedDates) {
  Sample sample(kPanel, 0);
  struct Row {
    const char* time;
    std::vector<std::pair<std::string, double>> expected;
  };
  const std::vector<Row> rows = {
      {"2025-08-31T12:00:00Z", {}},
      {"2025-09-01T12:00:00Z", {{"", 750}, {"eboks", 750}}},
      {"2025-09-02T12:00:00Z", {{"", 750}, {"eboks", 750}}},
      {"2025-09-14T21:59:00Z", {{"", 1800}, {"eboks", 1800}}},
      {"2025-09-14T22:01:00Z", {{"", 1850}, {"eboks", 1800}, {"cati", 50}}},
      {"2025-12-01T12:00:00Z", {{"", 4000}, {"eboks", 3000}, {"cati", 1000}}},
  };
  for (const Row& row : rows) {
    snapshot::Contents inputs = sample.Inputs();
    inputs.clock.now = *ParseTime(row.time);
    std::vector<std::pair<std::string, double>> expected;
    const v1::Snapshot snapshot = FromProtobuf(inputs);
    for (const auto& item : snapshot.clock().expected()) {
      expected.emplace_back(item.channel(), item.respondents());
    }
    EXPECT_EQ(expected, row.expected) << row.time;
  }
}

TEST(Snapshot, CategoriesCountTheCubeAndAddUpInEachDimension) {
  Sample sample(kPanel, 777);
  const v1::Snapshot snapshot = FromProtobuf(sample.Inputs());
  std::map<std::string, std::uint64_t> respondents;
  for (const auto& row : snapshot.collection().categories()) {
    respondents[row.dimension()] += row.respondents();
    EXPECT_FALSE(row.has_invited()) << "no sample frame, so nobody is known to be invited";
    EXPECT_TRUE(row.has_population());
  }
  EXPECT_EQ(respondents, (std::map<std::string, std::uint64_t>{
                             {"industry", 777}, {"size", 777}, {"area", 777}, {"age", 777}}));
}

TEST(Snapshot, DispositionsAddUpToTheUnits) {
  Sample sample(kPanel, 40);
  sample.counters().units = 100;
  sample.counters().dispositions[static_cast<std::size_t>(wave::Disposition::kNone)] = 60;
  std::uint64_t units = 0;
  const v1::Snapshot snapshot = FromProtobuf(sample.Inputs());
  for (const auto& row : snapshot.collection().dispositions()) units += row.units();
  EXPECT_EQ(units, 100u);
  EXPECT_EQ(snapshot.collection().dispositions(0).disposition(), "complete");
}

TEST(Snapshot, NamesTheWorstMargin) {
  Sample sample(kPanel, 10);
  sample.estimates().calibration.worst_margin = {.dimension = 1, .category = 2};
  EXPECT_EQ(FromProtobuf(sample.Inputs()).estimates().calibration().worst_margin(), "size=10-49");
  sample.estimates().calibration.worst_margin = {};
  EXPECT_EQ(FromProtobuf(sample.Inputs()).estimates().calibration().worst_margin(), "");
}

TEST(WaveJson, HoldsTheDefinitionWithItsTotals) {
  Sample sample(kPanel, 0);
  const std::string json = WaveToJson(sample.wave(), {});
  v1::WaveInfo info;
  ASSERT_TRUE(google::protobuf::util::JsonStringToMessage(json, &info).ok());
  v1::WaveDefinition definition;
  ASSERT_TRUE(definition.ParseFromString(sample.wave().canonical));
  EXPECT_TRUE(google::protobuf::util::MessageDifferencer::Equals(info.definition(), definition));
  EXPECT_EQ(info.definition().dimensions(0).categories(0).population(), 26210);
  EXPECT_EQ(info.cells(), 8u * 4 * 7 * 4);
  EXPECT_EQ(info.definition_id(), fmt::format("{:016x}", sample.wave().definition_id));
  EXPECT_THAT(json, HasSubstr(R"("kind":"MULTIPLE")"));
  EXPECT_THAT(json, HasSubstr(R"("sample_frame":null)"));
}

}  // namespace
}  // namespace panelpuls::report
