#include "wave/definition.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "wave/sample_wave.h"

namespace panelpuls::wave {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::shared_ptr<const Wave> LoadFile(std::string_view path) {
  const auto wave = LoadWave(PosixFileSystem(), SourcePath(path));
  EXPECT_TRUE(wave.ok()) << wave.status();
  return wave.ok() ? *wave : nullptr;
}

TEST(Definition, SaysEverythingAboutTheWave) {
  const auto wave = MustLoad({});
  EXPECT_EQ(wave->id, "sample");
  EXPECT_EQ(wave->title.da, "Prøve");
  EXPECT_EQ(FormatDate(wave->fieldwork_end), "2025-10-31");
  EXPECT_EQ(FormatUtc(wave->fieldwork_start_time), "2025-08-31T22:00:00+00:00");
  EXPECT_EQ(wave->clock_tolerance, 10 * kMicrosPerMinute);
  EXPECT_EQ(wave->planned_respondents, 400);
  EXPECT_EQ(wave->max_respondents, 1000);
  EXPECT_EQ(wave->provenance, "made up");
  EXPECT_EQ(wave->FindChannel("cati"), 1);
  EXPECT_EQ(wave->FindChannel("post"), kNone);
  EXPECT_EQ(wave->FindQuestion("barriers"), 2);
  EXPECT_EQ(wave->FindDimension("area"), 1);
  EXPECT_EQ(Wave::FindCategory(wave->dimensions[1], "Sjælland"), 1);
  EXPECT_EQ(Wave::FindOption(wave->questions[0], "dont_know"), 3);
  EXPECT_THAT(wave->weighting.dimensions, ElementsAre(1, 0));
  EXPECT_EQ(wave->weighting.collapse_below, 5u);
  EXPECT_EQ(wave->dimensions[0].categories[0].collapse_into, 1);
  EXPECT_TRUE(wave->dimensions[0].ordered);
  EXPECT_TRUE(wave->questions[0].ordered);
  EXPECT_THAT(wave->questions[0].sets[0].options, ElementsAre(0, 1));
  EXPECT_EQ(wave->comparisons[0].figures[0].n, 50u);
  EXPECT_EQ(wave->comparisons[0].figures[0].se, std::nullopt);
  EXPECT_EQ(wave->planned_arrivals[1].channel, 0);
  EXPECT_EQ(wave->reporting.flag_below_n, 30u);
  EXPECT_EQ(wave->reporting.sequence_planned_n, 400u);
}

TEST(Definition, CellsAreMixedRadixWithTheFirstDimensionSlowest) {
  const auto wave = MustLoad({});
  EXPECT_EQ(wave->cells, 6u);
  EXPECT_EQ(wave->dimensions[0].cell_stride, 3u);
  EXPECT_EQ(wave->dimensions[1].cell_stride, 1u);
}

TEST(Definition, MissingOptionsShareTheLastClass) {
  const auto wave = MustLoad({});
  EXPECT_THAT(wave->questions[0].option_class, ElementsAre(0, 1, 2, 3));
  EXPECT_EQ(wave->questions[0].classes, 4u);
  EXPECT_THAT(wave->questions[2].option_class, ElementsAre(0, 1, 2, 3, kNone));
  EXPECT_EQ(wave->questions[2].classes, 4u);
  EXPECT_THAT(wave->questions[2].class_option, ElementsAre(0, 1, 2, 3));
}

TEST(Definition, PrecedenceNamesTheBestAndLeavesTheRestInDefaultOrder) {
  const auto wave = MustLoad({});
  EXPECT_THAT(
      wave->precedence,
      ElementsAre(Disposition::kComplete, Disposition::kPartial, Disposition::kIneligible,
                  Disposition::kRefusal, Disposition::kOther, Disposition::kNonContact,
                  Disposition::kUndeliverable, Disposition::kDelivered, Disposition::kInvited));
  const auto rank = [&](Disposition d) {
    return wave->disposition_rank[static_cast<std::size_t>(d)];
  };
  EXPECT_GT(rank(Disposition::kComplete), rank(Disposition::kPartial));
  EXPECT_GT(rank(Disposition::kInvited), rank(Disposition::kNone));

  SampleFiles files;
  files.definition = Replaced(kSampleDefinition, "disposition_precedence: \"complete\"",
                              "disposition_precedence: \"Refusal\"");
  const auto other = MustLoad(files);
  EXPECT_EQ(other->precedence[0], Disposition::kRefusal);
  EXPECT_EQ(other->precedence[1], Disposition::kComplete);
  EXPECT_EQ(other->precedence.size(), std::size_t{kDispositionCount - 1});
}

TEST(Definition, DispositionsAreReadWithoutCase) {
  EXPECT_EQ(ParseDisposition("Non_Contact"), Disposition::kNonContact);
  EXPECT_EQ(ParseDisposition("none"), Disposition::kNone);
  EXPECT_EQ(ParseDisposition(""), Disposition::kNone);
  for (int i = 1; i < kDispositionCount; ++i) {
    const auto disposition = static_cast<Disposition>(i);
    EXPECT_EQ(ParseDisposition(DispositionCode(disposition)), disposition);
  }
}

TEST(Definition, BaseWeightsPerCellAreScaledAndRounded) {
  SampleFiles files;
  files.definition =
      Replaced(kSampleDefinition, "code: \"small\" c", "code: \"small\" base_weight: 0.0005 c");
  files.definition =
      Replaced(files.definition, "code: \"large\" c", "code: \"large\" base_weight: 0.5 c");
  files.definition +=
      "design { base_weights: BASE_WEIGHTS_PER_CELL stratum_dimension: \"size\" base_weight_log2: "
      "4 }\n";
  const auto wave = MustLoad(files);
  EXPECT_EQ(wave->stratum_dimension, 0);
  EXPECT_EQ(wave->dimensions[0].categories[1].base_weight, 8);
  EXPECT_NEAR(wave->dimensions[0].categories[0].base_weight, 0.008, 1e-12);

  files.definition = Replaced(files.definition, "base_weight_log2: 4", "");
  EXPECT_FALSE(LoadSample(files).ok());  // 0.0005 lies below 2^-10
}

TEST(Definition, AFrameFileIsFoundBesideTheDefinition) {
  EXPECT_TRUE(MustLoad(WithFrame())->has_frame);
  EXPECT_EQ(MustLoad(WithFrame())->frame_file, "frame.csv");
  EXPECT_FALSE(MustLoad({})->has_frame);
}

TEST(Definition, AFramesFormatIsThatOfTheDefinition) {
  SampleFiles files = WithFrame();
  EXPECT_EQ(MustLoad(files)->frame_format.separator, ',');
  files.definition = Replaced(files.definition, "file: \"frame.csv\"",
                              "file: \"frame.csv\" format { separator: \";\" decimal_comma: true "
                              "thousands_separator: \".\" encoding: \"windows-1252\" }");
  const auto wave = MustLoad(files);
  const auto journaled = WaveFromCanonical(wave->canonical, "journal");
  ASSERT_TRUE(journaled.ok()) << journaled.status();
  for (const CsvFormat& format : {wave->frame_format, (*journaled)->frame_format}) {
    EXPECT_EQ(format.separator, ';');
    EXPECT_TRUE(format.decimal_comma);
    EXPECT_EQ(format.thousands_separator, '.');
    EXPECT_EQ(format.encoding, CsvFormat::kWindows1252);
  }
}

// The canonical form's digest stands in every journal: it must not move by itself.
TEST(Definition, IdIsThatOfTheCanonicalBytes) {
  const auto wave = MustLoad({});
  EXPECT_EQ(wave->definition_id, MustLoad({})->definition_id);
  SampleFiles files;
  files.definition = "# a comment\n" + files.definition + "\n\n";
  EXPECT_EQ(MustLoad(files)->definition_id, wave->definition_id);
}

// Every universe of one or two questions with up to three options and two groups: a combination in
// one group or none loads and is looked up as written, one in both groups is refused.
TEST(Definition, EachCombinationIsInOneGroupOrNone) {
  for (int options = 1; options <= 3; ++options) {
    int universe = 1;
    for (int i = 0; i < options; ++i) universe *= 4;  // none, a, b, both
    for (int code = 0; code < universe; ++code) {
      std::string a, b, list;
      bool both = false;
      for (int o = 0, rest = code; o < options; ++o, rest /= 4) {
        const std::string combination = fmt::format("combinations {{ options: \"o{}\" }} ", o);
        list += fmt::format("options {{ code: \"o{}\" }} ", o);
        if ((rest & 1) != 0) a += combination;
        if ((rest & 2) != 0) b += combination;
        both |= (rest & 3) == 3;
      }
      const std::string group_a = a.empty() ? "" : "groups { id: \"a\" score: 1 " + a + "}";
      const std::string group_b = b.empty() ? "" : "groups { id: \"b\" score: -1 " + b + "}";
      if (a.empty() && b.empty()) continue;
      SampleFiles files;
      files.definition =
          "id: \"w\" fieldwork_start: \"2025-09-01\" fieldwork_end: \"2025-09-02\" channels { "
          "code: \"c\" } "
          "max_respondents: 10 questions { id: \"q\" " +
          list + "} indicator { questions: \"q\" " + group_a + group_b + "}";
      const auto wave = LoadSample(files);
      ASSERT_EQ(wave.ok(), !both) << files.definition << wave.status();
      if (both) continue;
      const Indicator& indicator = *(*wave)->indicator;
      ASSERT_EQ(indicator.group_of[0], indicator.groups.size());
      for (int o = 0, rest = code; o < options; ++o, rest /= 4) {
        const std::size_t group = indicator.group_of[static_cast<std::size_t>(o) + 1];
        const std::string id = group < indicator.groups.size() ? indicator.groups[group].id : "";
        EXPECT_EQ(id, (rest & 3) == 1 ? "a" : (rest & 3) == 2 ? "b" : "");
      }
    }
  }
}

TEST(Definition, TheSurveysWaveLoads) {
  const auto wave = LoadFile("waves/virksomhedspanel-2025-efteraar.textproto");
  ASSERT_NE(wave, nullptr);
  EXPECT_EQ(wave->cells, 8u * 4 * 7 * 4);
  for (const Dimension& dimension : wave->dimensions) {
    double sum = 0;
    for (const Category& category : dimension.categories) sum += category.population;
    EXPECT_EQ(sum, 301'339) << dimension.id;
  }
  EXPECT_EQ(wave->indicator->groups.size(), 6u);
  EXPECT_EQ(wave->questions[static_cast<std::size_t>(wave->FindQuestion("barriers"))].max_choices,
            3u);
  // The publication's own group shares and scores give its indicator.
  constexpr double kShares[] = {0.7, 20.9, 50.6, 10.1, 17.3, 0.3};
  double indicator = 0;
  for (std::size_t g = 0; g < 6; ++g)
    indicator += kShares[g] / 99.9 * wave->indicator->groups[g].score;
  EXPECT_NEAR(indicator, 2.2, 0.05);
}

TEST(Definition, OtherSurveysLoadToo) {
  const auto ferry = LoadFile("waves/tilfredshed-2026.textproto");
  ASSERT_NE(ferry, nullptr);
  EXPECT_EQ(ferry->base_weights, BaseWeights::kPerUnit);
  EXPECT_TRUE(ferry->channel_priority);
  const auto cases = LoadFile("waves/cases.textproto");
  ASSERT_NE(cases, nullptr);
  EXPECT_EQ(cases->cells, 1u);
  EXPECT_EQ(cases->weighting.method, WeightingMethod::kNone);
  EXPECT_NE(LoadFile("tests/testdata/cases/04/wave.textproto"), nullptr);
}

TEST(Definition, IsDescribedInCellsClassesAndBytes) {
  EXPECT_THAT(
      DescribeWave(*MustLoad({})),
      ::testing::AllOf(HasSubstr("cells 6: size 2 x area 3\n"),
                       HasSubstr("table 0 indicator by all (4 x 1): 4 entries a cell, 96 bytes"),
                       HasSubstr("barriers by direction (5 x 4)"), HasSubstr("record 40 bytes")));
  EXPECT_THAT(DescribeWave(*MustLoad(WithBaseWeights())),
              HasSubstr("table 0 indicator by all (4 x 1): 4 entries a cell, 864 bytes"));
}

// Whatever bytes a file holds, loading ends with a wave or an error that names the file.
TEST(Definition, GarbageIsRefusedAndNeverCrashes) {
  constexpr std::uint64_t kSeed = 7;
  std::mt19937_64 random(kSeed);
  for (int round = 0; round < 300; ++round) {
    SampleFiles files;
    const int edits = 1 + static_cast<int>(random() % 4);
    for (int i = 0; i < edits; ++i) {
      std::string& text = random() % 4 == 0 ? files.population : files.definition;
      const std::size_t at = random() % text.size();
      switch (random() % 3) {
        case 0:
          text[at] = static_cast<char>(random());
          break;
        case 1:
          text.erase(at, random() % 40);
          break;
        default:
          text.insert(at, text.substr(random() % text.size(), random() % 40));
      }
    }
    const auto wave = LoadSample(files);
    if (wave.ok()) continue;
    EXPECT_THAT(std::string(ToStd(wave.status().message())),
                ::testing::AnyOf(HasSubstr("wave.textproto:"), HasSubstr("population.csv")))
        << "seed " << kSeed << " round " << round;
  }
}

// A directory that was made with such a code before it was refused opens as it did.
TEST(Definition, UnseenCharactersAreTakenFromAJournalAndWhereTheyAreAskedFor) {
  SampleFiles files;
  files.definition = Replaced(files.definition, "code: \"staff\"", "code: \"st\u00ADaff\"");
  EXPECT_FALSE(LoadSample(files).ok());
  LoadOptions options;
  options.takes_unseen_characters = true;
  const auto wave = LoadSample(files, options);
  ASSERT_TRUE(wave.ok()) << wave.status();
  EXPECT_TRUE(WaveFromCanonical((*wave)->canonical, "journal").ok());
}

}  // namespace
}  // namespace panelpuls::wave
