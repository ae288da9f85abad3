#include "wave/record_check.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <random>
#include <string>
#include <vector>

#include "base/status.h"
#include "testing/sample_response.h"
#include "wave/sample_wave.h"

namespace panelpuls::wave {
namespace {

using panelpuls::testing::SampleResolver;
using panelpuls::testing::SampleResponse;

// Questions whose answers take one, two and eight bytes, and a dimension of two.
SampleFiles WideFiles() {
  const auto items = [](const char* kind, int count) {
    std::string text;
    for (int i = 0; i < count; ++i) text += fmt::format("{} {{ code: \"o{}\" }}\n", kind, i);
    return text;
  };
  SampleFiles files;
  files.definition += fmt::format(
      "questions {{ id: \"long\" {} }}\n"
      "questions {{ id: \"all\" kind: MULTIPLE {} }}\n"
      "questions {{ id: \"many\" kind: MULTIPLE {} }}\n"
      "dimensions {{ id: \"place\" {} }}\n",
      items("options", 300), items("options", 64), items("options", 12), items("categories", 256));
  return files;
}

SampleResponse Whole() {
  SampleResponse response;
  response.unit = 7;
  response.answers = {{"revenue", "up"},
                      {"barriers", "law|money"},
                      {"long", "o299"},
                      {"all", "o0|o63"},
                      {"many", "o0|o11"}};
  response.categories = {{"size", "large"}, {"area", "Bornholm"}, {"place", "o255"}};
  return response;
}

TEST(RecordCheck, TakesWhatTheResolverGives) {
  const auto wave = MustLoad(WideFiles());
  SampleResolver resolver(wave);
  const RecordCheck check(*wave);
  for (const Status status :
       {Status::kComplete, Status::kPartial, Status::kWithdrawn, Status::kTest}) {
    SampleResponse response = Whole();
    response.status = status;
    for (const Micros time : {kNoTime, kLeastTime, Micros{0}, kMostTime}) {
      response.collected_at = time;
      EXPECT_EQ(check.Find(resolver.Record(response)).text(), "");
    }
  }
  SampleResponse withdrawn;
  withdrawn.status = Status::kWithdrawn;
  EXPECT_EQ(check.Find(resolver.Record(withdrawn)).text(), "");
  // An option that goes with no other, alone.
  SampleResponse alone = Whole();
  alone.answers["barriers"] = "none";
  EXPECT_EQ(check.Find(resolver.Record(alone)).text(), "");
}

struct WrongField {
  const char* name;
  Field (*field)(const Wave&);
  std::uint64_t value;
  const char* fault;
};

Field AnswerTo(const Wave& wave, const char* question) {
  return wave.layout.answers[static_cast<std::size_t>(wave.FindQuestion(question))];
}
Field CategoryOf(const Wave& wave, const char* dimension) {
  return wave.layout.categories[static_cast<std::size_t>(wave.FindDimension(dimension))];
}

class RecordCheckFields : public ::testing::TestWithParam<WrongField> {};

TEST_P(RecordCheckFields, NamesTheFieldThatNoResponseHas) {
  const auto wave = MustLoad(WideFiles());
  std::vector<std::byte> record = SampleResolver(wave).Record(Whole());
  StoreField(record.data(), GetParam().field(*wave), GetParam().value);
  EXPECT_EQ(RecordCheck(*wave).Find(record).text(), GetParam().fault);
}

INSTANTIATE_TEST_SUITE_P(
    All, RecordCheckFields,
    ::testing::Values(
        WrongField{"Single", [](const Wave& w) { return AnswerTo(w, "revenue"); }, 5,
                   "answer to revenue is none that it takes"},
        WrongField{"SingleOfTwoBytes", [](const Wave& w) { return AnswerTo(w, "long"); }, 301,
                   "answer to long is none that it takes"},
        WrongField{"OptionBehindTheLast", [](const Wave& w) { return AnswerTo(w, "many"); },
                   1u << 12, "answer to many is none that it takes"},
        WrongField{"MoreThanMaxChoices", [](const Wave& w) { return AnswerTo(w, "barriers"); }, 7,
                   "answer to barriers is none that it takes"},
        WrongField{"ExclusiveWithAnother", [](const Wave& w) { return AnswerTo(w, "barriers"); },
                   1 | 1 << 3, "answer to barriers is none that it takes"},
        WrongField{"TwoExclusive", [](const Wave& w) { return AnswerTo(w, "barriers"); },
                   1 << 3 | 1 << 4, "answer to barriers is none that it takes"},
        WrongField{"Category", [](const Wave& w) { return CategoryOf(w, "area"); }, 4,
                   "category of area is none of its"},
        WrongField{"CategoryOfTwoBytes", [](const Wave& w) { return CategoryOf(w, "place"); }, 257,
                   "category of place is none of its"},
        WrongField{"NoCategory", [](const Wave& w) { return CategoryOf(w, "size"); }, 0,
                   "category of size is none of its"},
        WrongField{"Status", [](const Wave& w) { return w.layout.status; }, 4,
                   "status is unknown"}),
    [](const auto& info) { return info.param.name; });

TEST(RecordCheck, BaseWeightsHaveTheRangeThatASenderHas) {
  const auto wave = MustLoad(WithBaseWeights());
  const RecordCheck check(*wave);
  SampleResponse response;
  response.categories = {{"size", "large"}, {"area", "Fyn"}};
  response.base_weight = 2.5;
  std::vector<std::byte> record = SampleResolver(wave).Record(response);
  const auto fault_at = [&](std::uint64_t weight) {
    StoreField(record.data(), *wave->layout.base_weight, weight);
    return check.Find(record).text();
  };
  EXPECT_EQ(fault_at(FixedBaseWeight(*wave, 0x1p-10)), "");
  EXPECT_EQ(fault_at(FixedBaseWeight(*wave, 0x1p20)), "");
  EXPECT_EQ(fault_at(FixedBaseWeight(*wave, 0x1p-10) - 1), "base_weight is out of range");
  EXPECT_EQ(fault_at(FixedBaseWeight(*wave, 0x1p20) + 1), "base_weight is out of range");
  EXPECT_EQ(fault_at(0), "base_weight is out of range");
}

TEST(RecordCheck, TypesThatTheWaveHasNotAreFaults) {
  const auto wave = MustLoad({});
  const RecordCheck check(*wave);
  std::vector<std::byte> bytes(64);
  bytes[0] = static_cast<std::byte>(RecordType::kFrameEnd);
  EXPECT_EQ(check.Find(bytes).text(), "type is of a sample frame, which the wave has not");
  bytes[0] = static_cast<std::byte>(RecordType::kFrameUnit);
  EXPECT_EQ(check.Find(bytes).text(), "type is of a sample frame, which the wave has not");
  for (const int type : {0, 6, 7, 255}) {
    bytes[0] = static_cast<std::byte>(type);
    EXPECT_EQ(check.Find(bytes).text(), "type is none that this program writes");
  }
}

}  // namespace
}  // namespace panelpuls::wave
