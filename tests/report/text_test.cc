#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "report/messages.h"
#include "report/sample.h"
#include "report/text_table.h"

namespace panelpuls::report {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

// The text with every run of blanks as one.
std::string Squeeze(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c != ' ' || (!out.empty() && out.back() != ' ')) out += c;
  }
  return out;
}

estimate::FigureValue& Figure(Sample& sample, std::string_view of, std::string_view domain) {
  for (std::size_t i = 0; i < sample.keys().size(); ++i) {
    if (sample.keys()[i].of == of && sample.keys()[i].domain == domain) {
      return sample.estimates().figures[i];
    }
  }
  PP_CHECK(false);
}

void Set(Sample& sample, std::string_view of, std::string_view domain, double value,
         std::uint64_t n) {
  estimate::FigureValue& figure = Figure(sample, of, domain);
  figure = {};
  figure.n = n;
  figure.value = value;
}

TEST(Numbers, AreWrittenAsTheLanguageWritesThem) {
  struct Row {
    double value;
    const char* da;
    const char* en;
  };
  for (const Row& row :
       {Row{2.24, "+2,2", "+2.2"}, Row{-0.9, "\u22120,9", "\u22120.9"}, Row{0.04, "0,0", "0.0"},
        Row{-0.04, "0,0", "0.0"}, Row{100, "+100,0", "+100.0"}}) {
    EXPECT_EQ(FormatIndicator(Language::kDanish, row.value), row.da);
    EXPECT_EQ(FormatIndicator(Language::kEnglish, row.value), row.en);
  }
  EXPECT_EQ(FormatPercent(Language::kDanish, 0.506), "50,6 %");
  EXPECT_EQ(FormatPercent(Language::kEnglish, 0.506), "50.6%");
  EXPECT_EQ(FormatCount(Language::kDanish, 999), "999");
  EXPECT_EQ(FormatCount(Language::kDanish, 4039), "4.039");
  EXPECT_EQ(FormatCount(Language::kEnglish, 1234567), "1,234,567");
}

TEST(TextTable, AlignsByCharactersAndBreaksWhatIsTooWide) {
  TextTable table({"", "a", "b"});
  table.AddRow({"\u00e6\u00f8\u00e5", "1", "22"});
  table.AddRow({"abcd", "333", "4"});
  EXPECT_EQ(table.Render(80),
            "          a   b\n"
            "  \u00e6\u00f8\u00e5     1  22\n"
            "  abcd  333   4\n");
  EXPECT_EQ(table.Render(12),
            "          a\n"
            "  \u00e6\u00f8\u00e5     1\n"
            "  abcd  333\n"
            "\n"
            "         b\n"
            "  \u00e6\u00f8\u00e5   22\n"
            "  abcd   4\n");
}

TEST(Text, ShowsIndicatorGroupsAndAreasBesideTheEarlierWave) {
  Sample sample(kPanel, 500);
  Set(sample, "indicator", "", 2.2, 4039);
  Set(sample, "indicator/large_increase", "", 0.007, 4039);
  Set(sample, "indicator", "area=nordjylland", -0.9, 388);
  const std::string danish = Squeeze(SnapshotToText(sample.Inputs()));
  EXPECT_THAT(danish, StartsWith("Virksomhedspanelet, efter\u00e5r 2025\n"));
  EXPECT_THAT(danish, HasSubstr("Opgjort 2025-09-21 14:31:00+02:00, dag 21 af 61\n"));
  EXPECT_THAT(danish, HasSubstr("Svar: 500 af 4.000 planlagte (e-Boks "));
  EXPECT_THAT(danish, HasSubstr("\nProduktivitetsindikatoren\n +2,2 N = 4.039\n"));
  EXPECT_THAT(danish, HasSubstr("\n Stor produktivitetsstigning 0,7 % 4.039\n"));
  EXPECT_THAT(danish, HasSubstr("fordelt p\u00e5: Erhvervshusomr\u00e5de\n Nu For\u00e5r 2025 N\n"
                                " Nordjylland \u22120,9 +1,5 388\n"));
  const std::string english = Squeeze(SnapshotToText(sample.Inputs(), {.language = "en"}));
  EXPECT_THAT(english, HasSubstr("\nProductivity indicator\n +2.2 N = 4,039\n"));
  EXPECT_THAT(english, HasSubstr(" North Jutland \u22120.9 +1.5 388\n"));
  EXPECT_THAT(english, Not(HasSubstr("Erhvervshus")));
}

TEST(Text, SortsFactorsAndBarriersByShare) {
  Sample sample(kPanel, 500);
  Set(sample, "factor_finance/positive_or_very_positive", "", 0.95, 4128);
  Set(sample, "factor_digital/positive_or_very_positive", "", 0.9, 4128);
  const std::string text = SnapshotToText(sample.Inputs());
  const std::size_t heading = text.find("Positivt eller meget positivt (factors)");
  ASSERT_NE(heading, std::string::npos);
  const std::size_t finance = text.find("\u00d8konomistyring", heading);
  const std::size_t digital = text.find("Digitalisering og IT", heading);
  const std::size_t management = text.find("Ledelse, strategi", heading);
  EXPECT_LT(finance, digital);
  EXPECT_LT(digital, management);
  EXPECT_THAT(text, HasSubstr("Fremgang"));
}

TEST(Text, AnAbsentFigureIsADashWithItsReason) {
  Sample sample(kPanel, 0);
  const estimate::Flag empty = {
      .kind = estimate::FlagKind::kEmptyCategory, .dimension = 1, .category = 3};
  for (auto& figure : sample.estimates().figures) figure.flags = {empty};
  const std::string text = Squeeze(SnapshotToText(sample.Inputs()));
  EXPECT_THAT(text, HasSubstr("\nProduktivitetsindikatoren\n \u2013 [1] N = 0\n"));
  EXPECT_THAT(text, HasSubstr("\nNoter\n [1] ingen svar endnu i Antal ansatte: 50-249 ansatte\n"));
  EXPECT_THAT(text, Not(HasSubstr("0,0")));
}

TEST(Text, ManyReasonsAreOneNoteWithTheFirstOfThem) {
  Sample sample(kPanel, 0);
  const std::string text = Squeeze(SnapshotToText(sample.Inputs(), {.language = "en"}));
  EXPECT_THAT(text, HasSubstr("\nProductivity indicator\n \u2013 [1] N = 0\n"));
  EXPECT_THAT(text, HasSubstr("\nNotes\n [1] no respondents yet in Industry: Agriculture, forestry "
                              "and fishing; no respondents yet in "));
  EXPECT_THAT(text, HasSubstr("; and 20 more\n"));
  EXPECT_THAT(text, Not(HasSubstr("[2]")));
}

TEST(Text, PlacesOfTheJointTableAreNamedByEveryCategory) {
  Sample sample(kPanel, 0);
  const estimate::Flag joint = {
      .kind = estimate::FlagKind::kInfeasible, .dimension = estimate::kJointCell, .category = 1};
  EXPECT_EQ(ExplainFlag(Language::kEnglish, sample.wave(), joint),
            "the weights cannot meet the total of Industry: Agriculture, forestry and fishing, "
            "Employees: None, Business-hub area: North Jutland, Age of the enterprise: 5-9 years");
}

TEST(Text, IntervalsStandBesideTheFigureWhenThereAreAny) {
  Sample sample(kPanel, 500);
  Set(sample, "indicator", "", 2.2, 4039);
  EXPECT_THAT(SnapshotToText(sample.Inputs()), Not(HasSubstr("[+1,1")));
  Figure(sample, "indicator", "").low = 1.1;
  Figure(sample, "indicator", "").high = 3.3;
  EXPECT_THAT(SnapshotToText(sample.Inputs()), HasSubstr("+2,2  [+1,1; +3,3]   N = 4.039"));
}

TEST(Text, SaysFirstThatItIsSimulated) {
  Sample sample(kPanel, 5);
  EXPECT_THAT(SnapshotToText(sample.Inputs(), {.simulated = true}),
              StartsWith("*** SIMULERET: ingen af tallene er virkelige svar ***\n"));
}

TEST(Text, KnowsNoSurveyByName) {
  Sample sample(kSatisfaction, 400);
  const std::string text = Squeeze(SnapshotToText(sample.Inputs(), {.language = "en"}));
  EXPECT_THAT(text, HasSubstr("\nSatisfaction index\n"));
  EXPECT_THAT(text, HasSubstr("Satisfaction index by: Season\n"));
  EXPECT_THAT(text, HasSubstr("Satisfaction index by: Channel\n"));
  EXPECT_THAT(text, HasSubstr("\nImprovements\n"));
}

}  // namespace
}  // namespace panelpuls::report
