// Records of one definition as those of another.
#include <gtest/gtest.h>

#include <compare>
#include <cstring>
#include <random>
#include <string>
#include <vector>

#include "testing/sample_response.h"
#include "testing/small_wave.h"
#include "wave/changes.h"
#include "wave/record_check.h"
#include "wave/translation.h"

namespace panelpuls::wave {
namespace {

using testing::SampleResponse;

// How many codes each list has. Widths change from 254 to 255 codes of a list, and from 8 to 9 and
// from 16 to 17 options of a multiple choice.
struct Sizes {
  const char* name;
  int channels = 2;
  int categories = 3;
  int options = 4;
  int multiple = 3;
  int questions = 0;  // beside these two
};
void PrintTo(const Sizes& sizes, std::ostream* out) { *out << sizes.name; }

std::string Codes(const char* list, char letter, int count) {
  std::string text;
  for (int i = 0; i < count; ++i) text += fmt::format("{} {{ code: \"{}{}\" }} ", list, letter, i);
  return text;
}

std::shared_ptr<const Wave> MakeWave(const Sizes& sizes, std::string_view more = "") {
  std::string text = fmt::format(
      R"(id: "wide" fieldwork_start: "2026-01-01" fieldwork_end: "2026-01-31" max_respondents: 100 {}
         dimensions {{ id: "place" {} }} dimensions {{ id: "size" categories {{ code: "s" }} }}
         questions {{ id: "one" {} }} questions {{ id: "many" kind: MULTIPLE max_choices: 3 {} }}
         weighting {{ method: NONE }} design {{ base_weights: BASE_WEIGHTS_PER_UNIT }} {} )",
      Codes("channels", 'c', sizes.channels), Codes("categories", 'p', sizes.categories),
      Codes("options", 'o', sizes.options), Codes("options", 'm', sizes.multiple), more);
  for (int i = 0; i < sizes.questions; ++i) {
    text += fmt::format("questions {{ id: \"q{}\" options {{ code: \"x\" }} }}", i);
  }
  return testing::WaveFromText(text);
}

SampleResponse Draw(const Sizes& sizes, std::mt19937& random) {
  const auto pick = [&random](char letter, int count) {
    return fmt::format("{}{}", letter, random() % static_cast<unsigned>(count));
  };
  SampleResponse sample;
  sample.unit = random() % 50;
  sample.channel = pick('c', sizes.channels);
  sample.revision = static_cast<std::uint32_t>(random() % 3);
  sample.status = random() % 9 == 0 ? Status::kWithdrawn : Status::kPartial;
  sample.base_weight = 0.5 + static_cast<double>(random() % 1000);
  if (sample.status == Status::kWithdrawn) return sample;
  sample.categories = {{"place", pick('p', sizes.categories)}, {"size", "s"}};
  if (random() % 4 != 0) sample.answers["one"] = pick('o', sizes.options);
  if (random() % 4 != 0) {
    const std::string first = pick('m', sizes.multiple);
    const std::string second = pick('m', sizes.multiple);
    sample.answers["many"] = first == second ? first : first + "|" + second;
  }
  return sample;
}

class Translation : public ::testing::TestWithParam<Sizes> {};

TEST_P(Translation, IsTheRecordThatTheOtherDefinitionMakesAndKeepsTheOrder) {
  const Sizes small{.name = "small"};
  const auto before = MakeWave(small);
  const auto after = MakeWave(GetParam());
  ASSERT_TRUE(CheckCompatible(*before, *after).ok());
  const RecordTranslation translation(*before, *after);
  EXPECT_EQ(translation.is_identity(), before->layout.size == after->layout.size &&
                                           before->questions.size() == after->questions.size() &&
                                           GetParam().categories < 255 &&
                                           GetParam().options < 255 && GetParam().multiple <= 8);
  testing::SampleResolver resolver(before);
  testing::SampleResolver other(after);
  const RecordCheck check(*after);
  std::mt19937 random(7);
  std::vector<std::byte> last, last_translated;
  const auto order = [](const Wave& wave, const std::vector<std::byte>& a,
                        const std::vector<std::byte>& b) {
    return std::memcmp(a.data() + wave.layout.content_offset, b.data() + wave.layout.content_offset,
                       wave.layout.content_size) <=> 0;
  };
  for (int i = 0; i < 400; ++i) {
    const SampleResponse sample = Draw(small, random);
    const std::vector<std::byte> record = resolver.Record(sample);
    std::vector<std::byte> translated;
    ASSERT_EQ(translation.Translate(record, &translated), "");
    ASSERT_EQ(translated, other.Record(sample));
    ASSERT_EQ(check.Find(translated).text(), "");
    if (!last.empty()) {
      ASSERT_EQ(order(*before, record, last), order(*after, translated, last_translated));
    }
    last = record;
    last_translated = translated;
  }
}

INSTANTIATE_TEST_SUITE_P(Sizes, Translation,
                         ::testing::Values(Sizes{.name = "Same"},
                                           Sizes{.name = "Channels", .channels = 9},
                                           Sizes{.name = "Categories", .categories = 5},
                                           Sizes{.name = "WideCategories", .categories = 300},
                                           Sizes{.name = "Options", .options = 9},
                                           Sizes{.name = "WideOptions", .options = 260},
                                           Sizes{.name = "NineChoices", .multiple = 9},
                                           Sizes{.name = "ManyChoices", .multiple = 40},
                                           Sizes{.name = "Questions", .questions = 20},
                                           Sizes{"All", 5, 400, 300, 64, 3}),
                         [](const auto& info) { return std::string(info.param.name); });

// What was added may be taken back as long as no record holds it.
TEST(TranslationBack, NamesWhatARecordHolds) {
  const Sizes small{.name = "small"};
  const Sizes large{"large", 3, 4, 5, 9, 1};
  const auto before = MakeWave(large);
  const auto after = MakeWave(small);
  ASSERT_TRUE(CheckCompatible(*before, *after, TakingBack::kWhileUnused).ok());
  const RecordTranslation translation(*before, *after);
  EXPECT_FALSE(translation.is_identity());
  testing::SampleResolver resolver(before);
  testing::SampleResolver other(after);
  struct Row {
    const char* lost;
    void (*use)(SampleResponse&);
  };
  const Row rows[] = {
      {"", [](SampleResponse&) {}},
      {"channel \"c2\"", [](SampleResponse& sample) { sample.channel = "c2"; }},
      {"category \"p3\" of dimension \"place\"",
       [](SampleResponse& sample) { sample.categories["place"] = "p3"; }},
      {"option \"o4\" of question \"one\"",
       [](SampleResponse& sample) { sample.answers["one"] = "o4"; }},
      {"option \"m8\" of question \"many\"",
       [](SampleResponse& sample) { sample.answers["many"] = "m1|m8"; }},
      {"option \"x\" of question \"q0\"",
       [](SampleResponse& sample) { sample.answers["q0"] = "x"; }},
  };
  for (const Row& row : rows) {
    SampleResponse sample;
    sample.channel = "c1";
    sample.categories = {{"place", "p2"}, {"size", "s"}};
    sample.answers = {{"one", "o3"}, {"many", "m0|m2"}};
    row.use(sample);
    std::vector<std::byte> translated;
    EXPECT_EQ(translation.Translate(resolver.Record(sample), &translated), row.lost);
    if (*row.lost == '\0') EXPECT_EQ(translated, other.Record(sample));
  }
}

TEST(TranslationOfOthers, KeepsUnitsAndEvents) {
  const auto before = MakeWave({.name = "small"}, R"(sample_frame { file: "f.csv" })");
  const auto after =
      MakeWave({.name = "large", .categories = 300}, R"(sample_frame { file: "f.csv" })");
  const RecordTranslation translation(*before, *after);
  FrameUnitHeader header;
  header.channel = 1;
  header.base_weight = kBaseWeightOne * 3;
  header.pseudonym_low = 5;
  std::vector<std::byte> unit(FrameUnitSize(*before));
  std::memcpy(unit.data(), &header, sizeof header);
  unit[sizeof header] = std::byte{3};
  unit[sizeof header + 1] = std::byte{1};
  std::vector<std::byte> translated;
  EXPECT_EQ(translation.Translate(unit, &translated), "");
  std::vector<std::byte> expected(FrameUnitSize(*after));
  std::memcpy(expected.data(), &header, sizeof header);
  expected[sizeof header] = std::byte{3};  // two bytes wide now
  expected[sizeof header + 2] = std::byte{1};
  EXPECT_EQ(translated, expected);
  EXPECT_EQ(RecordCheck(*after).Find(translated).text(), "");

  CaseEventRecord event;
  event.channel = 1;
  event.disposition = Disposition::kRefusal;
  std::vector<std::byte> bytes(sizeof event);
  std::memcpy(bytes.data(), &event, sizeof event);
  EXPECT_EQ(translation.Translate(bytes, &translated), "");
  EXPECT_EQ(translated, bytes);
}

}  // namespace
}  // namespace panelpuls::wave
