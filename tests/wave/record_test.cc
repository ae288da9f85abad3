#include "wave/record.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "wave/sample_wave.h"

namespace panelpuls::wave {
namespace {

std::vector<std::byte> BlankRecord(const Wave& wave) {
  std::vector<std::byte> record(wave.layout.size);
  StoreResponseHeader(record.data(), {});
  return record;
}

TEST(Layout, FieldsFollowOneAnotherBehindTheHeader) {
  const auto wave = MustLoad({});
  const RecordLayout& layout = wave->layout;
  EXPECT_EQ(layout.content_offset, 32u);
  EXPECT_EQ(layout.status.offset, 32u);
  EXPECT_FALSE(layout.base_weight.has_value());
  EXPECT_EQ(layout.categories[0].offset, 33u);
  EXPECT_EQ(layout.categories[1].offset, 34u);
  EXPECT_EQ(layout.answers[0].offset, 35u);
  EXPECT_EQ(layout.answers[3].offset, 38u);
  EXPECT_EQ(layout.content_size, 7u);
  EXPECT_EQ(layout.size, 40u);
}

TEST(Layout, BaseWeightsPerUnitStandBehindTheStatus) {
  const auto wave = MustLoad(WithBaseWeights());
  ASSERT_TRUE(wave->layout.base_weight.has_value());
  EXPECT_EQ(wave->layout.base_weight->offset, 33u);
  EXPECT_EQ(wave->layout.base_weight->width, 8u);
  EXPECT_EQ(wave->layout.content_size, 15u);
  EXPECT_EQ(wave->layout.size, 48u);
}

TEST(Layout, WidthsFollowTheNumberOfOptions) {
  struct Row {
    bool multiple;
    int options;
    std::uint32_t width;
  };
  for (const Row& row :
       {Row{false, 254, 1}, Row{false, 255, 2}, Row{false, 65'534, 2}, Row{true, 8, 1},
        Row{true, 9, 2}, Row{true, 16, 2}, Row{true, 17, 8}, Row{true, 64, 8}}) {
    std::string options;
    for (int i = 0; i < row.options; ++i)
      options += fmt::format("options {{ code: \"o{}\" }}\n", i);
    SampleFiles files;
    files.definition += fmt::format("questions {{ id: \"wide\" kind: {} {} }}\n",
                                    row.multiple ? "MULTIPLE" : "SINGLE", options);
    EXPECT_EQ(MustLoad(files)->layout.answers.back().width, row.width) << row.options;
  }
}

TEST(Layout, FieldsKeepWhatIsStored) {
  std::vector<std::byte> record(24, std::byte{0xAA});
  for (const auto& [width, value] :
       {std::pair<std::uint32_t, std::uint64_t>{1, 0xFE}, {2, 0xFFFE}, {8, 0xFEDCBA9876543210}}) {
    const Field field{7, width};
    StoreField(record.data(), field, value);
    EXPECT_EQ(LoadField(record.data(), field), value);
    EXPECT_EQ(record[6], std::byte{0xAA});
    EXPECT_EQ(record[7 + width], std::byte{0xAA});
  }
}

TEST(Record, LengthIsThatOfItsTypeOrNoneWhenCut) {
  const auto wave = MustLoad({});
  struct Row {
    RecordType type;
    std::size_t length;
  };
  for (const Row& row : {Row{RecordType::kResponse, 40}, Row{RecordType::kCaseEvent, 32},
                         Row{RecordType::kFrameUnit, 40}, Row{RecordType::kFrameEnd, 16},
                         Row{RecordType::kErasure, 24}}) {
    std::vector<std::byte> bytes(row.length);
    bytes[0] = static_cast<std::byte>(row.type);
    EXPECT_EQ(RecordLength(*wave, bytes), row.length);
    bytes.pop_back();
    EXPECT_EQ(RecordLength(*wave, bytes), 0u);
  }
  EXPECT_EQ(FrameUnitSize(*wave), 40u);
  EXPECT_EQ(RecordLength(*wave, {}), 0u);
  const std::vector<std::byte> unknown(64, std::byte{0x63});
  EXPECT_EQ(RecordLength(*wave, unknown), 0u);
}

TEST(Record, DefinitionIsPaddedToEight) {
  const auto wave = MustLoad({});
  DefinitionHeader header;
  header.length = 9;
  std::vector<std::byte> bytes(24);
  std::memcpy(bytes.data(), &header, sizeof header);
  EXPECT_EQ(RecordLength(*wave, bytes), 24u);
  header.length = 0xFFFFFFFF;
  std::memcpy(bytes.data(), &header, sizeof header);
  EXPECT_EQ(RecordLength(*wave, bytes), 0u);
  EXPECT_EQ(RecordLength(*wave, std::span(bytes).first(7)), 0u);
}

TEST(Record, BaseWeightsAreMultiplesOf2ToTheMinus40) {
  const auto wave = MustLoad(WithBaseWeights());
  EXPECT_EQ(FixedBaseWeight(*wave, 1), kBaseWeightOne);
  EXPECT_EQ(FixedBaseWeight(*wave, 2.25), kBaseWeightOne / 4 * 9);
  EXPECT_EQ(FixedBaseWeight(*wave, 0x1p-10), kBaseWeightOne >> 10);
  EXPECT_EQ(FixedBaseWeight(*wave, 0x1p20), kBaseWeightOne << 20);
  const double odd = 44.2099990844727;
  EXPECT_NEAR(static_cast<double>(FixedBaseWeight(*wave, odd)) / 0x1p40, odd, 0x1p-41);
  // To the nearest: of these, half lie nearer to the multiple above.
  for (const double weight : {1.1, 1.3, 1.7, 2.0 / 3, 5.0 / 3, 0.01, 3.14159, 1000.0 / 7}) {
    EXPECT_LE(std::abs(static_cast<double>(FixedBaseWeight(*wave, weight)) - weight * 0x1p40), 0.5)
        << weight;
  }
  const double infinity = std::numeric_limits<double>::infinity();
  for (const double bad : {0.0, -1.0, std::nextafter(0x1p-10, 0), std::nextafter(0x1p20, infinity),
                           infinity, -infinity, std::numeric_limits<double>::quiet_NaN()}) {
    EXPECT_EQ(FixedBaseWeight(*wave, bad), 0u) << bad;
  }
}

TEST(Record, BaseWeightsAreScaledAsDeclared) {
  SampleFiles files;
  files.definition += "design { base_weights: BASE_WEIGHTS_PER_UNIT base_weight_log2: 20 }\n";
  const auto wave = MustLoad(files);
  EXPECT_EQ(FixedBaseWeight(*wave, 0x1p-20), kBaseWeightOne);
  EXPECT_EQ(FixedBaseWeight(*wave, 1), kBaseWeightOne << 20);
  EXPECT_EQ(FixedBaseWeight(*wave, 1.5), 0u);
}

// All combinations of both questions, against the definition as it is written.
TEST(Record, ClassesAreThoseOfTheDefinition) {
  const auto wave = MustLoad({});
  std::vector<std::byte> record = BlankRecord(*wave);
  for (std::uint64_t revenue = 0; revenue <= 4; ++revenue) {
    for (std::uint64_t employees = 0; employees <= 4; ++employees) {
      StoreField(record.data(), wave->layout.answers[0], revenue);
      StoreField(record.data(), wave->layout.answers[1], employees);
      const auto is = [&](std::uint64_t r, std::uint64_t e) {
        return revenue == r && employees == e;
      };
      const std::uint32_t group = is(1, 3) ? 0 : is(2, 2) || is(1, 1) ? 1 : is(3, 2) ? 2 : 3;
      const std::uint32_t direction = group == 0   ? kIncrease
                                      : group == 1 ? kUnchanged
                                      : group == 2 ? kDecline
                                                   : kNoDirection;
      const Classes classes = IndicatorClasses(*wave, record.data());
      EXPECT_EQ(classes.group, group) << revenue << employees;
      EXPECT_EQ(classes.direction, direction) << revenue << employees;
    }
  }
}

TEST(Record, CellsEnumerateEachCombinationOnce) {
  const auto wave = MustLoad({});
  std::vector<std::byte> record = BlankRecord(*wave);
  std::uint64_t expected = 0;
  for (std::uint64_t size = 1; size <= 2; ++size) {
    for (std::uint64_t area = 1; area <= 3; ++area) {
      StoreField(record.data(), wave->layout.categories[0], size);
      StoreField(record.data(), wave->layout.categories[1], area);
      EXPECT_EQ(CellOf(*wave, record.data()), expected++);
    }
  }
}

TEST(Record, RankFollowsStatusAndRequiredAnswers) {
  const auto wave = MustLoad({});
  std::vector<std::byte> record = BlankRecord(*wave);
  const auto rank = [&](Status status) {
    StoreField(record.data(), wave->layout.status, static_cast<std::uint64_t>(status));
    return RankOf(*wave, record.data());
  };
  EXPECT_EQ(rank(Status::kComplete), 3);
  EXPECT_EQ(rank(Status::kPartial), 1);
  EXPECT_EQ(rank(Status::kWithdrawn), 0);
  StoreField(record.data(), wave->layout.answers[0], 1);
  EXPECT_EQ(rank(Status::kPartial), 1);
  StoreField(record.data(), wave->layout.answers[1], 4);  // 'dont_know' is an answer
  EXPECT_EQ(rank(Status::kPartial), 2);
}

TEST(Record, AClockIsMarkedAheadOfReceiptAndBeforeTheFieldwork) {
  const auto wave = MustLoad({});
  const Micros receipt = wave->fieldwork_start_time + kMicrosPerHour;
  EXPECT_FALSE(IsMarked(*wave, receipt + 10 * kMicrosPerMinute, receipt));
  EXPECT_TRUE(IsMarked(*wave, receipt + 10 * kMicrosPerMinute + 1, receipt));
  EXPECT_FALSE(IsMarked(*wave, wave->fieldwork_start_time, receipt));
  EXPECT_TRUE(IsMarked(*wave, wave->fieldwork_start_time - 1, receipt));
}

}  // namespace
}  // namespace panelpuls::wave
