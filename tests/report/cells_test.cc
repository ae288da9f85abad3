#include <gmock/gmock.h>
#include <google/protobuf/util/json_util.h>
#include <google/protobuf/util/message_differencer.h>
#include <gtest/gtest.h>

#include "panelpuls/v1/snapshot.pb.h"
#include "report/sample.h"
#include "snapshot/contents.h"

namespace panelpuls::report {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

TEST(Cells, JsonAndProtobufSayTheSame) {
  Sample sample(kPanel, 2000);
  v1::Cells from_json;
  ASSERT_TRUE(google::protobuf::util::JsonStringToMessage(
                  CellsToJson({sample.wave(), sample.estimates()}), &from_json)
                  .ok());
  v1::Cells from_protobuf;
  ASSERT_TRUE(from_protobuf.ParseFromString(CellsToProtobuf({sample.wave(), sample.estimates()})));
  EXPECT_TRUE(google::protobuf::util::MessageDifferencer::Equals(from_json, from_protobuf));
  EXPECT_EQ(from_json.cells_size(), static_cast<int>(sample.wave().cells));
}

TEST(Cells, WeightTimesRespondentsGivesThePopulationWhereBaseWeightsAreOne) {
  Sample sample(kPanel, 4000);
  ASSERT_TRUE(sample.estimates().calibration.converged);
  v1::Cells cells;
  ASSERT_TRUE(cells.ParseFromString(CellsToProtobuf({sample.wave(), sample.estimates()})));
  double population = 0;
  std::map<std::string, double> of_area;
  for (const v1::Cell& cell : cells.cells()) {
    const double enterprises = cell.weight() * static_cast<double>(cell.n());
    population += enterprises;
    for (const auto& category : cell.categories()) {
      if (category.dimension() == "area") of_area[category.category()] += enterprises;
    }
  }
  EXPECT_NEAR(population, *sample.estimates().population, 1e-3);
  EXPECT_NEAR(of_area["bornholm"], 2109, 1e-3);
}

TEST(Cells, WithoutWeightsTheWeightIsAbsent) {
  Sample sample(kPanel, 0);
  EXPECT_THAT(CellsToJson({sample.wave(), sample.estimates()}),
              HasSubstr(R"("population":null,"n":0,"weight":null,"invited":null,)"));
}

TEST(Cells, CsvHasOneColumnADimension) {
  Sample sample(kPanel, 0);
  EXPECT_THAT(CellsToCsv({sample.wave(), sample.estimates()}),
              StartsWith("industry,size,area,age,population,n,weight\n"
                         "landbrug,0,nordjylland,0-4,,0,\n"));
}

TEST(Attention, NamesWhatStateAndIntakeKnow) {
  Sample sample(kPanel, 0);
  const std::vector<state::AttentionEntry> state = {
      {.kind = state::AttentionEntry::kConflict,
       .channel = 1,
       .revision = 3,
       .pseudonym_high = 0xab,
       .pseudonym_low = 1,
       .count = 2,
       .first = *ParseTime("2025-10-26T00:30:00Z"),
       .last = *ParseTime("2025-10-26T01:30:00Z")},
      {.kind = state::AttentionEntry::kMarkedVersion,
       .channel = 0,
       .count = 1,
       .claimed = *ParseTime("2026-12-01T10:00:00Z")},
      {.kind = state::AttentionEntry::kMarkedVersion,
       .channel = 0,
       .count = 1,
       .claimed = *ParseTime("1970-01-01T00:00:00Z")}};
  const std::vector<snapshot::IntakeNote> intake = {
      {.kind = snapshot::IntakeNote::kIgnoredQuestion, .reason = "mood \"x\"", .count = 9}};
  const std::string json = AttentionToJson(sample.wave(), state, intake);
  EXPECT_THAT(json, HasSubstr(R"("kind":"conflict","pseudonym":"00000000000000ab0000000000000001",)"
                              R"("channel":"cati","revision":3,)"));
  EXPECT_THAT(json, HasSubstr(R"("count":2,"first":"2025-10-26T02:30:00+02:00",)"
                              R"("last":"2025-10-26T02:30:00+01:00"})"));
  EXPECT_THAT(json, HasSubstr(R"("kind":"marked")"));
  EXPECT_THAT(json, HasSubstr("collected_at 2026-12-01T11:00:00+01:00 is later than its receipt"));
  EXPECT_THAT(json, HasSubstr("collected_at 1970-01-01T01:00:00+01:00 is before the fieldwork"));
  EXPECT_THAT(json, HasSubstr(R"("reason":"mood \"x\"","count":9)"));
  v1::Attention attention;
  ASSERT_TRUE(google::protobuf::util::JsonStringToMessage(json, &attention).ok());
  EXPECT_EQ(attention.items_size(), 4);
}

}  // namespace
}  // namespace panelpuls::report
