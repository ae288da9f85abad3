// Domains with too many categories to compare in pairs: said, never silent.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include <ostream>

#include "panelpuls/v1/snapshot.pb.h"
#include "report/parts.h"
#include "report/sample.h"

namespace panelpuls::report {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// The trial wave with the indicator by a dimension or a question of so many categories.
std::shared_ptr<const wave::Wave> WaveBy(bool is_question, int categories) {
  std::string text = *ReadWholeFile(PosixFileSystem(),
                                    std::string(PANELPULS_SOURCE_DIR) + "/waves/cases.textproto");
  text += is_question ? "questions { id: \"trade\" kind: SINGLE " : "dimensions { id: \"trade\" ";
  for (int i = 0; i < categories; ++i) {
    text += fmt::format("{} {{ code: \"c{}\" }} ", is_question ? "options" : "categories", i);
  }
  if (is_question) text += "options { code: \"unknown\" missing: true } ";
  text += "}\ntabulations { by: \"trade\" }\n";
  v1::WaveDefinition definition;
  PP_CHECK(google::protobuf::TextFormat::ParseFromString(text, &definition));
  auto wave = wave::CompileWave(definition, "test");
  PP_CHECK(wave.ok());
  return *wave;
}

struct Row {
  const char* name;
  bool is_question;
  int categories;
  std::size_t pairs;
};
void PrintTo(const Row& row, std::ostream* out) { *out << row.name; }
constexpr Row kRows[] = {{"ADimensionAtTheLimit", false, 25, 300},
                         {"ADimensionBeyond", false, 26, 0},
                         {"AQuestionAtTheLimit", true, 25, 300},
                         {"AQuestionBeyond", true, 26, 0}};

class WideDomain : public ::testing::TestWithParam<Row> {};

TEST_P(WideDomain, IsComparedInPairsOrSaysThatItIsNot) {
  const Row& row = GetParam();
  Sample sample(WaveBy(row.is_question, row.categories), 2000);
  v1::Estimates estimates;
  FillComparisons(sample.Inputs(), &estimates);
  std::size_t pairs = 0;
  for (const auto& comparison : estimates.comparisons()) {
    pairs += comparison.family() == "indicator by trade" ? 1u : 0u;
  }
  EXPECT_EQ(pairs, row.pairs);
  const std::string danish = SnapshotToText(sample.Inputs());
  const std::string english = SnapshotToText(sample.Inputs(), {.language = "en"});
  const std::string json(SnapshotToJson(sample.Inputs()).whole);
  if (row.pairs > 0) {
    EXPECT_EQ(estimates.not_compared_size(), 0);
    EXPECT_THAT(danish, Not(HasSubstr("Ikke sammenlignet parvis")));
    EXPECT_THAT(english, Not(HasSubstr("Not compared in pairs")));
    EXPECT_THAT(json, HasSubstr("\"not_compared\":[]"));
    return;
  }
  EXPECT_THAT(danish, HasSubstr("  Ikke sammenlignet parvis: 26 kategorier, og grænsen er 25.\n"));
  EXPECT_THAT(english, HasSubstr("  Not compared in pairs: 26 categories, and the limit is 25.\n"));
  EXPECT_THAT(
      json, HasSubstr("\"not_compared\":[{\"domain\":\"trade\",\"categories\":26,\"limit\":25}]"));
}

INSTANTIATE_TEST_SUITE_P(Trade, WideDomain, ::testing::ValuesIn(kRows),
                         [](const auto& info) { return std::string(info.param.name); });

}  // namespace
}  // namespace panelpuls::report
